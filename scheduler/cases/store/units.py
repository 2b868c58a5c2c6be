"""What cases need to know of units and people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import OrgUnit, User, UserRole
from portal.people.rules.roles import Scope
from portal.people.store import ancestors_on, in_scope
from scheduler.cases.calendars import calendar_for
from scheduler.cases.rules.worktime import WorkCalendar
from scheduler.contacts.models import UnitLoad

HANDLING = ("case_handler", "outlet_manager", "complaint_centre")


def calendars(session: Session, unit_ids: Iterable[UUID]) -> dict[UUID, WorkCalendar]:
    """The working calendar of each unit."""
    rows = session.execute(select(col(OrgUnit.id), col(OrgUnit.calendar), col(OrgUnit.zone)).where(ids_in(col(OrgUnit.id), unit_ids)))
    return {row[0]: calendar_for(row[1], row[2]) for row in rows}


def names_and_calendars(session: Session, unit_ids: Iterable[UUID]) -> tuple[dict[UUID, tuple[str, str]], dict[UUID, WorkCalendar]]:
    """What units are called and when they work; one statement."""
    unit = OrgUnit
    columns = (col(unit.id), col(unit.name_zh), col(unit.name_en), col(unit.calendar), col(unit.zone))
    rows = session.execute(select(*columns).where(ids_in(col(unit.id), unit_ids))).all()
    return {row[0]: (row[1], row[2]) for row in rows}, {row[0]: calendar_for(row[3], row[4]) for row in rows}


def names(session: Session, unit_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Each unit's names, Chinese and English."""
    rows = session.execute(select(col(OrgUnit.id), col(OrgUnit.name_zh), col(OrgUnit.name_en)).where(ids_in(col(OrgUnit.id), unit_ids)))
    return {row[0]: (row[1], row[2]) for row in rows}


def people(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of members of staff."""
    rows = session.execute(select(col(User.id), col(User.name)).where(ids_in(col(User.id), user_ids)))
    return {row[0]: row[1] for row in rows}


def handlers(session: Session, unit_id: UUID, now: datetime) -> Sequence[User]:
    """Who may own a case of a unit: handlers and managers of the unit itself and of those above it, the nearest first."""
    above = ancestors_on(session, [unit_id], now.date()).get(unit_id, [unit_id])
    live = or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now)
    rows = session.execute(
        select(User, col(UserRole.unit_id))
        .join(UserRole, col(UserRole.user_id) == col(User.id))
        .where(ids_in(col(UserRole.unit_id), above), col(UserRole.role).in_(HANDLING), live, col(User.active).is_(True))
        .order_by(col(User.name), col(User.id))
    ).all()
    nearest: dict[UUID, tuple[int, User]] = {}
    for user, unit in rows:
        depth = above.index(unit)
        if user.id not in nearest or depth < nearest[user.id][0]:
            nearest[user.id] = (depth, user)
    return [user for _, user in sorted(nearest.values(), key=lambda pair: pair[0])]


def handlers_in(session: Session, scope: Scope, now: datetime, limit: int = 200) -> Sequence[User]:
    """Everybody who handles cases of units in a scope, by name."""
    live = or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now)
    held = select(col(UserRole.user_id)).where(col(UserRole.role).in_(HANDLING), live, in_scope(col(UserRole.unit_id), scope, now))
    rows = select(User).where(col(User.id).in_(held), col(User.active).is_(True)).order_by(col(User.name), col(User.id)).limit(limit)
    return session.scalars(rows).all()


def level_above(session: Session, unit_ids: Iterable[UUID], now: datetime) -> dict[UUID, UUID]:
    """The unit directly above each; none for the head office."""
    above = ancestors_on(session, unit_ids, now.date())
    return {unit: chain[1] for unit, chain in above.items() if len(chain) > 1}


def loads(session: Session, unit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many cases each unit has open."""
    rows = session.execute(select(col(UnitLoad.unit_id), col(UnitLoad.open_cases)).where(ids_in(col(UnitLoad.unit_id), unit_ids)))
    return {row[0]: row[1] for row in rows}


def codes(session: Session, unit_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Units' codes, by which the bank's systems know them."""
    rows = session.execute(select(col(OrgUnit.id), col(OrgUnit.code)).where(ids_in(col(OrgUnit.id), unit_ids)))
    return {row[0]: row[1] for row in rows}


def all_codes(session: Session) -> dict[UUID, str]:
    """The codes of all open units."""
    return {row[0]: row[1] for row in session.execute(select(col(OrgUnit.id), col(OrgUnit.code)).where(col(OrgUnit.closed_at).is_(None)))}


def exists(session: Session, unit_id: UUID) -> bool:
    """Whether there is such a unit, still open."""
    unit = session.get(OrgUnit, unit_id)
    return unit is not None and unit.closed_at is None


def tree(session: Session, scope: Scope, now: datetime) -> list[dict[str, object]]:
    """The open units of a scope in tree order, for a picker: id, names, depth."""
    units = session.scalars(
        select(OrgUnit).where(col(OrgUnit.closed_at).is_(None), in_scope(col(OrgUnit.id), scope, now)).order_by(col(OrgUnit.code))
    ).all()
    chains = ancestors_on(session, [unit.id for unit in units], now.date())
    codes = {unit.id: unit.code for unit in units}

    def path(unit: OrgUnit) -> list[str]:
        return [codes.get(one, "") for one in reversed(chains.get(unit.id, [unit.id]))]

    ordered = sorted(units, key=path)
    shallowest = min((len(chains.get(unit.id, [unit.id])) for unit in units), default=1)
    return [
        {"id": str(unit.id), "name_zh": unit.name_zh, "name_en": unit.name_en, "depth": len(chains.get(unit.id, [unit.id])) - shallowest}
        for unit in ordered
    ]
