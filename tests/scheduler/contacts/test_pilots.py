"""Pilots on both databases: only chosen units, or only the first n; a version by unit; widened by one step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.library.models import QuestionnaireVersion
from scheduler.contacts import pilots
from scheduler.contacts.pilots import PilotMoved, Wish
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.intake.events import EventIn
from scheduler.intake.models import Candidate
from scheduler.intake.receive import Desk, receive
from scheduler.touchpoints.models import Touchpoint
from scheduler.touchpoints.pilot_models import Pilot
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

ME = Actor.system("test")


class Bank:
    """Events at outlets, through intake and decision."""

    def __init__(self, ground: Ground, sample: Sample) -> None:
        self.ground, self.sample = ground, sample
        self.world = World(ground).start(ContactPolicy(), touchpoints=("transfer",))
        self.count = 0

    def begin(self, **wish: Any) -> UUID:
        with self.ground.writing() as session:
            return pilots.start(session, Wish("transfer", **{"kind": "touchpoint", **wish}), ME, NOON).id

    def happen(self, unit: str, number: int = 1) -> None:
        events = []
        for _ in range(number):
            self.count += 1
            self.sample.customer(f"K{self.count}", unit=unit)
            at = NOON - timedelta(hours=2)
            events.append(EventIn(event_id=f"E{self.count}", event_type="done", customer_ref=f"K{self.count}", occurred_at=at, unit=unit))
        with self.ground.writing() as session:
            receive(session, events, Desk(NOON, "Asia/Shanghai"))

    def codes(self) -> list[str]:
        while self.world.decide():
            pass
        return self.world.codes()

    def add_version(self) -> UUID:
        made = QuestionnaireVersion(
            id=new_id(), questionnaire_id=self.world.questionnaire_id, number=2, definition={}, content_hash="2", published_at=NOON
        )
        with self.ground.writing() as session:
            session.add(made)
        return made.id


@pytest.fixture
def bank(ground: Ground, sample: Sample) -> Bank:
    return Bank(ground, sample)


def test_only_chosen_units_and_those_below_are_asked_until_it_is_widened(bank: Bank) -> None:
    pilot_id = bank.begin(unit_ids=[bank.sample.units["B1"]])
    bank.happen("O1")
    bank.happen("O3")
    assert bank.codes() == ["PILOT", "SEND"]
    with bank.ground.writing() as session:
        pilots.widen(session, pilot_id, ME, NOON)
    bank.happen("O3")
    assert bank.codes() == ["PILOT", "SEND", "SEND"]


def test_the_first_n_invitations_are_just_n_even_within_one_batch(bank: Bank) -> None:
    pilot_id = bank.begin(first_n=3)
    bank.happen("O1", 5)
    assert bank.codes() == ["PILOT", "PILOT", "SEND", "SEND", "SEND"]
    with bank.ground.writing() as session:
        pilots.end(session, pilot_id, ME, NOON)
        assert session.exec(select(Touchpoint.active)).one() is False
    bank.begin(first_n=1)  # a new pilot counts from the beginning
    bank.happen("O1", 2)
    assert bank.codes().count("SEND") == 4


def test_a_version_goes_to_the_pilots_units_and_the_other_one_to_the_rest(bank: Bank) -> None:
    new = bank.add_version()
    wish = {"kind": "version", "unit_ids": [bank.sample.units["O2"]], "version_id": new, "rest_version_id": bank.world.version_id}
    bank.begin(**wish)
    bank.happen("O2")
    bank.happen("O3")
    with bank.ground.reading() as session:
        assert [one.version_id for one in sorted(all_of(session, Candidate), key=lambda one: one.id)] == [new, bank.world.version_id]
    with pytest.raises(PilotMoved):
        bank.begin(**wish)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "unit_id"),
        ({"first_n": 0}, "first_n"),
        ({"first_n": 10**8}, "first_n"),
        ({"kind": "planet", "first_n": 5}, "kind"),
        ({"kind": "version", "first_n": 5}, "version_id"),
        ({"kind": "version", "version_id": UUID(int=1), "rest_version_id": UUID(int=1)}, "rest_version_id"),
    ],
)
def test_a_pilot_that_makes_no_sense_is_refused(bank: Bank, wish: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bank.begin(**wish)
    assert field in refused.value.fields


@pytest.mark.sqlite_only
def test_the_pages_begin_compare_and_widen(bank: Bank, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("designer")
    empty = {"kind": "touchpoint", "touchpoint": "transfer", "unit_id": "", "first_n": "", "version_id": "", "rest_version_id": ""}
    assert client.post("/portal/pilots/new", data=empty).status_code == 422
    assert client.post("/portal/pilots/new", data={**empty, "first_n": "-3"}).status_code == 422
    assert client.post("/portal/pilots/new", data={**empty, "touchpoint": "nobody", "first_n": "3"}).status_code == 422
    started = client.post("/portal/pilots/new", data={**empty, "unit_id": str(bank.sample.units["O1"])}, follow_redirects=True)
    assert started.status_code == 200
    with bank.ground.reading() as session:
        pilot = session.exec(select(Pilot)).one()
    bank.happen("O1")
    bank.happen("O3")
    bank.codes()
    page = client.get(f"/portal/pilots/{pilot.id}").text
    assert "The rest" in page
    assert "Widen to all" in page
    client.post(f"/portal/pilots/{pilot.id}/widen")
    assert "Widened to all" in client.get("/portal/pilots").text
    with bank.ground.reading() as session:
        acts = [one.act for one in session.exec(select(AuditEntry)) if one.act.startswith("pilot.")]
    assert acts == ["pilot.start", "pilot.widen"]
