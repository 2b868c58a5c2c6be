"""A program asks for one customer to be invited: the policy decides at once, and asking again changes nothing."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.foundation.crypto import token_hash
from portal.foundation.ground import Ground
from portal.people.models import ApiKey
from questionnaires.answering.models import Invitation
from scheduler.contacts.models import Contact
from scheduler.contacts.rules.policy import from_toml
from tests.conftest import NOON, FixedClock
from tests.scheduler.contacts.world import World

WEEK = from_toml("[cooldown.any.sent]\ndays = 7\n")


@pytest.fixture
def ask(app: Flask, ground: Ground) -> Any:
    """Posts a request with a key that may."""
    with ground.writing() as session:
        hashed = hashlib.sha256(b"snd_test").digest()
        session.add(ApiKey(name="t", prefix="snd_test", key_hash=hashed, scopes=["invitations.write"], created_at=NOON))

    def post(request_id: str, ref: str, touchpoint: str = "transfer", **more: Any) -> Any:
        body = {"request_id": request_id, "touchpoint": touchpoint, "customer_ref": ref, **more}
        return app.test_client().post("/api/v1/invitations", json=body, headers={"Authorization": "Bearer snd_test"})

    return post


def test_a_customer_is_invited_by_the_policy_and_only_once(ground: Ground, ask: Any, clock: FixedClock) -> None:
    world = World(ground).start(WEEK, ("transfer",))
    world.customers(2)
    first = ask("r-1", "C000001")
    assert first.status_code == 200, first.json
    assert (first.json["outcome"], first.json["code"]) == ("SEND", "SEND")
    with ground.reading() as session:
        (invitation,) = session.scalars(select(Invitation))
    assert token_hash(first.json["link"].rpartition("/s/")[2]) == invitation.token_hash
    clock.at(NOON + timedelta(minutes=5, microseconds=7))
    assert ask("r-1", "C000001").json == first.json  # the same request, some minutes later: the same answer
    assert ask("r-1", "C000002").json["code"] == "event_id_conflict"
    again = ask("r-2", "C000001").json
    assert (again["outcome"], again["link"]) == ("DROP", None)
    assert again["code"].startswith("COOLDOWN")
    stranger = ask("r-3", "nobody-yet").json
    assert (stranger["outcome"], stranger["code"]) == ("DROP", "NO_CONSENT")
    with ground.reading() as session:
        assert len(list(session.scalars(select(Contact)))) == 1


def test_what_cannot_be_asked_for_is_said_by_field(ground: Ground, ask: Any) -> None:
    World(ground).start(WEEK, ("transfer",)).customers(1)
    for more, field in (({"touchpoint": "nowhere"}, "touchpoint"), ({"unit": "nowhere"}, "unit"), ({"colour": "red"}, "colour")):
        answer = ask("r-1", "C000001", **more)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert ask("r-1", "C000001").json["outcome"] == "SEND"
