"""The SQL of the training."""

from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from officers.people.panel_models import TrainingTry, TrainingVersion


def newest_version(session: Session) -> TrainingVersion | None:
    """The version that counts; None while the one that ships does."""
    return session.scalars(select(TrainingVersion).order_by(col(TrainingVersion.number).desc()).limit(1)).one_or_none()


def next_number(session: Session) -> int:
    """The number of the next version."""
    return (session.scalar(select(func.max(col(TrainingVersion.number)))) or 0) + 1


def tries(session: Session, officer_id: UUID) -> list[TrainingTry]:
    """An officer's tries, the newest first."""
    query = select(TrainingTry).where(col(TrainingTry.officer_id) == officer_id)
    return list(session.scalars(query.order_by(col(TrainingTry.n).desc())))


def passed_share(session: Session) -> tuple[int, int]:
    """How many tries passed, of how many."""
    passed = func.count().filter(col(TrainingTry.passed))
    row = session.execute(select(passed, func.count()).select_from(TrainingTry)).one()
    return int(row[0]), int(row[1])
