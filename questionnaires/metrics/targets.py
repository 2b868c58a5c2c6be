"""Targets: what a unit is to reach on an indicator in a period. A unit without its own has the nearest one above it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.metrics.index_models import MetricTarget
from questionnaires.metrics.rules.compare import Verdict
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.store import targets as store

RANGES = {Kind.NPS: (-100.0, 100.0), Kind.CSAT: (0.0, 100.0), Kind.CES: (1.0, 7.0)}


def targets_of(session: Session, line: Sequence[UUID], period: Period) -> dict[str, MetricTarget]:
    """The target of each indicator on a period's last day: the unit's own, else the nearest above.

    line  the unit and those above it, nearest first
    """
    found: dict[str, MetricTarget] = {}
    order = {unit: place for place, unit in enumerate(line)}
    for target in store.on(session, line, period.last):
        held = found.get(target.indicator)
        if held is None or order[target.unit_id] < order[held.unit_id]:
            found[target.indicator] = target
    return found


def reached(estimate: Estimate, target: float, *, higher_is_better: bool = True) -> Verdict:
    """Whether a figure is beyond chance above (better) or below (worse) its target."""
    if estimate.lower is None or estimate.upper is None:
        return Verdict.UNKNOWN
    if estimate.lower > target:
        return Verdict.BETTER if higher_is_better else Verdict.WORSE
    if estimate.upper < target:
        return Verdict.WORSE if higher_is_better else Verdict.BETTER
    return Verdict.NOT_DISTINGUISHABLE


def set_target(
    session: Session, unit_id: UUID, indicator: str, days: tuple[date, date], value: float, actor: Actor, now: datetime
) -> MetricTarget:
    """Set a unit's target for an indicator from a day to a day; the same first day replaces it.

    Raises  InvalidInput for days in the wrong order, an unknown indicator or a value beyond its scale
    """
    first, last = days
    problems = {}
    if last < first:
        problems["last"] = "period_wrong_way_round"
    kind = kind_of(indicator)
    if kind is None and not store.knows(session, indicator):
        problems["indicator"] = "unknown_indicator"
    if kind is not None and not RANGES[kind][0] <= value <= RANGES[kind][1]:
        problems["value"] = "beyond_the_scale"
    if problems:
        raise InvalidInput(problems)
    store.drop(session, unit_id, indicator, first)
    target = MetricTarget(unit_id=unit_id, indicator=indicator, first=first, last=last, value=value, set_by=actor.user_id, set_at=now)
    session.add(target)
    session.flush()
    trail.record(session, actor, "target.set", "unit", unit_id, now, {"indicator": indicator, "first": first.isoformat(), "value": value})
    return target


def remove(session: Session, target_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a target away.

    Raises  NotFound
    """
    target = session.get(MetricTarget, target_id)
    if target is None:
        raise NotFound
    facts = {"indicator": target.indicator, "first": target.first.isoformat(), "value": target.value}
    trail.record(session, actor, "target.remove", "unit", target.unit_id, now, facts)
    session.delete(target)
