"""The SQL of a case's files. Lists read rows; contents are read one at a time."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from scheduler.cases.work_models import CaseAttachment, CaseAttachmentContent


def add(session: Session, row: CaseAttachment, sealed: bytes) -> None:
    """A file with its sealed content."""
    session.add(row)
    session.flush()
    session.add(CaseAttachmentContent(attachment_id=row.id, sealed=sealed))
    session.flush()


def number(session: Session, case_id: UUID) -> int:
    """How many files a case has."""
    return session.scalar(select(func.count()).select_from(CaseAttachment).where(col(CaseAttachment.case_id) == case_id)) or 0


def of_case(session: Session, case_id: UUID) -> Sequence[CaseAttachment]:
    """All files of a case, the oldest first."""
    rows = select(CaseAttachment).where(col(CaseAttachment.case_id) == case_id)
    return session.scalars(rows.order_by(col(CaseAttachment.added_at), col(CaseAttachment.id))).all()


def one(session: Session, case_id: UUID, attachment_id: UUID) -> CaseAttachment | None:
    """A file, if it is this case's."""
    rows = select(CaseAttachment).where(col(CaseAttachment.id) == attachment_id, col(CaseAttachment.case_id) == case_id)
    return session.scalars(rows).one_or_none()


def content(session: Session, attachment_id: UUID) -> bytes | None:
    """The sealed bytes."""
    found: bytes | None = session.scalar(
        select(col(CaseAttachmentContent.sealed)).where(col(CaseAttachmentContent.attachment_id) == attachment_id)
    )
    return found


def to_make(session: Session, limit: int) -> list[UUID]:
    """Pictures that wait to be made anew."""
    rows = select(col(CaseAttachment.id)).where(col(CaseAttachment.state) == "waiting").order_by(col(CaseAttachment.id)).limit(limit)
    return list(session.scalars(rows))


def finish(session: Session, attachment_id: UUID, values: Mapping[str, Any], sealed: bytes) -> None:
    """Put the new content in the place of the original, once."""
    ours = update(CaseAttachment).where(col(CaseAttachment.id) == attachment_id, col(CaseAttachment.state) == "waiting").values(**values)
    if session.execute(ours.execution_options(synchronize_session=False)).rowcount == 1:  # type: ignore[attr-defined]  # an UPDATE has it
        session.execute(
            update(CaseAttachmentContent).where(col(CaseAttachmentContent.attachment_id) == attachment_id).values(sealed=sealed)
        )


def forget(session: Session, case_ids: Sequence[UUID]) -> int:
    """The files of an erased customer's cases go."""
    ids = list(session.scalars(select(col(CaseAttachment.id)).where(ids_in(col(CaseAttachment.case_id), case_ids))))
    session.execute(delete(CaseAttachmentContent).where(ids_in(col(CaseAttachmentContent.attachment_id), ids)))
    session.execute(delete(CaseAttachment).where(ids_in(col(CaseAttachment.id), ids)))
    return len(ids)
