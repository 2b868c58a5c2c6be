"""Issues, their links, timeline and actions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, upsert_for
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import Response
from scheduler.cases.models import Case
from scheduler.improvement.models import Issue, IssueAction, IssueLink, IssueNumber, IssueStep

PAGE = 50
UNSETTLED = ("found", "analysed", "planned", "fixed", "reopened")


@dataclass(frozen=True)
class Filter:
    """What a list shows."""

    scope: Scope
    now: datetime
    state: str = ""
    kind: str = ""
    words: str = ""
    programme_id: UUID | None = None
    before: UUID | None = None


def take_number(session: Session, year: int) -> int:
    """The next number of a year; two processes get different ones."""
    insert = upsert_for(session)(IssueNumber).values(year=year, last=1)
    statement = insert.on_conflict_do_update(index_elements=["year"], set_={"last": IssueNumber.last + 1}).returning(IssueNumber.last)
    return int(session.execute(statement).scalar_one())


def page(session: Session, wanted: Filter) -> list[Issue]:
    """A page of issues, newest first, with one more to tell whether there are others."""
    rows = select(Issue).where(in_scope(col(Issue.unit_id), wanted.scope, wanted.now))
    if wanted.state == "open":
        rows = rows.where(col(Issue.state).in_(UNSETTLED))
    elif wanted.state:
        rows = rows.where(col(Issue.state) == wanted.state)
    if wanted.kind:
        rows = rows.where(col(Issue.kind) == wanted.kind)
    if wanted.programme_id is not None:
        rows = rows.where(col(Issue.programme_id) == wanted.programme_id)
    if wanted.words:
        rows = rows.where(or_(col(Issue.title).contains(wanted.words, autoescape=True), col(Issue.number) == wanted.words))
    if wanted.before is not None:
        rows = rows.where(col(Issue.id) < wanted.before)
    return list(session.scalars(rows.order_by(col(Issue.id).desc()).limit(PAGE + 1)))


def counts(session: Session, scope: Scope, now: datetime) -> dict[str, int]:
    """How many issues of a scope stand in each state."""
    rows = session.execute(
        select(col(Issue.state), func.count()).where(in_scope(col(Issue.unit_id), scope, now)).group_by(col(Issue.state))
    )
    return {row[0]: int(row[1]) for row in rows}


def by_number(session: Session, number: str) -> Issue | None:
    """An issue by its number."""
    return session.scalars(select(Issue).where(col(Issue.number) == number)).one_or_none()


def lock(session: Session, issue_id: UUID) -> Issue | None:
    """An issue, held until the transaction ends."""
    fresh = select(Issue).where(col(Issue.id) == issue_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def of_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Issue]:
    """Issues by id."""
    return {row.id: row for row in session.scalars(select(Issue).where(ids_in(col(Issue.id), ids)))}


def of_programme(session: Session, programme_id: UUID) -> Sequence[Issue]:
    """All issues of a programme, oldest first."""
    return session.scalars(select(Issue).where(col(Issue.programme_id) == programme_id).order_by(col(Issue.number))).all()


def unsettled(session: Session, scope: Scope, now: datetime, limit: int) -> list[Issue]:
    """Unsettled issues of a scope, those due first on top."""
    rows = select(Issue).where(col(Issue.state).in_(UNSETTLED), in_scope(col(Issue.unit_id), scope, now))
    return list(session.scalars(rows.order_by(col(Issue.fix_due_on).is_(None), col(Issue.fix_due_on), col(Issue.number)).limit(limit)))


def gathering(session: Session, unit_id: UUID, touchpoint: str) -> Issue | None:
    """The unsettled issue that the product itself began for a unit and a touchpoint, held until the transaction ends."""
    ours = select(Issue).where(
        col(Issue.unit_id) == unit_id, col(Issue.touchpoint) == touchpoint, col(Issue.found_by).is_(None),
        col(Issue.state).not_in(["verified", "wont_fix"]),
    )  # fmt: skip
    return session.scalars(ours.order_by(col(Issue.found_at)).limit(1).with_for_update()).one_or_none()


def add_step(session: Session, issue_id: UUID, act: str, now: datetime, actor_id: UUID | None, note: str, facts: dict[str, Any]) -> None:
    """A line of the timeline."""
    session.add(IssueStep(issue_id=issue_id, at=now, actor_id=actor_id, act=act, note=note, facts=facts))


def steps_of(session: Session, issue_id: UUID) -> Sequence[IssueStep]:
    """The timeline, newest first."""
    rows = select(IssueStep).where(col(IssueStep.issue_id) == issue_id)
    return session.scalars(rows.order_by(col(IssueStep.at).desc(), col(IssueStep.id).desc())).all()


def link(session: Session, row: dict[str, Any]) -> bool:
    """Tie an issue to what it was seen in; False where it was tied before."""
    made = upsert_for(session)(IssueLink).values(**row).on_conflict_do_nothing().returning(IssueLink.object_id)
    return session.execute(made).first() is not None


def links_of(session: Session, issue_id: UUID) -> Sequence[IssueLink]:
    """What an issue was seen in."""
    return session.scalars(select(IssueLink).where(col(IssueLink.issue_id) == issue_id).order_by(col(IssueLink.added_at))).all()


def link_numbers(session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many links each issue has."""
    rows = session.execute(
        select(col(IssueLink.issue_id), func.count()).where(ids_in(col(IssueLink.issue_id), ids)).group_by(col(IssueLink.issue_id))
    )
    return {row[0]: int(row[1]) for row in rows}


def issues_of(session: Session, kind: str, object_id: UUID) -> Sequence[Issue]:
    """The issues that something was tied to."""
    rows = select(Issue).join(IssueLink, col(IssueLink.issue_id) == col(Issue.id))
    return session.scalars(rows.where(col(IssueLink.kind) == kind, col(IssueLink.object_id) == object_id)).all()


def cases(session: Session, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Cases by id."""
    return {row.id: row for row in session.scalars(select(Case).where(ids_in(col(Case.id), ids)))}


def response_exists(session: Session, response_id: UUID) -> Response | None:
    """An answer."""
    return session.get(Response, response_id)


def actions_of(session: Session, issue_id: UUID) -> Sequence[IssueAction]:
    """What people do about an issue, by day."""
    rows = select(IssueAction).where(col(IssueAction.issue_id) == issue_id)
    return session.scalars(rows.order_by(col(IssueAction.due_on), col(IssueAction.id))).all()


def actions_of_meeting(session: Session, meeting_id: UUID) -> Sequence[IssueAction]:
    """What a meeting decided that people do."""
    return session.scalars(select(IssueAction).where(col(IssueAction.meeting_id) == meeting_id).order_by(col(IssueAction.due_on))).all()


def action(session: Session, action_id: UUID) -> IssueAction | None:
    """One action."""
    return session.get(IssueAction, action_id)


def overdue_actions(session: Session, owner_id: UUID, today: date) -> int:
    """How many of somebody's actions are late."""
    late = select(func.count()).where(
        col(IssueAction.owner_id) == owner_id, col(IssueAction.done_at).is_(None), col(IssueAction.due_on) < today
    )
    return int(session.scalar(late) or 0)


def total(session: Session) -> int:
    """How many issues there are."""
    return int(session.scalar(select(func.count()).select_from(Issue)) or 0)
