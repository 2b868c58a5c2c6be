"""SQL that turns new answers and steps into counts, in sets: the number of statements does not depend on theirs."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlmodel import Session, col

from portal.foundation.bulk import bulk_add
from portal.foundation.db import dialect_of, ids_in, upsert_for
from questionnaires.answering.models import STEPS_TO_COUNT, TO_COUNT, Invitation, Response, Score
from questionnaires.metrics.models import (
    CountedPlacement,
    DailyCount,
    DailyCrossed,
    DailyCut,
    DailyPart,
    DailyTotal,
    FunnelDay,
    MonthToWeigh,
)
from questionnaires.metrics.rules.sums import COLUMNS, LIGHT, WIDE, Sums, WeighedSums


class CountKey(NamedTuple):
    """The key of a `DailyCount` row."""

    day: date
    unit_id: UUID
    purpose: str
    source: str
    indicator: str
    touchpoint: str
    channel: str
    version_id: UUID


class TotalKey(NamedTuple):
    """The key of a `DailyTotal` row."""

    day: date
    node_id: UUID
    purpose: str
    source: str
    indicator: str


class CutKey(NamedTuple):
    """The key of a `DailyCut` row."""

    day: date
    node_id: UUID
    purpose: str
    source: str
    indicator: str
    dimension: str
    value: str


class CrossedKey(NamedTuple):
    """The key of a `DailyCrossed` row."""

    day: date
    node_id: UUID
    purpose: str
    source: str
    indicator: str
    touchpoint: str
    channel: str


class PartKey(NamedTuple):
    """The key of a `DailyPart` row."""

    day: date
    unit_id: UUID
    indicator: str
    touchpoint: str
    dimension: str
    value: str


class FunnelKey(NamedTuple):
    """The key of a `FunnelDay` row; `code` is empty but for drops."""

    day: date
    unit_id: UUID
    touchpoint: str
    channel: str
    step: str
    code: str


class Waiting(NamedTuple):
    """A submitted response that is not counted yet."""

    id: UUID
    submitted_at: datetime
    unit_id: UUID | None
    purpose: str
    source: str
    touchpoint: str
    channel: str
    version_id: UUID
    segment: str | None
    product: str | None
    staff: str | None
    probability: float | None
    test: bool


class Step(NamedTuple):
    """An invitation that got further than was counted."""

    id: UUID
    opened_at: datetime | None
    started_at: datetime | None
    submitted_at: datetime | None
    counted_steps: int
    unit_id: UUID | None
    purpose: str
    touchpoint: str
    channel: str
    test: bool


def anything_to_count(session: Session) -> bool:
    """Whether a response or a step waits; two looks into partial indexes."""
    answers = exists(select(col(Response.id)).where(TO_COUNT))
    steps = exists(select(col(Invitation.id)).where(STEPS_TO_COUNT))
    return bool(session.scalar(select(or_(answers, steps))))


def claim_responses(session: Session, limit: int) -> list[Waiting]:
    """The oldest uncounted responses; rows that another process holds are passed over."""
    columns = (getattr(Response, name) for name in Waiting._fields)
    query = select(*columns).where(TO_COUNT).order_by(col(Response.submitted_at)).limit(limit)
    return [Waiting(*row) for row in session.execute(query.with_for_update(skip_locked=True))]


def scores_of(session: Session, ids: Iterable[UUID]) -> list[tuple[UUID, str, float, bool]]:
    """Response, indicator, value, and whether an upheld appeal leaves it out."""
    query = select(col(Score.response_id), col(Score.indicator), col(Score.value), col(Score.left_out_by).is_not(None))
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query.where(ids_in(Score.response_id, ids)))]


def placements(session: Session, unit_ids: Iterable[UUID]) -> list[tuple[UUID, UUID, date, date]]:
    """Every unit above each unit, itself included, with the days (first, first no more) it was so: the tree as counted."""
    known = CountedPlacement
    query = select(col(known.unit_id), col(known.ancestor_id), col(known.valid_from), col(known.valid_to))
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query.where(ids_in(known.unit_id, unit_ids)))]


def hold_tree(session: Session) -> None:
    """Let nobody put another tree under the totals until this transaction ends; on SQLite the writer is alone anyway."""
    if dialect_of(session) == "postgresql":
        session.connection().exec_driver_sql("LOCK TABLE counted_placement IN SHARE MODE")


def mark_counted(session: Session, ids: Iterable[UUID], now: datetime) -> None:
    """Take responses out of the queue, in the transaction that counted them."""
    session.execute(update(Response).where(ids_in(Response.id, ids)).values(counted_at=now).execution_options(synchronize_session=False))


def claim_steps(session: Session, limit: int) -> list[Step]:
    """Invitations that were opened, started or submitted since they were last counted."""
    columns = (getattr(Invitation, name) for name in Step._fields)
    query = select(*columns).where(STEPS_TO_COUNT).order_by(col(Invitation.id)).limit(limit)
    return [Step(*row) for row in session.execute(query.with_for_update(skip_locked=True))]


def mark_steps(session: Session, reached: Mapping[UUID, int]) -> None:
    """Note how far each invitation is counted: one statement for each of the three steps that occurs."""
    for step in sorted(set(reached.values())):
        ids = [invitation for invitation, number in reached.items() if number == step]
        query = update(Invitation).where(ids_in(Invitation.id, ids)).values(counted_steps=step)
        session.execute(query.execution_options(synchronize_session=False))


def add_counts(session: Session, rows: Mapping[CountKey, WeighedSums]) -> None:
    """Add to the rows of single units."""
    bulk_add(session, DailyCount, [key._asdict() | sums.wide() for key, sums in sorted(rows.items(), key=lambda row: row[0])], WIDE)


def add_cuts(session: Session, rows: Mapping[CutKey, Sums]) -> None:
    """Add to the nodes' rows by each of their dimensions."""
    bulk_add(session, DailyCut, [key._asdict() | sums.columns() for key, sums in sorted(rows.items(), key=lambda row: row[0])], COLUMNS)


