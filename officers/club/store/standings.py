"""Leaderboards as standing tables, the row of days, badges: each made by sets."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, delete, func, insert, literal, or_, select
from sqlmodel import Session, col

from officers.club.models import ClubMember, Standing
from officers.people.models import GrowthEntry, Officer
from portal.foundation.db import UtcDateTime, upsert_for
from portal.people.models import UnitAncestor

YEAR = timedelta(days=365)
PAGE = 30
KINDS = ("all", "tier", "unit")
ALL = "all"
_A = UnitAncestor.__table__.c  # type: ignore[attr-defined]  # SQLModel hides it


def unit_board(unit_id: UUID) -> str:
    """The board of a unit with all below it."""
    return f"unit:{unit_id.hex}"


def tier_board(tier: str) -> str:
    """The board of a tier."""
    return f"tier:{tier}"


def _grown(now: datetime) -> Any:
    """Active officers who show, with what they grew by over the year."""
    hidden = select(col(ClubMember.officer_id)).where(col(ClubMember.off_board))
    return (
        select(
            col(Officer.id).label("officer_id"), col(Officer.alias), col(Officer.tier), col(Officer.unit_id),
            func.sum(col(GrowthEntry.amount)).label("growth"),
        )
        .join(GrowthEntry, col(GrowthEntry.officer_id) == col(Officer.id))
        .where(col(Officer.state) == "active", col(GrowthEntry.counts_at) > now - YEAR, col(Officer.id).not_in(hidden))
        .group_by(col(Officer.id), col(Officer.alias), col(Officer.tier), col(Officer.unit_id))
        .having(func.sum(col(GrowthEntry.amount)) > 0)
        .subquery("grown")
    )  # fmt: skip


def _of_kind(kind: str) -> ColumnElement[bool]:
    return col(Standing.board) == ALL if kind == ALL else col(Standing.board).startswith(f"{kind}:", autoescape=True)


def make(session: Session, kind: str, now: datetime) -> int:
    """Make all boards of a kind anew: `all`, one a tier, or one a unit; two statements however many officers there are."""
    session.execute(delete(Standing).where(_of_kind(kind)))
    grown = _grown(now)
    source: Any = grown
    board: ColumnElement[str] = literal(ALL, String)
    if kind == "tier":
        board = literal("tier:", String) + grown.c.tier
    elif kind == "unit":
        day = now.date()
        today = and_(_A.valid_from <= day, _A.valid_to > day)
        source = grown.join(UnitAncestor, and_(_A.unit_id == grown.c.unit_id, today))
        board = literal("unit:", String) + func.replace(cast(_A.ancestor_id, String), "-", "")
    order = (grown.c.growth.desc(), grown.c.officer_id)
    rows = select(
        board.label("board"),
        func.row_number().over(partition_by=board, order_by=order),
        func.rank().over(partition_by=board, order_by=grown.c.growth.desc()),
        grown.c.officer_id, grown.c.alias, grown.c.tier, grown.c.growth, literal(now, UtcDateTime),
    ).select_from(source)  # fmt: skip
    columns = ["board", "row_number", "place", "officer_id", "alias", "tier", "growth", "made_at"]
    session.execute(insert(Standing).from_select(columns, rows))
    return session.scalar(select(func.count()).where(_of_kind(kind))) or 0


def page(session: Session, board: str, after: int, limit: int = PAGE) -> Sequence[Standing]:
    """Lines of a board behind a row; one more than a page. Who left the boards is on none, however old the table is."""
    hidden = select(col(ClubMember.officer_id)).where(col(ClubMember.off_board))
    rows = select(Standing).where(col(Standing.board) == board, col(Standing.row_number) > after, col(Standing.officer_id).not_in(hidden))
    return session.scalars(rows.order_by(col(Standing.row_number)).limit(limit + 1)).all()


def own(session: Session, officer_id: UUID, board: str) -> Standing | None:
    """An officer's line on a board."""
    return session.scalars(select(Standing).where(col(Standing.officer_id) == officer_id, col(Standing.board) == board)).one_or_none()


def show(session: Session, officer_id: UUID, shown: bool) -> None:
    """Whether an officer shows on boards; who leaves is gone at once, who comes back is there with the next making."""
    statement = upsert_for(session)(ClubMember).values(officer_id=officer_id, off_board=not shown, streak=0, longest=0)
    session.execute(statement.on_conflict_do_update(index_elements=["officer_id"], set_={"off_board": not shown}))
    if not shown:
        session.execute(delete(Standing).where(col(Standing.officer_id) == officer_id))


def member(session: Session, officer_id: UUID) -> ClubMember:
    """What the club keeps about an officer; a blank line where there is nothing yet."""
    rows = select(ClubMember).where(col(ClubMember.officer_id) == officer_id).execution_options(populate_existing=True)
    return session.scalars(rows).one_or_none() or ClubMember(officer_id=officer_id)


class Row(NamedTuple):
    """A row of days after one was added."""

    streak: int
    longest: int


def look_in(session: Session, officer_id: UUID, today: date) -> Row | None:
    """One day more, once a day whoever asks and however often; None where today is counted already."""
    kept = ClubMember.__table__.c  # type: ignore[attr-defined]  # SQLModel hides it
    longer = case((kept.last_day == today - timedelta(days=1), kept.streak + 1), else_=1)
    statement = upsert_for(session)(ClubMember).values(officer_id=officer_id, off_board=False, last_day=today, streak=1, longest=1)
    statement = statement.on_conflict_do_update(
        index_elements=["officer_id"],
        set_={"last_day": today, "streak": longer, "longest": case((longer > kept.longest, longer), else_=kept.longest)},
        where=or_(kept.last_day.is_(None), kept.last_day < today),
    ).returning(kept.streak, kept.longest)
    row = session.execute(statement).first()
    return Row(*row) if row else None
