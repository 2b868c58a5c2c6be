"""The SQL of the taxonomy's reviews."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.people.models import User, UserRole
from questionnaires.analysis.models import TaxonomyReview


def newest(session: Session, limit: int) -> list[TaxonomyReview]:
    """The latest reviews, planned and done."""
    return list(session.scalars(select(TaxonomyReview).order_by(col(TaxonomyReview.quarter).desc()).limit(limit)))


def of_quarter(session: Session, quarter: str) -> TaxonomyReview | None:
    """A quarter's review."""
    return session.scalars(select(TaxonomyReview).where(col(TaxonomyReview.quarter) == quarter)).one_or_none()


def people_with(session: Session, roles: frozenset[str]) -> list[tuple[UUID, str]]:
    """Active users who hold one of some roles, by name."""
    held = select(col(UserRole.user_id)).where(col(UserRole.role).in_(roles))
    query = select(col(User.id), col(User.name)).where(col(User.active), col(User.id).in_(held)).order_by(col(User.name))
    return [(row[0], row[1]) for row in session.execute(query)]


def names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """Users' names."""
    query = select(col(User.id), col(User.name)).where(col(User.id).in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}
