"""Plans of sampling to precision: from targets and history to the rate of every touchpoint and unit, stored with its reasons."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.db import insert_rows
from portal.foundation.errors import Conflict
from portal.foundation.ids import new_id
from questionnaires.metrics.models import NO_UNIT
from scheduler.contacts.precision_models import STRATUM, PrecisionTarget, SamplingPlan, SamplingRate
from scheduler.contacts.rules.precision import Counts, Rate, Stratum, Target, Why, plan
from scheduler.contacts.store import precision as store
from scheduler.contacts.store.precision import Answers, Days, Flow

HISTORY = timedelta(days=28)
FRESH = timedelta(days=3)
USUAL_RESPONSE, USUAL_WEIGHT = 0.2, 20
"""A unit with few invitations is judged by its touchpoint, and a touchpoint with few by what is usual, as if so many had been asked."""
EVERY = "*"
"""Stands for all touchpoints together: a unit's figure over all of them."""
FINEST_FIRST = ("outlet", "sub_branch", "branch", "all")


class NoTargets(Conflict):
    """There is nothing to plan for."""

    code = "no_precision_targets"


class Line(NamedTuple):
    """One row of a plan: for a touchpoint, a level and a unit."""

    touchpoint: str
    level: str
    unit_id: UUID
    rate: Rate
    inputs: dict[str, Any]


Cell = tuple[str, UUID]
"""A touchpoint in one unit in charge: what has a rate of its own."""


@dataclass
class History:
    """What is known of touchpoints by unit in charge, of the tree above the units, and of the period."""

    days: Days
    left: int
    flows: dict[Cell, Flow] = field(default_factory=dict)
    answers: dict[tuple[str, UUID, str], Answers] = field(default_factory=dict)
    above: Mapping[str, Mapping[UUID, UUID]] = field(default_factory=dict)
    starts: Mapping[str, float | None] = field(default_factory=dict)

    @classmethod
    def of(cls, days: Days, left: int, flows: Iterable[Flow], answers: Iterable[Answers]) -> "History":
        """From rows."""
        return cls(
            days, left, {(one.touchpoint, one.unit_id): one for one in flows},
            {(one.touchpoint, one.unit_id, one.indicator): one for one in answers},
        )  # fmt: skip

    def cells(self, touchpoint: str) -> list[Cell]:
        """The cells of a touchpoint, or all of them."""
        found = {*self.flows, *((code, unit) for code, unit, _ in self.answers)}
        return sorted((one for one in found if touchpoint in (EVERY, one[0])), key=lambda one: (one[0], str(one[1])))


