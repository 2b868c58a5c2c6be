"""Users from a CSV file: one row a role; new ones get a random password that is shown once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlmodel import Session

from portal.foundation.errors import Conflict, InvalidInput
from portal.people import passwords, sheets, unit_store, user_store, users
from portal.people.rules.roles import Role
from portal.people.sheets import Line, Rejected
from portal.people.users import Editor, RoleAt

COLUMNS = {
    "登录名": "login",
    "姓名": "name",
    "所属机构": "unit",
    "角色": "role",
    "数据范围": "role_unit",
    "语言": "language",
}
MOST = 500


class UserRow(BaseModel):
    """A row of the file: a user and one of their roles."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    login: str = Field(max_length=60)
    name: str = Field(max_length=60)
    unit: str = Field(max_length=60)
    role: Role
    role_unit: str | None = Field(default=None, max_length=60)
    language: str | None = None

    @field_validator("login")
    @classmethod
    def _letters(cls, login: str) -> str:
        if not users.LOGIN.fullmatch(login):
            raise ValueError("login_letters")
        return login


class FirstPassword(NamedTuple):
    """A first password and its hash."""

    password: str
    hash: str


@dataclass
class NewUser:
    """A user whom the file would make."""

    line: int
    login: str
    name: str
    unit_id: UUID
    language: str | None
    roles: list[RoleAt] = field(default_factory=list)


@dataclass
class Plan:
    """What an import would do."""

    new: dict[str, NewUser] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)


def plan(session: Session, text: str, editor: Editor, now: datetime) -> Plan:
    """Read a file and weigh every row; users who exist are not touched, but listed.

    Raises  InvalidInput where the file as a whole can't be read, or names more users than are made at once
    """
    made = Plan()
    read = list(sheets.read(text, UserRow, COLUMNS, ("login", "name", "unit", "role")))
    lines = [one for one in read if isinstance(one, Line)]
    made.rejected = [one for one in read if isinstance(one, Rejected)]
    taken = user_store.logins_taken(session, [line.row.login for line in lines])
    codes = {code for line in lines for code in (line.row.unit, line.row.role_unit or line.row.unit)}
    known = unit_store.units_by_code(session, codes)
    allowed = {unit.id for unit in unit_store.units_in_scope(session, editor.scope, now)}
    ids = {code: unit.id for code, unit in known.items() if unit.id in allowed}
    for line in lines:
        if problem := _take(made, line, taken, ids):
            made.rejected.append(Rejected(line.line, *problem))
    if len(made.new) > MOST:
        raise InvalidInput({"file": "too_many_rows"}, most=MOST)
    made.rejected.sort(key=lambda one: one.line)
    return made


def prepare(count: int) -> list[FirstPassword]:
    """Passwords with their hashes, made before the transaction: hashing is slow, and would hold up all writers."""
    made = [passwords.random_password() for _ in range(count)]
    return [FirstPassword(password, passwords.make(password)) for password in made]


def apply(
    session: Session, text: str, first: Sequence[FirstPassword], editor: Editor, now: datetime, until: datetime | None = None
) -> tuple[Plan, list[tuple[str, str]]]:
    """Make the users of a plan; the log-ins with their passwords, told once and good until a moment.

    Raises  Conflict where the plan now makes more users than there are passwords
    """
    made = plan(session, text, editor, now)
    if len(made.new) > len(first):
        raise Conflict
    users.check_giving(session, [role for one in made.new.values() for role in one.roles], editor, now)
    told = []
    for one, given in zip(made.new.values(), first, strict=False):
        facts = (one.login, one.name, "", one.roles, now, one.unit_id, one.language, editor.actor, given.hash)
        users.create(session, *facts, password_until=until)
        told.append((one.login, given.password))
    return made, told


def _take(made: Plan, line: Line[UserRow], taken: dict[str, Any], ids: dict[str, UUID]) -> tuple[str, str] | None:
    row = line.row
    if row.login.lower() in taken:
        return "login", "login_taken"
    role_unit = row.role_unit or row.unit
    for column, code in (("unit", row.unit), ("role_unit", role_unit)):
        if code not in ids:
            return column, "unknown_unit"
    one = made.new.setdefault(row.login.lower(), NewUser(line.line, row.login, row.name, ids[row.unit], row.language))
    if one.name != row.name or one.unit_id != ids[row.unit]:
        return "name", "differs_from_earlier_row"
    one.roles.append((row.role, ids[role_unit]))
    return None
