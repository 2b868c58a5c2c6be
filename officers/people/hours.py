"""Task hours: staff do tasks in working time only with their manager's yes, once a quarter. Customers need none."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import bosses, roster, way
from officers.people import panel_store as store
from officers.people.panel_models import TaskHours
from officers.people.way import Desk
from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.store import unit_in_scope

DEFAULT, MOST = 12, 200


class OwnHours(Conflict):
    """Nobody allows hours to themselves."""

    code = "own_hours"


def quarter_of(day: date) -> str:
    """`2026-Q2`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def allowed(session: Session, officer_id: UUID, now: datetime, zone: str) -> bool:
    """Whether an officer may take tasks as far as hours go: customers always, staff with their manager's yes for this quarter.

    zone  the bank's, here as below: a quarter begins at its midnight
    """
    officer = roster.find(session, officer_id)
    if officer is None:
        return False
    if officer.kind != "staff":
        return True
    row = store.hours_of(session, officer_id, quarter_of(day_in(zone, now)))
    return row is not None and row.state == "allowed"


def ask(session: Session, officer_id: UUID, wanted: int, actor: Actor, now: datetime, zone: str) -> TaskHours:
    """Ask the manager for hours in this quarter; asking again after a no, or for more, asks anew.

    Raises  InvalidInput
    """
    if not 1 <= wanted <= MOST:
        raise InvalidInput({"hours": "out_of_range"})
    officer = roster.lock(session, officer_id)
    if officer.kind != "staff":
        raise way.OfficerMoved
    quarter = quarter_of(day_in(zone, now))
    row = store.hours_of(session, officer_id, quarter) or TaskHours(officer_id=officer_id, quarter=quarter, at=now)
    row.hours, row.state, row.decided_by, row.at = wanted, "asked", None, now
    session.add(row)
    session.flush()
    record(session, actor, "officer_hours.ask", way.OBJECT, officer_id, now, {"quarter": quarter, "hours": wanted})
    url = {"url": "/portal/officers/hours"}
    bosses.tell(session, officer.unit_id, bosses.HOURS, f"hours:{row.id.hex}:{now:%y%m%d%H%M}", url, now, but=officer.user_id)
    return row


def decide(session: Session, officer_id: UUID, yes: bool, granted: int, desk: Desk, zone: str) -> TaskHours:
    """The manager's yes or no for this quarter, asked or not.

    Raises  NotFound for an officer of another unit, OwnHours, InvalidInput
    """
    if not 0 <= granted <= MOST or (yes and granted == 0):
        raise InvalidInput({"hours": "out_of_range"})
    officer = roster.lock(session, officer_id)
    if officer.kind != "staff" or not unit_in_scope(session, desk.scope, officer.unit_id, desk.now):
        raise NotFound
    if officer.user_id is not None and officer.user_id == desk.actor.user_id:
        raise OwnHours
    quarter = quarter_of(day_in(zone, desk.now))
    row = store.hours_of(session, officer_id, quarter) or TaskHours(officer_id=officer_id, quarter=quarter, at=desk.now)
    row.hours, row.state, row.decided_by, row.at = (granted if yes else 0), ("allowed" if yes else "refused"), desk.actor.user_id, desk.now
    session.add(row)
    session.flush()
    facts = {"quarter": quarter, "yes": yes, "hours": row.hours}
    record(session, desk.actor, "officer_hours.decide", way.OBJECT, officer_id, desk.now, facts)
    return row
