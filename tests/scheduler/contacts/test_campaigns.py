"""Campaigns on both databases: two people, a draw that is exact and can be interrupted, a decision for every member."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people.models import Customer
from scheduler.contacts.models import Decision
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.intake import waves
from scheduler.intake.models import Event
from scheduler.touchpoints import campaigns
from scheduler.touchpoints.campaign_models import Campaign, CampaignMember, CampaignWave
from scheduler.touchpoints.models import Touchpoint
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

HOLDOUT = ContactPolicy.model_validate({"holdout": {"share": 0.2}})


class Bank:
    """The small bank with a published questionnaire, a designer and an approver."""

    def __init__(self, ground: Ground, sample: Sample) -> None:
        self.ground, self.sample, self.world = ground, sample, World(ground).start(HOLDOUT)
        self.writer = Actor("user", str(sample.user("designer")))
        self.approver = Actor("user", str(sample.user("approver")))

    def columns(self, **changes: Any) -> dict[str, Any]:
        return {
            "code": "rnps", "name_zh": "关系净推荐", "name_en": "Relationship", "purpose": "relationship", "priority": 40,
            "questionnaire_id": self.world.questionnaire_id, "audience_kind": "conditions", "audience": {}, "sample": "n", "n": 30,
            "margin": None, "indicator": "nps", "response_rate": 0.2, "channels": ["file"], "reminder_hours": None,
            "ends_at": NOON + timedelta(days=20), **changes,
        }  # fmt: skip

    def add(self, *starts: timedelta, **changes: Any) -> UUID:
        with self.ground.writing() as session:
            times = [NOON + one for one in starts or (timedelta(0),)]
            return campaigns.add(session, self.columns(**changes), times, self.writer, NOON).id

    def step(self, campaign_id: UUID, step: str, actor: Actor) -> None:
        with self.ground.writing() as session:
            campaigns.take_step(session, campaign_id, step, actor, NOON)

    def run(self, campaign_id: UUID) -> None:
        self.step(campaign_id, "submit", self.writer)
        self.step(campaign_id, "approve", self.approver)

    def wave(self, number: int = 1) -> CampaignWave:
        with self.ground.reading() as session:
            return session.scalars(select(CampaignWave).where(col(CampaignWave.number) == number)).one()

    def rows(self, model: type[Any]) -> list[Any]:
        with self.ground.reading() as session:
            return all_of(session, model)

    def until_done(self) -> None:
        while waves.run_waves(self.ground, NOON):
            pass


@pytest.fixture
def bank(ground: Ground, sample: Sample) -> Bank:
    return Bank(ground, sample)


def test_every_member_of_a_wave_gets_a_decision_and_the_sample_is_exact(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.touchpoints.audience.STEP", 40)
    bank.world.customers(150)
    bank.run(bank.add())
    for _ in range(3):  # interrupted: another process goes on where this one stopped
        with bank.ground.writing() as session:
            waves.step(session, NOON, bank.ground.settings.zone)
    bank.until_done()
    wave = bank.wave()
    assert (wave.state, wave.audience, wave.asked) == ("done", 150, 30)
    assert len(bank.rows(CampaignMember)) == 30
    assert {event.event_type for event in bank.rows(Event)} == {"campaign.wave"}
    bank.world.decide()
    decisions = bank.rows(Decision)
    assert len(decisions) == 30
    assert {one.code for one in decisions} == {"SEND", "HOLDOUT"}
    assert {round(one.probability, 6) for one in decisions} == {round(0.8 * wave.cutoff, 6)}  # outside the holdout, and drawn
    assert wave.cutoff == pytest.approx(0.2, abs=0.1)
    assert waves.run_waves(bank.ground, NOON) == 0


def test_a_wave_that_runs_again_writes_no_event_twice(bank: Bank) -> None:
    bank.world.customers(10)
    bank.run(bank.add(sample="all", n=None))
    bank.until_done()
    with bank.ground.writing() as session:  # as after a crash between two marks
        wave = session.get(CampaignWave, bank.wave().id)
        assert wave is not None
        wave.state = "asking"
        for member in session.scalars(select(CampaignMember)):
            member.asked_at = None
    bank.until_done()
    assert len(bank.rows(Event)) == 10
    assert bank.wave().asked == 10


def test_the_author_never_approves_neither_in_the_service_nor_in_the_table(bank: Bank) -> None:
    bank.world.customers(1)
    campaign_id = bank.add()
    bank.step(campaign_id, "submit", bank.writer)
    with pytest.raises(campaigns.CampaignSamePerson):
        bank.step(campaign_id, "approve", bank.writer)
    with pytest.raises(IntegrityError), bank.ground.writing() as session:
        session.execute(update(Campaign).where(col(Campaign.id) == campaign_id).values(approved_by=col(Campaign.author_id)))


def test_nothing_is_drawn_before_it_is_approved_or_while_it_is_paused(bank: Bank) -> None:
    bank.world.customers(5)
    campaign_id = bank.add()
    assert waves.run_waves(bank.ground, NOON) == 0
    bank.run(campaign_id)
    bank.step(campaign_id, "pause", bank.writer)
    assert waves.run_waves(bank.ground, NOON) == 0
    with bank.ground.reading() as session:
        assert session.scalars(select(col(Touchpoint.active)).where(col(Touchpoint.code) == "campaign.rnps")).one() is False
    bank.step(campaign_id, "resume", bank.writer)
    bank.until_done()
    assert bank.wave().state == "done"
    bank.step(campaign_id, "stop", bank.writer)
    with pytest.raises(campaigns.CampaignMoved):
        bank.step(campaign_id, "resume", bank.writer)


def test_conditions_lists_and_staff_make_three_audiences(bank: Bank) -> None:
    for number in range(6):
        bank.sample.customer(f"K{number}", segment="private" if number < 2 else "retail", unit="O1" if number % 2 else "O3")
    bank.sample.customer("S1", staff=True, unit="O1")
    bank.sample.customer("S2", staff=True, unit="O3")
    private = {"condition": {"all": [{"field": "segment", "op": "eq", "value": "private"}]}}
    bank.run(bank.add(code="private", audience=private, sample="all", n=None))
    listed = bank.add(code="listed", audience_kind="list", sample="all", n=None)
    with bank.ground.writing() as session:
        taken, unknown = campaigns.set_list(session, listed, ["K4", "K5", "K4", "nobody"], bank.writer, NOON)
    assert (taken, unknown) == (2, ["nobody"])
    bank.run(listed)
    units = {"units": [str(bank.sample.units["B1"])]}
    bank.run(bank.add(code="staff", purpose="staff", audience_kind="staff", audience=units, sample="all", n=None))
    bank.until_done()
    with bank.ground.reading() as session:
        rows = session.execute(
            select(col(Campaign.code), col(Customer.ref))
            .join(CampaignWave, col(CampaignWave.campaign_id) == col(Campaign.id))
            .join(CampaignMember, col(CampaignMember.wave_id) == col(CampaignWave.id))
            .join(Customer, col(Customer.id) == col(CampaignMember.customer_id))
        )
        assert sorted(map(tuple, rows)) == [("listed", "K4"), ("listed", "K5"), ("private", "K0"), ("private", "K1"), ("staff", "S1")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": NOON - timedelta(days=1)}, "ends_at"),
        ({"n": 0}, "n"),
        ({"n": None}, "n"),
        ({"sample": "precision", "margin": 0.0}, "margin"),
        ({"sample": "precision", "margin": -3.0}, "margin"),
        ({"audience_kind": "staff", "purpose": "staff"}, "units"),
        ({"audience_kind": "staff", "audience": {"units": ["x"]}}, "audience_kind"),
        ({"audience_kind": "staff", "purpose": "staff", "audience": {"units": ["x"]}, "channels": ["sms"]}, "channels"),
        ({"audience_kind": "staff", "purpose": "staff", "audience": {"units": ["x"]}, "reminder_hours": 72}, "reminder_hours"),
        ({"audience": {"condition": {"field": "x"}}}, "filter"),
        ({"code": "no such code!"}, "code"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"reminder_hours": 1}, "reminder_hours"),
    ],
)
@pytest.mark.sqlite_only
def test_what_makes_no_sense_is_refused_and_nothing_is_written(bank: Bank, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bank.add(**change)
    assert field in refused.value.fields
    assert bank.rows(Campaign) == []
    assert len(bank.rows(Touchpoint)) == 2


def test_waves_of_one_campaign_are_new_draws_and_lie_apart(bank: Bank) -> None:
    with pytest.raises(InvalidInput):
        bank.add(timedelta(0), timedelta(hours=5))
    with pytest.raises(InvalidInput):
        bank.add(timedelta(days=21))
    bank.world.customers(200)
    bank.run(bank.add(timedelta(0), timedelta(days=2)))
    bank.until_done()
    while waves.run_waves(bank.ground, NOON + timedelta(days=2)):
        pass
    members = bank.rows(CampaignMember)
    first, second = ({one.person_id for one in members if one.wave_id == bank.wave(number).id} for number in (1, 2))
    assert len(first) == len(second) == 30
    assert first != second
