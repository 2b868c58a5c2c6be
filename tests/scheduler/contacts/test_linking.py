"""One person over several customers: linked by verified addresses, caps and pauses by person afterwards, whoever decides meanwhile."""

from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from portal.foundation.clock import SystemClock
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.people import customers, linking
from portal.people.customer_records import CustomerRecord
from portal.people.models import Customer, PersonLink
from portal.people.rules.persons import shard_of
from portal.people.rules.roles import Scope
from scheduler.contacts import jobs, search_store
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.explaining import explained
from scheduler.contacts.models import Contact, ContactHold
from scheduler.contacts.rules.policy import from_toml
from scheduler.contacts.search_store import Wanted
from scheduler.contacts.store.claiming import waiting_count
from scheduler.feature import FEATURE
from scheduler.intake.models import Candidate, Event
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

MONTH = from_toml("[cooldown.any.sent]\ndays = 30\n[[caps]]\nn = 1\nwindow = '24h'\n")
CONTEXT = get_context("fork")
assert FEATURE, "loading it registers what the scheduler does when persons are linked"


@pytest.fixture
def world(ground: Ground) -> World:
    return World(ground).start(MONTH)


def _link(world: World, first: UUID, second: UUID) -> UUID | None:
    with world.ground.writing() as session:
        return linking.link(session, first, second, "phone", NOON)


def _refs(world: World, *persons: UUID) -> None:
    """References in another order than the ids."""
    with world.ground.writing() as session:
        for number, person in enumerate(reversed(persons)):
            session.execute(update(Customer).where(col(Customer.id) == person).values(ref=f"A{number}"))


def test_two_customers_count_as_the_one_with_the_smallest_reference(world: World) -> None:
    first, second, third = world.customers(3)
    _refs(world, first, second, third)
    world.candidates([first, second])
    world.decide()
    with world.ground.writing() as session:
        session.add(ContactHold(person_id=first, kind="open_case", source_id=first, from_=NOON))
    world.candidates([first], "loan", due=NOON + timedelta(days=2))
    assert _link(world, first, second) == second
    assert _link(world, first, second) is None
    assert _link(world, second, third) == third, "a third joins: whoever is smallest now"
    with world.ground.reading() as session:
        assert {one.person_id for one in all_of(session, Customer)} == {third}
        assert {one.shard for one in all_of(session, Customer)} == {shard_of(third)}
        for model in (Contact, ContactHold, Event, Candidate):
            keyed = {one.person_id for one in all_of(session, model) if not getattr(one, "decided_at", None)}
            assert keyed == {third}, model
        assert [(one.from_person, one.to_person) for one in session.scalars(select(PersonLink).order_by(col(PersonLink.id)))] == [
            (first, second), (second, third),
        ]  # fmt: skip
    world.decide(NOON + timedelta(days=2))
    assert world.codes() == ["OPEN_CASE", "SEND", "SEND"], "two were asked before they were known to be one"


def test_both_customers_decisions_show_after_the_link_with_their_rules(world: World) -> None:
    first, second = world.customers(2)
    _refs(world, first, second)
    world.candidates([first, second])
    world.decide()
    assert _link(world, first, second) == second
    with world.ground.writing() as session:
        person = session.get(Customer, first)
        assert person is not None
        view = explained(session, person, None, world.ground.settings, NOON)
        assert len(view.decisions) == 2
        assert {one.decision.person_id for one in view.decisions} == {first, second}
        for one in view.decisions:
            assert explained(session, person, one.decision.id, world.ground.settings, NOON).rules, "the rules of then, also of the other's"
        wanted = Wanted(person.ref or "", "", "", "", NOON, NOON)
        assert len(search_store.decisions(session, Scope(everything=True), NOON, wanted, None)) == 2


