"""The SQL of answers entered for customers."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.people import store as people
from portal.people.models import Customer, OrgUnit
from portal.people.rules.roles import Scope
from questionnaires.answering.links_models import AssistedEntry
from questionnaires.answering.models import Invitation, Response
from questionnaires.library.models import Questionnaire, QuestionnaireVersion


class Waiting(NamedTuple):
    """An invitation that can be answered now."""

    invitation: Invitation
    questionnaire: Questionnaire
    unit: OrgUnit | None


def waiting(session: Session, ref: str, scope: Scope, now: datetime, limit: int = 20) -> list[Waiting]:
    """A customer's open invitations of the units in a scope, newest first."""
    rows = select(Invitation, Questionnaire, OrgUnit).join(Customer, col(Customer.id) == col(Invitation.customer_id))
    rows = rows.join(QuestionnaireVersion, col(QuestionnaireVersion.id) == col(Invitation.version_id))
    rows = rows.join(Questionnaire, col(Questionnaire.id) == col(QuestionnaireVersion.questionnaire_id))
    rows = rows.outerjoin(OrgUnit, col(OrgUnit.id) == col(Invitation.unit_id)).where(
        *(col(Customer.ref) == ref, col(Invitation.submitted_at).is_(None), col(Invitation.declined_at).is_(None)),
        *(col(Invitation.expires_at) > now, people.in_scope(col(Invitation.unit_id), scope, now)),
    )
    return [Waiting(*row) for row in session.execute(rows.order_by(col(Invitation.id).desc()).limit(limit))]


def invitation(session: Session, invitation_id: UUID) -> Invitation | None:
    """An invitation."""
    return session.get(Invitation, invitation_id)


def mark(session: Session, invitation_id: UUID) -> None:
    """What comes of this invitation was entered by staff; an answer that was submitted stays what it was."""
    for table, key in ((Invitation, col(Invitation.id)), (Response, col(Response.invitation_id))):
        rows = update(table).where(key == invitation_id, col(table.submitted_at).is_(None)).values(source="assisted")
        session.execute(rows.execution_options(synchronize_session=False))


def entered_before(session: Session, invitation_id: UUID, user_id: UUID) -> bool:
    """Whether somebody already began to enter these answers."""
    query = select(col(AssistedEntry.id)).where(col(AssistedEntry.invitation_id) == invitation_id, col(AssistedEntry.user_id) == user_id)
    return session.scalar(query.limit(1)) is not None
