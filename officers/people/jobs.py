"""Timed work of this room; each safe to run twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.people import apply_store, codes, door_store, notice_store, roster, tiers, way
from officers.people import jobs_store as store
from officers.people.rules.states import Act
from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from portal.people.linking_store import persons_of
from portal.people.store import lock_persons
from scheduler.contacts import panel

BATCH = 50
ACTOR = Actor.system("officers.invite_promoters")
TEMPLATE, INVITE = "notice_officer", "notice_officer_join"
RECENT = timedelta(days=2)
"""Wishes that were settled longer ago, before this job was there, are left alone."""
KEEP = timedelta(days=2)


def send_codes(ground: Ground, now: datetime) -> int:
    """Write the messages of one-time codes that wait."""
    with ground.writing() as session:
        return codes.send_waiting(session, ground.settings, ground.keys, now, BATCH)


def send_notices(ground: Ground, now: datetime) -> int:
    """Send notices by the channel that officers chose, as far as the contact policy lets them out; keep the reason of those it does not."""
    with ground.writing() as session:
        waiting = notice_store.to_send(session, BATCH)
        _lock(session, [officer.customer_id for _notice, officer in waiting if officer.channel])
        for notice, officer in waiting:
            if officer.customer_id is None or not officer.channel:
                found: object = "LEFT"
            else:
                facts = {"page": {"plain": "officers/notices"}}
                found = panel.reserve(ground, session, officer.customer_id, officer.channel, TEMPLATE, facts, now)
            store.settle(notice, found)
        session.flush()
        return len(waiting)


def invite_promoters(ground: Ground, now: datetime) -> int:
    """Write to promoters who wished to become officers, once a manager settled their wish and where the policy lets it out."""
    with ground.writing() as session:
        steps = apply_store.to_invite(session, now - RECENT, BATCH)
        _lock(session, [step.customer_id for step in steps])
        for step in steps:
            found = panel.reserve(ground, session, step.customer_id, "", INVITE, {"page": {"plain": "officers/join"}}, now, joining=True)
            step.contact_id = found if isinstance(found, UUID) else step.id  # what the policy does not let out is not tried for ever
            if isinstance(found, str):
                record(session, ACTOR, "officer.not_invited", "promoter_step", step.id, now, {"reason": found})
        session.flush()
        return len(steps)


def _lock(session: Session, customer_ids: Iterable[UUID | None]) -> None:
    """Hold all persons of a batch at once, in the order of persons: one after the other, in that of customers, two jobs could wait for
    each other.
    """
    lock_persons(session, persons_of(session, [one for one in customer_ids if one is not None]).values())


def check_tiers(ground: Ground, now: datetime) -> int:
    """The monthly check of tiers, of officers whom this month's has not looked at."""
    month = f"{day_in(ground.settings.zone, now):%Y-%m}"
    with ground.writing() as session:
        return tiers.check_month(session, month, now)


def end_leaves(ground: Ground, now: datetime) -> int:
    """Bring those back whose leave ends today; remove codes and sessions that ran out."""
    with ground.writing() as session:
        back = store.due_back(session, now, BATCH)
        for officer_id in back:
            officer = roster.lock(session, officer_id)
            if officer.state == "paused" and officer.back_on is not None and officer.back_on <= now:
                way.take(session, officer_id, Act.RESUME, Actor.system("officers.end_leaves"), now)
        return len(back) + door_store.sweep(session, now - KEEP)
