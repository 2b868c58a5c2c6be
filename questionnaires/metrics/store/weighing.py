"""SQL of weights: what a month's answers and events are, and the nodes' weighed rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, literal, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in
from questionnaires.metrics.models import (
    CountedPlacement,
    DailyCount,
    DailyCrossed,
    DailyCut,
    DailyPart,
    FunnelDay,
    MonthToWeigh,
    WeightedDay,
)
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.sums import LIGHT, WEIGHED
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


class CutWeighted(NamedTuple):
    """What a row of a node's cut, or of a touchpoint and channel crossed, is to hold; `value` is their pair there."""

    day: date
    node_id: UUID
    indicator: str
    dimension: str
    value: str


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


def noted(session: Session, month: date) -> datetime | None:
    """When a month was last noted to have changed; None where it was weighed since."""
    return session.scalar(select(col(MonthToWeigh.changed_at)).where(col(MonthToWeigh.month) == month))


def forget(session: Session, month: date, noted_at: datetime) -> None:
    """A month is weighed, unless it changed since it was begun."""
    done = (col(MonthToWeigh.month) == month, col(MonthToWeigh.changed_at) == noted_at)
    session.execute(delete(MonthToWeigh).where(*done))


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


def cut_answers(session: Session, period: Period, purpose: str, source: str) -> Iterator[tuple[StratumDay, str, str]]:
    """A period's answers by day, unit, touchpoint, indicator, and a dimension with its value, weighed by chance alone."""
    for name, value in (
        ("channel", col(DailyCount.channel)),
        ("crossed", col(DailyCount.channel)),
        ("touchpoint", col(DailyCount.touchpoint)),
        ("version", col(DailyCount.version_id)),
    ):
        key = (col(DailyCount.day), col(DailyCount.unit_id), col(DailyCount.touchpoint), col(DailyCount.indicator), value)
        sums = [func.sum(col(getattr(DailyCount, one))) for one in LIGHT]
        of_these = (col(DailyCount.purpose) == purpose, col(DailyCount.source) == source)
        query = select(*key, *sums).where(col(DailyCount.day).between(period.first, period.last), *of_these)
        for row in session.execute(query.group_by(*key).execution_options(yield_per=BATCH)):
            named = {"crossed": f"{row[2]} {row[4]}", "version": row[4].hex if name == "version" else ""}.get(name, row[4])
            yield StratumDay(row[0], row[1], row[2], row[3], _weighted(row[5:])), name, named
    part = DailyPart
    columns = (col(part.day), col(part.unit_id), col(part.touchpoint), col(part.indicator), col(part.dimension), col(part.value))
    rows = select(*columns, *(col(getattr(part, one)) for one in LIGHT)).where(col(part.day).between(period.first, period.last))
    for row in session.execute(rows.execution_options(yield_per=BATCH)):
        yield StratumDay(row[0], row[1], row[2], row[3], _weighted(row[6:])), row[4], row[5]


def stored_cuts(session: Session, period: Period, purpose: str, source: str) -> dict[CutWeighted, Weighted]:
    """The weights of a period's cuts and of touchpoints and channels crossed, as they stand."""
    found: dict[CutWeighted, Weighted] = {}
    names = ("w_n", *WEIGHED)
    for model, dimension, value in (
        (DailyCut, col(DailyCut.dimension), col(DailyCut.value)),
        (DailyCrossed, literal("crossed"), col(DailyCrossed.touchpoint) + " " + col(DailyCrossed.channel)),
    ):
        table: Any = model
        key = (table.day, table.node_id, table.indicator, dimension, value)
        query = select(*key, *(getattr(table, name) for name in names)).where(
            table.day.between(period.first, period.last), table.purpose == purpose, table.source == source, table.w_n != 0
        )
        found |= {CutWeighted(*row[:5]): _weighted(row[5:]) for row in session.execute(query)}
    return found


def volumes(session: Session, period: Period) -> dict[tuple[UUID, str], float]:
    """How many candidates each unit and touchpoint had: the events whose customers might have been asked."""
    key = (col(FunnelDay.unit_id), col(FunnelDay.touchpoint))
    query = select(*key, func.sum(col(FunnelDay.n))).where(
        col(FunnelDay.day).between(period.first, period.last), col(FunnelDay.step) == "candidates"
    )
    return {(row[0], row[1]): float(row[2]) for row in session.execute(query.group_by(*key))}


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