def add_crossed(session: Session, rows: Mapping[CrossedKey, Sums]) -> None:
    """Add to the nodes' rows by touchpoint and channel at once."""
    bulk_add(session, DailyCrossed, [key._asdict() | sums.columns() for key, sums in sorted(rows.items(), key=lambda row: row[0])], COLUMNS)


def add_parts(session: Session, rows: Mapping[PartKey, WeighedSums]) -> None:
    """Add to the units' rows that the weights of segments, products and staff are made of."""
    bulk_add(session, DailyPart, [key._asdict() | sums.light() for key, sums in sorted(rows.items(), key=lambda row: row[0])], LIGHT)


def note_months(session: Session, months: Iterable[date], now: datetime) -> None:
    """Months whose weights are to be made anew."""
    rows = [{"month": month, "changed_at": now} for month in sorted(months)]
    if rows:
        insert = upsert_for(session)(MonthToWeigh).values(rows)
        session.execute(insert.on_conflict_do_update(index_elements=["month"], set_={"changed_at": insert.excluded.changed_at}))


def add_totals(session: Session, rows: Mapping[TotalKey, Sums]) -> None:
    """Add to the rows of tree nodes."""
    bulk_add(session, DailyTotal, [key._asdict() | sums.columns() for key, sums in sorted(rows.items(), key=lambda row: row[0])], COLUMNS)


def add_funnel(session: Session, rows: Mapping[FunnelKey, int]) -> None:
    """Add to the funnel; `contacts` and `delivery` write their steps through it too."""
    ordered = sorted(rows.items(), key=lambda row: (row[0].day, row[0].unit_id.int, *row[0][2:]))  # ids are slow to compare
    bulk_add(session, FunnelDay, [key._asdict() | {"n": n} for key, n in ordered], ("n",))
