"""Documents that people must know (管理办法): written by one, published by another, read and signed for by their audience."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from portal.house import store
from portal.house.models import PolicyDocument
from portal.people.access import Me
from portal.people.rules.roles import Role

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST = {"title_zh": 120, "title_en": 120, "body_zh": 40_000, "body_en": 40_000}
MOST_DAYS = 365


class Wanted(NamedTuple):
    """A document as a form brings it; empty roles and units mean everybody."""

    code: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    roles: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    sign_days: int = 14


class Due(NamedTuple):
    """A document that somebody has not signed for yet."""

    document: PolicyDocument
    until: datetime
    late: bool


def write(session: Session, wanted: Wanted, who: Actor, now: datetime, document_id: UUID | None = None) -> PolicyDocument:
    """Write a draft, or change it; a code that is there already begins its next version.

    Raises  InvalidInput, NotFound, Conflict where it is no draft any more
    """
    _check(wanted)
    values = {name: getattr(wanted, name).strip() for name in LONGEST}
    audience = {"roles": list(wanted.roles), "units": list(wanted.units)}
    if document_id is None:
        version, by = store.newest_number(session, wanted.code) + 1, _person(who)
        found = PolicyDocument(code=wanted.code, version=version, made_by=by, made_at=now, sign_days=wanted.sign_days, **values)
        session.add(found)
    else:
        found = _found(session, document_id, "draft")
        for name, text in values.items():
            setattr(found, name, text)
        found.sign_days, found.made_by, found.made_at = wanted.sign_days, _person(who), now
    found.audience = audience
    session.flush()
    trail.record(session, who, "document.write", "document", found.id, now, {"code": found.code, "version": found.version})
    return found


def _check(wanted: Wanted) -> None:
    wrong = {name: "missing" for name in LONGEST if not getattr(wanted, name).strip()}
    wrong |= {name: "too_long" for name, most in LONGEST.items() if len(getattr(wanted, name)) > most}
    if not CODE.fullmatch(wanted.code):
        wrong["code"] = "code_letters" if wanted.code else "missing"
    if set(wanted.roles) - {str(role) for role in Role}:
        wrong["roles"] = "not_valid"
    if not 0 <= wanted.sign_days <= MOST_DAYS:
        wrong["sign_days"] = "out_of_range"
    if wrong:
        raise InvalidInput(wrong, least=0, most=MOST_DAYS)


def step(session: Session, document_id: UUID, act: str, who: Actor, now: datetime) -> PolicyDocument:
    """Hand it to the second person, give it back, or publish it in the place of the version before.

    Raises  NotFound, Conflict, Forbidden for its author
    """
    found = _found(session, document_id, {"submit": "draft", "return": "submitted", "publish": "submitted"}[act])
    if act == "publish":
        if _person(who) == found.made_by:
            raise Forbidden
        found.state, found.published_by, found.published_at = "published", _person(who), now
        store.replace_older(session, found)
    else:
        found.state = "submitted" if act == "submit" else "draft"
    session.flush()
    trail.record(session, who, f"document.{act}", "document", found.id, now, {"code": found.code, "version": found.version})
    return found


def sign(session: Session, document_id: UUID, me: Me, who: Actor, now: datetime) -> None:
    """Somebody says that they have read it; said twice it counts once.

    Raises  NotFound, Conflict where it is not in force
    """
    found = _found(session, document_id, "published")
    if store.sign(session, found.id, me.user_id, now):
        trail.record(session, who, "document.sign", "document", found.id, now, {"code": found.code, "version": found.version})


def due(session: Session, me: Me, now: datetime) -> list[Due]:
    """What somebody still has to read, the most urgent first."""
    read = store.read_by(session, me.user_id)
    waiting = [one for one in store.in_force(session) if one.sign_days and one.id not in read and concerns(session, one, me, now)]
    found = [Due(one, limit, limit < now) for one in waiting if (limit := until(one))]
    return sorted(found, key=lambda one: one.until)


def concerns(session: Session, one: PolicyDocument, me: Me, now: datetime) -> bool:
    """Whether somebody belongs to a document's audience."""
    roles, units = one.audience.get("roles") or [], one.audience.get("units") or []
    if roles and not {str(role) for role in me.roles} & set(roles):
        return False
    return not units or bool(store.people(session, roles, [UUID(unit) for unit in units], now, me.user_id))


def until(one: PolicyDocument) -> datetime | None:
    """The end of the days to read it."""
    return one.published_at + timedelta(days=one.sign_days) if one.published_at else None


def audience(session: Session, one: PolicyDocument, now: datetime) -> list[tuple[store.Person, datetime | None]]:
    """Everybody whom it concerns, with when they signed for it."""
    read = store.readers(session, one.id)
    units = [UUID(unit) for unit in one.audience.get("units") or []]
    return [(person, read.get(person.id)) for person in store.people(session, one.audience.get("roles") or [], units, now)]


def _found(session: Session, document_id: UUID, state: str) -> PolicyDocument:
    found = store.document(session, document_id)
    if found is None:
        raise NotFound
    if found.state != state:
        raise Conflict(state=found.state)
    return found


def _person(who: Actor) -> UUID:
    if who.user_id is None:
        raise Forbidden
    return who.user_id
