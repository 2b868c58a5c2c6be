"""The SQL of drafts at work: their history, authors, and who has them open."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from portal.people.models import User
from questionnaires.library.models import DraftAuthor, DraftChange, DraftPresence

KEPT = 300
"""Steps of a draft's history that can be undone; older ones are dropped, the audit trail keeps that they happened."""


def add_author(session: Session, questionnaire_id: UUID, user_id: UUID) -> None:
    """Remember that somebody wrote on the draft."""
    row = {"questionnaire_id": questionnaire_id, "user_id": user_id}
    session.execute(upsert_for(session)(DraftAuthor).values(row).on_conflict_do_nothing())


def authors(session: Session, questionnaire_id: UUID) -> set[UUID]:
    """Who wrote on the draft since the last publication."""
    return set(session.scalars(select(col(DraftAuthor.user_id)).where(col(DraftAuthor.questionnaire_id) == questionnaire_id)))


def forget_authors(session: Session, questionnaire_id: UUID) -> None:
    """After a publication the draft is nobody's."""
    session.execute(delete(DraftAuthor).where(col(DraftAuthor.questionnaire_id) == questionnaire_id))


def forget_history(session: Session, questionnaire_id: UUID, before: int) -> None:
    """Drop steps before a revision."""
    session.execute(delete(DraftChange).where(col(DraftChange.questionnaire_id) == questionnaire_id, col(DraftChange.revision) < before))


def forget_undone(session: Session, questionnaire_id: UUID, user_id: UUID | None) -> None:
    """A new change ends somebody's chance to redo."""
    session.execute(
        delete(DraftChange).where(
            col(DraftChange.questionnaire_id) == questionnaire_id,
            col(DraftChange.user_id) == user_id,
            col(DraftChange.undone_at).isnot(None),
        )
    )


def last_done(session: Session, questionnaire_id: UUID, user_id: UUID) -> DraftChange | None:
    """Somebody's newest step that is not undone."""
    query = select(DraftChange).where(
        col(DraftChange.questionnaire_id) == questionnaire_id, col(DraftChange.user_id) == user_id, col(DraftChange.undone_at).is_(None)
    )
    return session.scalars(query.order_by(col(DraftChange.revision).desc()).limit(1)).one_or_none()


def last_undone(session: Session, questionnaire_id: UUID, user_id: UUID) -> DraftChange | None:
    """The step that somebody would redo: the one undone last is the oldest of those undone."""
    query = select(DraftChange).where(
        col(DraftChange.questionnaire_id) == questionnaire_id, col(DraftChange.user_id) == user_id, col(DraftChange.undone_at).isnot(None)
    )
    return session.scalars(query.order_by(col(DraftChange.revision)).limit(1)).one_or_none()


def can_step(session: Session, questionnaire_id: UUID, user_id: UUID) -> tuple[bool, bool]:
    """Whether somebody can undo, and redo."""
    query = select(col(DraftChange.undone_at).is_(None)).where(
        col(DraftChange.questionnaire_id) == questionnaire_id, col(DraftChange.user_id) == user_id
    )
    found = set(session.scalars(query.distinct()))
    return True in found, False in found


def last_of(session: Session, questionnaire_id: UUID, subject: str) -> tuple[str, datetime] | None:
    """Who changed a part last, and when."""
    query = (
        select(col(User.name), col(DraftChange.at))
        .join(User, col(User.id) == col(DraftChange.user_id))
        .where(col(DraftChange.questionnaire_id) == questionnaire_id, col(DraftChange.subject) == subject)
        .order_by(col(DraftChange.revision).desc())
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def note_presence(session: Session, questionnaire_id: UUID, user_id: UUID, part: str, now: datetime) -> None:
    """Somebody has the draft open, at a part."""
    row = {"questionnaire_id": questionnaire_id, "user_id": user_id, "part": part[:60], "seen_at": now}
    insert = upsert_for(session)(DraftPresence).values(row)
    session.execute(insert.on_conflict_do_update(index_elements=["questionnaire_id", "user_id"], set_={"part": part[:60], "seen_at": now}))


def present(session: Session, questionnaire_id: UUID, since: datetime, but: UUID) -> Sequence[tuple[str, str]]:
    """The names of others who have the draft open, and their part."""
    query = (
        select(col(User.name), col(DraftPresence.part))
        .join(User, col(User.id) == col(DraftPresence.user_id))
        .where(
            col(DraftPresence.questionnaire_id) == questionnaire_id, col(DraftPresence.seen_at) > since, col(DraftPresence.user_id) != but
        )
        .order_by(col(User.name))
    )
    return [(name, part) for name, part in session.execute(query)]
