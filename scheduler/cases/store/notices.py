"""Staff's notices and absences."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, upsert_for
from scheduler.cases.models import Case
from scheduler.cases.notice_models import StaffAbsence, StaffNotice

TO_MAIL = text("staff_notice.mail")  # written out, as the partial index has it


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """New notices; one that was written before is left as it is."""
    if rows:
        session.execute(upsert_for(session)(StaffNotice).values(list(rows)).on_conflict_do_nothing(index_elements=["key"]))


def claim_digest(session: Session, now: datetime, limit: int) -> Sequence[StaffNotice]:
    """Notices that wait for a digest that is due, held; rows of another process are left to it."""
    return session.scalars(
        select(StaffNotice)
        .where(col(StaffNotice.digest_due_at) <= now)
        .order_by(col(StaffNotice.digest_due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def claim_mail(session: Session, limit: int) -> list[tuple[StaffNotice, str | None]]:
    """Notices that go out of the portal too, with the numbers of their cases, held; rows of another process are left to it."""
    rows = session.execute(
        select(StaffNotice, col(Case.number))
        .outerjoin(Case, col(Case.id) == col(StaffNotice.case_id))
        .where(TO_MAIL)
        .order_by(col(StaffNotice.at))
        .limit(limit)
        .with_for_update(of=StaffNotice, skip_locked=True)
    )
    return [(row[0], row[1]) for row in rows]


def unread(session: Session, user_id: UUID) -> int:
    """How many notices a person has not read, without those that wait for the digest."""
    wanted = (col(StaffNotice.user_id) == user_id, col(StaffNotice.read_at).is_(None), col(StaffNotice.digest_due_at).is_(None))
    return session.scalar(select(func.count()).select_from(StaffNotice).where(*wanted)) or 0


def newest(session: Session, user_id: UUID, limit: int) -> list[tuple[StaffNotice, str | None]]:
    """A person's notices with the numbers of their cases, the newest first."""
    rows = session.execute(
        select(StaffNotice, col(Case.number))
        .outerjoin(Case, col(Case.id) == col(StaffNotice.case_id))
        .where(col(StaffNotice.user_id) == user_id)
        .order_by(col(StaffNotice.at).desc(), col(StaffNotice.id).desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def mark_read(session: Session, user_id: UUID, now: datetime, ids: Iterable[UUID] | None = None) -> int:
    """All notices of a person, or some, are read."""
    ours = update(StaffNotice).where(col(StaffNotice.user_id) == user_id, col(StaffNotice.read_at).is_(None))
    if ids is not None:
        ours = ours.where(ids_in(col(StaffNotice.id), ids))
    found = session.execute(ours.values(read_at=now).execution_options(synchronize_session=False))
    return int(found.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def absences(session: Session, user_id: UUID, now: datetime) -> Sequence[StaffAbsence]:
    """A person's times away that last or are to come."""
    rows = select(StaffAbsence).where(col(StaffAbsence.user_id) == user_id, col(StaffAbsence.until) > now)
    return session.scalars(rows.order_by(col(StaffAbsence.from_))).all()


def standing_in(session: Session, user_id: UUID, now: datetime) -> list[UUID]:
    """For whom a person stands in now."""
    return list(
        session.scalars(
            select(col(StaffAbsence.user_id)).where(
                col(StaffAbsence.deputy_id) == user_id, col(StaffAbsence.from_) <= now, col(StaffAbsence.until) > now
            )
        )
    )
