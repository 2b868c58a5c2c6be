"""Answers to follow up: claimed, read in sets, marked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, keys_in
from portal.people.models import Customer
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import QuestionnaireVersion
from scheduler.cases.models import AlertRule, CaseTrigger
from scheduler.cases.rules.alerts import Scored
from scheduler.cases.rules.voice import OTHER, WORDS, questions
from scheduler.touchpoints.models import Touchpoint


def claim(session: Session, limit: int) -> Sequence[Response]:
    """Submitted answers that nobody followed up; rows that another process holds are left to it."""
    return session.scalars(
        select(Response)
        .where(col(Response.submitted_at).is_not(None), col(Response.followed_up_at).is_(None))
        .order_by(col(Response.submitted_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def mark(session: Session, response_ids: Iterable[UUID], now: datetime) -> None:
    """Followed up: never looked at again."""
    session.execute(update(Response).where(ids_in(col(Response.id), response_ids)).values(followed_up_at=now))


def scores(session: Session, response_ids: Iterable[UUID]) -> dict[UUID, list[Scored]]:
    """The scores of many answers."""
    found: dict[UUID, list[Scored]] = {}
    rows = session.execute(
        select(col(Score.response_id), col(Score.indicator), col(Score.value))
        .where(ids_in(col(Score.response_id), response_ids))
        .order_by(col(Score.response_id), col(Score.indicator))
    )
    for response_id, indicator, value in rows:
        found.setdefault(response_id, []).append(Scored(indicator.partition(".")[0], indicator, value))
    return found


def customer_refs(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The bank's references of some customers."""
    named = ids_in(col(Customer.id), customer_ids), col(Customer.ref).is_not(None)
    rows = session.execute(select(col(Customer.id), col(Customer.ref)).where(*named))
    return {row[0]: row[1] for row in rows}


def triggered(session: Session, response_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Which pairs of answer and rule have their trigger already."""
    trigger = CaseTrigger
    rows = session.execute(select(col(trigger.response_id), col(trigger.rule_id)).where(ids_in(col(trigger.response_id), response_ids)))
    return {(row[0], row[1]) for row in rows}


def add_triggers(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """What rules made of answers."""
    insert_rows(session, CaseTrigger, rows)


def touchpoints(session: Session, codes: Iterable[str]) -> dict[str, Touchpoint]:
    """Touchpoints by code."""
    return {row.code: row for row in session.scalars(select(Touchpoint).where(keys_in(col(Touchpoint.code), codes)))}


_FREE: dict[UUID, frozenset[str]] = {}
"""The free-text questions of published versions, which never change."""


def words(session: Session, responses: Sequence[Response]) -> dict[UUID, str]:
    """What customers wrote, all words of an answer together; one statement, and none once the versions are known."""
    unknown = {one.version_id for one in responses} - _FREE.keys()
    if unknown:
        rows = session.execute(
            select(col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition)).where(ids_in(col(QuestionnaireVersion.id), unknown))
        )
        for version_id, definition in rows:
            _FREE[version_id] = frozenset(one["code"] for one in questions(definition) if one["type"] in WORDS)
    found = {}
    for one in responses:
        free = _FREE.get(one.version_id, frozenset())
        said = [str(value) for code, value in one.answers.items() if isinstance(value, str) and (code in free or code.endswith(OTHER))]
        if said:
            found[one.id] = "\n".join(said)
    return found


def scores_of_customers(
    session: Session, customer_ids: Iterable[UUID], since: datetime
) -> dict[UUID, list[tuple[datetime, UUID, list[Scored]]]]:
    """Earlier answers of some customers with their scores, the newest first."""
    rows = session.execute(
        select(col(Response.customer_id), col(Response.submitted_at), col(Response.id), col(Score.indicator), col(Score.value))
        .join(Score, col(Score.response_id) == col(Response.id))
        .where(ids_in(col(Response.customer_id), customer_ids), col(Response.submitted_at) > since, col(Response.test).is_(False))
        .order_by(col(Response.submitted_at).desc(), col(Response.id))
    )
    found: dict[UUID, list[tuple[datetime, UUID, list[Scored]]]] = {}
    for customer, at, response_id, indicator, value in rows:
        theirs = found.setdefault(customer, [])
        if not theirs or theirs[-1][1] != response_id:
            theirs.append((at, response_id, []))
        theirs[-1][2].append(Scored(indicator.partition(".")[0], indicator, value))
    return found


def account_units(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """The unit that keeps each customer's account."""
    rows = session.execute(select(col(Customer.id), col(Customer.unit_id)).where(ids_in(col(Customer.id), customer_ids)))
    return {row[0]: row[1] for row in rows}


def customer_ref(session: Session, customer_id: UUID) -> str | None:
    """The bank's own reference of a customer; none once erased."""
    return session.scalar(select(col(Customer.ref)).where(col(Customer.id) == customer_id))


def followed_up_since(session: Session, rules: Sequence[AlertRule], after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Response]:
    """A page of answers that were followed up while one of the rules was in force; for the audit."""
    since = min(rule.active_from for rule in rules if rule.active_from is not None)
    later: ColumnElement[bool] = col(Response.followed_up_at) >= since
    if after is not None:
        at, last = after
        later = and_(later, or_(col(Response.submitted_at) > at, and_(col(Response.submitted_at) == at, col(Response.id) > last)))
    return session.scalars(
        select(Response)
        .where(later, col(Response.test).is_(False), col(Response.submitted_at).is_not(None))
        .order_by(col(Response.submitted_at), col(Response.id))
        .limit(limit)
    ).all()


def submitted_since(session: Session, since: datetime, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Response]:
    """A page of real answers in the order of their submission; read by the index of the latest."""
    later: ColumnElement[bool] = col(Response.submitted_at) >= since
    if after is not None:
        at, last = after
        later = or_(col(Response.submitted_at) > at, and_(col(Response.submitted_at) == at, col(Response.id) > last))
    rows = select(Response).where(later, col(Response.test).is_(False), col(Response.submitted_at).is_not(None))
    return session.scalars(rows.order_by(col(Response.submitted_at), col(Response.id)).limit(limit)).all()


def overdue_to_follow_up(session: Session, before: datetime, limit: int) -> Sequence[UUID]:
    """Answers that were submitted before a moment and still wait; for the audit."""
    return session.scalars(
        select(col(Response.id)).where(col(Response.submitted_at) < before, col(Response.followed_up_at).is_(None)).limit(limit)
    ).all()
