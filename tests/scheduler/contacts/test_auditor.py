"""The auditor finds what was planted, each violation by its name."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from portal.foundation.ground import Ground
from portal.people.models import OptOut
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.models import Contact
from scheduler.contacts.rules.policy import ContactPolicy, standard_policy
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def world(ground: Ground) -> World:
    """Two contacts of one person a year apart, and nothing wrong."""
    pair = {"pairs": [{"first": "transfer", "then": "loan", "days": 14}]}
    made = World(ground).start(ContactPolicy.model_validate({**standard_policy().model_dump(mode="json", exclude_none=True), **pair}))
    persons = made.customers(1)
    made.candidates(persons)
    made.decide()
    made.candidates(persons, "loan", due=NOON + timedelta(days=400))
    made.decide(NOON + timedelta(days=400))
    assert made.codes() == ["SEND", "SEND"]
    return made


def _rules(world: World) -> set[str]:
    return {one["rule"] for one in check_contacts(world.ground).violations}


def _second_at(world: World, **columns: Any) -> None:
    with world.ground.writing() as session:
        session.execute(update(Contact).where(col(Contact.touchpoint) == "loan").values(**columns))


def test_a_clean_ledger_has_no_violation(world: World) -> None:
    assert (check_contacts(world.ground).checked, _rules(world)) == (2, set())


@pytest.mark.parametrize(("distance", "rules"), [
    (timedelta(hours=23), {"cap invite any 24h", "cooldown any sent", "pending", "pair"}),
    (timedelta(days=13), {"cooldown any sent", "pending", "pair"}),
    (timedelta(days=20), {"cooldown any sent"}),
    (timedelta(days=30), set()),
])  # fmt: skip
def test_contacts_that_came_too_close_are_found(world: World, distance: timedelta, rules: set[str]) -> None:
    _second_at(world, counts_at=NOON + distance)
    assert _rules(world) == rules


def test_sending_in_quiet_hours_is_found(world: World) -> None:
    _second_at(world, counts_at=NOON + timedelta(days=400, hours=10), sent_at=NOON + timedelta(days=400, hours=10))
    assert _rules(world) == {"quiet_hours"}


def test_sending_after_an_opt_out_is_found(world: World) -> None:
    person = world.contacts()[0].person_id
    with world.ground.writing() as session:
        session.add(OptOut(customer_id=person, at=NOON + timedelta(days=100)))
    _second_at(world, sent_at=NOON + timedelta(days=400))
    assert _rules(world) == {"opt_out"}


def test_a_decision_without_its_contact_is_found(world: World) -> None:
    _second_at(world, decision_id=None)
    assert "sent" in _rules(world)
