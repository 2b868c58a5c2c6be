"""The SQL of the question bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.foundation.db import dialect_of, ids_in
from questionnaires.bank.models import BankQuestion, BankRevision


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means all. Retired questions show only when asked for."""

    search: str = ""
    category: str = ""
    tag: str = ""
    retired: bool = False


def by_id(session: Session, question_id: UUID) -> BankQuestion | None:
    """A question."""
    return session.get(BankQuestion, question_id)


def locked(session: Session, question_id: UUID) -> BankQuestion | None:
    """A question, held until the transaction ends."""
    query = select(BankQuestion).where(col(BankQuestion.id) == question_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if dialect_of(session) == "postgresql" else query).one_or_none()


def by_code(session: Session, code: str) -> BankQuestion | None:
    """A question by its code."""
    return session.scalars(select(BankQuestion).where(col(BankQuestion.code) == code)).one_or_none()


def codes(session: Session) -> set[str]:
    """The codes of all questions, retired ones too."""
    return set(session.scalars(select(col(BankQuestion.code))))


def found(session: Session, filters: Filters, words: Sequence[str], limit: int = 500) -> list[tuple[BankQuestion, BankRevision]]:
    """Questions with their newest revision; every word stands in the text, Chinese also within words."""
    query = (
        select(BankQuestion, BankRevision)
        .join(
            BankRevision, (col(BankRevision.question_id) == col(BankQuestion.id)) & (col(BankRevision.number) == col(BankQuestion.revision))
        )
        .where(col(BankQuestion.retired_at).isnot(None) if filters.retired else col(BankQuestion.retired_at).is_(None))
        .order_by(col(BankQuestion.category), col(BankQuestion.code))
        .limit(limit)
    )
    if filters.category:
        query = query.where(col(BankQuestion.category) == filters.category)
    for word in words:
        query = query.where(col(BankQuestion.search_text).contains(word, autoescape=True))
    return [(question, revision) for question, revision in session.execute(query)]


def revision(session: Session, question_id: UUID, number: int) -> BankRevision | None:
    """One wording."""
    query = select(BankRevision).where(col(BankRevision.question_id) == question_id, col(BankRevision.number) == number)
    return session.scalars(query).one_or_none()


def revisions(session: Session, question_id: UUID) -> list[BankRevision]:
    """All wordings, the newest first."""
    query = select(BankRevision).where(col(BankRevision.question_id) == question_id)
    return list(session.scalars(query.order_by(col(BankRevision.number).desc())))


def newest(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The newest revision's number of some questions."""
    query = select(col(BankQuestion.id), col(BankQuestion.revision)).where(ids_in(col(BankQuestion.id), ids))
    return dict(session.execute(query).all())


def categories(session: Session) -> dict[str, int]:
    """Categories of live questions, with how many each holds."""
    query = (
        select(col(BankQuestion.category), func.count()).where(col(BankQuestion.retired_at).is_(None)).group_by(col(BankQuestion.category))
    )
    return dict(session.execute(query).all())


def count(session: Session) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(BankQuestion)) or 0
