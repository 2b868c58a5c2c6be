"""Users: made, given roles for units, changed, put out of use; nobody gives rights that they do not hold themselves."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from portal.foundation.i18n import match_language
from portal.people import bank_roles, news, passwords, second_factor, session_store
from portal.people import store as people
from portal.people import user_store as store
from portal.people.models import User, UserRole
from portal.people.rules.roles import Role, Scope

LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,59}")
RoleAt = tuple[str, UUID]
"""A role, of the product's or of the bank's own, for a unit and all below it."""


class LastAdministrator(Conflict):
    """Somebody must be able to administer the bank."""

    code = "last_administrator"


class Own(Conflict):
    """Nobody may do this to themselves."""

    code = "not_to_yourself"


@dataclass(frozen=True)
class Editor:
    """Who changes a user, and for which units they may."""

    user_id: UUID
    scope: Scope
    lasting: Scope | None = None
    """The units for which they may do so without an emergency; None for all of the scope."""

    @property
    def actor(self) -> Actor:
        """The same in the audit trail."""
        return Actor("user", str(self.user_id))


def create(
    session: Session,
    login: str,
    name: str,
    password: str,
    roles: Collection[RoleAt],
    now: datetime,
    unit_id: UUID | None = None,
    language: str | None = None,
    actor: Actor | None = None,
    password_hash: str | None = None,
    ends: Mapping[RoleAt, datetime] | None = None,
    password_until: datetime | None = None,
) -> User:
    """Make a user with a password and roles.

    ends           until when a role is held, for those that end
    password_until  until when the password opens, where somebody else made it; it is changed at the first log-in
    password_hash  where the caller made it beforehand: hashing is slow, and many in one transaction would hold up all writers
    Raises         InvalidInput naming the field at fault
    """
    check_facts(login, name)
    if people.user_by_login(session, login):
        raise InvalidInput({"login": "login_taken"})
    user = User(
        login=login.strip(),
        name=name.strip(),
        password_hash=password_hash or passwords.make(password),
        unit_id=unit_id,
        language=match_language(language),
        created_at=now,
        password_until=password_until,
    )
    session.add(user)
    session.flush()
    session.add_all(_rows(user.id, roles, ends))
    session.flush()
    trail.record(session, actor or Actor.system("setup"), "user.create", "user", user.id, now, {"roles": _facts(roles)})
    return user


def edit(
    session: Session,
    user_id: UUID,
    name: str,
    unit_id: UUID | None,
    language: str | None,
    roles: Collection[RoleAt],
    editor: Editor,
    now: datetime,
    ends: Mapping[RoleAt, datetime] | None = None,
) -> User:
    """Change a user's name, unit, language and those of their roles that were given by hand and lie in the editor's scope.

    ends    until when a role is held, for those that end
    Raises  NotFound, Forbidden, InvalidInput, LastAdministrator
    """
    user = to_edit(session, user_id, editor, now)
    check_facts(user.login, name)
    held = _without_ended(session, user_id, now)
    seen = [row for row in held if row.source == "hand" and people.unit_in_scope(session, editor.scope, row.unit_id, now)]
    check_roles(session, roles, editor, now)
    by_groups = {(row.role, row.unit_id) for row in held if row.source == "groups"}
    keep_an_administrator(session, user_id, set(roles) | by_groups, now)
    gone = [row for row in seen if (row.role, row.unit_id) not in set(roles)]
    there = {(row.role, row.unit_id) for row in held}
    store.drop_roles(session, [row.id for row in gone])
    new = [one for one in dict.fromkeys(roles) if one not in there]
    check_giving(session, new, editor, now)
    session.add_all(_rows(user_id, new, ends))
    for row in seen:
        if (row.role, row.unit_id) in set(roles):
            row.expires_at = (ends or {}).get((row.role, row.unit_id))
    user.name, user.unit_id, user.language = name.strip(), unit_id, match_language(language)
    session.flush()
    facts: dict[str, object] = {"added": _facts(new), "removed": _facts([(row.role, row.unit_id) for row in gone])}
    trail.record(session, editor.actor, "user.edit", "user", user_id, now, facts)
    return user


def set_active(session: Session, user_id: UUID, active: bool, editor: Editor, now: datetime) -> None:
    """Put a user out of use, at once and on all devices, or back into use.

    Raises  NotFound, Forbidden, Own, LastAdministrator
    """
    user = to_edit(session, user_id, editor, now)
    if user_id == editor.user_id:
        raise Own
    if not active:
        keep_an_administrator(session, user_id, set(), now)
        user.session_epoch += 1
        session_store.end_sessions(session, user_id, editor.user_id, now)
    user.active = active
    trail.record(session, editor.actor, "user.activate" if active else "user.deactivate", "user", user_id, now)


def new_password(session: Session, user_id: UUID, editor: Editor, now: datetime, until: datetime | None = None) -> str:
    """Give a user a random password, to be shown once, good until a moment; signs them out everywhere.

    Raises  NotFound, Forbidden, Own
    """
    user = to_edit(session, user_id, editor, now)
    if user_id == editor.user_id:
        raise Own
    password = passwords.random_password()
    user.password_hash, user.password_until = passwords.make(password), until
    user.session_epoch += 1
    session_store.end_sessions(session, user_id, editor.user_id, now)
    news.tell(session, user_id, "password_given", now)
    trail.record(session, editor.actor, "user.new_password", "user", user_id, now)
    return password


def take_factor(session: Session, user_id: UUID, editor: Editor, now: datetime) -> None:
    """Take a lost telephone's second factor away and end all sessions.

    Raises  NotFound, Forbidden, Own
    """
    user = to_edit(session, user_id, editor, now)
    if user_id == editor.user_id:
        raise Own
    second_factor.take_away(session, user_id, editor.actor, now)
    news.tell(session, user_id, "factor_taken", now)
    user.session_epoch += 1
    session_store.end_sessions(session, user_id, editor.user_id, now)


def end_sessions(session: Session, user_id: UUID, editor: Editor, now: datetime) -> None:
    """Sign a user out everywhere.

    Raises  NotFound, Forbidden
    """
    user = to_edit(session, user_id, editor, now)
    user.session_epoch += 1
    session_store.end_sessions(session, user_id, editor.user_id, now)
    trail.record(session, editor.actor, "user.end_sessions", "user", user_id, now)


def to_see(session: Session, user_id: UUID, scope: Scope, now: datetime) -> User:
    """A user who belongs to the scope.

    Raises  NotFound
    """
    user = people.user_by_id(session, user_id)
    if user is None or not store.in_users_scope(session, scope, user_id, now):
        raise NotFound
    return user


def to_edit(session: Session, user_id: UUID, editor: Editor, now: datetime) -> User:
    """A user whom the editor may change: all roles they hold lie in the editor's scope, or the editor could borrow their rights.

    Raises  NotFound, Forbidden
    """
    user = to_see(session, user_id, editor.scope, now)
    if not may_edit(session, user, editor.scope, now):
        raise Forbidden
    return user


def may_edit(session: Session, user: User, scope: Scope, now: datetime) -> bool:
    """Whether all that a user may do lies in a scope."""
    return all(people.unit_in_scope(session, scope, row.unit_id, now) for row in people.roles_of(session, user.id))


def check_roles(session: Session, roles: Collection[RoleAt], editor: Editor, now: datetime) -> None:
    """Refuse roles that nobody defined, and roles for units outside the editor's scope.

    Raises  InvalidInput
    """
    known = set(Role) | set(bank_roles.in_force(session))
    for role, unit in roles:
        if role not in known:
            raise InvalidInput({"roles": "role_needs_unit"})
        if not people.unit_in_scope(session, editor.scope, unit, now):
            raise InvalidInput({"roles": "unit_out_of_scope"})


def check_giving(session: Session, roles: Collection[RoleAt], editor: Editor, now: datetime) -> None:
    """Refuse roles that somebody gives only because of an emergency: they would outlast it.

    Raises  Forbidden
    """
    lasting = editor.scope if editor.lasting is None else editor.lasting
    if not all(people.unit_in_scope(session, lasting, unit, now) for _role, unit in roles):
        raise Forbidden


def check_facts(login: str, name: str) -> None:
    """Refuse a log-in or a name that can't be used.

    Raises  InvalidInput
    """
    problems = {}
    if not LOGIN.fullmatch(login.strip()):
        problems["login"] = "login_letters" if login.strip() else "missing"
    if not name.strip() or len(name.strip()) > 60:
        problems["name"] = "too_long" if name.strip() else "missing"
    if problems:
        raise InvalidInput(problems)


def keep_an_administrator(session: Session, user_id: UUID, roles: set[RoleAt], now: datetime) -> None:
    """Refuse to leave a user with these roles where then nobody administers the whole bank.

    Raises  LastAdministrator
    """
    head = people.head_id(session)
    lasting = [row for row in people.roles_of(session, user_id) if row.source != "emergency" and not _ended(row, now)]
    was = any(row.role == Role.ADMINISTRATOR and row.unit_id == head for row in lasting)
    if was and (Role.ADMINISTRATOR, head) not in roles and not store.other_administrators(session, user_id, head, now):
        raise LastAdministrator


def _ended(row: UserRole, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _without_ended(session: Session, user_id: UUID, now: datetime) -> list[UserRole]:
    """What a user holds; rows of groups and emergencies that ended go, or they would stand in the way of giving the role again."""
    held = people.roles_of(session, user_id)
    ended = [row for row in held if row.source != "hand" and _ended(row, now)]
    store.drop_roles(session, [row.id for row in ended])
    return [row for row in held if row not in ended]


def _rows(user_id: UUID, roles: Collection[RoleAt], ends: Mapping[RoleAt, datetime] | None) -> list[UserRole]:
    until = ends or {}
    wanted = dict.fromkeys((str(role), unit) for role, unit in roles)
    return [UserRole(user_id=user_id, role=role, unit_id=unit, expires_at=until.get((role, unit))) for role, unit in wanted]


def _facts(roles: Collection[RoleAt]) -> list[str]:
    return [f"{role}@{unit}" for role, unit in roles]
