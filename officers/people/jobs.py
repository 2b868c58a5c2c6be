"""Timed work of this room; each safe to run twice."""

from datetime import datetime, timedelta

from officers.people import apply_store, codes, door_store, notice_store, roster, tiers, way
from officers.people import jobs_store as store
from officers.people.rules.states import Act
from portal.audit.trail import Actor
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from scheduler.contacts import panel
from scheduler.contacts.notices import notify

BATCH = 50
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
        for notice, officer in sorted(waiting, key=lambda one: str(one[1].customer_id)):  # locks in one order
            if officer.customer_id is None or not officer.channel:
                found: object = "LEFT"
            else:
                facts = {"page": {"plain": "officers/notices"}}
                found = panel.reserve(ground, session, officer.customer_id, officer.channel, TEMPLATE, facts, now)
            store.settle(notice, found)
        session.flush()
        return len(waiting)


def invite_promoters(ground: Ground, now: datetime) -> int:
    """Write to promoters who wished to become officers, once a manager settled their wish."""
    with ground.writing() as session:
        steps = apply_store.to_invite(session, now - RECENT, BATCH)
        for step in steps:
            step.contact_id = (
                notify(session, ground.settings, step.customer_id, INVITE, {"page": {"plain": "officers/join"}}, now) or step.id
            )  # where no channel reaches them it is not tried for ever
        session.flush()
        return len(steps)


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
