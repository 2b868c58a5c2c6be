"""The SQL of sampling to precision: what history says, targets, plans, and the rates that decisions read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, delete, func, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in
from portal.foundation.queries import Query
from portal.people.models import OrgUnit, UnitAncestor
from questionnaires.metrics.models import NO_UNIT, DailyCount, FunnelDay
from questionnaires.metrics.rules.indicators import kind_of
from scheduler.contacts.precision_models import STRATUM, PrecisionTarget, SamplingPlan, SamplingRate
from scheduler.contacts.rules.facts import Planned
from scheduler.contacts.rules.precision import Counts
from scheduler.touchpoints.campaign_models import EVENT_TYPE
from scheduler.touchpoints.models import Touchpoint

Rates = Mapping[tuple[str, UUID | None, str], Planned]
EARLIER, LATER = timedelta(days=12), timedelta(days=2)
"""Candidates of so old events, and of events so soon, may still be decided under the newest plan."""


class Days(NamedTuple):
    """The days that a plan looks at, each first and last included.

    Shape   `since`..`today`: history; `period`..: this period; `fresh`: from when on an invitation may still be answered
    """

    since: date
    period: date
    fresh: date
    today: date


class Flow(NamedTuple):
    """How a touchpoint's candidates of a unit fared: in all of history, this period, and of late."""

    touchpoint: str
    unit_id: UUID
    candidates: int
    invited: int
    completed: int
    refused: int
    not_drawn: int
    period_candidates: int
    period_not_drawn: int
    fresh_invited: int
    fresh_completed: int
    first_day: date


def flows(session: Session, touchpoints: Iterable[str], days: Days) -> list[Flow]:
    """What became of the candidates of these touchpoints by unit in charge; one statement."""
    f = FunnelDay
    draw = col(f.code) == "NOT_SAMPLED"

    def total(*clauses: object) -> object:
        return func.coalesce(func.sum(case((and_(*clauses), col(f.n)), else_=0)), 0)  # type: ignore[arg-type]

    candidates, invited, completed = (col(f.step) == name for name in ("candidates", "invited", "completed"))
    dropped = col(f.step) == "dropped"
    in_period, fresh = col(f.day) >= days.period, col(f.day) >= days.fresh
    query = (
        select(  # type: ignore[call-overload]
            col(f.touchpoint), col(f.unit_id), total(candidates), total(invited), total(completed), total(dropped, ~draw),
            total(dropped, draw), total(candidates, in_period), total(dropped, draw, in_period), total(invited, fresh),
            total(completed, fresh), func.min(col(f.day)),
        )
        .where(keys_in(col(f.touchpoint), touchpoints), col(f.day) >= days.since, col(f.day) <= days.today)
        .group_by(col(f.touchpoint), col(f.unit_id))
    )  # fmt: skip
    return [Flow(*row) for row in session.execute(query)]


class Answers(NamedTuple):
    """Answers of one touchpoint, unit and indicator: in the period, and in all of history."""

    touchpoint: str
    unit_id: UUID
    indicator: str
    period: Counts
    known: Counts


def answers(session: Session, touchpoints: Iterable[str], days: Days) -> list[Answers]:
    """The invited customers' answers by band; one statement."""
    d = DailyCount
    bands = [col(d.low), col(d.mid), col(d.high)]
    known = [func.sum(band) for band in bands]
    period = [func.coalesce(func.sum(case((col(d.day) >= days.period, band), else_=0)), 0) for band in bands]
    query = (
        select(col(d.touchpoint), col(d.unit_id), col(d.indicator), *period, *known)
        .where(keys_in(col(d.touchpoint), touchpoints), col(d.source) == "invited", col(d.day) >= days.since, col(d.day) <= days.today)
        .group_by(col(d.touchpoint), col(d.unit_id), col(d.indicator))
    )
    return [Answers(row[0], row[1], row[2], Counts(*row[3:6]), Counts(*row[6:9])) for row in session.execute(query)]


def ancestors_of_kinds(session: Session, kinds: Sequence[str], day: date) -> dict[str, dict[UUID, UUID]]:
    """By kind: each unit's own ancestor of that kind (itself included) on a day."""
    query = (
        select(col(OrgUnit.kind), col(UnitAncestor.unit_id), col(UnitAncestor.ancestor_id))
        .join(OrgUnit, col(OrgUnit.id) == col(UnitAncestor.ancestor_id))
        .where(col(OrgUnit.kind).in_(kinds), col(UnitAncestor.valid_from) <= day, col(UnitAncestor.valid_to) > day)
        .order_by(col(UnitAncestor.depth).desc())
    )
    found: dict[str, dict[UUID, UUID]] = {kind: {} for kind in kinds}
    for kind, unit_id, ancestor_id in session.execute(query):
        found[kind][unit_id] = ancestor_id  # the nearest comes last and stays
    return found


def targets(session: Session, touchpoint: str | None = None) -> list[PrecisionTarget]:
    """All targets, or one touchpoint's, in order."""
    query = select(PrecisionTarget).order_by(col(PrecisionTarget.touchpoint), col(PrecisionTarget.level), col(PrecisionTarget.indicator))
    return list(session.scalars(query if touchpoint is None else query.where(col(PrecisionTarget.touchpoint) == touchpoint)))


