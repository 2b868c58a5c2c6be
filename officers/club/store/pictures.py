"""Which picture belongs to what."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from officers.work.photo_models import Photo


def owner_of(session: Session, photo_id: UUID) -> str:
    """What a picture belongs to; blank for one that is not there."""
    return session.scalars(select(col(Photo.owner)).where(col(Photo.id) == photo_id)).one_or_none() or ""
