"""The auditor finds what was planted, each violation by its name: one for every rule."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update
from sqlmodel import Session, col

from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.models import Company, CompanyContact, Consent, Customer, OptOut, OrgUnit
from questionnaires.answering.models import Invitation
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.models import Contact, ContactHold, PolicyVersion, UnitPause
from scheduler.contacts.rules.policy import ContactPolicy, standard_policy
from scheduler.delivery.models import ChannelSwitch, Message
from scheduler.intake.models import Candidate, Event
from scheduler.touchpoints.models import Touchpoint
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

LATER = NOON + timedelta(days=400)
EVERY = {
    **standard_policy().model_dump(mode="json", exclude_none=True),
    "pairs": [{"first": "transfer", "then": "loan", "days": 14}],
    "quotas": [{"n": 1, "by": ["touchpoint"]}],
    "budgets": [{"channel": "file", "cents": 5}],
    "costs": {"file": 5},
    "workload": {"capacity": 5},
}  # fmt: skip


@pytest.fixture
def world(ground: Ground) -> World:
    """Two contacts of one person a year apart, and nothing wrong."""
    made = World(ground).start(ContactPolicy.model_validate(EVERY))
    persons = made.customers(1)
    made.candidates(persons)
    made.decide()
    made.candidates(persons, "loan", due=LATER)
    made.decide(LATER)
    assert made.codes() == ["SEND", "SEND"]
    return made


def _rules(world: World) -> set[str]:
    return {one["rule"] for one in check_contacts(world.ground).violations}


def _second(**columns: Any) -> Callable[[Session, UUID], None]:
    return lambda session, _person: session.execute(update(Contact).where(col(Contact.touchpoint) == "loan").values(**columns)) and None


def _candidate(**columns: Any) -> Callable[[Session, UUID], None]:
    return lambda session, _person: session.execute(update(Candidate).where(col(Candidate.touchpoint) == "loan").values(**columns)) and None


def _customer(**columns: Any) -> Callable[[Session, UUID], None]:
    return lambda session, _person: session.execute(update(Customer).values(**columns)) and None


def _hold(kind: str) -> Callable[[Session, UUID], None]:
    return lambda session, person: session.add(
        ContactHold(person_id=person, kind=kind, source_id=new_id(), from_=LATER - timedelta(days=1))
    )


def _opted_out(session: Session, person: UUID) -> None:
    session.add(OptOut(customer_id=person, at=NOON + timedelta(days=9)))
    _second(sent_at=LATER)(session, person)


def _bypassed(session: Session, person: UUID) -> None:
    _hold("bypass")(session, person)
    _second(counts_at=NOON + timedelta(days=20))(session, person)


def _same_transaction(session: Session, _person: UUID) -> None:
    session.execute(update(Event).values(transaction_ref="T1"))
    session.execute(update(Contact).values(touchpoint="loan"))


def _no_consent(session: Session, person: UUID) -> None:
    session.add(Consent(customer_id=person, at=NOON + timedelta(days=1), withdrawn_at=NOON + timedelta(days=1)))


def _salt(salt: str) -> Callable[[Session, UUID], None]:
    """Another salt: other customers would have been held out, or drawn."""
    return lambda session, _person: session.execute(update(PolicyVersion).values(salt=salt)) and None


def _policy(**sections: Any) -> Callable[[Session, UUID], None]:
    changed = {**EVERY, **sections}
    return lambda session, _person: session.execute(update(PolicyVersion).values(policy=changed)) and None


def _rest(session: Session, _person: UUID) -> None:
    unit = OrgUnit(code="U", name_zh="网点", name_en="Outlet", kind="outlet")
    session.add(unit)
    session.flush()
    session.execute(update(Invitation).values(unit_id=unit.id))
    session.add(UnitPause(unit_id=unit.id, from_=LATER - timedelta(days=1), until=LATER + timedelta(days=4), open_cases=9, capacity=5))


def _company(session: Session, person: UUID) -> None:
    """A colleague of the same company was asked an hour before."""
    other = _someone(session)
    company = Company(ref="F", created_at=NOON)
    session.add(company)
    session.flush()
    session.add_all(CompanyContact(company_id=company.id, customer_id=one) for one in (person, other))
    _copy(session, other, counts_at=LATER - timedelta(hours=1))


def _someone(session: Session) -> UUID:
    key = new_id()
    session.add(Customer(id=key, ref="C-other", person_id=key, shard=1, created_at=NOON, updated_at=NOON))
    session.flush()
    session.add(Consent(customer_id=key, at=NOON, given_at=NOON))
    return key


def _copy(session: Session, person: UUID | None = None, **columns: Any) -> None:
    """A second contact like the last, made of a copy of its decision, event and candidate."""
    key = new_id()
    old = session.scalars(select(Contact).where(col(Contact.touchpoint) == "loan")).one()
    for table, extra in (("candidate", {}), ("decision", {})):
        names = [row[1] for row in session.execute(text(f"PRAGMA table_info({table})"))]
        picked = ", ".join(f":{name}" if name in ("id", *extra) else f'"{name}"' for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        statement = f"INSERT INTO {table} ({quoted}) SELECT {picked} FROM {table} WHERE id = :old"
        session.execute(text(statement), {"id": key.hex, "old": old.decision_id.hex if old.decision_id else ""})
    values = old.model_dump(exclude={"id"})
    values |= {"decision_id": key, "person_id": person or old.person_id, "customer_id": person or old.customer_id, **columns}
    session.add(Contact(id=new_id(), **values))
    session.flush()


def _reminder(**columns: Any) -> Callable[[Session, UUID], None]:
    def plant(session: Session, person: UUID) -> None:
        first = session.scalars(select(Contact).where(col(Contact.touchpoint) == "transfer")).one()
        first.sent_at = NOON
        at = NOON + timedelta(hours=72)
        values = {"parent_id": first.id, "n": 1, "counts_at": at, "sent_at": at, "reserved_at": at, **columns}
        session.add(Contact(person_id=person, customer_id=person, touchpoint="transfer", kind="reminder", channel="file", **values))

    return plant


def _channel_off(session: Session, _person: UUID) -> None:
    session.add(ChannelSwitch(channel="*", on=False, changed_at=NOON + timedelta(days=1)))
    _second(sent_at=LATER)(session, _person)


def _released(session: Session, _person: UUID) -> None:
    session.execute(update(Message).values(state="accepted", accepted_at=LATER, done_at=LATER))
    _second(released_at=LATER, counts_at=None)(session, _person)


PLANTED: dict[str, tuple[Callable[[Session, UUID], None], set[str]]] = {
    "R1": (_same_transaction, {"duplicate"}),
    "R2 touchpoint": (lambda s, _p: s.execute(update(Touchpoint).values(ends_at=NOON + timedelta(days=9))) and None, {"inactive"}),
    "R2 kill switch": (_channel_off, {"inactive"}),
    "R3 tenure": (_customer(customer_since=(LATER - timedelta(days=20)).date()), {"tenure"}),
    "R3 minor": (_customer(birth_date=date(2014, 1, 1)), {"minor", "no_consent"}),
    "R3 stale": (_candidate(received_at=LATER + timedelta(days=4)), {"stale"}),
    "R3 future": (_candidate(occurred_at=LATER + timedelta(hours=1)), {"future"}),
    "R4 consent": (_no_consent, {"no_consent"}),
    "R4 opt-out": (_opted_out, {"opt_out"}),
    "R4 list": (_hold("list"), {"excluded"}),
    "R4 case": (_hold("open_case"), {"open_case"}),
    "R5": (_policy(holdout={"share": 1.0}), {"holdout"}),
    "R8": (_rest, {"workload"}),
    "R9 and others": (_second(counts_at=NOON + timedelta(days=13)), {"cooldown any sent", "pending", "pair"}),
    "R10": (_second(counts_at=NOON + timedelta(days=20)), {"cooldown any sent", "backoff"}),
    "R10 bypassed": (_bypassed, set()),
    "R11": (lambda s, p: _policy(backoff={"days": [410]})(s, p), {"backoff"}),
    "R12 person": (_second(counts_at=NOON + timedelta(hours=23)), {"cap invite any 24h", "cooldown any sent", "pending", "pair"}),
    "R12 company": (_company, {"cap invite any 24h of a company", "quota", "budget"}),
    "R13 for good": (_policy(pairs=[{"first": "transfer", "then": "loan", "days": 0, "never": True}]), {"pair"}),
    "R14 quiet": (_second(counts_at=LATER + timedelta(hours=10), sent_at=LATER + timedelta(hours=10)), {"quiet_hours"}),
    "R14 late": (_candidate(expires_at=LATER), {"expired"}),
    "R16": (_second(channel="sms"), {"no_channel"}),
    "R17": (_released, {"released"}),
    "reminder too soon": (_reminder(counts_at=NOON + timedelta(hours=30), sent_at=NOON + timedelta(hours=30)), {"reminder"}),
    "reminder of nothing": (_reminder(parent_id=None), {"reminder"}),
    "reminder in time": (_reminder(), set()),
    "manual": (_second(decision_id=None), {"evaded", "sent"}),
    "sum": (lambda s, _p: s.execute(delete(Candidate).where(col(Candidate.touchpoint) == "loan")) and None, {"sum"}),
}


def test_a_clean_ledger_has_no_violation(world: World) -> None:
    assert (check_contacts(world.ground).checked, _rules(world)) == (2, set())


@pytest.mark.sqlite_only
@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found_by_its_rule(world: World, name: str) -> None:
    plant, expected = PLANTED[name]
    person = world.contacts()[0].person_id
    with world.ground.writing() as session:
        plant(session, person)
    assert _rules(world) == expected


@pytest.mark.sqlite_only
def test_two_that_competed_and_quota_and_budget_of_a_day_are_found(world: World) -> None:
    with world.ground.writing() as session:
        _copy(session)
    assert {"arbitration", "quota", "budget"} <= _rules(world)


def test_who_was_not_drawn_is_found_by_a_hash_made_anew(ground: Ground) -> None:
    made = World(ground).start(ContactPolicy.model_validate({"sampling": {"rate": 0.5}}))
    made.candidates(made.customers(40))
    made.decide()
    assert _rules(made) == set()
    with ground.writing() as session:
        session.execute(update(PolicyVersion).values(salt="another"))
    assert _rules(made) == {"not_sampled"}


def test_days_off_of_the_units_calendar_are_found_where_a_touchpoint_keeps_them(ground: Ground) -> None:
    made = World(ground).start(ContactPolicy.model_validate({"holidays": {"weekends": True}}))
    made.candidates(made.customers(1))
    made.decide()
    with ground.writing() as session:
        session.execute(update(Touchpoint).values(avoid_holidays=True))
    assert _rules(made) == set()
    saturday = NOON + timedelta(days=5)
    with ground.writing() as session:
        session.execute(update(Contact).values(counts_at=saturday))
    assert _rules(made) == {"holiday"}
