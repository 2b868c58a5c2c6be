"""What the auditor reads: the ledger as it stands, row by row."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.people.models import Customer, OptOut, OrgUnit
from scheduler.contacts.models import Contact, Decision, PolicyVersion
from scheduler.intake.models import WAITING, Candidate
from scheduler.touchpoints.models import Touchpoint


class LedgerRow(NamedTuple):
    """One contact with what the auditor holds it against."""

    id: UUID
    person_id: UUID
    customer_id: UUID
    kind: str
    channel: str
    touchpoint: str | None
    group: str | None
    counts_at: datetime
    reserved_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None
    declined_at: datetime | None
    abandoned_at: datetime | None
    expired_at: datetime | None
    weight: float
    policy_version_id: UUID | None
    decided_at: datetime | None
    class_: str | None


def ledger(session: Session) -> Iterator[LedgerRow]:
    """Everything that counts, person by person in order of time."""
    query = (
        select(
            col(Contact.id), col(Contact.person_id), col(Contact.customer_id), col(Contact.kind), col(Contact.channel),
            col(Contact.touchpoint), col(Contact.group), col(Contact.counts_at), col(Contact.reserved_at), col(Contact.sent_at),
            col(Contact.answered_at), col(Contact.declined_at), col(Contact.abandoned_at), col(Contact.expired_at), col(Contact.weight),
            col(Decision.policy_version_id), col(Decision.evaluated_at), col(Candidate.class_),
        )
        .outerjoin(Decision, col(Decision.id) == col(Contact.decision_id))
        .outerjoin(Candidate, col(Candidate.id) == col(Contact.decision_id))
        .where(col(Contact.counts_at).is_not(None), col(Contact.released_at).is_(None), col(Contact.failed_at).is_(None))
        .order_by(col(Contact.person_id), col(Contact.counts_at), col(Contact.id))
    )  # fmt: skip
    for row in session.execute(query.execution_options(yield_per=5_000)):
        yield LedgerRow(*row)


def policies(session: Session) -> dict[UUID, dict[str, Any]]:
    """Every policy version as stored."""
    return {row[0]: row[1] for row in session.execute(select(col(PolicyVersion.id), col(PolicyVersion.policy)))}


def zones(session: Session) -> dict[UUID, str | None]:
    """The zone of each person who has one of their own, or through the unit."""
    zone = func.coalesce(col(Customer.zone), col(OrgUnit.zone))
    query = select(col(Customer.id), zone).outerjoin(OrgUnit, col(OrgUnit.id) == col(Customer.unit_id)).where(zone.is_not(None))
    return {row[0]: row[1] for row in session.execute(query)}


def opt_outs(session: Session) -> list[tuple[UUID, str, str, datetime, datetime | None]]:
    """Every opt-out with the person it holds for: person, purpose, channel, from, until."""
    query = select(col(Customer.person_id), col(OptOut.purpose), col(OptOut.channel), col(OptOut.at), col(OptOut.taken_back_at))
    rows = session.execute(query.join(Customer, col(Customer.id) == col(OptOut.customer_id)))
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def own_cooldowns(session: Session) -> dict[str, dict[str, Any]]:
    """What touchpoints lengthen."""
    query = select(col(Touchpoint.code), col(Touchpoint.cooldown)).where(col(Touchpoint.cooldown).is_not(None))
    return {row[0]: row[1] or {} for row in session.execute(query)}


def purposes(session: Session) -> dict[str, str]:
    """The purpose of each touchpoint."""
    return {row[0]: row[1] for row in session.execute(select(col(Touchpoint.code), col(Touchpoint.purpose)))}


class Sums(NamedTuple):
    """Figures that must add up."""

    candidates: int
    decisions: int
    waiting: int
    sent: int
    contacts: int


def sums(session: Session) -> Sums:
    """How many candidates, decisions, waiting ones, decisions to send and contacts made of decisions there are."""

    def number(query: Any) -> int:
        return session.scalar(query) or 0

    return Sums(
        number(select(func.count()).select_from(Candidate)),
        number(select(func.count()).select_from(Decision)),
        number(select(func.count()).select_from(Candidate).where(WAITING)),
        number(select(func.count()).select_from(Decision).where(col(Decision.outcome) == "SEND")),
        number(select(func.count()).select_from(Contact).where(col(Contact.decision_id).is_not(None))),
    )
