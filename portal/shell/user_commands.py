"""`soundings users`: the first administrator of a bank of one's own, and a new password where nobody can log in any more.

Whoever may run this on the machine holds the database and its keys anyway; the trail says that it was done from there.
"""

from datetime import datetime
from uuid import UUID

import click
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.clock import day_in
from portal.foundation.errors import InvalidInput, NotFound
from portal.people import bank_roles, news, passwords, session_store, store, units, users
from portal.people.rules.roles import Role
from portal.people.units import UnitFacts
from portal.shell.cli import OpenGround, put

ACTOR = Actor.system("users")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(name="users")
def group() -> None:
    """Members of staff: the first administrator, a new password."""


@group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Full name.")
@click.option("--role", default=Role.ADMINISTRATOR.value, show_default=True, help="What they are.")
@click.option("--unit", help="Code of the unit that they are this for; else the head office, which is made where there is none.")
@click.option("--language", help="zh-Hans or en; else as the browser asks.")
@as_json
@click.pass_obj
def add(opened: OpenGround, login: str, name: str, role: str, unit: str | None, language: str | None, as_json: bool) -> None:
    """Make a user with a random first password, which is printed once and changed at the first log-in."""
    ground = opened.ground
    now, password = ground.now(), passwords.random_password()
    until, hashed = passwords.first_until(ground.settings, now), passwords.make(password)
    with ground.writing() as session:
        place = _unit(session, unit) if unit else store.head_id(session) or _head_office(opened, session, now)
        if role not in bank_roles.to_give(session) or role == Role.API_CLIENT:
            raise InvalidInput({"role": "not_one_of_the_words"})
        users.create(session, login, name, "", [(role, place)], now, place, language, ACTOR, hashed, password_until=until)
    put({"login": login.strip(), "password": password, "until": until.isoformat(timespec="minutes")}, as_json)


@group.command("password")
@click.argument("login")
@as_json
@click.pass_obj
def password(opened: OpenGround, login: str, as_json: bool) -> None:
    """Give a user a new random first password and end their sessions."""
    ground = opened.ground
    now, made = ground.now(), passwords.random_password()
    until, hashed = passwords.first_until(ground.settings, now), passwords.make(made)
    with ground.writing() as session:
        user = store.user_by_login(session, login)
        if user is None:
            raise NotFound
        user.password_hash, user.password_until = hashed, until
        user.session_epoch += 1
        session_store.end_sessions(session, user.id, None, now)
        news.tell(session, user.id, "password_given", now)
        trail.record(session, ACTOR, "user.new_password", "user", user.id, now)
    put({"login": login.strip(), "password": made, "until": until.isoformat(timespec="minutes")}, as_json)


def _unit(session: Session, code: str) -> UUID:
    found = store.unit_by_code(session, code)
    if found is None:
        raise InvalidInput({"unit": "unknown_unit"})
    return found.id


def _head_office(opened: OpenGround, session: Session, now: datetime) -> UUID:
    """The root of an empty tree, called as the bank is; its other units are made or imported below it in the portal."""
    settings = opened.settings
    facts = UnitFacts(code="HO", name_zh=settings.bank_name_zh, name_en=settings.bank_name_en, kind=units.HEAD)
    return units.add(session, facts, None, day_in(settings.zone, now), ACTOR, now).id


COMMANDS = (group,)
