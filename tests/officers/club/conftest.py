"""The world of the club's tests."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from officers.people.models import Officer
from portal.foundation.ground import Ground
from portal.people.access_models import StaffSession
from tests.bank import Sample
from tests.conftest import NOON
from tests.officers.club.world import World


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    """The small bank with officers."""
    return World(ground, sample)


@pytest.fixture
def enter(app: Flask, world: World):  # type: ignore[no-untyped-def]  # a factory
    """Gives a browser signed in as an officer of staff."""

    def go(officer: Officer) -> FlaskClient:
        client = app.test_client()
        with world.ground.writing() as session:
            own = StaffSession(user_id=officer.user_id, method="test", started_at=NOON, seen_at=NOON)
            session.add(own)
            session.flush()
            text = f"{officer.user_id}:0:{own.id}"
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = text, True
        return client

    return go
