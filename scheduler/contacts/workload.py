"""R8's rests: begun when a unit has too many open cases, ended by themselves after some days, reported to the level above."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.i18n import pick
from portal.people.access import Me
from portal.people.store import ancestors_on
from scheduler.contacts import policies
from scheduler.contacts.models import UnitPause
from scheduler.contacts.standing import policy_of
from scheduler.contacts.store import workload as store

WATCH = Actor.system("workload")


def watch(session: Session, now: datetime) -> int:
    """Begin and end rests; returns how many changed.

    Shape   a rest ends by itself after the policy's days, and the next begins no sooner than as many days later: otherwise
            keeping cases open would switch off bad news
    """
    section = policy_of(policies.in_force(session, now)).workload
    if section is None or not section.capacity:
        return 0
    days = timedelta(days=section.days)
    over = {one.unit_id: one for one in store.over_capacity(session, section.capacity)}
    pauses = store.pauses_until(session, now - days)
    ended = [one for one in pauses if one.until > now and one.unit_id not in over]
    store.end(session, [one.id for one in ended], now)
    rested = {one.unit_id for one in pauses}
    new = [one for unit, one in over.items() if unit not in rested]
    above = ancestors_on(session, [one.unit_id for one in new], now.date())
    rows = [
        UnitPause(
            unit_id=one.unit_id, from_=now, until=now + days, open_cases=one.open_cases, capacity=one.capacity,
            reported_to=next(iter(above.get(one.unit_id, [one.unit_id])[1:]), one.unit_id),
        )
        for one in new
    ]  # fmt: skip
    store.add(session, rows)
    for row in rows:
        facts = {
            "open_cases": row.open_cases,
            "capacity": row.capacity,
            "until": row.until.isoformat(),
            "reported_to": str(row.reported_to),
        }
        record(session, WATCH, "workload.rest", "unit", row.unit_id, now, facts)
    return len(ended) + len(rows)


def panel(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """What the level above sees on its home page: units whose surveys rest; None where there are none."""
    rows = store.told_to(session, me.scope(PANEL_PERMISSION, now), now)
    if not rows:
        return None
    lines = [
        {"unit": pick(unit.name_zh, unit.name_en), "open_cases": pause.open_cases, "capacity": pause.capacity, "until": pause.until}
        for pause, unit in rows
    ]
    return {"rows": lines}


PANEL_PERMISSION = "cases.manage"
