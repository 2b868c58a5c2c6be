"""Signed-off figures of a period for appraisal systems: proposed by one person, signed by another, never changed afterwards."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.periods import Period, is_whole
from questionnaires.metrics.rules.tally import figure
from questionnaires.metrics.rules.visibility import suppressed
from questionnaires.metrics.store import reading
from questionnaires.metrics.tree import Tree, nodes_of
from questionnaires.reports.models import FrozenDecision, FrozenPeriod
from questionnaires.reports.store import frozen as store
from questionnaires.reports.store import sums
from questionnaires.reports.store.sums import Both

MAIN = tuple(str(kind) for kind in Kind)


def propose(session: Session, first: date | None, last: date | None, note: str, actor: Actor, now: datetime, today: date) -> FrozenPeriod:
    """Freeze the figures of all units as they stand now, for a second person to sign.

    Raises  InvalidInput for from or to, Conflict where a version of the period already waits
    """
    if first is None or last is None:
        raise InvalidInput({name: "not_a_date" for name, day in (("from", first), ("to", last)) if day is None})
    if code := _fault(first, last, today):
        raise InvalidInput(code)
    if store.undecided(session, first, last) or actor.user_id is None:
        raise Conflict
    row = FrozenPeriod(
        first=first,
        last=last,
        version=store.next_version(session, first, last),
        note=note.strip()[:400],
        proposed_by=actor.user_id,
        proposed_at=now,
    )
    session.add(row)
    session.flush()
    figures = _figures(session, row.id, first, last, today)
    if not figures:
        raise InvalidInput({"from": "no_answers"})
    store.add_figures(session, figures)
    trail.record(
        session, actor, "figures.propose", "frozen_period", row.id, now, {"first": str(first), "last": str(last), "version": row.version}
    )
    return row


def decide(session: Session, period_id: UUID, outcome: str, note: str, actor: Actor, now: datetime) -> None:
    """Sign a period's figures off, or send them back; once, and never by whoever proposed them.

    Raises  NotFound, Conflict where it is decided, Forbidden for the proposer, InvalidInput for outcome or note
    """
    found = store.period(session, period_id)
    if found is None:
        raise NotFound
    period, decision = found
    if decision is not None:
        raise Conflict
    if actor.user_id is None or actor.user_id == period.proposed_by:
        raise Forbidden
    if outcome not in ("signed", "refused"):
        raise InvalidInput({"outcome": "not_one_of_the_words"})
    if outcome == "refused" and not note.strip():
        raise InvalidInput({"note": "missing"})
    row = FrozenDecision(
        period_id=period.id,
        outcome=outcome,
        proposed_by=period.proposed_by,
        decided_by=actor.user_id,
        decided_at=now,
        note=note.strip()[:400],
    )
    session.add(row)
    trail.record(session, actor, f"figures.{outcome}", "frozen_period", period.id, now, {"version": period.version})


def _fault(first: date, last: date, today: date) -> dict[str, str]:
    if last < first:
        return {"to": "wrong_way_round"}
    if last >= today:
        return {"to": "day_not_over"}
    if not is_whole(Period(first, last)):  # two that differ by a day would tell that day's few answers
        return {"from": "only_whole_periods"}
    return {}


def _figures(session: Session, period_id: UUID, first: date, last: date, today: date) -> list[dict[str, Any]]:
    """A row a unit and indicator; figures of fewer than ten, and what would give them away, stay empty beside their n."""
    tree = Tree(reading.units(session, today))
    nodes = {unit.id: nodes_of(unit)[0] for unit in tree.by_id.values()}
    found = sums.of_nodes(session, nodes.values(), first, last, MAIN)
    rows = []
    for kind in MAIN:
        own = {unit: both for unit, node in nodes.items() if (both := found.get((node, kind))) and both.answered.n}
        hidden = _hidden(tree, own)
        rows += [_row(period_id, unit, kind, both, unit in hidden) for unit, both in own.items()]
    return rows


def _hidden(tree: Tree, own: dict[UUID, Both]) -> set[UUID]:
    """Among the units that hang below the same one, with what the one above has of its own."""
    siblings: dict[UUID | None, dict[UUID, int]] = {}
    for unit, both in own.items():
        siblings.setdefault(tree.by_id[unit].parent_id, {})[unit] = both.answered.n
    hidden: set[UUID] = set()
    for above, group in siblings.items():
        rest = own[above].answered.n - sum(group.values()) if above in own else 0
        hidden |= suppressed(group, rest)
    return hidden


def _row(period_id: UUID, unit: UUID, kind: str, both: Both, hidden: bool) -> dict[str, Any]:
    answered = Estimate.nothing(both.answered.n) if hidden else figure(Kind(kind), both.answered)
    adjusted = Estimate.nothing(both.adjusted.n) if hidden or not both.adjusted.n else figure(Kind(kind), both.adjusted)
    return {
        "period_id": period_id,
        "unit_id": unit,
        "indicator": kind,
        "appeals": both.answered.n - both.adjusted.n,
        "n": both.answered.n,
        "value": answered.value,
        "lower": answered.lower,
        "upper": answered.upper,
        "adjusted_n": both.adjusted.n,
        "adjusted_value": adjusted.value,
        "adjusted_lower": adjusted.lower,
        "adjusted_upper": adjusted.upper,
    }
