"""Decisions and ledger over HTTP."""

from datetime import timedelta
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import NotFound
from portal.foundation.limits import per_key
from portal.people import access
from scheduler.contacts.models import Contact
from scheduler.contacts.store import reading as store
from scheduler.contacts.timeline import state_of
from scheduler.intake.models import Candidate
from scheduler.intake.store.events import candidates_of_event, event_by_event_id

blueprint = Blueprint("contacts_api", __name__, url_prefix="/api/v1")
web.csrf.exempt(blueprint)
LOOK_BACK, MOST = timedelta(days=730), 500
_TIMES = (
    "counts_at", "reserved_at", "sent_at", "delivered_at", "failed_at", "opened_at", "started_at", "answered_at", "declined_at",
    "abandoned_at", "expired_at", "released_at",
)  # fmt: skip


@blueprint.get("/events/<event_id>")
@described(
    "An event with its candidates and the decision on each, in the words of the decision record.",
    answers={200: dict[str, Any]},
    problems=(404,),
)
@per_key
@access.api("events.read")
def show_event(event_id: str) -> ResponseReturnValue:
    """One event by the bank's id."""
    with web.reading() as session:
        event = event_by_event_id(session, event_id)
        if event is None:
            raise NotFound
        decisions = {row.decision.id: row for row in store.decisions_of_event(session, event.id)}
        candidates = [_candidate(one, decisions.get(one.id)) for one in candidates_of_event(session, event.id)]
        customer = store.customer(session, event.customer_id)
    return {
        "event_id": event.event_id, "event_type": event.event_type, "customer_ref": customer.ref if customer else None,
        "occurred_at": event.occurred_at.isoformat(), "received_at": event.received_at.isoformat(), "reason": event.reason,
        "candidates": candidates,
    }  # fmt: skip


def _candidate(one: Candidate, row: store.DecisionRow | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "touchpoint": one.touchpoint, "class": one.class_, "priority": one.priority, "due_at": one.due_at.isoformat(),
        "expires_at": one.expires_at.isoformat(), "deferrals": one.deferrals, "deferred_by": one.deferred_by, "decision": None,
    }  # fmt: skip
    if row is not None:
        decision = row.decision
        told["decision"] = {
            "outcome": decision.outcome, "code": decision.code, "evaluated_at": decision.evaluated_at.isoformat(),
            "policy_version": row.policy_number, "probability": decision.probability, "evidence": decision.evidence,
            "winner": str(decision.winner_id) if decision.winner_id else None,
        }  # fmt: skip
    return told


@blueprint.get("/customers/<ref>/contacts")
@described("A customer's ledger of contacts, the newest first.", answers={200: dict[str, Any]}, problems=(404,))
@per_key
@access.api("contacts.read")
def show_contacts(ref: str) -> ResponseReturnValue:
    """Everything that was sent to one customer."""
    with web.reading() as session:
        customer = store.customer_by_ref(session, ref)
        if customer is None or customer.erased_at is not None:
            raise NotFound
        contacts = store.contacts_of(session, customer.person_id, web.now() - LOOK_BACK, MOST)
    return {"customer_ref": ref, "contacts": [_contact(one) for one in contacts]}


def _contact(one: Contact) -> dict[str, Any]:
    times = {name: at.isoformat() for name in _TIMES if (at := getattr(one, name)) is not None}
    return {"kind": one.kind, "channel": one.channel, "touchpoint": one.touchpoint, "state": state_of(one), "reason": one.reason, **times}
