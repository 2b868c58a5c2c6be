"""The pages of events that do not fit: seen, tried again, put aside; nobody is named."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.foundation.ground import Ground
from scheduler.intake.batch import read_batch, receive_batch
from scheduler.intake.hearing import Desk
from scheduler.intake.models import Candidate, DeadLetter, Event
from scheduler.touchpoints import touchpoints
from scheduler.touchpoints.models import Touchpoint
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
MakeTouchpoint = Callable[..., Touchpoint]


def send(ground: Ground, number: int, **changes: Any) -> None:
    body = {"event_id": f"E{number}", "event_type": "loan.approved", "customer_ref": f"PRIVATE-{number}",
            "occurred_at": (NOON - timedelta(hours=1)).isoformat(), **changes}  # fmt: skip
    with ground.writing() as session:
        receive_batch(session, read_batch("application/json", json.dumps(body).encode()), Desk(NOON, "Asia/Shanghai", keys=ground.keys))


@pytest.fixture
def refused(ground: Ground, make_touchpoint: MakeTouchpoint) -> None:
    make_touchpoint("loan")
    send(ground, 1, unit="NOWHERE")
    send(ground, 2, when="now")
    send(ground, 3, event_type="card.lost")


def test_refused_and_kept_events_stand_with_their_reason_and_no_name(ground: Ground, sign_in: SignIn, refused: None) -> None:
    client = sign_in("analyst")
    page = client.get("/portal/event-misfits").text
    assert "E1" in page
    assert "E2" in page
    assert "PRIVATE" not in page
    assert "E2" not in client.get("/portal/event-misfits?code=unknown_unit").text
    assert "E3" in client.get("/portal/event-misfits?view=kept").text
    with ground.reading() as session:
        letter = session.exec(select(DeadLetter).where(DeadLetter.event_id == "E1")).one()
    one = client.get(f"/portal/event-misfits/{letter.id}").text
    assert "NOWHERE" in one
    assert "PRIVATE" not in one
    for address in ("?cursor=nonsense", "?view=kept&cursor=x_y", "?view=kept&cursor=2026-01-01_x", "?code=%27&event_id=%25"):
        assert client.get(f"/portal/event-misfits{address}").status_code == 200


def test_ticked_ones_and_all_of_them_are_tried_again(
    ground: Ground, sign_in: SignIn, refused: None, make_touchpoint: MakeTouchpoint
) -> None:
    client = sign_in("designer")
    with ground.writing() as session:
        touchpoints.add_event_type(session, "card.lost", "挂失", "Card lost")
    make_touchpoint("card", "card.lost")
    with ground.reading() as session:
        event = session.exec(select(Event).where(Event.event_id == "E3")).one()
    client.post("/portal/event-misfits/again", data={"view": "kept", "id": [str(event.id), "nonsense"]})
    client.post("/portal/event-misfits/again", data={"all": "1"})
    with ground.reading() as session:
        assert [one.touchpoint for one in session.exec(select(Candidate))] == ["card"]
        assert {one.last_code for one in session.exec(select(DeadLetter))} == {"unknown_unit", "unknown_field"}
    with ground.reading() as session:
        ids = [str(one.id) for one in session.exec(select(DeadLetter))]
    client.post("/portal/event-misfits/dismiss", data={"id": ids})
    with ground.reading() as session:
        assert {one.state for one in session.exec(select(DeadLetter))} == {"dismissed"}
    assert "E1" in client.get("/portal/event-misfits?state=dismissed").text


def test_readers_try_nothing_again(sign_in: SignIn, refused: None) -> None:
    for role in ("analyst", "auditor"):
        assert sign_in(role).post("/portal/event-misfits/again", data={"all": "1"}).status_code == 403