def period_of(period: str, day: date) -> tuple[date, date]:
    """First day of the month or quarter, and the first that no longer belongs to it."""
    first = day.replace(day=1) if period == "month" else day.replace(month=day.month - (day.month - 1) % 3, day=1)
    months = 1 if period == "month" else 3
    number = first.month - 1 + months
    return first, date(first.year + number // 12, number % 12 + 1, 1)


def work_out(session: Session, targets: Sequence[PrecisionTarget], now: datetime, zone: str) -> list[Line]:
    """The plan for these targets as of now, not stored: what the page shows before it runs. Four statements a kind of period."""
    today = day_in(zone, now)
    lines: dict[tuple[str, str, UUID], Line] = {}
    for period in sorted({one.period for one in targets}):
        chosen = [one for one in targets if one.period == period]
        named = {one.touchpoint for one in chosen}
        starts = store.own_rates(session, None if EVERY in named else named)
        first, end = period_of(period, today)
        days = Days(min(first, today - HISTORY), first, today - FRESH, today)
        history = History.of(days, (end - today).days, store.flows(session, starts, days), store.answers(session, starts, days))
        history.above = store.ancestors_of_kinds(session, sorted({one.level for one in chosen} - {"all"}), today)
        history.starts = starts
        for line in Planner(history).lines(chosen):
            key = (line.touchpoint, line.level, line.unit_id)
            if key not in lines or line.rate.rate > lines[key].rate.rate:
                lines[key] = line
    return list(lines.values())


class Planner:
    """Goes from the finest target to the coarsest; a coarser one only adds to what finer ones ask already."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.rates: dict[Cell, Rate] = {}
        self.inputs: dict[Cell, dict[str, Any]] = {}
        codes = sorted({code for code, _ in history.flows})
        by_code = {code: [flow for (own, _), flow in history.flows.items() if own == code] for code in codes}
        everything = response_of(history.flows.values(), USUAL_RESPONSE)
        self._response = {code: response_of(flows, everything) for code, flows in by_code.items()}
        self._reach = {code: reach_of(flows, 1.0) for code, flows in by_code.items()}

    def lines(self, targets: Sequence[PrecisionTarget]) -> list[Line]:
        """A line for every target and unit, and one for each touchpoint in each unit in charge."""
        found: list[Line] = []
        ordered = sorted(targets, key=lambda one: (FINEST_FIRST.index(one.level), one.touchpoint == EVERY, one.touchpoint, one.indicator))
        for row in ordered:
            found += self._target(row)
        cells = [Line(code, STRATUM, unit, rate, self._cell_inputs((code, unit))) for (code, unit), rate in self.rates.items()]
        return found + cells + self._others(ordered)

    def _target(self, row: PrecisionTarget) -> list[Line]:
        target = Target(row.indicator, row.margin, row.confidence, row.floor)
        cells, wider, found = self.history.cells(row.touchpoint), Counts(), []
        for (code, _, indicator), one in self.history.answers.items():
            wider = wider.plus(one.known) if indicator == row.indicator and row.touchpoint in (EVERY, code) else wider
        start = self.history.starts.get(row.touchpoint) or 1.0
        for node, group in self._groups(row.level, cells).items():
            strata = [self._stratum(cell, row.indicator) for cell in group]
            least = [self.rates[cell].rate if cell in self.rates else row.floor for cell in group]
            rate = plan(target, strata, least, wider, start)
            found.append(Line(row.touchpoint, row.level, node, rate, _about(row) | self._sums(group, strata)))
            for cell in group:
                if cell not in self.rates or rate.rate > self.rates[cell].rate:
                    self.rates[cell], self.inputs[cell] = rate, _about(row)
        return found

    def _groups(self, level: str, cells: Sequence[Cell]) -> dict[UUID, list[Cell]]:
        if level == "all":
            return {NO_UNIT: list(cells)}
        found: dict[UUID, list[Cell]] = defaultdict(list)
        for cell in cells:
            if (node := self.history.above[level].get(cell[1])) is not None:
                found[node].append(cell)
        return found

    def _stratum(self, cell: Cell, indicator: str) -> Stratum:
        flow, said = self.history.flows.get(cell), self.history.answers.get((*cell, indicator))
        counts, known = (said.period, said.known) if said else (Counts(), Counts())
        if flow is None:
            return Stratum(counts, known)
        response = response_of([flow], self._response[flow.touchpoint])
        brings = reach_of([flow], self._reach[flow.touchpoint]) * response
        drawn = 1 - flow.period_not_drawn / flow.period_candidates if flow.period_candidates else 1.0
        waiting = max(0.0, flow.fresh_invited * response - flow.fresh_completed)
        happened, to_come = float(flow.period_candidates), self._to_come(flow)
        return Stratum(counts, known, happened, to_come, happened * max(0.0, drawn) * brings, to_come * brings, waiting)

    def _to_come(self, flow: Flow) -> float:
        days = self.history.days
        seen = max(1, (days.today - max(days.since, flow.first_day)).days + 1)
        return flow.candidates / seen * max(0.0, self.history.left - 0.5)

    def _sums(self, group: Sequence[Cell], strata: Sequence[Stratum]) -> dict[str, Any]:
        flows = [self.history.flows[cell] for cell in group if cell in self.history.flows]
        codes = {code for code, _ in group}
        code = codes.pop() if len(codes) == 1 else ""  # few are judged by their touchpoint, as the strata are
        return {
            "answers": sum(one.counts.n for one in strata),
            "events_left": round(sum(self._to_come(flow) for flow in flows), 1),
            "reach": round(reach_of(flows, self._reach.get(code, 1.0)), 4),
            "response": round(response_of(flows, self._response.get(code, USUAL_RESPONSE)), 4),
            "under_way": round(sum(one.under_way for one in strata), 1),
            "days_left": self.history.left,
        }

    def _cell_inputs(self, cell: Cell) -> dict[str, Any]:
        facts = self.inputs[cell]
        return facts | self._sums([cell], [self._stratum(cell, str(facts["indicator"]))])

    def _others(self, ordered: Sequence[PrecisionTarget]) -> list[Line]:
        """What holds for units of which history knows nothing: the touchpoint's lowest rate, where it has none the one it starts with."""
        found = []
        for code in sorted({one.touchpoint for one in ordered if one.touchpoint != EVERY} | {code for code, _ in self.rates}):
            row = next(one for one in ordered if one.touchpoint in (code, EVERY))
            own = [rate for (name, _), rate in self.rates.items() if name == code]
            start = Rate(max(row.floor, self.history.starts.get(code) or 1.0), Why.NO_HISTORY, None, 0, 0.0, 0.0)
            rate = min(own, key=lambda one: one.rate) if own else start
            found.append(Line(code, STRATUM, NO_UNIT, rate, _about(row) | {"answers": 0, "days_left": self.history.left}))
        return found


def _about(row: PrecisionTarget) -> dict[str, Any]:
    return {"margin": row.margin, "indicator": row.indicator, "confidence": row.confidence, "floor": row.floor, "level": row.level}


def response_of(flows: Iterable[Flow], usual: float) -> float:
    """Answers per invitation, drawn towards what is usual while there are few invitations."""
    several = list(flows)
    invited, completed = sum(one.invited for one in several), sum(one.completed for one in several)
    return min(1.0, (completed + usual * USUAL_WEIGHT) / (invited + USUAL_WEIGHT))


def reach_of(flows: Iterable[Flow], usual: float) -> float:
    """Invitations per candidate that was drawn, or would have been: what the other rules leave."""
    several = list(flows)
    invited, refused = sum(one.invited for one in several), sum(one.refused for one in several)
    return (invited + usual * USUAL_WEIGHT) / (invited + refused + USUAL_WEIGHT)


def make_plan(session: Session, now: datetime, zone: str, actor: Actor | None = None) -> SamplingPlan | None:
    """Work the plan out and store it: it holds from now on. None where there are no targets and there never was a plan.

    Note    once the last target is gone an empty plan is stored, so that the touchpoints' own rates hold again
    """
    targets = store.targets(session)
    last = store.newest_plan(session)
    if not targets and (last is None or not last.targets):
        return None
    made = SamplingPlan(
        number=last.number + 1 if last else 1, day=day_in(zone, now), made_at=now, made_by=actor.user_id if actor else None,
        targets=[_as_facts(one) for one in targets],
    )  # fmt: skip
    session.add(made)
    session.flush()
    insert_rows(session, SamplingRate, [_row(made.id, line) for line in work_out(session, targets, now, zone)])
    if actor is not None:
        record(session, actor, "sampling.plan", "sampling_plan", made.id, now, {"number": made.number})
    return made


def _as_facts(row: PrecisionTarget) -> dict[str, Any]:
    return row.model_dump(mode="json", include={"touchpoint", "level", "indicator", "margin", "confidence", "floor", "period"})


def _row(plan_id: UUID, line: Line) -> dict[str, Any]:
    values = line.rate._asdict() | {"why": line.rate.why.value}
    return {"plan_id": plan_id, "touchpoint": line.touchpoint, "level": line.level, "unit_id": line.unit_id, "inputs": line.inputs} | values


class Wanted(NamedTuple):
    """A target as somebody entered it."""

    level: str
    indicator: str
    margin: float
    floor: float
    period: str


def set_targets(session: Session, touchpoint: str, wanted: Sequence[Wanted], actor: Actor, now: datetime) -> list[PrecisionTarget]:
    """Replace a touchpoint's targets; none means that its own rate holds again from the next plan on."""
    store.remove_targets(session, touchpoint)
    rows = as_rows(touchpoint, wanted, actor.user_id, now)
    session.add_all(rows)
    session.flush()
    record(session, actor, "precision.targets", "touchpoint", touchpoint, now, {"targets": [_as_facts(row) for row in rows]})
    return rows


def as_rows(touchpoint: str, wanted: Sequence[Wanted], author_id: UUID | None, now: datetime) -> list[PrecisionTarget]:
    """Rows of targets, not written yet: a preview works with them too."""
    return [
        PrecisionTarget(
            id=new_id(), touchpoint=touchpoint, level=one.level, indicator=one.indicator, margin=one.margin, floor=one.floor,
            period=one.period, author_id=author_id, updated_at=now,
        )
        for one in wanted
    ]  # fmt: skip
