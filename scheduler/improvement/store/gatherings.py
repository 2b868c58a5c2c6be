"""Meetings and programmes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, upsert_for
from portal.people.models import User, UserRole
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.library.models import Questionnaire
from scheduler.improvement.models import Issue, Meeting, MeetingItem, Programme, ProgrammePart

SHOWN = 60


class Listed(NamedTuple):
    """An issue on a meeting's list."""

    item: MeetingItem
    issue: Issue


def meetings(session: Session, scope: Scope, now: datetime, programme_id: UUID | None = None) -> Sequence[Meeting]:
    """Meetings of a scope, the next and newest first."""
    rows = select(Meeting).where(in_scope(col(Meeting.unit_id), scope, now))
    if programme_id is not None:
        rows = rows.where(col(Meeting.programme_id) == programme_id)
    return session.scalars(rows.order_by(col(Meeting.held_on).desc(), col(Meeting.id).desc()).limit(SHOWN)).all()


def meeting(session: Session, meeting_id: UUID) -> Meeting | None:
    """One meeting."""
    return session.get(Meeting, meeting_id)


def items(session: Session, meeting_id: UUID) -> list[Listed]:
    """A meeting's list, in its order."""
    rows = session.execute(
        select(MeetingItem, Issue)
        .join(Issue, col(Issue.id) == col(MeetingItem.issue_id))
        .where(col(MeetingItem.meeting_id) == meeting_id)
        .order_by(col(MeetingItem.position), col(Issue.number))
    )
    return [Listed(row[0], row[1]) for row in rows]


def put_on_list(session: Session, meeting_id: UUID, issue_ids: Sequence[UUID]) -> int:
    """Put issues on a meeting's list, after those that are there; one that is there stays where it is."""
    last = session.scalar(select(func.coalesce(func.max(col(MeetingItem.position)), 0)).where(col(MeetingItem.meeting_id) == meeting_id))
    rows = [
        {"meeting_id": meeting_id, "issue_id": one, "position": int(last or 0) + n, "decision": ""} for n, one in enumerate(issue_ids, 1)
    ]
    if not rows:
        return 0
    made = upsert_for(session)(MeetingItem).values(rows).on_conflict_do_nothing().returning(MeetingItem.issue_id)
    return len(session.execute(made).all())


def item(session: Session, meeting_id: UUID, issue_id: UUID) -> MeetingItem | None:
    """One line of a meeting's list."""
    return session.get(MeetingItem, (meeting_id, issue_id))


def programmes(session: Session, scope: Scope, now: datetime) -> Sequence[Programme]:
    """Programmes of a scope, running ones first."""
    rows = select(Programme).where(in_scope(col(Programme.unit_id), scope, now))
    return session.scalars(rows.order_by(col(Programme.state).desc(), col(Programme.ends_on), col(Programme.code))).all()


def programme(session: Session, programme_id: UUID) -> Programme | None:
    """One programme."""
    return session.get(Programme, programme_id)


def programme_by_code(session: Session, code: str) -> Programme | None:
    """One programme by its code."""
    return session.scalars(select(Programme).where(col(Programme.code) == code)).one_or_none()


def parts(session: Session, programme_id: UUID) -> dict[str, list[UUID]]:
    """What belongs to a programme besides issues and meetings, by kind."""
    found: dict[str, list[UUID]] = {"unit": [], "questionnaire": [], "case": []}
    for row in session.scalars(select(ProgrammePart).where(col(ProgrammePart.programme_id) == programme_id)):
        found[row.kind].append(row.object_id)
    return found


def set_parts(session: Session, programme_id: UUID, kind: str, ids: Iterable[UUID]) -> None:
    """The units or questionnaires of a programme, in place of those before."""
    session.execute(delete(ProgrammePart).where(col(ProgrammePart.programme_id) == programme_id, col(ProgrammePart.kind) == kind))
    rows: list[dict[str, Any]] = [{"programme_id": programme_id, "kind": kind, "object_id": one} for one in dict.fromkeys(ids)]
    insert_rows(session, ProgrammePart, rows)


def issue_counts(session: Session, ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many issues each programme has, and how many of them are verified."""
    rows = session.execute(
        select(col(Issue.programme_id), col(Issue.state), func.count())
        .where(ids_in(col(Issue.programme_id), ids))
        .group_by(col(Issue.programme_id), col(Issue.state))
    )
    found: dict[UUID, tuple[int, int]] = {}
    for programme_id, state, n in rows:
        every, verified = found.get(programme_id, (0, 0))
        found[programme_id] = (every + int(n), verified + (int(n) if state == "verified" else 0))
    return found


def questionnaires(session: Session) -> list[tuple[UUID, str, str]]:
    """Questionnaires to choose from: id and titles."""
    rows = session.execute(
        select(col(Questionnaire.id), col(Questionnaire.title_zh), col(Questionnaire.title_en)).order_by(col(Questionnaire.code)).limit(300)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def staff(session: Session, now: datetime) -> list[tuple[UUID, str]]:
    """Members of staff who may answer for an issue: everybody active who holds a role."""
    held = select(col(UserRole.user_id)).where((col(UserRole.expires_at).is_(None)) | (col(UserRole.expires_at) > now))
    rows = session.execute(
        select(col(User.id), col(User.name)).where(col(User.active).is_(True), col(User.id).in_(held)).order_by(col(User.name)).limit(500)
    )
    return [(row[0], row[1]) for row in rows]


def due_meetings(session: Session, scope: Scope, now: datetime, today: date) -> int:
    """How many meetings are planned from today on."""
    coming = select(func.count()).where(
        col(Meeting.state) == "planned", col(Meeting.held_on) >= today, in_scope(col(Meeting.unit_id), scope, now)
    )
    return int(session.scalar(coming) or 0)
