"""SQL of weights: what a month's answers and events are, and the nodes' weighed rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, keys_in
from questionnaires.metrics.models import CountedPlacement, DailyCount, FunnelDay, MonthToWeigh, WeightedDay
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.sums import WEIGHED
from questionnaires.metrics.rules.weights import Weighted

BATCH = 5000


class StratumDay(NamedTuple):
    """One day of a unit's answers on a touchpoint to an indicator, weighed by chance alone."""

    day: date
    unit_id: UUID
    touchpoint: str
    indicator: str
    sums: Weighted


class WeightedKey(NamedTuple):
    """The key of a `WeightedDay` row."""

    day: date
    node_id: UUID
    indicator: str


class DayWeighted(NamedTuple):
    """One day of one indicator, weighed."""

    day: date
    indicator: str
    sums: Weighted


def months(session: Session) -> list[date]:
    """The months that changed since they were weighed, oldest first."""
    return list(session.scalars(select(col(MonthToWeigh.month)).order_by(col(MonthToWeigh.month))))


def weighed_months(session: Session) -> list[date]:
    """The months that have weighed rows."""
    first, last = session.execute(select(func.min(col(WeightedDay.day)), func.max(col(WeightedDay.day)))).one()
    found, month = [], first.replace(day=1) if first else None
    while month and month <= last:
        found.append(month)
        month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return found


def forget(session: Session, month: date) -> None:
    """A month is being weighed; what changes from here on is noted anew."""
    session.execute(delete(MonthToWeigh).where(col(MonthToWeigh.month) == month))


def placements(session: Session) -> list[tuple[UUID, UUID, date, date]]:
    """The whole tree as counted."""
    known = CountedPlacement
    query = select(col(known.unit_id), col(known.ancestor_id), col(known.valid_from), col(known.valid_to))
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def answers(session: Session, period: Period, purpose: str, source: str) -> Iterator[StratumDay]:
    """A period's answers by day, unit, touchpoint and indicator."""
    key = (col(DailyCount.day), col(DailyCount.unit_id), col(DailyCount.touchpoint), col(DailyCount.indicator))
    sums = [func.sum(col(getattr(DailyCount, name))) for name in ("n", *WEIGHED)]
    query = select(*key, *sums).where(
        col(DailyCount.day).between(period.first, period.last), col(DailyCount.purpose) == purpose, col(DailyCount.source) == source
    )
    for row in session.execute(query.group_by(*key).execution_options(yield_per=BATCH)):
        yield StratumDay(row[0], row[1], row[2], row[3], _weighted(row[4:]))


def volumes(session: Session, period: Period) -> dict[tuple[UUID, str], float]:
    """How many candidates each unit and touchpoint had: the events whose customers might have been asked."""
    key = (col(FunnelDay.unit_id), col(FunnelDay.touchpoint))
    query = select(*key, func.sum(col(FunnelDay.n))).where(
        col(FunnelDay.day).between(period.first, period.last), col(FunnelDay.step) == "candidates"
    )
    return {(row[0], row[1]): float(row[2]) for row in session.execute(query.group_by(*key))}


def replace(session: Session, period: Period, rows: Mapping[WeightedKey, Weighted]) -> None:
    """A period's weighed rows are these."""
    session.execute(delete(WeightedDay).where(col(WeightedDay.day).between(period.first, period.last)))
    made = [_row(key, sums) for key, sums in sorted(rows.items(), key=lambda one: one[0])]
    for start in range(0, len(made), BATCH):
        insert_rows(session, WeightedDay, made[start : start + BATCH])


def stored(session: Session, period: Period) -> dict[WeightedKey, Weighted]:
    """A period's weighed rows as they stand."""
    columns = [getattr(WeightedDay, name) for name in (*WeightedKey._fields, "n", *WEIGHED)]
    rows = session.execute(select(*columns).where(col(WeightedDay.day).between(period.first, period.last)))
    return {WeightedKey(*row[:3]): _weighted(row[3:]) for row in rows}


def by_day(session: Session, nodes: Iterable[UUID], period: Period, indicators: Sequence[str]) -> list[DayWeighted]:
    """Weighed sums of some nodes together, per day and indicator."""
    key = (col(WeightedDay.day), col(WeightedDay.indicator))
    query = select(*key, *_sums()).where(ids_in(WeightedDay.node_id, nodes), *_within(period, indicators))
    return [DayWeighted(row[0], row[1], _weighted(row[2:])) for row in session.execute(query.group_by(*key))]


def by_node(session: Session, nodes: Iterable[UUID], period: Period, indicator: str) -> dict[UUID, Weighted]:
    """Weighed sums of each node in a period."""
    query = select(col(WeightedDay.node_id), *_sums()).where(ids_in(WeightedDay.node_id, nodes), *_within(period, [indicator]))
    return {row[0]: _weighted(row[1:]) for row in session.execute(query.group_by(col(WeightedDay.node_id)))}


def _within(period: Period, indicators: Sequence[str]) -> tuple[Any, Any]:
    return col(WeightedDay.day).between(period.first, period.last), keys_in(WeightedDay.indicator, indicators)


def _sums() -> list[Any]:
    return [func.sum(col(getattr(WeightedDay, name))) for name in ("n", *WEIGHED)]


def _weighted(row: Sequence[Any]) -> Weighted:
    return Weighted(int(row[0]), *(float(number) for number in row[1:]))


def _row(key: WeightedKey, sums: Weighted) -> dict[str, Any]:
    values = (sums.w, sums.w2, sums.total, sums.squares, sums.low, sums.mid, sums.high)
    return {**key._asdict(), "n": sums.n, **dict(zip(WEIGHED, values, strict=True))}
