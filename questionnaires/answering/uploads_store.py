"""The SQL of uploads. Lists read rows; contents are read one at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows
from portal.foundation.quick import Lane
from questionnaires.answering import wire
from questionnaires.answering.links_models import Upload, UploadContent
from questionnaires.answering.models import Response

_BIND = "UPDATE upload SET response_id = :response_id, owner = '' WHERE id = :id"


def held(session: Session, owner: str) -> tuple[int, int]:
    """How many uploads a link has that no response has taken, and how many bytes they are."""
    row = session.execute(select(func.count(), func.coalesce(func.sum(col(Upload.size)), 0)).where(col(Upload.owner) == owner)).one()
    return int(row[0]), int(row[1])


def add(session: Session, rows: Sequence[Mapping[str, Any]], contents: Sequence[Mapping[str, Any]]) -> None:
    """New uploads with their sealed contents."""
    insert_rows(session, Upload, rows)
    insert_rows(session, UploadContent, contents)


def of_owner(session: Session, owner: str, ids: Iterable[UUID]) -> list[Upload]:
    """Those of some uploads that are this link's own, in the order of their arrival."""
    rows = select(Upload).where(col(Upload.owner) == owner, ids_in(col(Upload.id), ids))
    return list(session.scalars(rows.order_by(col(Upload.id))))


def bind(lane: Lane, response_id: UUID, ids: Iterable[UUID]) -> None:
    """Give uploads to the response that names them; the link they came by is forgotten."""
    for upload_id in ids:
        lane.run(wire.spelled(_BIND, lane.dialect), wire.bound({"response_id": response_id, "id": upload_id}, lane.dialect))


def by_id(session: Session, upload_id: UUID) -> Upload | None:
    """An upload."""
    return session.get(Upload, upload_id)


def of_response(session: Session, response_id: UUID) -> list[Upload]:
    """All uploads of a response."""
    return list(session.scalars(select(Upload).where(col(Upload.response_id) == response_id).order_by(col(Upload.id))))


def content(session: Session, upload_id: UUID, part: str) -> bytes | None:
    """The sealed bytes of one part."""
    found: bytes | None = session.scalar(
        select(col(UploadContent.sealed)).where(col(UploadContent.upload_id) == upload_id, col(UploadContent.part) == part)
    )
    return found


def to_make(session: Session, limit: int) -> list[UUID]:
    """Pictures that wait to be made anew, oldest first."""
    return list(session.scalars(select(col(Upload.id)).where(col(Upload.state) == "waiting").order_by(col(Upload.id)).limit(limit)))


def finish(session: Session, upload_id: UUID, values: Mapping[str, Any], parts: Mapping[str, bytes]) -> bool:
    """Put the parts in the place of the original; False where another process did it already or the upload is gone."""
    rows = update(Upload).where(col(Upload.id) == upload_id, col(Upload.state) == "waiting").values(**values)
    if session.execute(rows.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.execute(delete(UploadContent).where(col(UploadContent.upload_id) == upload_id))
    insert_rows(session, UploadContent, [{"upload_id": upload_id, "part": part, "sealed": sealed} for part, sealed in parts.items()])
    return True


def forgotten(session: Session, prefix: str, before: datetime, limit: int) -> list[UUID]:
    """Uploads of one kind of link that no response took by then."""
    rows = select(col(Upload.id)).where(
        col(Upload.response_id).is_(None), col(Upload.owner).startswith(prefix), col(Upload.created_at) < before
    )
    return list(session.scalars(rows.limit(limit)))


def of_customers(session: Session, customer_ids: Iterable[UUID]) -> list[UUID]:
    """Uploads in the responses of some customers, submitted or not."""
    taken = select(col(Upload.id)).join(Response, col(Response.id) == col(Upload.response_id))
    taken = taken.where(ids_in(col(Response.customer_id), customer_ids))
    begun = select(col(Response.id), col(Response.invitation_id)).where(ids_in(col(Response.customer_id), customer_ids))
    owners = [owner for row in session.execute(begun) for owner in (f"q:{row[0].hex}", f"s:{row[1].hex}" if row[1] else "")]
    waiting = select(col(Upload.id)).where(col(Upload.owner).in_([owner for owner in owners if owner]))
    return [*session.scalars(taken), *session.scalars(waiting)]


def of_responses(session: Session, response_ids: Iterable[UUID]) -> list[UUID]:
    """Uploads in some responses."""
    return list(session.scalars(select(col(Upload.id)).where(ids_in(col(Upload.response_id), response_ids))))


def remove(session: Session, ids: Iterable[UUID]) -> None:
    """Delete uploads with their contents."""
    gone = list(ids)
    session.execute(delete(UploadContent).where(ids_in(col(UploadContent.upload_id), gone)))
    session.execute(delete(Upload).where(ids_in(col(Upload.id), gone)))
