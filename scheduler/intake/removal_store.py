"""The SQL of what retention removed."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from scheduler.intake.removal_models import Removal


def horizon(session: Session, table: str = "decision") -> UUID | None:
    """The first id of a table that retention has not touched; None where it never removed anything."""
    query = select(col(Removal.before_id)).where(col(Removal.table_name) == table)
    return max(session.scalars(query), default=None)
