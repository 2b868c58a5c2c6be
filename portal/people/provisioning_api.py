"""Users over HTTP, as a directory keeps them in step: listed, made or changed in batches, put out of use."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.limits import per_key
from portal.people import access, provisioning
from portal.people import provisioning_store as store
from portal.people.provisioning import UserIn
from portal.people.sheets import code_of

blueprint = Blueprint("users_api", __name__, url_prefix="/api/v1/users")
web.csrf.exempt(blueprint)
MOST, PAGE, AT_ONCE = 1000, 200, 50


class RoleOut(BaseModel):
    """A role that a user holds for a unit and all below it."""

    role: str
    unit: str
    source: str
    until: str | None


class UserOut(BaseModel):
    """A user and what they hold."""

    login: str
    name: str
    unit: str | None
    language: str | None
    active: bool
    last_seen_at: str | None
    roles: list[RoleOut]


class UsersOut(BaseModel):
    """A page of users, and where the next one begins."""

    users: list[UserOut]
    next_cursor: str | None


class RefusedUser(BaseModel):
    """A record that was not taken."""

    index: int
    code: str
    field: str


class UserReceipt(BaseModel):
    """What became of a batch: received = created + changed + unchanged + rejected."""

    received: int
    created: int
    changed: int
    unchanged: int
    rejected: list[RefusedUser]


@blueprint.get("")
@described(
    "A page of users with their roles, by log-in name.", answers={200: UsersOut}, query={"cursor": "`next_cursor` of the page before"}
)
@per_key
@access.api("users.read")
def listed() -> ResponseReturnValue:
    """A page of users."""
    after = request.args.get("cursor", "")[:60]
    with web.reading() as session:
        found = store.users_after(session, after, PAGE + 1)
        shown = found[:PAGE]
        held = store.roles_of(session, [user.id for user in shown], web.now())
        wanted = {row.unit_id for rows in held.values() for row in rows} | {user.unit_id for user in shown if user.unit_id}
        units = store.units_of(session, wanted)
        users = [_user(user, held.get(user.id, []), units) for user in shown]
    following = shown[-1].login if len(found) > PAGE else None
    return UsersOut(users=users, next_cursor=following).model_dump(mode="json")


def _user(user: Any, held: list[Any], units: dict[Any, str]) -> UserOut:
    roles = [
        RoleOut(role=row.role, unit=units[row.unit_id], source=row.source, until=row.expires_at.isoformat() if row.expires_at else None)
        for row in held
    ]
    return UserOut(
        login=user.login,
        name=user.name,
        unit=units.get(user.unit_id),
        language=user.language,
        active=user.active,
        last_seen_at=user.last_seen_at.isoformat() if user.last_seen_at else None,
        roles=roles,
    )


@blueprint.post("")
@described(
    "Make users or bring them in step with the directory: one, or an array of up to 1,000. Roles come from `groups` by the rules "
    "that an administrator keeps; roles given by hand stay.",
    body=UserIn | list[UserIn],
    answers={200: UserReceipt},
    problems=(400, 413, 415),
)
@per_key
@access.api("users.write")
def put() -> ResponseReturnValue:
    """Take users in; good ones are kept though others are refused."""
    items = web.json_items(MOST)
    good: list[UserIn] = []
    places: list[int] = []
    refused: list[RefusedUser] = []
    for index, item in enumerate(items):
        try:
            good.append(UserIn.model_validate(item))
            places.append(index)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            refused.append(RefusedUser(index=index, code=code_of(first), field=".".join(str(part) for part in first["loc"])))
    done, failed = [], []
    for start in range(0, len(good), AT_ONCE):
        with web.writing() as session:  # a thousand in one transaction would hold up all other writers
            did, could_not = provisioning.put_all(session, good[start : start + AT_ONCE], access.actor(), web.now())
        done += did
        failed += [(start + index, code, field) for index, code, field in could_not]
    refused += [RefusedUser(index=places[index], code=code, field=field) for index, code, field in failed]
    counts = {name: sum(one.outcome == name for one in done) for name in ("created", "changed", "unchanged")}
    return UserReceipt(received=len(items), rejected=sorted(refused, key=lambda one: one.index), **counts).model_dump()


@blueprint.delete("/<login>")
@described("Put a user out of use: all their sessions end at once. What they did stays.", answers={204: None}, problems=(404, 409))
@per_key
@access.api("users.write")
def deactivate(login: str) -> ResponseReturnValue:
    """Safe to send twice."""
    with web.writing() as session:
        provisioning.deactivate(session, login, access.actor(), web.now())
    return "", 204
