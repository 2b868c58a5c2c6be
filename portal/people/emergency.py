"""Emergencies (break-glass): somebody takes a role for some hours with a reason; others see it, and one of them judges it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people import emergency_store as store
from portal.people import store as people
from portal.people.access_models import BreakGlass
from portal.people.approval import second_person
from portal.people.models import UserRole
from portal.people.rules.roles import Role

SHORTEST_REASON, LONGEST_REASON = 15, 500
HOURS = (1, 2, 4, 8)
VERDICTS = ("justified", "misused")


class Held(Conflict):
    """The person holds this role for this unit already."""

    code = "role_held_already"


def take(session: Session, keys: Keys, user_id: UUID, role: str, unit_id: UUID, hours: int, reason: str, now: datetime) -> BreakGlass:
    """Take a role for a unit for some hours; in force at once, shown to everybody who looks at emergencies until one has judged it.

    Raises  InvalidInput naming the field at fault, Held
    """
    problems = {}
    if role not in set(Role) - {Role.API_CLIENT}:
        problems["role"] = "missing"
    if hours not in HOURS:
        problems["hours"] = "out_of_range"
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        problems["reason"] = "reason_too_short" if len(reason.strip()) < SHORTEST_REASON else "too_long"
    if people.unit_by_id(session, unit_id) is None:
        problems["unit"] = "missing"
    if problems:
        raise InvalidInput(problems, least=SHORTEST_REASON)
    ends = now + timedelta(hours=hours)
    held = store.role_row(session, user_id, role, unit_id)
    if held is not None and held.source != "emergency" and (held.expires_at is None or held.expires_at > now):
        raise Held
    if held is not None:
        session.delete(held)
        session.flush()
    session.add(UserRole(user_id=user_id, role=role, unit_id=unit_id, expires_at=ends, source="emergency"))
    made = BreakGlass(user_id=user_id, role=role, unit_id=unit_id, reason_enc=keys.encrypt(reason.strip()), started_at=now, ends_at=ends)
    session.add(made)
    session.flush()
    facts = {"role": f"{role}@{unit_id}", "hours": hours, "emergency": str(made.id)}
    trail.record(session, Actor("user", str(user_id)), "emergency.take", "user", user_id, now, facts)
    return made


def end(session: Session, emergency_id: UUID, actor: Actor, now: datetime) -> None:
    """Give the role back before its time; whoever took it, or whoever judges it.

    Raises  NotFound
    """
    one = store.by_id(session, emergency_id)
    if one is None:
        raise NotFound
    if one.ended_at is None and now < one.ends_at:
        one.ended_at = now
        held = store.role_row(session, one.user_id, one.role, one.unit_id)
        if held is not None and held.source == "emergency" and held.expires_at == one.ends_at:  # else it is a later one's
            session.delete(held)
        trail.record(session, actor, "emergency.end", "user", one.user_id, now, {"emergency": str(emergency_id)})


def judge(session: Session, emergency_id: UUID, verdict: str, actor: Actor, now: datetime) -> None:
    """Say afterwards whether it was right; never oneself. What is judged a misuse ends at once.

    Raises  NotFound, InvalidInput, SamePerson, Conflict where somebody did so before
    """
    one = store.by_id(session, emergency_id)
    if one is None:
        raise NotFound
    if verdict not in VERDICTS:
        raise InvalidInput({"verdict": "missing"})
    second = second_person(actor, [one.user_id])
    if one.reviewed_at is not None:
        raise Conflict
    if verdict == "misused":
        end(session, emergency_id, actor, now)
    one.reviewed_by, one.reviewed_at, one.verdict = second, now, verdict
    trail.record(session, actor, "emergency.judge", "user", one.user_id, now, {"emergency": str(emergency_id), "verdict": verdict})
