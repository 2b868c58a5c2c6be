"""The SQL of the sample bank's month: what its play reads."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.people.models import Customer, OrgUnit, UserRole
from portal.people.rules.roles import Role
from questionnaires.answering.models import Invitation
from questionnaires.library.models import QuestionnaireVersion
from scheduler.cases.models import Case
from scheduler.delivery.models import Message


class Sent(NamedTuple):
    """An invitation that reached somebody."""

    invitation_id: UUID
    link_key: int
    version_id: UUID
    touchpoint: str
    unit_id: UUID | None
    language: str


class OpenCase(NamedTuple):
    """A case that somebody may move on, and the person who would."""

    id: UUID
    state: str
    may_call: bool | None
    owner_id: UUID | None


def units_by_code(session: Session) -> dict[str, UUID]:
    """All units."""
    return dict(session.execute(select(col(OrgUnit.code), col(OrgUnit.id))).all())


def customer_refs(session: Session) -> list[tuple[str, UUID]]:
    """The sample customers with the outlet that keeps their account, in order."""
    rows = session.execute(
        select(col(Customer.ref), col(Customer.unit_id)).where(col(Customer.origin) == "sample").order_by(col(Customer.ref))
    )
    return [(ref, unit_id) for ref, unit_id in rows]


def published(session: Session) -> dict[UUID, Any]:
    """The documents of all published versions."""
    return dict(session.execute(select(col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition))).all())


def sent_between(session: Session, since: datetime, until: datetime) -> list[Sent]:
    """Invitations whose message was handed over in a span of time, in order."""
    invited = Invitation
    rows = session.execute(
        select(
            col(invited.id),
            col(invited.link_key),
            col(invited.version_id),
            col(invited.touchpoint),
            col(invited.unit_id),
            col(Message.language),
        )
        .join(Message, col(Message.invitation_id) == col(invited.id))
        .where(col(Message.accepted_at) > since, col(Message.accepted_at) <= until)
        .order_by(col(Message.accepted_at), col(invited.token_hash))
    )
    return [Sent(*row) for row in rows]


def open_cases(session: Session) -> list[OpenCase]:
    """Cases that are not closed, each with its owner, or with the one who handles its unit's cases."""
    handlers = select(col(UserRole.unit_id), col(UserRole.user_id)).where(col(UserRole.role) == Role.CASE_HANDLER.value)
    by_unit = dict(session.execute(handlers.order_by(col(UserRole.user_id).desc())).all())
    rows = session.execute(
        select(col(Case.id), col(Case.state), col(Case.may_call), col(Case.owner_id), col(Case.unit_id))
        .where(col(Case.state).not_in(("closed", "merged")))
        .order_by(col(Case.number))
    )
    return [OpenCase(key, state, may_call, owner or by_unit.get(unit)) for key, state, may_call, owner, unit in rows]
