"""Users as the bank's directory has them: made, changed, put out of use; roles by groups. Over the API and at single sign-on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import match_language
from portal.people import bank_roles, session_store, users
from portal.people import provisioning_store as store
from portal.people import store as people
from portal.people.access_models import GroupRule
from portal.people.models import User, UserRole
from portal.people.rules.roles import Role

OPENS_NOTHING = "!"
"""Fits no password: they come in by single sign-on, or an administrator gives them one."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00]*$")]


class UserIn(BaseModel):
    """A user as the directory has them. An absent field leaves what is there; `groups` are all of their groups."""

    model_config = ConfigDict(extra="forbid")

    login: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$")]
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00]*$")] | None = None
    unit: Text | None = None
    language: Annotated[str, StringConstraints(max_length=20)] | None = None
    active: bool | None = None
    groups: Annotated[list[Text], Field(max_length=200)] | None = None


@dataclass
class Changed:
    """What became of one user."""

    login: str
    outcome: str
    roles: list[str] = field(default_factory=list)


def put(session: Session, wanted: UserIn, actor: Actor, now: datetime) -> Changed:
    """Make a user, or bring one in step with the directory.

    Returns  outcome created | changed | unchanged
    Raises   InvalidInput naming the field at fault, LastAdministrator
    """
    unit_id = _unit(session, wanted.unit)
    user = people.user_by_login(session, wanted.login)
    if user is None:
        if unit_id is None or not wanted.name:
            raise InvalidInput({"unit" if wanted.name else "name": "missing"})
        user = users.create(session, wanted.login, wanted.name, "", [], now, unit_id, wanted.language, actor, OPENS_NOTHING)
        outcome = "created"
    else:
        outcome = "changed" if _bring_in_step(session, user, wanted, unit_id) else "unchanged"
    if wanted.active is not None and wanted.active != user.active:
        set_active(session, user, wanted.active, actor, now)
        outcome = "changed" if outcome == "unchanged" else outcome
    if wanted.groups is not None and set_groups(session, user.id, wanted.groups, actor, now):
        outcome = "changed" if outcome == "unchanged" else outcome
    if outcome == "changed":
        trail.record(session, actor, "user.provision", "user", user.id, now)
    return Changed(user.login, outcome, sorted(row.role for row in people.roles_of(session, user.id)))


def _unit(session: Session, code: str | None) -> UUID | None:
    if code is None:
        return None
    unit = people.unit_by_code(session, code)
    if unit is None:
        raise InvalidInput({"unit": "unknown_unit"})
    return unit.id


def _bring_in_step(session: Session, user: User, wanted: UserIn, unit_id: UUID | None) -> bool:
    before = (user.name, user.unit_id, user.language)
    user.name = wanted.name or user.name
    user.unit_id = unit_id or user.unit_id
    user.language = match_language(wanted.language) if wanted.language is not None else user.language
    session.flush()
    return before != (user.name, user.unit_id, user.language)


def set_active(session: Session, user: User, active: bool, actor: Actor, now: datetime) -> None:
    """Put a user out of use at once, on all devices, or back into use.

    Raises  LastAdministrator
    """
    if not active:
        users.keep_an_administrator(session, user.id, set(), now)
        user.session_epoch += 1
        session_store.end_sessions(session, user.id, None, now)
    user.active = active
    trail.record(session, actor, "user.activate" if active else "user.deactivate", "user", user.id, now)


def deactivate(session: Session, login: str, actor: Actor, now: datetime) -> None:
    """Put a user out of use by log-in name.

    Raises  NotFound, LastAdministrator
    """
    user = None if "\x00" in login else people.user_by_login(session, login)
    if user is None:
        raise NotFound
    if user.active:
        set_active(session, user, False, actor, now)


def set_groups(session: Session, user_id: UUID, groups: Collection[str], actor: Actor, now: datetime) -> bool:
    """Bring the roles that come from groups in step with somebody's groups; those given by hand stay. Returns whether anything changed.

    Raises  LastAdministrator, before anything is changed
    """
    known = set(Role) | set(bank_roles.in_force(session))
    wanted = {(rule.role, rule.unit_id) for rule in store.rules_of(session, groups) if rule.role in known}
    held = people.roles_of(session, user_id)
    gone = [row for row in held if row.source == "groups" and (row.role, row.unit_id) not in wanted]
    ended = [row for row in held if row not in gone and row.expires_at is not None and row.expires_at <= now]
    kept = {(row.role, row.unit_id) for row in held if row not in gone and row not in ended}
    new = wanted - kept
    if gone:
        users.keep_an_administrator(session, user_id, wanted | {one for one in kept if _by_hand(held, one)}, now)
    for row in (*gone, *(row for row in ended if (row.role, row.unit_id) in new)):
        session.delete(row)
    session.flush()
    session.add_all([UserRole(user_id=user_id, role=role, unit_id=unit, source="groups") for role, unit in sorted(new, key=str)])
    session.flush()
    if gone or new:
        facts = {
            "added": [f"{role}@{unit}" for role, unit in sorted(new, key=str)],
            "removed": [f"{row.role}@{row.unit_id}" for row in gone],
        }
        trail.record(session, actor, "user.groups", "user", user_id, now, facts)
    return bool(gone or new)


def _by_hand(held: Iterable[UserRole], role: tuple[str, UUID]) -> bool:
    return any((row.role, row.unit_id) == role and row.source == "hand" for row in held)


def add_rule(session: Session, group: str, role: str, unit_id: UUID, actor: Actor, now: datetime) -> None:
    """What members of a group are. Holds from their next log-in, or when they are provisioned again.

    Raises  InvalidInput naming the field at fault
    """
    problems = {}
    if not group.strip() or len(group.strip()) > 120:
        problems["group"] = "too_long" if group.strip() else "missing"
    if role not in bank_roles.to_give(session) or role == Role.API_CLIENT:
        problems["role"] = "missing"
    if people.unit_by_id(session, unit_id) is None:
        problems["unit"] = "missing"
    if not problems and store.has_rule(session, group.strip(), role, unit_id):
        problems["group"] = "already_there"
    if problems:
        raise InvalidInput(problems)
    rule = GroupRule(group_name=group.strip(), role=role, unit_id=unit_id)
    session.add(rule)
    session.flush()
    trail.record(session, actor, "group_rule.add", "group_rule", rule.id, now, {"role": f"{role}@{unit_id}"})


def drop_rule(session: Session, rule_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a rule away.

    Raises  NotFound
    """
    rule = session.get(GroupRule, rule_id)
    if rule is None:
        raise NotFound
    session.delete(rule)
    trail.record(session, actor, "group_rule.remove", "group_rule", rule_id, now, {"role": f"{rule.role}@{rule.unit_id}"})


def put_all(session: Session, wanted: Iterable[UserIn], actor: Actor, now: datetime) -> tuple[list[Changed], list[tuple[int, str, str]]]:
    """Bring many in step; what can't be taken is told by its place, code and field, and the others are taken."""
    done: list[Changed] = []
    refused: list[tuple[int, str, str]] = []
    for index, one in enumerate(wanted):
        try:
            with session.begin_nested():
                done.append(put(session, one, actor, now))
        except InvalidInput as error:
            name, code = next(iter(error.fields.items()))
            refused.append((index, code, name))
        except users.LastAdministrator as error:
            refused.append((index, error.code, "active"))
    return done, refused
