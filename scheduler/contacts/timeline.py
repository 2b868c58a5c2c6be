"""One customer's year as a timeline: contacts, decisions, and what still waits."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from portal.foundation.i18n import _, _l
from scheduler.contacts import words
from scheduler.contacts.explaining import Explained
from scheduler.contacts.models import Contact

STEPS = (
    "answered_at", "declined_at", "abandoned_at", "expired_at", "released_at", "failed_at", "started_at", "opened_at",
    "delivered_at", "sent_at",
)  # fmt: skip
WORDS = {
    "answered": _l("Answered"), "declined": _l("Not this time"), "abandoned": _l("Left unfinished"), "expired": _l("Not answered"),
    "released": _l("Withdrawn before sending"), "failed": _l("Could not be sent"), "started": _l("Started"), "opened": _l("Opened"),
    "delivered": _l("Delivered"), "sent": _l("Sent"), "reserved": _l("About to be sent"),
}  # fmt: skip
TONES = {"answered_at": "good", "released_at": "warn", "failed_at": "bad", "declined_at": "warn"}


def state_of(contact: Contact) -> str:
    """How far a contact got: its furthest step, without `_at`."""
    return next((step for step in STEPS if getattr(contact, step) is not None), "reserved_at").removesuffix("_at")


def entries(view: Explained, names: Mapping[str, str], zone: str) -> list[dict[str, Any]]:
    """Newest first."""
    found = [_contact(one, names) for one in view.contacts]
    found += [_decision(one, names, zone) for one in view.decisions if one.decision.outcome != "SEND"]
    found += [_waiting(one, names) for one in view.waiting]
    return sorted(found, key=lambda one: one["at"], reverse=True)


def _contact(contact: Contact, names: Mapping[str, str]) -> dict[str, Any]:
    state = state_of(contact)
    name = names.get(contact.touchpoint or "", contact.touchpoint or "")
    title = _("Asked again after a case: %(what)s", what=name) if contact.kind == "rerate" else _("Asked about %(what)s", what=name)
    return {
        "at": contact.counts_at or contact.reserved_at, "title": title, "text": words.channel_name(contact.channel),
        "tone": TONES.get(f"{state}_at", ""), "label": WORDS[state], "badge_tone": TONES.get(f"{state}_at", ""),
        "link": url_for("contacts.show", customer_id=contact.customer_id, decision=contact.decision_id) if contact.decision_id else "",
    }  # fmt: skip


def _decision(one: Any, names: Mapping[str, str], zone: str) -> dict[str, Any]:
    decision = one.decision
    return {
        "at": decision.evaluated_at, "title": names.get(decision.touchpoint, decision.touchpoint),
        "text": words.sentence(decision.code, decision.evidence, zone, names), "tone": "",
        "label": words.label(decision.code), "badge_tone": "", "decision_id": decision.id,
    }  # fmt: skip


def _waiting(candidate: Any, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": candidate.due_at, "title": names.get(candidate.touchpoint, candidate.touchpoint), "text": _("To be decided then."),
        "tone": "", "label": _("Waiting"), "badge_tone": "info",
    }  # fmt: skip