def remove_targets(session: Session, touchpoint: str) -> None:
    """Take a touchpoint's targets away, to be written anew."""
    session.execute(delete(PrecisionTarget).where(col(PrecisionTarget.touchpoint) == touchpoint))


def own_rates(session: Session, touchpoints: Iterable[str] | None) -> dict[str, float | None]:
    """The fixed rates that touchpoints have of their own; None for all that listen to transactions."""
    query = select(col(Touchpoint.code), col(Touchpoint.rate))
    chosen = keys_in(col(Touchpoint.code), touchpoints) if touchpoints is not None else col(Touchpoint.event_type) != EVENT_TYPE
    return dict(session.execute(query.where(chosen, col(Touchpoint.class_).not_in(("service", "panel")))).all())


def newest_plan(session: Session) -> SamplingPlan | None:
    """The plan that holds."""
    return session.scalars(select(SamplingPlan).order_by(col(SamplingPlan.number).desc()).limit(1)).one_or_none()


def plans(session: Session, limit: int) -> list[SamplingPlan]:
    """The last plans, the newest first."""
    return list(session.scalars(select(SamplingPlan).order_by(col(SamplingPlan.number).desc()).limit(limit)))


def plan(session: Session, plan_id: UUID) -> SamplingPlan | None:
    """One plan."""
    return session.get(SamplingPlan, plan_id)


def rates_of_plan(session: Session, plan_id: UUID, touchpoint: str) -> list[SamplingRate]:
    """What a plan says of one touchpoint."""
    query = select(SamplingRate).where(col(SamplingRate.plan_id) == plan_id, col(SamplingRate.touchpoint) == touchpoint)
    return list(session.scalars(query))


def planned_touchpoints(session: Session, plan_id: UUID) -> dict[str, SamplingRate]:
    """The whole-touchpoint row of each touchpoint in a plan, or what holds for units without a row of their own."""
    query = select(SamplingRate).where(col(SamplingRate.plan_id) == plan_id, col(SamplingRate.unit_id) == NO_UNIT)
    found: dict[str, SamplingRate] = {}
    for row in session.scalars(query.order_by((col(SamplingRate.level) == "all").asc())):
        found[row.touchpoint] = row
    return found


def forget_plans(session: Session, before: datetime, limit: int) -> int:
    """Remove old plans with their rows; never the newest. Returns how many."""
    newest = select(func.max(col(SamplingPlan.number))).scalar_subquery()
    query = select(col(SamplingPlan.id)).where(col(SamplingPlan.made_at) < before, col(SamplingPlan.number) < newest)
    ids = list(session.scalars(query.limit(limit)))
    if ids:
        session.execute(delete(SamplingRate).where(col(SamplingRate.plan_id).in_(ids)))
        session.execute(delete(SamplingPlan).where(col(SamplingPlan.id).in_(ids)))
    return len(ids)


_NEWEST = Query(tuple, (col(SamplingPlan.id),), lambda query: query.order_by(col(SamplingPlan.number).desc()).limit(1))
_READ: dict[tuple[UUID, tuple[str, ...]], Rates] = {}
"""The rates of the newest plan by plan and months; a plan never changes, so a process reads each only once."""


def planned(session: Session, now: datetime) -> Rates:
    """The newest plan's rates for decisions: (touchpoint, unit in charge, month) to rate; unit None for any other unit.

    Note    one statement; the rows themselves are read once for each plan
    """
    newest = _NEWEST.rows(session)
    if not newest:
        return {}
    key = (newest[0][0], _months(now.date()))
    if key not in _READ:
        made = rates_of(session, *key)
        _READ.clear()
        _READ[key] = made
    return _READ[key]


@lru_cache(maxsize=8)
def _months(day: date) -> tuple[str, ...]:
    return tuple(sorted({f"{one:%Y-%m}" for one in (day - EARLIER, day, day + LATER)}))


def rates_of(session: Session, plan_id: UUID, months: Sequence[str]) -> Rates:
    """What a plan says, for each of some months."""
    r = SamplingRate
    query = select(col(r.touchpoint), col(r.unit_id), col(r.rate), col(r.lacking), col(r.needed))
    found: dict[tuple[str, UUID | None, str], Planned] = {}
    for touchpoint, unit_id, rate, lacking, wanted in session.execute(query.where(col(r.plan_id) == plan_id, col(r.level) == STRATUM)):
        known = Planned(rate, round(lacking / max(1, wanted), 4))
        for month in months:
            found[touchpoint, None if unit_id == NO_UNIT else unit_id, month] = known
    return found


def unit_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """What units are called, in Chinese and English."""
    rows = session.execute(select(col(OrgUnit.id), col(OrgUnit.name_zh), col(OrgUnit.name_en)).where(ids_in(OrgUnit.id, ids)))
    return {row[0]: (row[1], row[2]) for row in rows}


def indicators(session: Session, touchpoint: str | None) -> set[str]:
    """The indicators that answers brought so far, at a touchpoint or at any, of kinds that have a precision."""
    query = select(col(DailyCount.indicator)).distinct()
    found = session.scalars(query if touchpoint is None else query.where(col(DailyCount.touchpoint) == touchpoint))
    return {code for code in found if kind_of(code) is not None}
