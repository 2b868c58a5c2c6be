"""The event catalogue: proposed by one, approved by another, in the service and in the database; versions stay to be read."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from scheduler.touchpoints import event_types
from scheduler.touchpoints.models import EventType, EventTypeVersion
from tests.bank import Sample
from tests.conftest import NOON

SignIn = Callable[..., FlaskClient]
NEW = {
    "code": "card.lost", "name_zh": "挂失", "name_en": "Card lost", "name0": "amount", "type0": "number", "required0": "1",
    "name1": "reason", "type1": "text", "values1": "stolen，lost, ", "zh1": "原因", "en1": "Why", "name2": "", "type2": "text",
}  # fmt: skip


def version(ground: Ground, number: int = 1) -> EventTypeVersion:
    with ground.reading() as session:
        return session.exec(select(EventTypeVersion).where(EventTypeVersion.number == number)).one()


def kind(ground: Ground) -> EventType:
    with ground.reading() as session:
        return session.exec(select(EventType)).one()


@pytest.mark.sqlite_only
def test_a_type_is_proposed_submitted_and_approved_by_somebody_else(ground: Ground, sample: Sample, sign_in: SignIn) -> None:
    designer, approver = sign_in(Role.DESIGNER), sign_in(Role.APPROVER)
    assert designer.post("/portal/event-catalogue/new", data=NEW).location == "/portal/event-catalogue/card.lost"
    first = version(ground)
    assert (kind(ground).state, first.state) == ("proposed", "draft")
    assert first.shape == [
        {"name": "amount", "type": "number", "required": True, "values": [], "zh": "", "en": ""},
        {"name": "reason", "type": "text", "required": False, "values": ["stolen", "lost"], "zh": "原因", "en": "Why"},
    ]
    designer.post(f"/portal/event-catalogue/versions/{first.id}/submit")
    assert designer.post(f"/portal/event-catalogue/versions/{first.id}/approve").status_code == 409
    assert approver.post(f"/portal/event-catalogue/versions/{first.id}/approve").status_code == 302
    found = kind(ground)
    assert (found.state, found.version, found.attributes) == ("live", 1, {"amount": "number", "reason": "text"})
    page = approver.get("/portal/event-catalogue/card.lost").text
    for piece in ("stolen · lost", "Why", "Required", "In force: version 1"):
        assert piece in page
    with ground.reading() as session:
        acts = [one.act for one in session.exec(select(AuditEntry))]
    assert [one for one in acts if one.startswith("event_type")] == ["event_type.draft", "event_type.submit", "event_type.approve"]


@pytest.mark.sqlite_only
def test_a_change_is_a_new_version_and_the_one_in_force_stays_until_it_is_approved(ground: Ground, sample: Sample, sign_in: SignIn) -> None:
    designer, approver = sign_in(Role.DESIGNER), sign_in(Role.APPROVER)
    designer.post("/portal/event-catalogue/new", data=NEW)
    designer.post(f"/portal/event-catalogue/versions/{version(ground).id}/submit")
    approver.post(f"/portal/event-catalogue/versions/{version(ground).id}/approve")
    assert 'value="amount"' in designer.get("/portal/event-catalogue/card.lost/edit").text
    designer.post("/portal/event-catalogue/card.lost/edit", data={**NEW, "type0": "text"})
    second = version(ground, 2)
    assert (second.state, kind(ground).attributes["amount"]) == ("draft", "number")
    designer.post(f"/portal/event-catalogue/versions/{second.id}/submit")
    assert designer.post("/portal/event-catalogue/card.lost/edit", data=NEW).status_code == 409
    approver.post(f"/portal/event-catalogue/versions/{second.id}/return")
    assert version(ground, 2).state == "draft"
    designer.post(f"/portal/event-catalogue/versions/{second.id}/submit")
    approver.post(f"/portal/event-catalogue/versions/{second.id}/approve")
    assert (version(ground).state, version(ground, 2).state, kind(ground).attributes["amount"]) == ("past", "approved", "text")
    assert approver.get("/portal/event-catalogue").status_code == 200


def test_the_database_itself_refuses_the_author_as_approver(ground: Ground, sample: Sample) -> None:
    author = sample.user(Role.DESIGNER)
    with ground.writing() as session:
        made = event_types.propose(session, "a.b", "甲", "A", [], Actor("user", str(author)), NOON).id
    for values in ({"approved_by": author, "state": "approved"}, {"state": "approved"}):
        with pytest.raises(IntegrityError), ground.writing() as session:
            session.execute(update(EventTypeVersion).where(EventTypeVersion.id == made).values(**values))


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "change",
    [
        {"code": ""}, {"code": "case.resolved"}, {"code": "no spaces"}, {"name_zh": " "}, {"name0": "9lives"}, {"type0": "colour"},
        {"name1": "amount"}, {"type1": "flag"}, {"values1": "x" * 61}, {"values0": "many"}, {"en1": "e" * 101},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_kept(
    ground: Ground, sample: Sample, sign_in: SignIn, change: dict[str, Any]
) -> None:
    answer = sign_in(Role.DESIGNER).post("/portal/event-catalogue/new", data={**NEW, **change})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert 'value="reason"' in answer.text or change.get("name1") == "amount"
    with ground.reading() as session:
        assert session.exec(select(EventType)).all() == []


@pytest.mark.sqlite_only
def test_only_those_who_may_do(ground: Ground, sample: Sample, sign_in: SignIn) -> None:
    for role, reads, writes in ((Role.ANALYST, 200, 403), (Role.AUDITOR, 200, 403), (Role.OUTLET_MANAGER, 403, 403)):
        client = sign_in(role)
        assert client.get("/portal/event-catalogue").status_code == reads
        assert client.post("/portal/event-catalogue/new", data=NEW).status_code == writes
