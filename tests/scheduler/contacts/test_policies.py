"""Versions of the policy: refused with the rule's name, scheduled, for a while, for some customers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people import approval, signing_off
from portal.people.models import Customer
from portal.people.rules.roles import Role
from portal.people.signing_off import NotYourStep
from scheduler.contacts import policies
from scheduler.contacts.models import Decision, PolicyVersion
from scheduler.contacts.policies import Plan, PolicyMoved, PolicyRefused, PolicySamePerson
from scheduler.contacts.rules.policy import ContactPolicy, from_toml, standard_policy
from scheduler.touchpoints import touchpoints
from scheduler.touchpoints.models import Touchpoint
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

DAY = timedelta(days=1)
NONE = from_toml("")


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    return World(ground).start(NONE)


@pytest.fixture
def people(sample: Sample) -> tuple[Actor, Actor, Actor]:
    """Who writes policies, and who puts them into force: the approver, then the compliance officer."""
    designer, approver, compliance = (str(sample.user(role)) for role in (Role.DESIGNER, Role.APPROVER, Role.COMPLIANCE_OFFICER))
    return Actor("user", designer), Actor("user", approver), Actor("user", compliance)


def _submitted(world: World, people: tuple[Actor, ...], policy: ContactPolicy) -> UUID:
    with world.ground.writing() as session:
        version = policies.draft(session, policy, people[0], NOON)
        policies.submit(session, version.id, people[0], NOON)
        return version.id


def _active(world: World, people: tuple[Actor, ...], policy: ContactPolicy, plan: Plan, now: datetime = NOON) -> UUID:
    version_id = _submitted(world, people, policy)
    with world.ground.writing() as session:
        assert not policies.activate(session, version_id, people[1], now)
        assert policies.activate(session, version_id, people[2], now, plan)
    return version_id


def _number(world: World, at: datetime) -> int:
    with world.ground.writing() as session:
        return policies.in_force(session, at).number


def test_a_contradiction_is_refused_by_rule_and_what_is_in_force_stays(world: World, people: tuple[Actor, ...]) -> None:
    wrong = ContactPolicy.model_validate({"reminders": {"count": 2}, "caps": [{"scope": "message", "n": 2, "window": "90d"}]})
    with pytest.raises(PolicyRefused) as refused:
        _submitted(world, people, wrong)
    assert (refused.value.facts["rule"], refused.value.fields) == ("R12", {"caps.0.n": "cap_below_reminder"})
    with pytest.raises(PolicyRefused) as refused:
        policies.parse({"quiet_hours": {"start": "21:00", "end": "09:00", "zone": "Mars/Olympus"}})
    assert (refused.value.facts["rule"], refused.value.fields) == ("R14", {"quiet_hours.zone": "unknown_zone"})
    assert _number(world, NOON) == 1


def test_a_scheduled_version_takes_over_at_its_time_and_not_before(world: World, people: tuple[Actor, ...]) -> None:
    _active(world, people, standard_policy(), Plan(start=NOON + DAY))
    assert [_number(world, NOON), _number(world, NOON + DAY - timedelta(seconds=1))] == [1, 1]
    person = world.customers(1)
    world.candidates(person, due=NOON + DAY)
    world.decide(NOON + DAY)
    with world.ground.reading() as session:
        used = session.scalars(select(col(Decision.policy_version_id))).one()
        states = {one.number: one.state for one in session.scalars(select(PolicyVersion))}
        assert session.get(PolicyVersion, used).number == 2  # type: ignore[union-attr]
    assert states == {1: "retired", 2: "active"}


def test_a_version_for_a_while_hands_back_to_the_one_before(world: World, people: tuple[Actor, ...]) -> None:
    _active(world, people, standard_policy(), Plan(start=NOON + DAY, end=NOON + 3 * DAY))
    assert [_number(world, NOON + DAY * days) for days in (0, 1, 2, 3, 4)] == [1, 2, 2, 1, 1]


def test_ends_in_the_past_and_overlaps_are_refused(world: World, people: tuple[Actor, ...]) -> None:
    _active(world, people, standard_policy(), Plan(start=NOON + DAY, end=NOON + 3 * DAY))
    for plan, field, code in [
        (Plan(start=NOON - DAY), "effective_from", "in_the_past"),
        (Plan(end=NOON), "effective_until", "in_the_past"),
        (Plan(start=NOON + DAY, end=NOON + DAY), "effective_until", "in_the_past"),
        (Plan(start=NOON + 2 * DAY, end=NOON + 5 * DAY), "effective_from", "overlapping"),
        (Plan(start=NOON + 2 * DAY), "effective_from", "overlapping"),
        (Plan(share=1.0), "variant_share", "out_of_range"),
    ]:
        version_id = _submitted(world, people, from_toml("[pending]\ndays = 3\n"))
        with world.ground.writing() as session:
            assert not policies.activate(session, version_id, people[1], NOON)
        with pytest.raises(PolicyRefused) as refused, world.ground.writing() as session:
            policies.activate(session, version_id, people[2], NOON, plan)
        assert refused.value.fields == {field: code}
    assert _number(world, NOON) == 1


def test_nobody_puts_their_own_version_into_force_not_even_past_the_service(world: World, people: tuple[Actor, ...]) -> None:
    version_id = _submitted(world, people, standard_policy())
    with pytest.raises(PolicySamePerson), world.ground.writing() as session:
        policies.activate(session, version_id, people[0], NOON)
    own = update(PolicyVersion).where(col(PolicyVersion.id) == version_id).values(approved_by=col(PolicyVersion.author_id))
    with pytest.raises(IntegrityError), world.ground.writing() as session:
        session.execute(own)


def test_each_step_of_the_route_is_another_persons_and_starts_again_when_it_is_sent_back(
    world: World, people: tuple[Actor, ...], sample: Sample
) -> None:
    version_id = _submitted(world, people, standard_policy())

    def say_yes(who: Actor) -> bool:
        with world.ground.writing() as session:
            return policies.activate(session, version_id, who, NOON)

    with pytest.raises(NotYourStep):
        say_yes(people[2])
    assert not say_yes(people[1])
    with pytest.raises(PolicySamePerson):
        say_yes(people[1])
    with world.ground.writing() as session:
        approval.set_route(session, "policy", "", [[Role.APPROVER]], Actor.system("test"), NOON)
        assert signing_off.standing(session, "policy", version_id).of == 2  # a route that changes meanwhile is for the next
        policies.send_back(session, version_id, people[2], NOON)
        policies.submit(session, version_id, people[0], NOON)
        assert signing_off.standing(session, "policy", version_id).of == 1
    assert say_yes(people[1])
    assert _number(world, NOON) == 2


def test_a_scheduled_version_can_be_taken_back(world: World, people: tuple[Actor, ...]) -> None:
    version_id = _active(world, people, standard_policy(), Plan(start=NOON + DAY))
    with world.ground.writing() as session:
        policies.cancel(session, version_id, people[1], NOON)
        with pytest.raises(PolicyMoved):
            policies.cancel(session, version_id, people[1], NOON)
    assert _number(world, NOON + 2 * DAY) == 1


def _versions(world: World) -> dict[Any, int]:
    with world.ground.reading() as session:
        numbers = {one.id: one.number for one in session.scalars(select(PolicyVersion))}
        rows = session.execute(select(col(Decision.person_id), col(Decision.policy_version_id)))
        return {person: numbers[version] for person, version in rows}


def test_a_variant_holds_for_its_share_by_hash_and_sticks_until_it_is_ended(world: World, people: tuple[Actor, ...]) -> None:
    persons = world.customers(200)
    variant = _active(world, people, from_toml("[pending]\ndays = 14\n"), Plan(share=0.3))
    world.candidates(persons)
    world.decide()
    first = _versions(world)
    assert 35 <= sum(number == 2 for number in first.values()) <= 85
    world.candidates(persons, "loan", due=NOON + DAY)
    world.decide(NOON + DAY)
    asked = [code for code in world.codes() if code == "SEND"]
    assert len(asked) == 200 + sum(number == 1 for number in first.values()), "only the variant knows one open at a time"
    with world.ground.writing() as session:
        policies.end_variant(session, variant, people[1], NOON + 2 * DAY)
        assert policies.now_in_force(session, NOON + 2 * DAY).variant is None


def test_a_variant_may_hold_for_some_units_alone(world: World, people: tuple[Actor, ...], sample: Sample) -> None:
    there, elsewhere = world.customers(2)
    _active(world, people, from_toml("[holdout]\nshare = 1.0\n"), Plan(units=[sample.units["O1"]]))
    with world.ground.writing() as session:
        session.execute(update(Customer).where(col(Customer.id) == there).values(unit_id=sample.units["O1"]))
    from scheduler.intake.models import Event

    world.candidates([there, elsewhere])
    with world.ground.writing() as session:
        session.execute(update(Event).where(col(Event.person_id) == there).values(account_unit_id=sample.units["O1"]))
    world.decide()
    assert world.codes() == ["HOLDOUT", "SEND"]
    assert _versions(world) == {there: 2, elsewhere: 1}


@pytest.mark.sqlite_only
def test_a_condition_on_an_attribute_that_the_event_does_not_have_is_refused(world: World) -> None:
    with world.ground.reading() as session:
        there = session.scalars(select(Touchpoint).where(col(Touchpoint.code) == "loan")).one()
    wrong = {"filter": {"field": "amount", "op": "gt", "value": 3}}
    with pytest.raises(InvalidInput) as refused, world.ground.writing() as session:
        touchpoints.edit(session, there.id, Actor.system("test"), NOON, **wrong)
    assert refused.value.fields == {"filter": "unknown_attribute"}
