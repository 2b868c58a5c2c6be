"""A sender that dies between handing over and marking: the message goes out once, or is shown as unknown; never twice."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.foundation.crypto import save_keys
from portal.foundation.ground import Ground
from scheduler.delivery.channels.sms import Gateway as SmsGateway
from scheduler.delivery.channels.sms import SmsChannel
from scheduler.delivery.models import Message
from scheduler.delivery.sending import send_due
from tests.conftest import FixedClock
from tests.processes import ROOT
from tests.scheduler.delivery.conftest import Gateway, MakeMessage

pytestmark = pytest.mark.faults
SENDER = """
from portal.foundation.ground import open_ground
from portal.foundation.settings import load_settings
from portal.migrations.models import load_all
from scheduler.delivery.sending import send_due

load_all()
ground = open_ground(load_settings())
send_due(ground, ground.now())
"""


def test_a_sender_killed_before_it_could_mark_leaves_one_message_at_the_gateway(
    ground: Ground, make_message: MakeMessage, gateway: Gateway, clock: FixedClock, tmp_path: Path
) -> None:
    message = make_message("sms")
    gateway.answers = ["stuck"]
    save_keys(tmp_path / "keys.json", ground.keys)
    env = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDINGS_")} | {
        "SOUNDINGS_DATA_DIR": str(tmp_path),
        "SOUNDINGS_DATABASE_URL": ground.db.url,
        "SOUNDINGS_SMS_GATEWAY_URL": gateway.url,
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen([sys.executable, "-c", SENDER], env=env, cwd=tmp_path) as sender:
        assert gateway.arrived.wait(60), "the gateway was not called"
        sender.kill()
    gateway.go_on.set()
    assert now_of(ground, message).state == "sending"

    clock.at(datetime.now(UTC) + timedelta(minutes=5))
    assert send_due(ground, clock.now(), channels={"sms": SmsChannel(SmsGateway(gateway.url))}) == 0
    clock.forward(timedelta(minutes=6))
    send_due(ground, clock.now(), channels={"sms": SmsChannel(SmsGateway(gateway.url))})

    found = now_of(ground, message)
    assert (found.state, found.attempts) == ("accepted", 2)
    assert [key for key, _body in gateway.requests] == [str(message.id)] * 2
    assert list(gateway.accepted) == [str(message.id)]
    assert json.dumps(gateway.accepted).count("+8613800138000") == 1


def now_of(ground: Ground, message: Message) -> Message:
    with ground.reading() as session:
        found = session.get(Message, message.id)
    assert found is not None
    return found
