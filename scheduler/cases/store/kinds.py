"""A bank's own versions of kinds of cases."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from scheduler.cases.models import CaseKind


def approved(session: Session) -> Sequence[CaseKind]:
    """All versions that were let run."""
    return session.scalars(select(CaseKind).where(col(CaseKind.approved_by).is_not(None))).all()


def waiting(session: Session) -> Sequence[CaseKind]:
    """Versions that wait for a second person, the oldest first."""
    return session.scalars(select(CaseKind).where(col(CaseKind.approved_by).is_(None)).order_by(col(CaseKind.created_at))).all()


def versions(session: Session, code: str) -> Sequence[CaseKind]:
    """All versions of one kind, the newest first."""
    return session.scalars(select(CaseKind).where(col(CaseKind.code) == code).order_by(col(CaseKind.version).desc())).all()


def one(session: Session, code: str, version: int) -> CaseKind | None:
    """One version, held until the transaction ends."""
    return session.scalars(
        select(CaseKind).where(col(CaseKind.code) == code, col(CaseKind.version) == version).with_for_update()
    ).one_or_none()


def last_version(session: Session, code: str) -> int:
    """The highest number given so far; 1 stands for the product's own."""
    return max(1, session.scalar(select(func.max(col(CaseKind.version))).where(col(CaseKind.code) == code)) or 1)
