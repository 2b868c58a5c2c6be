"""The SQL of the event catalogue: types in force, their versions, and how often each of them comes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.foundation.db import keys_in
from portal.people.models import User
from scheduler.touchpoints.models import EventType, EventTypeVersion, Touchpoint
from scheduler.touchpoints.rules.schema import Attribute, plain_shape, shape_of


class TypeLine(NamedTuple):
    """An event type in the list: how many touchpoints listen to it, and the newest version that is no part of history yet."""

    event_type: EventType
    touchpoints: int
    pending: str | None


class VersionLine(NamedTuple):
    """A version with the names of who wrote and who approved it."""

    version: EventTypeVersion
    author: str | None
    approver: str | None


def live_shapes(session: Session, codes: Iterable[str]) -> dict[str, tuple[Attribute, ...]]:
    """The schemas in force of those event types that are live; one statement."""
    columns = (col(EventType.code), col(EventType.shape), col(EventType.attributes))
    query = select(*columns).where(keys_in(col(EventType.code), set(codes)), col(EventType.state) == "live")
    return {code: shape_of(shape) if shape else plain_shape(attributes) for code, shape, attributes in session.execute(query)}


def type_lines(session: Session) -> list[TypeLine]:
    """The whole catalogue."""
    listen = select(func.count()).where(col(Touchpoint.event_type) == col(EventType.code)).scalar_subquery()
    waiting = (
        select(func.max(col(EventTypeVersion.state)))
        .where(col(EventTypeVersion.event_type) == col(EventType.code), col(EventTypeVersion.state).in_(("draft", "submitted")))
        .scalar_subquery()
    )
    return [TypeLine(*row) for row in session.execute(select(EventType, listen, waiting).order_by(col(EventType.code)))]


def versions_of(session: Session, code: str) -> list[VersionLine]:
    """Every version of an event type, the newest first."""
    author, approver = User.__table__.alias("author"), User.__table__.alias("approver")  # type: ignore[attr-defined]
    query = (
        select(EventTypeVersion, author.c.name, approver.c.name)
        .outerjoin(author, author.c.id == col(EventTypeVersion.author_id))
        .outerjoin(approver, approver.c.id == col(EventTypeVersion.approved_by))
        .where(col(EventTypeVersion.event_type) == code)
        .order_by(col(EventTypeVersion.number).desc())
    )
    return [VersionLine(*row) for row in session.execute(query)]


def version(session: Session, version_id: UUID, *, lock: bool = False) -> EventTypeVersion | None:
    """One version; locked where it is about to change."""
    query = select(EventTypeVersion).where(col(EventTypeVersion.id) == version_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def locked_type(session: Session, code: str) -> EventType | None:
    """An event type that is about to change."""
    return session.scalars(select(EventType).where(col(EventType.code) == code).with_for_update()).one_or_none()


def in_force(session: Session, code: str) -> EventTypeVersion | None:
    """The approved version of an event type."""
    query = select(EventTypeVersion).where(col(EventTypeVersion.event_type) == code, col(EventTypeVersion.state) == "approved")
    return session.scalars(query.order_by(col(EventTypeVersion.number).desc()).limit(1)).one_or_none()


def open_version(session: Session, code: str) -> EventTypeVersion | None:
    """The draft or submitted version of an event type; there is at most one."""
    query = select(EventTypeVersion).where(col(EventTypeVersion.event_type) == code)
    return session.scalars(query.where(col(EventTypeVersion.state).in_(("draft", "submitted"))).limit(1)).one_or_none()


def last_number(session: Session, code: str) -> int:
    """The highest number a version of this type has; 0 where there is none."""
    return session.scalar(select(func.max(col(EventTypeVersion.number))).where(col(EventTypeVersion.event_type) == code)) or 0


def add_version(session: Session, code: str, number: int, author_id: UUID | None, now: datetime, **columns: Any) -> EventTypeVersion:
    """Write a new version."""
    made = EventTypeVersion(event_type=code, number=number, author_id=author_id, created_at=now, **columns)
    session.add(made)
    session.flush()
    return made
