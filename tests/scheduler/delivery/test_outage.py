"""A gateway that is down for an hour, then fails in every way it can: nothing is lost, nothing is doubled, nothing is given up."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from portal.foundation.ground import Ground
from scheduler.delivery.channels.sms import Gateway as SmsGateway
from scheduler.delivery.channels.sms import SmsChannel
from scheduler.delivery.models import Message
from scheduler.delivery.sending import send_due
from tests.conftest import NOON, FixedClock
from tests.gateways import Gateway, closed_port, http_gateway
from tests.scheduler.delivery.conftest import MakeMessage

pytestmark = pytest.mark.sqlite_only
STEP = timedelta(seconds=30)


def test_after_an_hour_of_silence_every_message_arrives_once(ground: Ground, make_message: MakeMessage, clock: FixedClock) -> None:
    keys = {str(make_message("sms").id) for _ in range(20)}
    port = closed_port()
    down = {"sms": SmsChannel(SmsGateway(f"http://127.0.0.1:{port}/messages", connect_timeout=0.2, read_timeout=0.2))}
    while clock.now() < NOON + timedelta(hours=1):
        send_due(ground, clock.now(), channels=down)
        clock.forward(STEP)
    with ground.reading() as session:
        tried = session.scalar(select(func.sum(col(Message.attempts)))) or 0
    assert tried < 20  # the channel rested: attempts were not used up on a wall
    failing = Gateway(chance={500: 0.2, "lost": 0.1, "late": 0.1, "half": 0.1, 429: 0.1}, seed=7)
    with http_gateway(failing, port) as gateway:
        while clock.now() < NOON + timedelta(hours=8):
            send_due(ground, clock.now(), channels=down)
            clock.forward(STEP * 4)
        assert set(gateway.accepted) == keys
    with ground.reading() as session:
        states = dict(session.execute(select(col(Message.state), func.count()).group_by(col(Message.state))).all())  # type: ignore[arg-type]
    assert states == {"accepted": 20}
    assert max(gateway.journal.arrivals.values()) > 1
    assert not gateway.journal.copies
