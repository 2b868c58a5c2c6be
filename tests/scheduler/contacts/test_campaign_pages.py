"""The pages of campaigns: a whole life of one, and what is refused with a message beside the field."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from scheduler.contacts.rules.policy import standard_policy
from scheduler.intake import waves
from scheduler.touchpoints.campaign_models import Campaign
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    return World(ground).start(standard_policy())


def entered(world: World, **changes: Any) -> dict[str, Any]:
    """What a designer fills in; times are Shanghai's."""
    return {
        "code": "rnps-2026", "name_zh": "关系净推荐调研", "name_en": "Relationship 2026", "purpose": "relationship",
        "questionnaire_id": str(world.questionnaire_id), "audience_kind": "conditions", "unit_id": "", "sample": "n", "n": "20",
        "margin": "",
        "indicator": "nps", "response_percent": "20", "channel1": "file", "channel2": "", "priority": "40", "wave1": "2026-06-15T12:00",
        "wave2": "", "wave3": "", "wave4": "", "ends_at": "2026-07-01T18:00", "reminder_hours": "72", "join": "all", **changes,
    }  # fmt: skip


def the_campaign(ground: Ground) -> Campaign:
    with ground.reading() as session:
        return session.exec(select(Campaign)).one()


def test_a_campaign_is_written_approved_by_another_runs_and_shows_its_decisions(ground: Ground, sign_in: SignIn, world: World) -> None:
    world.customers(60)
    designer, approver = sign_in("designer"), sign_in("approver")
    page = designer.post("/portal/campaigns/new", data=entered(world), follow_redirects=True)
    assert page.status_code == 200
    assert "Expected invitations" in page.text
    address = f"/portal/campaigns/{the_campaign(ground).id}"
    assert the_campaign(ground).ends_at.isoformat() == "2026-07-01T10:00:00+00:00"
    designer.post(f"{address}/submit")
    assert designer.post(f"{address}/approve").status_code == 403
    approver.post(f"{address}/approve")
    assert the_campaign(ground).state == "approved"
    while waves.run_waves(ground, NOON):
        pass
    world.decide()
    page = approver.get(address)
    assert "20 of 20 members have their decision" in page.text
    assert "Relationship 2026" in approver.get("/portal/campaigns").text
    designer.post(f"{address}/pause")
    assert the_campaign(ground).state == "paused"
    designer.post(f"{address}/stop")
    with ground.reading() as session:
        acts = [one.act for one in session.exec(select(AuditEntry)) if one.act.startswith("campaign.")]
    assert sorted(acts) == ["campaign.add", "campaign.approve", "campaign.pause", "campaign.stop", "campaign.submit"]


@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": "2026-06-01T10:00"}, {"wave1": ""}, {"wave1": "2026-08-01T10:00"}, {"n": "0"}, {"n": ""}, {"n": "-4"},
        {"sample": "precision", "margin": "0"}, {"sample": "precision", "margin": "-5"}, {"response_percent": "0"}, {"code": "a b"},
        {"audience_kind": "staff"}, {"field0": "segment", "op0": "eq", "value0": ""}, {"field0": "age", "op0": "ge", "value0": "old"},
        {"wave2": "2026-06-15T13:00"}, {"wave1": "0001-01-01T00:00"}, {"reminder_hours": "5"}, {"name_en": "x" * 80},
    ],
)  # fmt: skip
def test_nonsense_is_said_beside_its_field_and_nothing_is_written(
    ground: Ground, sign_in: SignIn, world: World, change: dict[str, str]
) -> None:
    answer = sign_in("designer").post("/portal/campaigns/new", data=entered(world, **change))
    assert answer.status_code == 422
    assert "关系净推荐调研" in answer.text
    with ground.reading() as session:
        assert session.exec(select(Campaign)).all() == []


def test_a_list_names_whom_nobody_knows_and_an_empty_audience_is_told(
    ground: Ground, sign_in: SignIn, sample: Sample, world: World
) -> None:
    sample.customer("K1")
    client = sign_in("designer")
    client.post("/portal/campaigns/new", data=entered(world, audience_kind="list"))
    address = f"/portal/campaigns/{the_campaign(ground).id}"
    assert "Nobody belongs to this audience" in client.get(address).text
    assert client.post(f"{address}/submit").status_code == 302
    assert the_campaign(ground).state == "draft"

    def upload(body: bytes) -> Any:
        return client.post(f"{address}/list", data={"file": (io.BytesIO(body), "list.csv")}, content_type="multipart/form-data")

    assert upload(b"").status_code == 422
    assert upload(b"ref\nnobody\nno one\n").status_code == 422
    answer = upload("客户号\nK1\nnobody\n".encode())
    assert answer.status_code == 200
    assert "nobody" in answer.text
    assert client.post(f"{address}/submit").status_code == 302
    assert the_campaign(ground).state == "submitted"
    assert the_campaign(ground).ends_at > NOON + timedelta(days=1)
