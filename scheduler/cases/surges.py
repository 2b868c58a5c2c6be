"""Surges and incidents: one case for the owner of a touchpoint; later answers join it; its invitations pause; all are told at the end."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.people.store import head_id
from scheduler.cases import hooks, opening
from scheduler.cases.models import CaseIncident
from scheduler.cases.rules.states import Step
from scheduler.cases.rules.surge import HOUR, LOOK_BACK, Surge, surge
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import links as link_store
from scheduler.cases.store import surges as store
from scheduler.touchpoints.models import Touchpoint

WAVES = "campaign."
"""A campaign's wave asks many at once, so that many answers in an hour are its own doing."""
WATCH, KIND, DAY = Actor.system("surge-watch"), "incident", timedelta(days=1)


def running(session: Session, touchpoints: Iterable[str]) -> dict[str, UUID]:
    """The incidents that last at these touchpoints."""
    codes = set(touchpoints) - {""}
    return store.running(session, codes) if codes else {}


def count(session: Session, joined: Mapping[UUID, int]) -> None:
    """Count answers that joined an incident."""
    if joined:
        store.add_attached(session, joined)


def look(session: Session, touchpoints: Iterable[str], now: datetime, zone: str) -> int:
    """Hold the last hour of the touchpoints that have new cases against the same hour of the weeks before; returns new incidents."""
    codes = {one for one in touchpoints if one and not one.startswith(WAVES)}
    if not codes:
        return 0
    seen = store.within(session, codes, now - HOUR, now)
    known = answer_store.touchpoints(session, codes)
    surprising = {code: n for code, n in seen.items() if code in known and surge(n, 0, _days(known[code], now)) is not None}
    if not surprising:
        return 0
    before = store.same_hour(session, surprising, now - LOOK_BACK, now - DAY + HOUR, now)
    begun = 0
    for code, n in sorted(surprising.items()):
        found = surge(n, before.get(code, 0), _days(known[code], now))
        if found is not None:
            _begin(session, known[code], found, now, zone)
            begun += 1
    return begun


def _days(touchpoint: Touchpoint, now: datetime) -> int:
    """How many like hours there were to compare with: one a day since the touchpoint began, eight weeks at most."""
    return min(LOOK_BACK // DAY, (now - touchpoint.created_at) // DAY)


def _begin(session: Session, touchpoint: Touchpoint, found: Surge, now: datetime, zone: str) -> None:
    """Open the incident for the touchpoint's department, else the head office, and pause the touchpoint's invitations."""
    unit = touchpoint.department_id or head_id(session)
    if unit is None:
        return
    topic = store.leading_topic(session, touchpoint.code, now - HOUR, found.seen)
    facts = {"seen": found.seen, "expected": round(found.expected, 2), "topic": topic}
    wanted = opening.Opening(
        kind=KIND, unit_id=unit, source="surge", touchpoint=touchpoint.code, topic=topic, facts=facts, may_call=False
    )  # fmt: skip
    case = opening.open_case(session, wanted, WATCH, now, zone)
    session.add(
        CaseIncident(
            case_id=case.id,
            touchpoint=touchpoint.code,
            topic=topic,
            seen=found.seen,
            expected=found.expected,
            attached=found.seen,
            started_at=now,
        )
    )
    touchpoint.paused_at = now
    store.join(session, touchpoint.code, now - HOUR, case.id)
    record(session, WATCH, "touchpoint.pause", "touchpoint", touchpoint.id, now, {"case": str(case.id)})
    session.flush()


def end(happening: hooks.Happening) -> None:
    """The incident is solved: the touchpoint asks again, and everybody attached gets one closing notice."""
    if happening.act not in (Step.RESOLVE, Step.CLOSE, Step.MERGE):
        return
    session, case, now = happening.session, happening.case, happening.now
    incident = store.of_case(session, case.id)
    if incident is None or incident.ended_at is not None:
        return
    incident.ended_at = now
    touchpoint = answer_store.touchpoints(session, [incident.touchpoint]).get(incident.touchpoint)
    if touchpoint is not None and touchpoint.paused_at is not None:
        touchpoint.paused_at = None
        record(session, happening.actor, "touchpoint.resume", "touchpoint", touchpoint.id, now, {"case": str(case.id)})
    rows = [
        opening.telling_row(case.id, "incident_closed", n, now) | {"customer_id": customer}
        for n, customer in enumerate(store.attached_customers(session, case.id))
    ]
    link_store.add_tellings(session, rows)


hooks.after(KIND, end)
