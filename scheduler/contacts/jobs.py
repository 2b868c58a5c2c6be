"""Timed work of contacts: decide what is due, and follow what became of what was sent."""

from datetime import datetime
from zoneinfo import ZoneInfo

from portal.foundation.ground import Ground
from portal.foundation.jobs import Shards
from scheduler.contacts import following, lists, reminders, workload
from scheduler.contacts.decide import BATCH, Means, decide_due
from scheduler.contacts.store import claiming
from scheduler.contacts.store import following as store
from scheduler.contacts.store import lists as list_store
from scheduler.contacts.store import reminders as reminder_store


def decide(ground: Ground, now: datetime, shards: Shards | None = None) -> int:
    """Decide the candidates that are due, one batch; of some shards, or of all."""
    with ground.reading() as session:
        # SQLite knows one writer: its place is asked for only where there is work.
        due = claiming.next_due(session)
    if due is None or due > now:
        return 0
    with ground.writing() as session:
        return decide_due(session, Means(ground.settings, ground.keys), now, BATCH, shards)


def take_over(ground: Ground, now: datetime) -> int:
    """Write on the ledger what became of messages, and what customers did with their invitations."""
    with ground.reading() as session:
        if not store.anything_to_take_over(session):
            return 0
    with ground.writing() as session:
        messages = store.ended_messages(session, BATCH)
        store.take_over_messages(session, messages, now)
        store.forget_links_of_staff(session, messages)
    with ground.writing() as session:
        invitations = store.touched_invitations(session, BATCH)
        following.count_completes(session, invitations, ground.settings.zone, now)
        following.tell_declined(session, invitations, now)
        store.take_over_invitations(session, invitations, now)
    return max(len(messages), len(invitations))


def remind(ground: Ground, now: datetime) -> int:
    """Write reminders to those who did not answer."""
    with ground.reading() as session:
        if not reminder_store.persons_due(session, now, 1):
            return 0
    with ground.writing() as session:
        return reminders.remind(session, ground.settings, now, BATCH)


def follow_refusals(ground: Ground, now: datetime) -> int:
    """Withdraw what still waits for those who opted out, or were put on a list; the last check before sending would do it too."""
    with ground.reading() as session:
        if not store.waiting_of_refusers(session, now - following.FRESH, 1):
            return 0
    with ground.writing() as session:
        return following.withdraw_refused(ground, session, now, BATCH)


def note_chosen(ground: Ground, now: datetime) -> int:
    """Write on the ledger the answers that known customers started themselves: they start the pauses after an answer."""
    with ground.reading() as session:
        if not store.chosen_answers(session, now - following.FRESH, 1):
            return 0
    with ground.writing() as session:
        return following.note_chosen(session, now, BATCH)


def watch_workload(ground: Ground, now: datetime) -> int:
    """Let surveys about units rest that have too many open cases, and end such rests."""
    with ground.writing() as session:
        return workload.watch(session, now)


def leave_out_unranked(ground: Ground, now: datetime) -> int:
    """Take the answers of customers who are exempt from rankings out of the adjusted figures."""
    with ground.reading() as session:
        if not list_store.unranked_answers(session, now, 1):
            return 0
    with ground.writing() as session:
        return lists.leave_out_unranked(session, ZoneInfo(ground.settings.zone), now, BATCH)


def end_lists(ground: Ground, now: datetime) -> int:
    """End places on lists whose time is over."""
    with ground.writing() as session:
        return lists.end_expired(session, now)
