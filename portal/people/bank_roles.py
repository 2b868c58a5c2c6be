"""Roles of the bank's own: permissions that one person puts together and another puts in force."""

import re
from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.i18n import pick
from portal.people import bank_role_store as store
from portal.people import words
from portal.people.access_models import BankRole
from portal.people.approval import second_person
from portal.people.rules.roles import Role

CODE = re.compile(r"[a-z][a-z0-9_]{2,29}")
NEVER = frozenset({"users.edit", "roles.edit", "api_keys.edit", "emergency.use", "groups.edit"})
"""What no role of the bank's own gives: with these somebody could give themselves everything else."""


def in_force(session: Session) -> dict[str, frozenset[str]]:
    """The permissions of each role that a second person put in force."""
    return {role.code: frozenset(role.permissions) for role in store.all_roles(session) if role.approved_at is not None}


def names(session: Session) -> dict[str, str]:
    """What every role is called in the reader's language, the bank's own after the product's."""
    found = {role.value: str(text) for role, text in words.ROLES.items()}
    return found | {role.code: pick(role.name_zh, role.name_en) for role in store.all_roles(session)}


def to_give(session: Session) -> dict[str, str]:
    """The roles that may be given to somebody, with what they are called."""
    ours = in_force(session)
    return {code: text for code, text in names(session).items() if code in ours or code in set(Role)}


def propose(
    session: Session,
    code: str,
    name_zh: str,
    name_en: str,
    permissions: Collection[str],
    known: Collection[str],
    actor: Actor,
    now: datetime,
) -> BankRole:
    """Put a role together, or propose another set of permissions for one that is in force; until a second person agrees the old set holds.

    Raises  InvalidInput naming the field at fault
    """
    problems = {}
    if not CODE.fullmatch(code) or code in set(Role):
        problems["code"] = "role_code_letters"
    problems |= {field: "missing" for field, text in (("name_zh", name_zh), ("name_en", name_en)) if not text.strip()}
    problems |= {field: "too_long" for field, text in (("name_zh", name_zh), ("name_en", name_en)) if len(text.strip()) > 60}
    if not permissions or not set(permissions) <= set(known) - NEVER:
        problems["permissions"] = "choose_at_least_one"
    if problems or actor.user_id is None:
        raise InvalidInput(problems)
    wanted = sorted(set(permissions))
    role = store.role(session, code)
    if role is None:
        role = BankRole(code=code, name_zh="", name_en="", proposed_by=actor.user_id, proposed_at=now)
        session.add(role)
    role.name_zh, role.name_en, role.proposed = name_zh.strip(), name_en.strip(), wanted
    role.proposed_by, role.proposed_at = actor.user_id, now
    if role.approved_by == actor.user_id:
        role.approved_by = None  # who agreed to the old set now proposes the new one; the trail keeps who did what
    session.flush()
    trail.record(session, actor, "role.propose", "role", code, now, {"permissions": wanted})
    return role


def decide(session: Session, code: str, agree: bool, actor: Actor, now: datetime, seen: Collection[str] | None = None) -> None:
    """Put a proposed set in force, or turn it down.

    seen    the permissions that the person saw; None where nobody looked at a page
    Raises  NotFound, Conflict where nothing waits or something else than was seen, SamePerson for whoever proposed it
    """
    role = store.role(session, code)
    if role is None:
        raise NotFound
    if role.proposed is None:
        raise Conflict
    second = second_person(actor, [role.proposed_by])
    wanted = role.proposed
    if agree and seen is not None and set(seen) != set(wanted):
        raise Conflict
    if agree:
        role.permissions, role.approved_by, role.approved_at = wanted, second, now
    role.proposed = None
    session.flush()
    if not agree and role.approved_at is None:
        session.delete(role)
    trail.record(session, actor, "role.approve" if agree else "role.turn_down", "role", code, now, {"permissions": wanted})


def retire(session: Session, code: str, actor: Actor, now: datetime) -> int:
    """Take a role out of use at once; one person is enough to take rights away. Returns how many people held it.

    Raises  NotFound
    """
    role = store.role(session, code)
    if role is None:
        raise NotFound
    held = store.drop_holders(session, code)
    session.delete(role)
    trail.record(session, actor, "role.retire", "role", code, now, {"holders": held})
    return held
