"""Incidents, and how many low answers a touchpoint has in an hour: now, and on the days before."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.foundation.db import keys_in
from questionnaires.answering.models import Response
from scheduler.cases.models import Case, CaseIncident, CaseTrigger

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def running(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """The incidents that last now, by touchpoint."""
    rows = session.execute(
        select(col(CaseIncident.touchpoint), col(CaseIncident.case_id)).where(
            keys_in(col(CaseIncident.touchpoint), codes), col(CaseIncident.ended_at).is_(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def of_case(session: Session, case_id: UUID) -> CaseIncident | None:
    """The incident behind a case."""
    return session.get(CaseIncident, case_id)


def add_attached(session: Session, joined: Mapping[UUID, int]) -> None:
    """Count answers to their incidents; there are hardly ever two at once."""
    for case_id, n in sorted(joined.items()):
        session.execute(update(CaseIncident).where(col(CaseIncident.case_id) == case_id).values(attached=CaseIncident.attached + n))


def within(session: Session, codes: Iterable[str], since: datetime, until: datetime) -> dict[str, int]:
    """How many cases low answers opened at each touchpoint in a time."""
    rows = session.execute(
        select(col(Case.touchpoint), func.count())
        .where(
            col(Case.opened_at) > since, col(Case.opened_at) <= until, keys_in(col(Case.touchpoint), codes), col(Case.source) == "answer"
        )
        .group_by(col(Case.touchpoint))
    )
    return {row[0]: row[1] for row in rows}


def same_hour(session: Session, codes: Collection[str], since: datetime, until: datetime, now: datetime) -> dict[str, int]:
    """How many they opened in the hour of the day that ends now, on all days of a time together; read by the index of `opened_at`."""
    rows = session.execute(
        select(col(Case.touchpoint), col(Case.opened_at)).where(
            col(Case.opened_at) > since, col(Case.opened_at) <= until, keys_in(col(Case.touchpoint), codes), col(Case.source) == "answer"
        )
    )
    found: dict[str, int] = {}
    for touchpoint, at in rows:
        if (now - at) % DAY < HOUR:
            found[touchpoint] = found.get(touchpoint, 0) + 1
    return found


def leading_topic(session: Session, code: str, since: datetime, seen: int) -> str | None:
    """What at least half of the cases of a time are about, if anything."""
    row = session.execute(
        select(col(Case.topic), func.count())
        .where(col(Case.opened_at) > since, col(Case.touchpoint) == code, col(Case.topic).is_not(None))
        .group_by(col(Case.topic))
        .order_by(func.count().desc(), col(Case.topic))
        .limit(1)
    ).first()
    return row[0] if row is not None and row[1] * 2 >= seen else None


def join(session: Session, code: str, since: datetime, case_id: UUID) -> None:
    """The cases of the hour that showed the surge belong to it; each is still its unit's."""
    ours = update(Case).where(
        col(Case.touchpoint) == code, col(Case.opened_at) > since, col(Case.id) != case_id, col(Case.source) == "answer"
    )
    session.execute(ours.values(incident_id=case_id).execution_options(synchronize_session=False))


def attached_customers(session: Session, case_id: UUID) -> list[UUID]:
    """Everybody whose answer joined an incident, or whose case belongs to it; once each."""
    answers = (
        select(col(Response.customer_id))
        .join(CaseTrigger, col(CaseTrigger.response_id) == col(Response.id))
        .where(col(CaseTrigger.case_id) == case_id, col(Response.customer_id).is_not(None))
        .distinct()
    )
    cases = select(col(Case.customer_id)).where(col(Case.incident_id) == case_id, col(Case.customer_id).is_not(None)).distinct()
    return sorted({*session.scalars(answers), *session.scalars(cases)})
