"""Activities: lists, seats taken by guarded statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, and_, func, or_, select, update
from sqlmodel import Session, col

from officers.club.models import Activity, ActivityPlace
from portal.foundation import cursors
from portal.foundation.db import dialect_of, ids_in
from portal.people.models import OrgUnit, UnitAncestor
from portal.people.rules.roles import Scope
from portal.people.store import in_scope

PAGE = 20
HELD_OPEN = ("published", "settled")


@dataclass(frozen=True)
class Reader:
    """An officer who looks for activities: kind, rank of the tier, and the unit with all above it."""

    officer_id: UUID
    kind: str
    rank: int
    unit_id: UUID | None


def changed(session: Session, statement: Any) -> int:
    """How many rows a statement changed."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def hold(session: Session, activity_id: UUID) -> Activity | None:
    """The activity with its row locked until the end of the transaction: seats and waiting list are one person's at a time."""
    rows = select(Activity).where(col(Activity.id) == activity_id)
    if dialect_of(session) == "postgresql":
        rows = rows.with_for_update(key_share=True)
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def by_id(session: Session, activity_id: UUID) -> Activity | None:
    """One activity."""
    return session.get(Activity, activity_id)


def of_ids(session: Session, ids: Sequence[UUID]) -> dict[UUID, Activity]:
    """Several."""
    return {one.id: one for one in session.scalars(select(Activity).where(ids_in(col(Activity.id), ids)))}


def take_seat(session: Session, activity_id: UUID) -> bool:
    """One seat more in use, if there is one."""
    free = and_(col(Activity.taken) < col(Activity.capacity), col(Activity.state) == "published")
    return changed(session, update(Activity).where(col(Activity.id) == activity_id, free).values(taken=col(Activity.taken) + 1)) == 1


def give_seat(session: Session, activity_id: UUID) -> bool:
    """One seat less in use."""
    used = and_(col(Activity.id) == activity_id, col(Activity.taken) > 0)
    return changed(session, update(Activity).where(used).values(taken=col(Activity.taken) - 1)) == 1


def join_line(session: Session, activity_id: UUID) -> bool:
    """One person more on the waiting list, if it has room."""
    room = and_(col(Activity.waiting) < col(Activity.waiting_most), col(Activity.state) == "published")
    return changed(session, update(Activity).where(col(Activity.id) == activity_id, room).values(waiting=col(Activity.waiting) + 1)) == 1


def leave_line(session: Session, activity_id: UUID) -> bool:
    """One person less on the waiting list."""
    some = and_(col(Activity.id) == activity_id, col(Activity.waiting) > 0)
    return changed(session, update(Activity).where(some).values(waiting=col(Activity.waiting) - 1)) == 1


def in_unit(session: Session, unit_id: UUID | None, above: UUID, at: datetime) -> bool:
    """Whether a unit is another one or below it, today."""
    return unit_id is not None and session.execute(_lines(at).where(_A.unit_id == unit_id, _A.ancestor_id == above)).first() is not None


_A = UnitAncestor.__table__.c  # type: ignore[attr-defined]  # SQLModel hides it


def _lines(at: datetime) -> Any:
    day = at.date()
    return select(_A.ancestor_id).where(_A.valid_from <= day, _A.valid_to > day)


def _fits(reader: Reader, at: datetime) -> Any:
    """Activities that are meant for this officer."""
    units = _lines(at).where(_A.unit_id == reader.unit_id)
    return and_(
        col(Activity.only_kind).in_(["", reader.kind]),
        col(Activity.min_rank) <= reader.rank,
        or_(col(Activity.only_unit_id).is_(None), col(Activity.only_unit_id).in_(units)),
    )


def coming(session: Session, reader: Reader, now: datetime, after: tuple[datetime, UUID] | None, limit: int = PAGE) -> Sequence[Activity]:
    """Published activities for an officer that are not over, the first to end first; one more than a page."""
    over = (now, UUID(int=2**128 - 1))  # behind everything that ends now; one bound: of two, SQLite enters the index at the first
    place = cursors.behind(col(Activity.ends_at), col(Activity.id), max(after or over, over), falling=False)
    rows = select(Activity).where(col(Activity.state) == "published", place, _fits(reader, now))
    return session.scalars(rows.order_by(col(Activity.ends_at), col(Activity.id)).limit(limit + 1)).all()


def between(session: Session, reader: Reader, first: datetime, last: datetime, now: datetime) -> Sequence[Activity]:
    """What lies in a span of the calendar: meant for this officer, or with a place of theirs."""
    mine = select(col(ActivityPlace.activity_id)).where(
        col(ActivityPlace.officer_id) == reader.officer_id, col(ActivityPlace.state) != "cancelled"
    )
    rows = select(Activity).where(
        col(Activity.ends_at) > first, col(Activity.starts_at) < last, col(Activity.state).in_(HELD_OPEN),
        or_(_fits(reader, now), col(Activity.id).in_(mine)),
    )  # fmt: skip
    return session.scalars(rows.order_by(col(Activity.starts_at), col(Activity.id)).limit(200)).all()


@dataclass(frozen=True)
class Filter:
    """What the staff's list shows: a scope, a state (blank: all), words of the title, from where."""

    scope: Scope
    now: datetime
    state: str = ""
    words: str = ""
    cursor: UUID | None = None


def page(session: Session, wanted: Filter, limit: int = PAGE) -> Sequence[Activity]:
    """Activities of the organising units, the newest first; one more than a page."""
    rows = select(Activity).where(in_scope(col(Activity.unit_id), wanted.scope, wanted.now))
    if wanted.state:
        rows = rows.where(col(Activity.state) == wanted.state)
    if wanted.words:
        rows = rows.where(func.lower(col(Activity.title)).contains(wanted.words.lower(), autoescape=True))
    if wanted.cursor is not None:
        rows = rows.where(col(Activity.id) < wanted.cursor)
    return session.scalars(rows.order_by(col(Activity.id).desc()).limit(limit + 1)).all()


def found(session: Session, words: str, scope: Scope, now: datetime, limit: int) -> Sequence[Activity]:
    """Activities with these words in their title, for the search field."""
    return page(session, Filter(scope, now, words=words), limit)[:limit]


def to_settle(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Published activities that are over and whose last moment for checking in has passed."""
    rows = select(col(Activity.id)).where(col(Activity.state) == "published", col(Activity.ends_at) <= now)
    return session.scalars(rows.order_by(col(Activity.ends_at), col(Activity.id)).limit(limit)).all()


def unit_names(session: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Names of units, Chinese and English."""
    rows = session.execute(select(col(OrgUnit.id), col(OrgUnit.name_zh), col(OrgUnit.name_en)).where(ids_in(col(OrgUnit.id), ids)))
    return {key: (zh, en) for key, zh, en in rows}


def total(session: Session) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(Activity)) or 0
