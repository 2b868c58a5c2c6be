"""The SQL of evidence. Lists read rows; contents are read one at a time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from portal.foundation.db import insert_rows, keys_in
from scheduler.evidence.models import EvidenceContent, EvidenceFile


def add(session: Session, rows: Sequence[Mapping[str, Any]], contents: Sequence[Mapping[str, Any]]) -> None:
    """New files with their sealed contents."""
    insert_rows(session, EvidenceFile, rows)
    insert_rows(session, EvidenceContent, contents)


def held(session: Session, owner: str) -> tuple[int, int]:
    """How many files an owner has, and how many bytes they are."""
    counted = select(func.count(), func.coalesce(func.sum(col(EvidenceFile.size)), 0))
    row = session.execute(counted.where(col(EvidenceFile.owner) == owner)).one()
    return int(row[0]), int(row[1])


def of_owner(session: Session, owner: str) -> list[EvidenceFile]:
    """An owner's files, in the order of their arrival."""
    return list(session.scalars(select(EvidenceFile).where(col(EvidenceFile.owner) == owner).order_by(col(EvidenceFile.id))))


def by_id(session: Session, file_id: UUID) -> EvidenceFile | None:
    """A file's row."""
    return session.get(EvidenceFile, file_id)


def content(session: Session, file_id: UUID) -> bytes | None:
    """The sealed bytes."""
    found: bytes | None = session.scalar(select(col(EvidenceContent.sealed)).where(col(EvidenceContent.file_id) == file_id))
    return found


def to_make(session: Session, limit: int) -> list[UUID]:
    """Pictures that wait to be made anew, oldest first."""
    waiting = select(col(EvidenceFile.id)).where(col(EvidenceFile.state) == "waiting")
    return list(session.scalars(waiting.order_by(col(EvidenceFile.id)).limit(limit)))


def finish(session: Session, file_id: UUID, values: Mapping[str, Any], sealed: bytes) -> bool:
    """Put the new picture in the place of what came in; False where another process did it already."""
    rows = update(EvidenceFile).where(col(EvidenceFile.id) == file_id, col(EvidenceFile.state) == "waiting").values(**values)
    if session.execute(rows.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.execute(update(EvidenceContent).where(col(EvidenceContent.file_id) == file_id).values(sealed=sealed))
    return True


def remove_of(session: Session, owners: Iterable[str]) -> int:
    """Delete the files of some owners with their contents; gives how many."""
    gone = list(session.scalars(select(col(EvidenceFile.id)).where(keys_in(col(EvidenceFile.owner), owners))))
    for file_id in gone:
        session.execute(delete(EvidenceContent).where(col(EvidenceContent.file_id) == file_id))
        session.execute(delete(EvidenceFile).where(col(EvidenceFile.id) == file_id))
    return len(gone)
