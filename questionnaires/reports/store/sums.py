"""The SQL of sums of tree nodes, as answered and after upheld appeals: what frozen figures, reports and alarms are made of."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in
from questionnaires.metrics.models import DailyTotal, FunnelDay
from questionnaires.metrics.rules.tally import Tally

SUMS = ("n", "sum", "sum2", "low", "mid", "high")


class Both(NamedTuple):
    """The same answers as answered, and without those that appeals took out."""

    answered: Tally
    adjusted: Tally


def of_nodes(session: Session, nodes: Iterable[UUID], first: date, last: date, indicators: Sequence[str]) -> dict[tuple[UUID, str], Both]:
    """Invited customers' answers of each node and indicator from one day to another; one statement."""
    columns = [func.sum(getattr(DailyTotal, f"{half}{name}")) for half in ("", "adj_") for name in SUMS]
    query = select(col(DailyTotal.node_id), col(DailyTotal.indicator), *columns).where(
        col(DailyTotal.day).between(first, last),
        ids_in(DailyTotal.node_id, nodes),
        keys_in(DailyTotal.indicator, indicators),
        col(DailyTotal.purpose) == "customer",
        col(DailyTotal.source) == "invited",
    )
    rows = session.execute(query.group_by(col(DailyTotal.node_id), col(DailyTotal.indicator)))
    return {(row[0], row[1]): Both(_tally(row[2:8]), _tally(row[8:14])) for row in rows}


def steps_of_units(session: Session, first: date, last: date, steps: Sequence[str]) -> dict[tuple[UUID, str], int]:
    """The funnel's counts of each unit itself, without what hangs below."""
    query = select(col(FunnelDay.unit_id), col(FunnelDay.step), func.sum(col(FunnelDay.n)))
    query = query.where(col(FunnelDay.day).between(first, last), keys_in(FunnelDay.step, steps))
    return {(row[0], row[1]): int(row[2]) for row in session.execute(query.group_by(col(FunnelDay.unit_id), col(FunnelDay.step)))}


def answers_per_day(session: Session, first: date, last: date, indicator: str) -> dict[tuple[UUID, date], int]:
    """How many answers each node had on each day, from whatever source."""
    query = select(col(DailyTotal.node_id), col(DailyTotal.day), func.sum(col(DailyTotal.n)))
    query = query.where(
        col(DailyTotal.day).between(first, last), col(DailyTotal.indicator) == indicator, col(DailyTotal.purpose) == "customer"
    )
    return {(row[0], row[1]): int(row[2]) for row in session.execute(query.group_by(col(DailyTotal.node_id), col(DailyTotal.day)))}


def indicators(session: Session, first: date, last: date) -> list[str]:
    """The indicators that were answered."""
    query = select(col(DailyTotal.indicator)).where(col(DailyTotal.day).between(first, last)).distinct()
    return sorted(session.scalars(query))


def _tally(row: Sequence[Any]) -> Tally:
    return Tally(int(row[0]), float(row[1]), float(row[2]), int(row[3]), int(row[4]), int(row[5]))
