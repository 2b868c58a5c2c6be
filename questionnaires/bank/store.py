"""The SQL of bank questions, revisions and categories; `search_store` finds them, `usage_store` knows where they are used.

A search compares folded text by substring, on purpose: it finds Chinese and English within words, means exactly the same
on SQLite and PostgreSQL, and needs neither FTS5 nor pg_trgm. A page of a bank of 5,225 questions took 35–105 ms on either,
on a machine that was busy with other things; banks hold hundreds. An index of word pieces (`bank_gram`) exists for
likeness, which a substring can't tell.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal.foundation.db import dialect_of, ids_in, insert_rows
from portal.foundation.ids import new_id
from portal.people.models import User
from questionnaires.bank.models import BankCategory, BankGram, BankImport, BankKept, BankQuestion, BankRevision, BankTag
from questionnaires.bank.search_store import Filters, found, page

__all__ = ["Filters", "found", "page"]


class NewRow(NamedTuple):
    """A question to insert among many: its columns, first wording, tags and word pieces."""

    columns: dict[str, Any]
    content: dict[str, Any]
    tags: list[str]
    grams: list[str]


def by_id(session: Session, question_id: UUID) -> BankQuestion | None:
    """A question or section."""
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


def everything(session: Session, retired: bool = False) -> list[tuple[BankQuestion, BankRevision]]:
    """All questions with their newest revision, by code; for exports and comparisons with a file."""
    query = select(BankQuestion, BankRevision).join(BankRevision, newest_revision()).order_by(col(BankQuestion.code))
    if not retired:
        query = query.where(col(BankQuestion.retired_at).is_(None))
    return [(question, revision) for question, revision in session.execute(query)]


def newest_revision() -> Any:
    """The join's condition."""
    return (col(BankRevision.question_id) == col(BankQuestion.id)) & (col(BankRevision.number) == col(BankQuestion.revision))


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


def newest_contents(session: Session, ids: Sequence[UUID]) -> list[tuple[BankQuestion, BankRevision]]:
    """Some questions with their newest revision."""
    query = select(BankQuestion, BankRevision).join(BankRevision, newest_revision()).where(ids_in(col(BankQuestion.id), ids))
    return [(question, revision) for question, revision in session.execute(query)]


def by_codes(session: Session, wanted: Sequence[str]) -> list[tuple[BankQuestion, BankRevision]]:
    """Live questions by their codes, with all their revisions, the newest first."""
    query = (
        select(BankQuestion, BankRevision)
        .join(BankRevision, col(BankRevision.question_id) == col(BankQuestion.id))
        .where(col(BankQuestion.code).in_(wanted), col(BankQuestion.retired_at).is_(None))
        .order_by(col(BankQuestion.code), col(BankRevision.number).desc())
    )
    return [(question, revision) for question, revision in session.execute(query)]


def index(session: Session, question_id: UUID, tags: Sequence[str], grams: Sequence[str]) -> None:
    """Put new tags and word pieces in the place of the old ones."""
    for model in (BankTag, BankGram):
        session.execute(delete(model).where(col(model.question_id) == question_id))
    insert_rows(session, BankTag, [{"question_id": question_id, "tag": tag} for tag in dict.fromkeys(tags)])
    insert_rows(session, BankGram, [{"question_id": question_id, "gram": gram} for gram in grams])


def insert_all(session: Session, rows: Sequence[NewRow]) -> None:
    """Many new questions with their first revisions, tags and word pieces, in four statements."""
    insert_rows(session, BankQuestion, [row.columns for row in rows])
    first = [(row.columns["id"], row) for row in rows]
    made = [
        {
            "id": new_id(),
            "question_id": key,
            "number": 1,
            "content": row.content,
            "changes": [],
            "author_id": row.columns["owner_id"],
            "created_at": row.columns["created_at"],
        }
        for key, row in first
    ]
    insert_rows(session, BankRevision, made)
    insert_rows(session, BankTag, [{"question_id": key, "tag": tag} for key, row in first for tag in dict.fromkeys(row.tags)])
    insert_rows(session, BankGram, [{"question_id": key, "gram": gram} for key, row in first for gram in row.grams])


def sharing(session: Session, grams: Sequence[str], limit: int) -> list[UUID]:
    """The live questions that share most pieces of a wording, most first."""
    shared = func.count().label("shared")
    query = (
        select(col(BankGram.question_id)).where(col(BankGram.gram).in_(grams)).group_by(col(BankGram.question_id))
        .order_by(shared.desc(), col(BankGram.question_id)).limit(limit)
    )  # fmt: skip
    return list(session.scalars(query))


def tags(session: Session, limit: int = 60) -> list[tuple[str, int]]:
    """Tags of live questions with how many carry them, the commonest first."""
    count = func.count().label("count")
    query = (
        select(col(BankTag.tag), count).join(BankQuestion, col(BankQuestion.id) == col(BankTag.question_id))
        .where(col(BankQuestion.retired_at).is_(None)).group_by(col(BankTag.tag)).order_by(count.desc(), col(BankTag.tag)).limit(limit)
    )  # fmt: skip
    return [(tag, n) for tag, n in session.execute(query)]


def categories(session: Session) -> list[BankCategory]:
    """All values of the three axes, retired ones too, in their order."""
    return list(session.scalars(select(BankCategory).order_by(col(BankCategory.axis), col(BankCategory.position), col(BankCategory.code))))


def category(session: Session, axis: str, code: str) -> BankCategory | None:
    """One value of an axis."""
    return session.get(BankCategory, (axis, code))


def category_counts(session: Session) -> dict[tuple[str, str], int]:
    """How many live questions stand under each value of each axis."""
    found: dict[tuple[str, str], int] = {}
    for axis, column in (("journey", BankQuestion.journey), ("touchpoint", BankQuestion.touchpoint), ("dimension", BankQuestion.dimension)):
        query = select(col(column), func.count()).where(col(BankQuestion.retired_at).is_(None)).group_by(col(column))
        found |= {(axis, code): n for code, n in session.execute(query)}
    return found


def kept(session: Session, questionnaire_id: UUID) -> dict[UUID, int]:
    """The revisions that a questionnaire's designer saw and did not take, by question."""
    query = select(col(BankKept.question_id), col(BankKept.revision)).where(col(BankKept.questionnaire_id) == questionnaire_id)
    return dict(session.execute(query).all())


def keep(session: Session, row: Mapping[str, Any]) -> None:
    """Remember that a newer revision was not taken."""
    session.merge(BankKept(**row))


def purge_imports(session: Session, before: Any) -> None:
    """Forget files that nobody decided about."""
    session.execute(delete(BankImport).where(col(BankImport.made_at) < before))


def names(session: Session, ids: Sequence[UUID | None]) -> dict[UUID, str]:
    """The names of users."""
    wanted = {one for one in ids if one is not None}
    return dict(session.execute(select(col(User.id), col(User.name)).where(ids_in(col(User.id), wanted))).all())


def count(session: Session) -> int:
    """How many questions and sections there are."""
    return session.scalar(select(func.count()).select_from(BankQuestion)) or 0
