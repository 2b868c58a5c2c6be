"""Becoming an officer: staff by their log-in, customers after a door let them in; 18 or older, with a consent of its own."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import apply_store as store
from officers.people import campaigns, roster, way
from officers.people import store as officers
from officers.people.door_models import OfficerCampaign
from officers.people.models import Officer, OfficerStep
from officers.people.rules import ages
from officers.people.rules import alias as alias_rules
from officers.people.rules.states import Act
from officers.people.visitors import Visitor
from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.crypto import Keys
from portal.foundation.errors import Conflict, InvalidInput, NotSignedIn
from portal.foundation.ids import new_id
from portal.people import consent
from portal.people.models import Customer, User
from portal.people.store import head_id, lock_persons
from questionnaires.bank import forbidden_store

NOTICE_VERSION = "2026-1"
"""The version of the privacy notice of the programme (docs/officers.md); kept with each consent."""
LONGEST_WHY, LONGEST_CITY = 500, 40
DEVICES = ("", "ios", "android", "harmony", "other")


class AlreadyOfficer(Conflict):
    """There is an application already, or a membership."""

    code = "already_officer"


@dataclass(frozen=True)
class Wish:
    """What somebody says of themselves; of the age only `grown` (18 or older) and a band."""

    alias: str
    why: str = ""
    city: str = ""
    device: str = ""
    age_band: str = ""
    grown: bool = False
    agreed: bool = False
    language: str = "zh-Hans"
    campaign: str = ""


@dataclass(frozen=True)
class _Person:
    """Who applies, as far as the programme may know."""

    kind: str
    real_name: str
    unit_id: UUID | None
    segment: str = ""
    born: date | None = None
    user_id: UUID | None = None
    customer_id: UUID | None = None
    person_id: UUID | None = None


def apply(session: Session, keys: Keys, who: Visitor, wish: Wish, now: datetime, zone: str) -> Officer:
    """Hand in an application; after a refusal or after leaving, once more.

    Raises  InvalidInput naming the field, AlreadyOfficer, campaigns.CampaignFull
    """
    person = _person(session, keys, who)
    known = _known(session, person)
    if known is not None and known.state not in ("rejected", "retired"):
        raise AlreadyOfficer
    problems = _problems(session, person, wish, day_in(zone, now), known)
    if problems:
        raise InvalidInput(problems)
    campaign = campaigns.open_place(session, wish.campaign, person.kind, person.unit_id, person.segment, now, zone)
    columns = _columns(session, person, wish, campaign, now, zone)
    if known is None:
        officer = _new(session, person, columns, now)
    else:
        officer = way.take(session, known.id, Act.APPLY, _actor(person, known.id), now)
        for name, value in columns.items():
            setattr(officer, name, value)
        session.flush()
    if person.customer_id:
        consent.give(session, person.customer_id, now, purpose=way.PURPOSE, notice_version=NOTICE_VERSION)
    return officer


def _new(session: Session, person: _Person, columns: dict[str, Any], now: datetime) -> Officer:
    row = {
        **Officer(kind=person.kind, unit_id=columns["unit_id"], alias=columns["alias"], applied_at=now).model_dump(),
        **columns, "id": new_id(), "user_id": person.user_id, "customer_id": person.customer_id,
    }  # fmt: skip
    if not store.add(session, row):  # somebody took the alias, or the same person pressed twice
        raise InvalidInput({"alias": "alias_taken"}) if officers.alias_taken(session, columns["alias"]) else AlreadyOfficer
    session.add(OfficerStep(officer_id=row["id"], act=Act.APPLY.value, after="applied", by=person.user_id, at=now))
    session.flush()
    record(session, _actor(person, row["id"]), "officer.apply", way.OBJECT, row["id"], now, {"kind": person.kind})
    officer = roster.find(session, row["id"])
    assert officer is not None  # written above
    return officer


def _actor(person: _Person, officer_id: UUID) -> Actor:
    return Actor("user", str(person.user_id)) if person.user_id else Actor("officer", str(officer_id))


def _person(session: Session, keys: Keys, who: Visitor) -> _Person:
    if who.user_id is not None:
        user = session.get(User, who.user_id)
        if user is None or not user.active:
            raise NotSignedIn
        return _Person("staff", user.name, user.unit_id, user_id=user.id)
    customer = session.get(Customer, who.customer_id) if who.customer_id else None
    if customer is None or customer.erased_at is not None:
        raise NotSignedIn
    lock_persons(session, [customer.person_id])
    name = keys.decrypt(customer.name_enc) if customer.name_enc else ""
    return _Person(
        "customer", name, customer.unit_id, customer.segment or "", customer.birth_date, customer_id=customer.id,
        person_id=customer.person_id,
    )  # fmt: skip


def _known(session: Session, person: _Person) -> Officer | None:
    if person.user_id is not None:
        return roster.of_user(session, person.user_id)
    return roster.of_customer(session, person.customer_id) if person.customer_id else None


def alias_problem(session: Session, alias: str, real_name: str, but: UUID | None = None) -> str | None:
    """What is wrong with an alias, the bank's own forbidden words and other officers' aliases among it."""
    found = alias_rules.problem(alias, [real_name], forbidden_store.words(session))
    return found or ("alias_taken" if officers.alias_taken(session, alias, but) else None)


def _problems(session: Session, person: _Person, wish: Wish, today: date, known: Officer | None) -> dict[str, str]:
    problems: dict[str, str] = {}
    if wrong := alias_problem(session, wish.alias, person.real_name, known.id if known else None):
        problems["alias"] = wrong
    if len(wish.why) > LONGEST_WHY:
        problems["why"] = "too_long"
    if len(wish.city) > LONGEST_CITY:
        problems["city"] = "too_long"
    if wish.device not in DEVICES:
        problems["device"] = "not_one_of_the_words"
    if wish.age_band and wish.age_band not in {name for _, name in ages.BANDS}:
        problems["age_band"] = "not_one_of_the_words"
    if person.kind == "customer" and (young := ages.problem(person.born, wish.grown, today)):
        problems["grown"] = young
    if not wish.agreed:
        problems["agreed"] = "missing"
    return problems


def _columns(session: Session, person: _Person, wish: Wish, campaign: OfficerCampaign | None, now: datetime, zone: str) -> dict[str, Any]:
    unit = person.unit_id or head_id(session)
    assert unit is not None  # a bank has a head office
    invited = person.person_id is not None and store.wished(session, person.person_id)
    return {
        "alias": wish.alias, "why": wish.why, "city": wish.city, "device": wish.device, "segment": person.segment, "unit_id": unit,
        "age_band": ages.band(ages.age(person.born, day_in(zone, now))) if person.born else wish.age_band, "language": wish.language,
        "origin": "campaign" if campaign else "promoter" if invited else "self", "campaign_id": campaign.id if campaign else None,
        "notice_version": NOTICE_VERSION, "consented_at": now,
    }  # fmt: skip
