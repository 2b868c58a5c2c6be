"""A program asks for one customer to be invited now: an event of the touchpoint's kind, decided at once by the policy like any other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.jobs import Shards
from questionnaires.answering.models import Invitation
from scheduler.contacts.decide import BATCH, Means, decide_due
from scheduler.contacts.store import asking as store
from scheduler.intake.events import EventIn
from scheduler.intake.receive import Desk, receive
from scheduler.touchpoints.store import touchpoint_by_code

PREFIX = "invitation:"


@dataclass(frozen=True)
class Asked:
    """What became of it.

    Shape   outcome SEND | DROP | OUTRANKED, None where it waits (`due_at`) or where nobody was to be asked at all; `reason` then says why
    """

    event_id: str
    outcome: str | None = None
    code: str | None = None
    reason: str | None = None
    due_at: datetime | None = None
    link: str | None = None
    expires_at: datetime | None = None


class OtherRequest(Conflict):
    """This request id came before with other facts."""

    code = "event_id_conflict"


def event_type_of(session: Session, touchpoint: str) -> str:
    """The kind of event that a touchpoint which is on listens to.

    Raises  InvalidInput for `touchpoint`
    """
    found = touchpoint_by_code(session, touchpoint)
    if found is None or not found.active:
        raise InvalidInput({"touchpoint": "unknown_touchpoint"})
    return found.event_type


def begun_at(session: Session, request_id: str, now: datetime) -> datetime:
    """When a request was first made: sent again it is the same event, with the same time."""
    return store.happened_at(session, PREFIX + request_id) or now


def ask(session: Session, event: EventIn, touchpoint: str, means: Means, now: datetime) -> Asked:
    """Take the event in, make its candidate due, and decide. Sent again, it says what became of the first.

    Note    others of the same shard that are due are decided along, as the clock would do
    Raises  InvalidInput for what the event names, OtherRequest
    """
    receipt = receive(session, [event], Desk(now, means.settings.zone, keys=means.keys))
    for refusal in receipt.rejected:
        if refusal.code == "event_id_conflict":
            raise OtherRequest
        raise InvalidInput({refusal.field or "customer_ref": refusal.code})
    candidate = store.candidate(session, event.event_id, touchpoint)
    if candidate is None:
        return Asked(event.event_id, reason=store.reason(session, event.event_id) or "FILTERED")
    if receipt.received:
        candidate.due_at = now
        session.flush()
        decide_due(session, means, now, BATCH, Shards(candidate.shard, candidate.shard))
        session.refresh(candidate)
    decision = store.decision(session, candidate.id)
    if decision is None:
        return Asked(event.event_id, reason=candidate.deferred_by, due_at=candidate.due_at)
    invitation = store.invitation_of(session, candidate.id)
    link = _link(means, invitation) if invitation is not None else None
    return Asked(event.event_id, decision.outcome, decision.code, link=link, expires_at=invitation.expires_at if invitation else None)


def _link(means: Means, invitation: Invitation) -> str:
    token, _key = means.keys.link_token(UUID(str(invitation.id)), invitation.link_key)
    return f"{means.settings.effective_public_url}/s/{token}"
