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


@dataclass
class _Field:
    """One touchpoint's units as history shows them."""

    flows: dict[UUID, Flow] = field(default_factory=dict)
    answers: dict[tuple[UUID, str], Answers] = field(default_factory=dict)

    def units(self) -> list[UUID]:
        return sorted({*self.flows, *(unit for unit, _ in self.answers)}, key=str)


def period_of(period: str, day: date) -> tuple[date, date]:
    """First day of the month or quarter, and the first that no longer belongs to it."""
    first = day.replace(day=1) if period == "month" else day.replace(month=day.month - (day.month - 1) % 3, day=1)
    months = 1 if period == "month" else 3
    number = first.month - 1 + months
    return first, date(first.year + number // 12, number % 12 + 1, 1)


def work_out(session: Session, targets: Sequence[PrecisionTarget], now: datetime, zone: str) -> list[Line]:
    """The plan for these targets as of now, not stored: what the page shows before it runs. Five statements."""
    today = day_in(zone, now)
    lines: list[Line] = []
    for period in sorted({one.period for one in targets}):
        chosen = [one for one in targets if one.period == period]
        codes = sorted({one.touchpoint for one in chosen})
        first, end = period_of(period, today)
        days = Days(min(first, today - HISTORY), first, today - FRESH, today)
        fields = _fields(store.flows(session, codes, days), store.answers(session, codes, days))
        above = store.ancestors_of_kinds(session, sorted({one.level for one in chosen} - {"all"}), today)
        starts = store.own_rates(session, codes)
        for code in codes:
            own = sorted((one for one in chosen if one.touchpoint == code), key=lambda one: FINEST_FIRST.index(one.level))
            lines += _Planner(code, fields[code], above, days, (end - today).days, starts.get(code)).lines(own)
    return lines


def _fields(flows: Iterable[Flow], answers: Iterable[Answers]) -> dict[str, _Field]:
    found: dict[str, _Field] = defaultdict(_Field)
    for flow in flows:
        found[flow.touchpoint].flows[flow.unit_id] = flow
    for one in answers:
        found[one.touchpoint].answers[one.unit_id, one.indicator] = one
    return found


class _Planner:
    """Goes from the finest target to the coarsest; a coarser one only adds to what finer ones ask already."""

    def __init__(
        self, code: str, known: _Field, above: Mapping[str, Mapping[UUID, UUID]], days: Days, left: int, start: float | None
    ) -> None:
        self.code, self.known, self.above, self.days, self.left = code, known, above, days, left
        self.start = start if start else 1.0
        self.units = known.units()
        self.response = _response(known.flows.values(), USUAL_RESPONSE)
        self.reach = _reach(known.flows.values(), 1.0)
        self.rates: dict[UUID, Rate] = {}
        self.inputs: dict[UUID, dict[str, Any]] = {}

    def lines(self, targets: Sequence[PrecisionTarget]) -> list[Line]:
        """Every group's line, and one for each unit in charge."""
        found: list[Line] = []
        for row in targets:
            target = Target(row.indicator, row.margin, row.confidence, row.floor)
            wider = Counts()
            for (_, indicator), one in self.known.answers.items():
                wider = wider.plus(one.known) if indicator == row.indicator else wider
            for node, group in self._groups(row.level).items():
                strata = [self._stratum(unit, row.indicator) for unit in group]
                least = [self.rates[unit].rate if unit in self.rates else row.floor for unit in group]
                rate = plan(target, strata, least, wider, self.start)
                facts = {
                    "margin": row.margin,
                    "indicator": row.indicator,
                    "confidence": row.confidence,
                    "floor": row.floor,
                    "level": row.level,
                }
                found.append(Line(self.code, row.level, node, rate, facts | self._sums(group, strata)))
                for unit in group:
                    if unit not in self.rates or rate.rate > self.rates[unit].rate:
                        self.rates[unit], self.inputs[unit] = rate, facts
        found = list({(one.level, one.unit_id): one for one in sorted(found, key=lambda one: one.rate.rate)}.values())
        return found + [self._unit_line(unit) for unit in self.units if unit in self.rates] + [self._others(targets)]

    def _groups(self, level: str) -> dict[UUID, list[UUID]]:
        if level == "all":
            return {NO_UNIT: self.units}
        found: dict[UUID, list[UUID]] = defaultdict(list)
        for unit in self.units:
            if (node := self.above[level].get(unit)) is not None:
                found[node].append(unit)
        return found

    def _stratum(self, unit: UUID, indicator: str) -> Stratum:
        flow, said = self.known.flows.get(unit), self.known.answers.get((unit, indicator))
        counts, known = (said.period, said.known) if said else (Counts(), Counts())
        if flow is None:
            return Stratum(counts, known)
        brings = self._answers_per_event(flow)
        drawn = 1 - flow.period_not_drawn / flow.period_candidates if flow.period_candidates else 1.0
        waiting = max(0.0, flow.fresh_invited * _response([flow], self.response) - flow.fresh_completed)
        return Stratum(counts, known, flow.period_candidates * brings, max(0.0, drawn), self._to_come(flow) * brings, waiting)

    def _to_come(self, flow: Flow) -> float:
        days = max(1, (self.days.today - max(self.days.since, flow.first_day)).days + 1)
        return flow.candidates / days * max(0, self.left - 0.5)

    def _answers_per_event(self, flow: Flow) -> float:
        return _reach([flow], self.reach) * _response([flow], self.response)

    def _sums(self, group: Sequence[UUID], strata: Sequence[Stratum]) -> dict[str, Any]:
        flows = [self.known.flows[unit] for unit in group if unit in self.known.flows]
        return {
            "answers": sum(one.counts.n for one in strata),
            "events_left": round(sum(self._to_come(flow) for flow in flows), 1),
            "reach": round(_reach(flows, self.reach), 4),
            "response": round(_response(flows, self.response), 4),
            "under_way": round(sum(one.under_way for one in strata), 1),
            "days_left": self.left,
        }

    def _unit_line(self, unit: UUID) -> Line:
        facts = self.inputs[unit]
        strata = [self._stratum(unit, str(facts["indicator"]))]
        return Line(self.code, STRATUM, unit, self.rates[unit], facts | self._sums([unit], strata))

    def _others(self, targets: Sequence[PrecisionTarget]) -> Line:
        """Units of which history knows nothing: as the touchpoint starts where each unit has its target, else as the whole."""
        row = targets[0]
        whole = list(self.rates.values()) if row.level == "all" else []
        rate = min(whole, key=lambda one: one.rate) if whole else Rate(max(row.floor, self.start), Why.NO_HISTORY, None, 0, 0.0, 0.0)
        return Line(self.code, STRATUM, NO_UNIT, rate, _about(row) | {"answers": 0, "days_left": self.left})


def _about(row: PrecisionTarget) -> dict[str, Any]:
    return {"margin": row.margin, "indicator": row.indicator, "confidence": row.confidence, "floor": row.floor, "level": row.level}


def _response(flows: Iterable[Flow], usual: float) -> float:
    """Answers per invitation, drawn towards what is usual while there are few invitations."""
    several = list(flows)
    invited, completed = sum(one.invited for one in several), sum(one.completed for one in several)
    return min(1.0, (completed + usual * USUAL_WEIGHT) / (invited + USUAL_WEIGHT))


def _reach(flows: Iterable[Flow], usual: float) -> float:
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
