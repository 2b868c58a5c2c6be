"""What follows from what customers do: completes are counted, self-chosen answers start pauses, refusals reach the queue."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.webhooks.telling import tell
from scheduler.contacts import policies
from scheduler.contacts.rechecking import recheck_before_sending
from scheduler.contacts.rules.quotas import active_quotas, scope_of
from scheduler.contacts.standing import policy_of
from scheduler.contacts.store import following as store
from scheduler.contacts.store import rooms
from scheduler.delivery.store import queue

FRESH = timedelta(hours=26)
"""What is older was looked at before, again and again."""


def count_completes(session: Session, invitation_ids: Sequence[UUID], zone: str, now: datetime) -> None:
    """Count new answers in the quotas of completes, on the bank's day of the answer."""
    rules = active_quotas(policy_of(policies.in_force(session, now)), "completes") if invitation_ids else []
    if not rules:
        return
    units = rooms.unit_ids(session, {one.unit for one in rules if one.unit})
    counts: Counter[tuple[str, date]] = Counter()
    caps: dict[str, int] = {}
    for answer in store.newly_answered(session, invitation_ids):
        for rule in rules:
            scope = scope_of(rule, answer.touchpoint, answer.unit_id, answer.segment, units)
            if scope is not None:
                counts[scope, answer.at.astimezone(ZoneInfo(zone)).date()] += 1
                caps[scope] = rule.n
    rooms.add(session, "quota", {key: (caps[key[0]], n) for key, n in counts.items()})


def tell_declined(session: Session, invitation_ids: Sequence[UUID], now: datetime) -> None:
    """Tell other programs who put an invitation aside; before the ledger takes it over."""

    def payloads() -> list[dict[str, Any]]:
        return [
            {
                "contact": str(one.contact_id), "customer": one.ref, "touchpoint": one.touchpoint, "channel": one.channel,
                "declined_at": one.declined_at.isoformat(),
            }
            for one in store.newly_declined(session, invitation_ids)
        ]  # fmt: skip

    if invitation_ids:
        tell(session, "contact.declined", payloads, now)


def note_chosen(session: Session, now: datetime, limit: int) -> int:
    """Ledger rows that count nowhere but start the pauses after an answer."""
    rows = [
        {
            "id": new_id(), "parent_id": one.id, "person_id": one.person_id, "customer_id": one.customer_id, "touchpoint": one.touchpoint,
            "group": one.group, "kind": "invite", "channel": "self", "weight": 0, "n": 0, "answered_at": one.submitted_at,
        }
        for one in store.chosen_answers(session, now - FRESH, limit)
    ]  # fmt: skip
    store.add_chosen(session, rows)
    return len(rows)


def withdraw_refused(ground: Ground, session: Session, now: datetime, limit: int) -> int:
    """Release what waits for those who refused since yesterday; returns how many messages were withdrawn."""
    waiting = store.waiting_of_refusers(session, now - FRESH, limit)
    verdicts = recheck_before_sending(ground, session, waiting, now)
    gone = {message_id: verdict.release for message_id, verdict in verdicts.items() if verdict.release}
    queue.withdraw(session, gone, now)
    return len(gone)
