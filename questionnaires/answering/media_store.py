"""The SQL of the library of pictures. Lists leave the content out."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from questionnaires.answering.links_models import Media


class Picture(NamedTuple):
    """A picture without its content."""

    id: UUID
    name: str
    media: str
    width: int
    height: int
    created_at: datetime
    retired_at: datetime | None


_COLUMNS = (
    *(col(Media.id), col(Media.name), col(Media.media), col(Media.width)),
    *(col(Media.height), col(Media.created_at), col(Media.retired_at)),
)


def listed(session: Session, after: UUID | None = None, limit: int = 40) -> list[Picture]:
    """Pictures on offer, newest first, from one on."""
    rows = select(*_COLUMNS).where(col(Media.retired_at).is_(None))
    if after is not None:
        rows = rows.where(col(Media.id) < after)
    return [Picture(*row) for row in session.execute(rows.order_by(col(Media.id).desc()).limit(limit))]


def row(session: Session, media_id: UUID) -> Picture | None:
    """One picture."""
    found = session.execute(select(*_COLUMNS).where(col(Media.id) == media_id)).one_or_none()
    return Picture(*found) if found else None


def by_hash(session: Session, digest: str) -> Media | None:
    """The picture with a content."""
    return session.scalars(select(Media).where(col(Media.sha256) == digest).limit(1)).one_or_none()


def content(session: Session, media_id: UUID) -> tuple[str, bytes, str] | None:
    """Media type, content and hash."""
    found = session.execute(select(col(Media.media), col(Media.content), col(Media.sha256)).where(col(Media.id) == media_id)).one_or_none()
    return (found[0], bytes(found[1]), found[2]) if found else None


def retire(session: Session, media_id: UUID, now: datetime) -> None:
    """Offer it no more."""
    session.execute(update(Media).where(col(Media.id) == media_id).values(retired_at=now).execution_options(synchronize_session=False))
