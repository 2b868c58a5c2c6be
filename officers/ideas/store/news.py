"""Whom an issue concerns: those who sent submissions and ideas, voted, gave a low score, complained; and who was told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from officers.ideas.campaign_models import IssueNews, IssueTold
from officers.ideas.models import Idea
from officers.people.models import Officer
from officers.work.models import Submission
from portal.foundation.db import ids_in, upsert_for
from portal.people.models import Customer
from questionnaires.answering.models import Response
from scheduler.cases.models import Case
from scheduler.improvement.models import IssueLink

TOLD = ("case", "complaint", "response", "submission", "idea")


class Reader(NamedTuple):
    """Somebody to tell: as officer, colleague or customer."""

    who: str
    user_id: UUID | None = None
    customer_id: UUID | None = None
    officer_id: UUID | None = None


def add(session: Session, issue_id: UUID, step: str, now: datetime) -> None:
    """A step that people are to be told of."""
    session.add(IssueNews(issue_id=issue_id, step=step, at=now))


def to_tell(session: Session, limit: int) -> Sequence[IssueNews]:
    """Steps that wait, oldest first, held; rows of another process are left to it."""
    rows = select(IssueNews).where(col(IssueNews.done_at).is_(None)).order_by(col(IssueNews.at), col(IssueNews.id))
    return session.scalars(rows.limit(limit).with_for_update(skip_locked=True)).all()


def links(session: Session, issue_id: UUID) -> dict[str, list[UUID]]:
    """What an issue was seen in, by kind."""
    rows = session.execute(select(col(IssueLink.kind), col(IssueLink.object_id)).where(col(IssueLink.issue_id) == issue_id))
    found: dict[str, list[UUID]] = {kind: [] for kind in TOLD}
    for kind, object_id in rows:
        found.setdefault(kind, []).append(object_id)
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


def customers_of_cases(session: Session, ids: Iterable[UUID]) -> list[Reader]:
    """Whose cases and complaints they are."""
    rows = select(col(Customer.id), col(Customer.person_id)).join(Case, col(Case.customer_id) == col(Customer.id))
    return [_customer(one[0], one[1]) for one in session.execute(rows.where(ids_in(col(Case.id), ids)).distinct())]


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


def mark_told(session: Session, news_id: UUID, readers: Sequence[Reader], now: datetime) -> set[str]:
    """Write down who is told; gives those who were not told before."""
    if not readers:
        return set()
    rows = [{"news_id": news_id, "who": one.who, "reached": True, "at": now} for one in readers]
    made = upsert_for(session)(IssueTold).values(rows).on_conflict_do_nothing().returning(IssueTold.who)
    return {row[0] for row in session.execute(made)}


def told(session: Session, issue_id: UUID) -> list[tuple[str, str]]:
    """Who was told of which step of an issue."""
    rows = select(col(IssueTold.who), col(IssueNews.step)).join(IssueNews, col(IssueNews.id) == col(IssueTold.news_id))
    return [(row[0], row[1]) for row in session.execute(rows.where(col(IssueNews.issue_id) == issue_id))]
