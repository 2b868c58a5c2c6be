"""The SQL of marks that are set after the submission."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from questionnaires.answering.models import Response


class Answered(NamedTuple):
    """An answer at a code that names a staff member."""

    id: UUID
    unit_id: UUID | None
    staff: str
    submitted_at: datetime
    flags: list[str]


def of_staff(session: Session, since: datetime, limit: int) -> list[Answered]:
    """Answers at codes of staff members, submitted since then."""
    columns = (col(Response.id), col(Response.unit_id), col(Response.staff), col(Response.submitted_at), col(Response.flags))
    rows = select(*columns).where(
        col(Response.submitted_at) >= since, col(Response.poster_code).is_not(None), col(Response.staff).is_not(None)
    )
    return [Answered(*row) for row in session.execute(rows.order_by(col(Response.submitted_at)).limit(limit))]


def add_flag(session: Session, response_id: UUID, before: Sequence[str], flag: str) -> None:
    """Add one mark; only jobs change marks after the submission."""
    row = update(Response).where(col(Response.id) == response_id).values(flags=[*before, flag])
    session.execute(row.execution_options(synchronize_session=False))
