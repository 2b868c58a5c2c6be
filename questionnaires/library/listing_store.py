"""The SQL of the library's list: filters, cursor paging, folders, figures; a constant number of statements whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_
from sqlmodel import Session, col

from portal.people.models import User
from questionnaires.library.models import ApprovalStep, LibraryFolder, Questionnaire, QuestionnaireVersion, VersionFigures


@dataclass(frozen=True)
class Narrowed:
    """What the list is narrowed to; empty means all. Words stand in the titles, the code or the draft, in any language."""

    search: str = ""
    status: str = ""
    folders: tuple[str, ...] = ()
    owner: UUID | None = None
    kind: str = ""


def listed(session: Session, narrowed: Narrowed, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Any]:
    """Questionnaires with owner's name, version's number, figures, and whether a draft waits; the last touched first."""
    waits = exists().where(
        col(ApprovalStep.questionnaire_id) == col(Questionnaire.id),
        col(ApprovalStep.draft_revision) == col(Questionnaire.draft_revision),
        col(ApprovalStep.decision).is_(None),
    )
    query = (
        select(Questionnaire, col(User.name), col(QuestionnaireVersion.number), VersionFigures, waits)
        .outerjoin(User, col(User.id) == col(Questionnaire.owner_id))
        .outerjoin(QuestionnaireVersion, col(QuestionnaireVersion.id) == col(Questionnaire.current_version_id))
        .outerjoin(VersionFigures, col(VersionFigures.version_id) == col(Questionnaire.current_version_id))
        .where(*_clauses(narrowed))
        .order_by(col(Questionnaire.updated_at).desc(), col(Questionnaire.id).desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(col(Questionnaire.updated_at), col(Questionnaire.id)) < after)
    return session.execute(query).all()


def how_many(session: Session, narrowed: Narrowed) -> int:
    """How many fit."""
    return session.scalar(select(func.count()).select_from(Questionnaire).where(*_clauses(narrowed))) or 0


def _clauses(narrowed: Narrowed) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowed.status:
        found.append(col(Questionnaire.status) == narrowed.status)
    if narrowed.folders:
        found.append(col(Questionnaire.folder).in_(narrowed.folders))
    if narrowed.owner is not None:
        found.append(col(Questionnaire.owner_id) == narrowed.owner)
    if narrowed.kind:
        found.append(col(Questionnaire.subject_class) == narrowed.kind)
    for word in narrowed.search.split()[:6]:
        columns = (Questionnaire.title_zh, Questionnaire.title_en, Questionnaire.code)
        found.append(or_(*(col(column).icontains(word[:60], autoescape=True) for column in columns)))
    return found


def owners(session: Session) -> list[tuple[UUID, str]]:
    """Who owns questionnaires, by name."""
    query = select(col(User.id), col(User.name)).where(col(User.id).in_(select(col(Questionnaire.owner_id)))).order_by(col(User.name))
    return [(key, name) for key, name in session.execute(query)]


def folder_rows(session: Session) -> list[LibraryFolder]:
    """The folders that somebody made or renamed."""
    return list(session.scalars(select(LibraryFolder).order_by(col(LibraryFolder.code))))


def folder(session: Session, code: str) -> LibraryFolder | None:
    """One of them."""
    return session.get(LibraryFolder, code)


def folder_counts(session: Session) -> dict[str, int]:
    """How many questionnaires stand in each folder."""
    return dict(session.execute(select(col(Questionnaire.folder), func.count()).group_by(col(Questionnaire.folder))).all())
