"""SQL that counts from the answers themselves, to check the daily rows and to make them anew."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, SQLModel, col

from portal.foundation.db import ids_in
from questionnaires.answering.models import Invitation, Response, Score
from questionnaires.metrics.models import NO_UNIT, CountedPlacement, DailyCount, DailyCrossed, DailyCut, DailyPart, DailyTotal, FunnelDay
from questionnaires.metrics.rules.sums import COLUMNS, LIGHT, WIDE
from questionnaires.metrics.store.closing import open_all
from questionnaires.metrics.store.counting import CountKey, CrossedKey, CutKey, FunnelKey, PartKey, Step, TotalKey, Waiting

BATCH = 5000


class Counted(NamedTuple):
    """One score of a counted response."""

    response: Waiting
    indicator: str
    value: float
    left_out: bool


def counted_scores(session: Session, unit_ids: Iterable[UUID] | None = None) -> Iterator[Counted]:
    """Every score that the daily rows claim to hold, or those of some units, read in portions."""
    columns = [getattr(Response, name) for name in Waiting._fields]
    query = (
        select(*columns, col(Score.indicator), col(Score.value), col(Score.left_out_by).is_not(None))
        .join(Score, col(Score.response_id) == col(Response.id))
        .where(col(Response.counted_at).is_not(None), col(Response.test).is_(False))
    )
    if unit_ids is not None:
        query = query.where(ids_in(Response.unit_id, [unit for unit in unit_ids if unit != NO_UNIT]))
    size = len(columns)
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        yield Counted(Waiting(*row[:size]), row[size], row[size + 1], bool(row[size + 2]))


def counted_steps(session: Session) -> Iterator[Step]:
    """Every invitation of which a step is counted, read in portions."""
    query = select(*(getattr(Invitation, name) for name in Step._fields)).where(col(Invitation.counted_steps) > 0)
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        yield Step(*row)


def all_placements(session: Session) -> list[tuple[UUID, UUID, date, date]]:
    """Every unit above every unit, with its days: the tree as counted."""
    known = CountedPlacement
    query = select(col(known.unit_id), col(known.ancestor_id), col(known.valid_from), col(known.valid_to))
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def stored_counts(session: Session) -> Iterator[tuple[CountKey, dict[str, float]]]:
    """The rows of single units as they stand, weights among them."""
    return ((CountKey(*key), sums) for key, sums in _rows(session, DailyCount, CountKey._fields, WIDE))


def stored_totals(session: Session) -> Iterator[tuple[TotalKey, dict[str, float]]]:
    """The rows of tree nodes as they stand."""
    return ((TotalKey(*key), sums) for key, sums in _rows(session, DailyTotal, TotalKey._fields))


def stored_cuts(session: Session) -> Iterator[tuple[CutKey, dict[str, float]]]:
    """The nodes' rows by one dimension as they stand."""
    return ((CutKey(*key), sums) for key, sums in _rows(session, DailyCut, CutKey._fields))


def stored_crossed(session: Session) -> Iterator[tuple[CrossedKey, dict[str, float]]]:
    """The nodes' rows by touchpoint and channel as they stand."""
    return ((CrossedKey(*key), sums) for key, sums in _rows(session, DailyCrossed, CrossedKey._fields))


def stored_parts(session: Session) -> Iterator[tuple[PartKey, dict[str, float]]]:
    """The rows that the weights of segments, products and staff are made of, as they stand."""
    return ((PartKey(*key), sums) for key, sums in _rows(session, DailyPart, PartKey._fields, LIGHT))


def stored_steps(session: Session, steps: tuple[str, ...]) -> dict[FunnelKey, int]:
    """The funnel's rows of some steps."""
    columns = [getattr(FunnelDay, name) for name in (*FunnelKey._fields, "n")]
    rows = session.execute(select(*columns).where(col(FunnelDay.step).in_(steps)))
    return {FunnelKey(*row[:-1]): row[-1] for row in rows}


def clear(session: Session, steps: tuple[str, ...]) -> None:
    """Take away every daily row, and the funnel's rows of some steps."""
    for model in (DailyCount, DailyTotal, DailyCut, DailyCrossed, DailyPart):
        session.execute(delete(model))
    session.execute(delete(FunnelDay).where(col(FunnelDay.step).in_(steps)))
    open_all(session)


def steady(session: Session) -> None:
    """See one state of the database throughout: several statements are compared with each other."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def hold_off(session: Session) -> None:
    """Keep other counters away until this transaction ends; on SQLite the writer is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(
            "LOCK TABLE counted_placement, daily_count, daily_crossed, daily_cut, daily_part, daily_total, funnel_day "
            "IN SHARE ROW EXCLUSIVE MODE"
        )


def _rows(
    session: Session, model: type[SQLModel], key: tuple[str, ...], sums: tuple[str, ...] = COLUMNS
) -> Iterator[tuple[tuple[Any, ...], dict[str, float]]]:
    columns, size = [getattr(model, name) for name in (*key, *sums)], len(key)
    for row in session.execute(select(*columns).execution_options(yield_per=BATCH)):
        yield tuple(row[:size]), dict(zip(sums, row[size:], strict=True))
