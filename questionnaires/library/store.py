"""The SQL of the library."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from portal.audit.models import AuditEntry
from portal.foundation.db import dialect_of, ids_in
from portal.people.models import User, UserRole
from portal.people.rules.roles import Role
from questionnaires.library.models import ApprovalStep, Questionnaire, QuestionnaireVersion, VersionFigures


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means all."""

    search: str = ""
    status: str = ""
    folder: str = ""


def by_id(session: Session, questionnaire_id: UUID) -> Questionnaire | None:
    """A questionnaire."""
    return session.get(Questionnaire, questionnaire_id)


def locked(session: Session, questionnaire_id: UUID) -> Questionnaire | None:
    """A questionnaire, held until the transaction ends, as it is now: of two editors the second sees the first's revision."""
    query = select(Questionnaire).where(col(Questionnaire.id) == questionnaire_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if dialect_of(session) == "postgresql" else query).one_or_none()


def by_code(session: Session, code: str) -> Questionnaire | None:
    """A questionnaire by its code."""
    return session.scalars(select(Questionnaire).where(col(Questionnaire.code) == code)).one_or_none()


def listed(session: Session, filters: Filters, limit: int = 200) -> list[Questionnaire]:
    """Questionnaires, the last touched first."""
    query = select(Questionnaire).order_by(col(Questionnaire.updated_at).desc(), col(Questionnaire.code)).limit(limit)
    if filters.status:
        query = query.where(col(Questionnaire.status) == filters.status)
    if filters.folder:
        query = query.where(col(Questionnaire.folder) == filters.folder)
    if words := filters.search.strip():
        columns = (Questionnaire.title_zh, Questionnaire.title_en, Questionnaire.code)
        query = query.where(or_(*(col(column).icontains(words, autoescape=True) for column in columns)))
    return list(session.scalars(query))


def by_code_after(session: Session, status: str, after: str, limit: int) -> list[Questionnaire]:
    """Questionnaires by code, from after one on, perhaps of one status."""
    query = select(Questionnaire).where(col(Questionnaire.code) > after).order_by(col(Questionnaire.code)).limit(limit)
    if status:
        query = query.where(col(Questionnaire.status) == status)
    return list(session.scalars(query))


def folders(session: Session) -> list[str]:
    """The folders there are."""
    return list(
        session.scalars(
            select(col(Questionnaire.folder)).where(col(Questionnaire.folder) != "").distinct().order_by(col(Questionnaire.folder))
        )
    )


def versions(session: Session, questionnaire_id: UUID) -> list[QuestionnaireVersion]:
    """All versions, the newest first."""
    query = select(QuestionnaireVersion).where(col(QuestionnaireVersion.questionnaire_id) == questionnaire_id)
    return list(session.scalars(query.order_by(col(QuestionnaireVersion.number).desc())))


def version(session: Session, version_id: UUID | None) -> QuestionnaireVersion | None:
    """A version."""
    return None if version_id is None else session.get(QuestionnaireVersion, version_id)


def versions_by_id(session: Session, ids: Sequence[UUID]) -> dict[UUID, QuestionnaireVersion]:
    """Some versions."""
    return {one.id: one for one in session.scalars(select(QuestionnaireVersion).where(ids_in(col(QuestionnaireVersion.id), ids)))}


def last_number(session: Session, questionnaire_id: UUID) -> int:
    """The number of the newest version; 0 where there is none."""
    query = select(func.max(col(QuestionnaireVersion.number))).where(col(QuestionnaireVersion.questionnaire_id) == questionnaire_id)
    return session.scalar(query) or 0


def steps(session: Session, questionnaire_id: UUID, draft_revision: int) -> list[ApprovalStep]:
    """The approval steps of one revision of the draft, in order."""
    query = select(ApprovalStep).where(
        col(ApprovalStep.questionnaire_id) == questionnaire_id, col(ApprovalStep.draft_revision) == draft_revision
    )
    return list(session.scalars(query.order_by(col(ApprovalStep.step))))


def waiting_steps(session: Session) -> list[ApprovalStep]:
    """All steps of drafts that wait for a word, oldest first."""
    query = (
        select(ApprovalStep)
        .join(
            Questionnaire,
            (col(Questionnaire.id) == col(ApprovalStep.questionnaire_id))
            & (col(Questionnaire.draft_revision) == col(ApprovalStep.draft_revision)),
        )
        .order_by(col(ApprovalStep.submitted_at), col(ApprovalStep.questionnaire_id), col(ApprovalStep.step))
    )
    return list(session.scalars(query))


def names(session: Session, ids: Sequence[UUID | None]) -> dict[UUID, str]:
    """The names of users."""
    wanted = {one for one in ids if one is not None}
    return dict(session.execute(select(col(User.id), col(User.name)).where(ids_in(col(User.id), wanted))).all())


def holder_of(session: Session, roles: Sequence[Role]) -> UUID | None:
    """Some active user who holds one of the roles; the sample bank's questionnaires need authors."""
    query = (
        select(col(User.id)).join(UserRole, col(UserRole.user_id) == col(User.id)).where(col(User.active), col(UserRole.role).in_(roles))
    )
    return session.scalar(query.order_by(col(User.login)).limit(1))


def count(session: Session) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(Questionnaire)) or 0


@dataclass(frozen=True)
class Audited:
    """One entry of the audit trail; `user` is empty where a job or a program acted."""

    at: datetime
    act: str
    user: UUID | None
    facts: dict[str, object]


def audit_of(session: Session, questionnaire_id: UUID, limit: int) -> list[Audited]:
    """What the trail tells of a questionnaire, the newest first."""
    query = (
        select(AuditEntry)
        .where(col(AuditEntry.object_kind) == "questionnaire", col(AuditEntry.object_id) == str(questionnaire_id))
        .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
        .limit(limit)
    )
    return [Audited(one.at, one.act, UUID(one.actor_id) if one.actor_kind == "user" else None, one.facts) for one in session.scalars(query)]


def figures(session: Session, version_id: UUID | None) -> VersionFigures | None:
    """How a version fares."""
    return None if version_id is None else session.get(VersionFigures, version_id)
