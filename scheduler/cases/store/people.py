"""Who works where, who is away, whose turn it is; all in sets."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows
from portal.people.models import User, UserRole
from portal.people.store import ancestors_on
from scheduler.cases.models import Case
from scheduler.cases.notice_models import CaseRota, StaffAbsence
from scheduler.cases.rules.states import OPEN_STATES
from scheduler.cases.store.listing import NOT_SETTLED

MANAGING = ("outlet_manager", "complaint_centre")
HANDLING = ("case_handler", *MANAGING)


class Hand(NamedTuple):
    """Somebody who handles cases, and how many levels above the unit he holds that role."""

    depth: int
    user_id: UUID
    login: str
    manages: bool


def hands(session: Session, unit_ids: Iterable[UUID], now: datetime) -> dict[UUID, list[Hand]]:
    """Who handles cases of each unit: there or on a level above, the nearest first; two statements."""
    chains = ancestors_on(session, unit_ids, now.date())
    above = {one for chain in chains.values() for one in chain}
    live = or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now)
    rows = session.execute(
        select(col(UserRole.unit_id), col(User.id), col(User.login), col(UserRole.role))
        .join(User, col(User.id) == col(UserRole.user_id))
        .where(ids_in(col(UserRole.unit_id), above), col(UserRole.role).in_(HANDLING), live, col(User.active).is_(True))
        .order_by(col(User.login), col(UserRole.role))
    ).all()
    held: dict[UUID, list[tuple[UUID, str, bool]]] = {}
    for unit, user, login, role in rows:
        held.setdefault(unit, []).append((user, login, role in MANAGING))
    return {unit: [Hand(depth, *one) for depth, at in enumerate(chain) for one in held.get(at, ())] for unit, chain in chains.items()}


def nearest(found: Sequence[Hand], *, from_depth: int = 0, managers: bool = False) -> list[UUID]:
    """The people of the first level, from a depth on, on which there is anybody."""
    fitting = [one for one in found if one.depth >= from_depth and (one.manages or not managers)]
    if not fitting:
        return []
    first = min(one.depth for one in fitting)
    return list(dict.fromkeys(one.user_id for one in fitting if one.depth == first))


def deputies(session: Session, user_ids: Iterable[UUID], now: datetime) -> dict[UUID, UUID]:
    """Who stands in for those who are away now."""
    rows = session.execute(
        select(col(StaffAbsence.user_id), col(StaffAbsence.deputy_id)).where(
            ids_in(col(StaffAbsence.user_id), user_ids), col(StaffAbsence.from_) <= now, col(StaffAbsence.until) > now
        )
    )
    return {row[0]: row[1] for row in rows}


def rota(session: Session, unit_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Whose turn it may be in each unit, in the order of the list: id and log-in of active users."""
    rows = session.execute(
        select(col(CaseRota.unit_id), col(User.id), col(User.login))
        .join(User, col(User.id) == col(CaseRota.user_id))
        .where(ids_in(col(CaseRota.unit_id), unit_ids), col(User.active).is_(True))
        .order_by(col(CaseRota.unit_id), col(CaseRota.place), col(User.login))
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for unit, user, login in rows:
        found.setdefault(unit, []).append((user, login))
    return found


def loads(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many open cases each person has."""
    rows = session.execute(
        select(col(Case.owner_id), func.count())
        .where(ids_in(col(Case.owner_id), user_ids), NOT_SETTLED, col(Case.state).in_(sorted(OPEN_STATES)))
        .group_by(col(Case.owner_id))
    )
    return {row[0]: row[1] for row in rows}


def by_logins(session: Session, logins: Iterable[str]) -> dict[str, UUID]:
    """Active users by log-in, in small letters."""
    wanted = sorted({one.lower() for one in logins})
    if not wanted:
        return {}
    rows = session.execute(
        select(func.lower(col(User.login)), col(User.id)).where(func.lower(col(User.login)).in_(wanted), col(User.active).is_(True))
    )
    return {row[0]: row[1] for row in rows}


def units_of(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """The unit each person works at."""
    rows = session.execute(select(col(User.id), col(User.unit_id)).where(ids_in(col(User.id), user_ids)))
    return {row[0]: row[1] for row in rows}


def put_rota(session: Session, unit_id: UUID, user_ids: Sequence[UUID]) -> None:
    """Write a unit's rota anew."""
    session.execute(delete(CaseRota).where(col(CaseRota.unit_id) == unit_id))
    insert_rows(session, CaseRota, [{"unit_id": unit_id, "user_id": user, "place": place} for place, user in enumerate(user_ids)])


def rotas(session: Session) -> list[tuple[UUID, list[str]]]:
    """All rotas with the log-ins of those on them."""
    rows = session.execute(
        select(col(CaseRota.unit_id), col(User.login))
        .join(User, col(User.id) == col(CaseRota.user_id))
        .order_by(col(CaseRota.unit_id), col(CaseRota.place))
    )
    found: dict[UUID, list[str]] = {}
    for unit, login in rows:
        found.setdefault(unit, []).append(login)
    return list(found.items())