def test_history_and_caps_go_by_the_person_after_the_link(world: World) -> None:
    first, second = world.customers(2)
    world.candidates([first])
    world.decide()
    _link(world, first, second)
    person = min((first, second), key=lambda key: f"C{key.hex}")
    world.candidates([person], "loan", due=NOON + timedelta(days=5), customer_id=second)
    world.decide(NOON + timedelta(days=5))
    assert world.codes() == ["COOLDOWN_ANY_SENT", "SEND"]
    assert check_contacts(world.ground).violations == []


def test_an_event_that_was_on_its_way_waits_until_it_bears_the_new_name(world: World) -> None:
    first, second = world.customers(2)
    _link(world, first, second)
    world.candidates([second])  # taken in by a process that had not heard of the link
    assert world.decide() == 0
    assert linking.link_found(world.ground, NOON + timedelta(minutes=5)) == 0
    assert world.decide() == 1
    assert world.codes() == ["SEND"]


def test_only_verified_addresses_link_since_families_share_phones(world: World) -> None:
    records = [
        CustomerRecord.model_validate({"ref": ref, "phone": "+8613800000001", "email": mail, "verified": verified})
        for ref, mail, verified in [
            ("A1", "a@bank.test", ["phone"]), ("A2", None, ["phone"]), ("A3", "a@bank.test", []), ("A4", None, []),
        ]
    ]  # fmt: skip
    with world.ground.writing() as session:
        customers.upsert(session, world.ground.keys, records, NOON)
    assert linking.link_found(world.ground, NOON) > 0
    with world.ground.writing() as session:
        persons = dict(session.execute(select(col(Customer.ref), col(Customer.person_id))).all())
        assert persons["A1"] == persons["A2"]
        assert len(set(persons.values())) == 3
        moved = CustomerRecord.model_validate({"ref": "A2", "phone": "+8613800000002"})
        customers.upsert(session, world.ground.keys, [moved], NOON)
        assert session.scalars(select(Customer).where(col(Customer.ref) == "A2")).one().verified == ""


def _decide(ground: Ground) -> None:
    own = replace(ground, db=Database(ground.db.url), clock=SystemClock())
    for _ in range(400):
        jobs.decide(own, NOON)
        linking.link_found(own, NOON + timedelta(minutes=1))
        with own.reading() as session:
            if not waiting_count(session):
                return
    raise AssertionError("candidates still wait")


def _link_all(ground: Ground, pairs: list[tuple[UUID, UUID]]) -> None:
    own = replace(ground, db=Database(ground.db.url), clock=SystemClock())
    for first, second in pairs:
        with own.writing() as session:
            linking.link(session, first, second, "phone", NOON)


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_linking_while_others_decide_never_asks_a_linked_person_twice(world: World) -> None:
    persons = world.customers(120)
    pairs = list(zip(persons[::2], persons[1::2], strict=True))
    for first, second in pairs[:20]:
        _link(world, first, second)
    for minute in range(2):
        world.candidates(persons, ("transfer", "loan")[minute], due=NOON - timedelta(minutes=minute))
    world.ground.db.close()
    running = [CONTEXT.Process(target=_decide, args=(world.ground,)) for _ in range(3)]
    running.append(CONTEXT.Process(target=_link_all, args=(world.ground, pairs)))
    running.append(CONTEXT.Process(target=_link_all, args=(world.ground, pairs[::-1])))
    for process in running:
        process.start()
    for process in running:
        process.join(240)
    assert [process.exitcode for process in running] == [0] * len(running)
    with world.ground.reading() as session:
        assert len({one.person_id for one in all_of(session, Customer)}) == 60
        links = {one.from_person: one.at for one in session.scalars(select(PersonLink))}
        assert len(links) == 60
        asked = [one.person_id for one in all_of(session, Contact)]
        assert waiting_count(session) == 0
    early = asked[:0]
    for first, second in pairs[:20]:
        early += [one for one in asked if one in (first, second)]
    assert len(early) == 20, "who was one before anything was decided is asked once"
