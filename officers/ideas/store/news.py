"""Whom an issue concerns: those who sent submissions and ideas, voted, gave a low score, complained; and who was told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from officers.ideas.campaign_models import IssueNews, IssueTold
from officers.ideas.models import Idea
from officers.people.models import Officer
from officers.work.models import Submission
from portal.foundation.db import ids_in, insert_rows, keys_in
from portal.people.models import Customer
from questionnaires.answering.models import Response
from scheduler.cases.models import Case
from scheduler.complaints.models import Complaint
from scheduler.improvement.models import IssueLink

TOLD = ("case", "complaint", "response", "submission", "idea")


class Reader(NamedTuple):
    """Somebody to tell: as officer, colleague or customer; `page`: a customer's own page, as messages name it."""

    who: str
    user_id: UUID | None = None
    customer_id: UUID | None = None
    officer_id: UUID | None = None
    page: dict[str, Any] | None = None


def add(session: Session, issue_id: UUID, step: str, now: datetime, kind: str | None = None, object_id: UUID | None = None) -> None:
    """A step that people are to be told of: all whom the issue concerns, or those behind one thing that it was seen in."""
    session.add(IssueNews(issue_id=issue_id, step=step, kind=kind, object_id=object_id, at=now))


def to_tell(session: Session, limit: int) -> list[UUID]:
    """Steps that wait, oldest first."""
    rows = select(col(IssueNews.id)).where(col(IssueNews.done_at).is_(None)).order_by(col(IssueNews.at), col(IssueNews.id))
    return list(session.scalars(rows.limit(limit)))


def hold(session: Session, news_id: UUID) -> IssueNews | None:
    """A step that waits, held until the transaction ends; None where it is done or another process holds it."""
    rows = select(IssueNews).where(col(IssueNews.id) == news_id, col(IssueNews.done_at).is_(None)).with_for_update(skip_locked=True)
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def links(session: Session, issue_id: UUID, kind: str | None = None, object_id: UUID | None = None) -> dict[str, list[UUID]]:
    """What an issue was seen in, by kind; or of it one thing."""
    wanted = select(col(IssueLink.kind), col(IssueLink.object_id)).where(col(IssueLink.issue_id) == issue_id)
    if kind is not None:
        wanted = wanted.where(col(IssueLink.kind) == kind, col(IssueLink.object_id) == object_id)
    rows = session.execute(wanted)
    found: dict[str, list[UUID]] = {one: [] for one in TOLD}
    for sort, key in rows:
        found.setdefault(sort, []).append(key)
    return found


def with_merged(session: Session, idea_ids: Iterable[UUID]) -> list[Idea]:
    """Ideas with those that were merged into them, however often; nothing that is hidden."""
    found: dict[UUID, Idea] = {}
    wanted = set(idea_ids)
    rows = list(session.scalars(select(Idea).where(ids_in(col(Idea.id), wanted))))
    while rows:
        found |= {row.id: row for row in rows}
        below = select(Idea).where(ids_in(col(Idea.merged_into), [row.id for row in rows]))
        rows = [row for row in session.scalars(below) if row.id not in found]
    return [row for row in found.values() if row.hidden_at is None]


def officers_of_submissions(session: Session, ids: Iterable[UUID]) -> list[Reader]:
    """Who sent submissions."""
    rows = session.execute(
        select(col(Officer.id), col(Officer.user_id), col(Customer.id), col(Customer.person_id))
        .join(Submission, col(Submission.officer_id) == col(Officer.id))
        .outerjoin(Customer, col(Customer.id) == col(Officer.customer_id))
        .where(ids_in(col(Submission.id), ids))
        .distinct()
    )
    return [
        Reader(_who(user_id, person_id, officer_id), user_id, customer_id, officer_id)
        for officer_id, user_id, customer_id, person_id in rows
    ]


def customer(session: Session, customer_id: UUID | None) -> Reader | None:
    """A customer to tell."""
    found = session.get(Customer, customer_id) if customer_id else None
    return _customer(found.id, found.person_id) if found is not None else None


def customers_of_complaints(session: Session, ids: Iterable[UUID]) -> list[Reader]:
    """Whose complaints they are, with each one's page."""
    rows = (
        select(col(Customer.id), col(Customer.person_id), col(Case.id), col(Complaint.link_key))
        .join(Case, col(Case.customer_id) == col(Customer.id))
        .join(Complaint, col(Complaint.case_id) == col(Case.id))
        .where(ids_in(col(Case.id), ids))
    )
    return [
        _customer(customer_id, person_id)._replace(page={"path": "complaints", "id": str(case_id), "key": key})
        for customer_id, person_id, case_id, key in session.execute(rows)
    ]


def customers_of_answers(session: Session, ids: Iterable[UUID]) -> list[Reader]:
    """Who gave the answers."""
    rows = select(col(Customer.id), col(Customer.person_id)).join(Response, col(Response.customer_id) == col(Customer.id))
    return [_customer(one[0], one[1]) for one in session.execute(rows.where(ids_in(col(Response.id), ids)).distinct())]


def _customer(customer_id: UUID, person_id: UUID) -> Reader:
    return Reader(f"customer:{person_id.hex}", customer_id=customer_id)


def _who(user_id: UUID | None, person_id: UUID | None, officer_id: UUID) -> str:
    if user_id is not None:
        return f"user:{user_id.hex}"
    return f"customer:{person_id.hex}" if person_id is not None else f"officer:{officer_id.hex}"


def not_told(session: Session, row: IssueNews, readers: Sequence[Reader]) -> list[Reader]:
    """Those of some people who were not told of this step; of a tie: who was told of no tie of the issue before."""
    if not readers:
        return []
    told = select(col(IssueTold.who)).where(keys_in(col(IssueTold.who), [one.who for one in readers]))
    if row.kind is None:
        told = told.where(col(IssueTold.news_id) == row.id)
    else:
        told = told.join(IssueNews, col(IssueNews.id) == col(IssueTold.news_id))
        told = told.where(col(IssueNews.issue_id) == row.issue_id, col(IssueNews.kind).is_not(None))
    known = set(session.scalars(told))
    return [one for one in readers if one.who not in known]


def mark_told(session: Session, news_id: UUID, readers: Sequence[Reader], now: datetime) -> None:
    """Write down who is told; the step is held, so nobody else does."""
    insert_rows(session, IssueTold, [{"news_id": news_id, "who": one.who, "reached": True, "at": now} for one in readers])


def told(session: Session, issue_id: UUID) -> list[tuple[str, str]]:
    """Who was told of which step of an issue."""
    rows = select(col(IssueTold.who), col(IssueNews.step)).join(IssueNews, col(IssueNews.id) == col(IssueTold.news_id))
    return [(row[0], row[1]) for row in session.execute(rows.where(col(IssueNews.issue_id) == issue_id))]
