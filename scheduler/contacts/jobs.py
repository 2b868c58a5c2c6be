"""Timed work of contacts: decide what is due, and follow what became of what was sent."""

from datetime import datetime

from portal.foundation.ground import Ground
from scheduler.contacts.decide import BATCH, Means, decide_due
from scheduler.contacts.store import claiming
from scheduler.contacts.store import following as store


def decide(ground: Ground, now: datetime) -> int:
    """Decide the candidates that are due, one batch."""
    with ground.reading() as session:
        # SQLite knows one writer: its place is asked for only where there is work.
        due = claiming.next_due(session)
    if due is None or due > now:
        return 0
    with ground.writing() as session:
        return decide_due(session, Means(ground.settings, ground.keys), now, BATCH)


def take_over(ground: Ground, now: datetime) -> int:
    """Write on the ledger what became of messages, and what customers did with their invitations."""
    with ground.reading() as session:
        if not store.anything_to_take_over(session):
            return 0
    with ground.writing() as session:
        messages = store.ended_messages(session, BATCH)
        store.take_over_messages(session, messages, now)
    with ground.writing() as session:
        invitations = store.touched_invitations(session, BATCH)
        store.take_over_invitations(session, invitations, now)
    return max(len(messages), len(invitations))
