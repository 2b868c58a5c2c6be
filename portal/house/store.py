"""The SQL of switches and documents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from portal.house.models import DocumentReading, FeatureSwitch, PolicyDocument
from portal.people.models import UnitAncestor, User, UserRole


class Person(NamedTuple):
    """Somebody who belongs to an audience, by one of their roles."""

    id: UUID
    name: str


def switches(session: Session) -> dict[str, FeatureSwitch]:
    """Parts that were ever switched."""
    return {one.code: one for one in session.scalars(select(FeatureSwitch))}


def switch(session: Session, code: str) -> FeatureSwitch | None:
    """One of them."""
    return session.get(FeatureSwitch, code)


def documents(session: Session) -> Sequence[PolicyDocument]:
    """All versions, the newest first."""
    return session.scalars(select(PolicyDocument).order_by(col(PolicyDocument.code), col(PolicyDocument.version).desc()).limit(300)).all()


def in_force(session: Session) -> Sequence[PolicyDocument]:
    """The versions in force."""
    ours = select(PolicyDocument).where(col(PolicyDocument.state) == "published")
    return session.scalars(ours.order_by(col(PolicyDocument.published_at).desc())).all()


def document(session: Session, document_id: UUID) -> PolicyDocument | None:
    """One version."""
    return session.get(PolicyDocument, document_id)


def newest_number(session: Session, code: str) -> int:
    """The number of a document's newest version, 0 where there is none."""
    return session.scalar(select(func.max(col(PolicyDocument.version))).where(col(PolicyDocument.code) == code)) or 0


def replace_older(session: Session, one: PolicyDocument) -> None:
    """Versions that a newer one takes the place of."""
    older = (col(PolicyDocument.code) == one.code) & (col(PolicyDocument.state) == "published") & (col(PolicyDocument.id) != one.id)
    session.execute(update(PolicyDocument).where(older).values(state="replaced").execution_options(synchronize_session="fetch"))


def sign(session: Session, document_id: UUID, user_id: UUID, now: datetime) -> bool:
    """Note that somebody read it; False where they had before."""
    table = DocumentReading.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    insert = upsert_for(session)(table).values(document_id=document_id, user_id=user_id, read_at=now)
    return session.execute(insert.on_conflict_do_nothing().returning(table.c.user_id)).first() is not None


def read_by(session: Session, user_id: UUID) -> set[UUID]:
    """The versions that somebody has read."""
    return set(session.scalars(select(col(DocumentReading.document_id)).where(col(DocumentReading.user_id) == user_id)))


def readers(session: Session, document_id: UUID) -> dict[UUID, datetime]:
    """Who has read a version, and when."""
    rows = select(col(DocumentReading.user_id), col(DocumentReading.read_at)).where(col(DocumentReading.document_id) == document_id)
    return dict(session.execute(rows).all())


def people(session: Session, roles: Sequence[str], unit_ids: Iterable[UUID], now: datetime, only: UUID | None = None) -> list[Person]:
    """Active users with one of these roles at one of these units or below; empty lists mean all; `only` asks for one person."""
    live = (col(UserRole.expires_at).is_(None)) | (col(UserRole.expires_at) > now)
    query = select(col(User.id), col(User.name)).join(UserRole, col(UserRole.user_id) == col(User.id)).where(col(User.active), live)
    if only is not None:
        query = query.where(col(User.id) == only)
    if roles:
        query = query.where(col(UserRole.role).in_(list(roles)))
    units = list(unit_ids)
    if units:
        today = now.date()
        inside = select(col(UnitAncestor.unit_id)).where(
            col(UnitAncestor.ancestor_id).in_(units), col(UnitAncestor.valid_from) <= today, col(UnitAncestor.valid_to) > today
        )
        query = query.where(col(User.unit_id).in_(inside))
    return [Person(key, name) for key, name in session.execute(query.distinct().order_by(col(User.name)))]
