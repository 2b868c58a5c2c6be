"""What replay and simulator refuse, what they are told by files, and what the API says afterwards."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from portal.foundation.ground import Ground
from portal.people.models import ApiKey, Customer
from scheduler.contacts.plans import FileRefused, read_customers, read_policy, read_touchpoints
from scheduler.contacts.replay import ReplayRefused, replay
from scheduler.contacts.rules.policy import from_toml
from scheduler.contacts.simulator import Result, Setup, simulate
from scheduler.engine.lease import ClockLease
from scheduler.intake.layout.reading import read_file
from scheduler.intake.layout.shape import read_layout
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
CALLS = """id,who,kind,at
E1,C1,call,2026-01-05T10:00:00+08:00
E2,C1,loan,2026-01-05T10:20:00+08:00
E3,C2,call,2026-01-05T22:00:00+08:00
E4,C3,call,2026-01-05T10:00:00+08:00
E5,C4,call,2026-01-05T10:00:00+08:00
E6,C1,call,2026-01-09T10:00:00+08:00
"""
LAYOUT = '[event]\ntype = "{kind}"\nevent_id = "{id}"\ncustomer_ref = "{who}"\noccurred_at = "{at}"\n'
POLICY = """
[arbitration]
minutes = 60
[quiet_hours]
start = "21:00"
end = "09:00"
[cooldown.any.sent]
days = 3
[eligible]
min_age = 14
"""
TOUCHPOINTS = """
[[touchpoint]]
code = "hotline"
event_type = "call"
delay_minutes = 30
[[touchpoint]]
code = "loan"
event_type = "loan"
class = "high"
"""
CUSTOMERS = "ref,consent,birth_date\nC1,true,\nC2,yes,1990-05-01\nC3,no,\nC4,true,2015-01-01\n"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {"events.csv": CALLS, "layout.toml": LAYOUT, "policy.toml": POLICY, "touchpoints.toml": TOUCHPOINTS, "customers.csv": CUSTOMERS}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return {name.split(".")[0]: tmp_path / name for name in texts}


def _setup(files: dict[str, Path]) -> Setup:
    touchpoints, customers = read_touchpoints(files["touchpoints"]), read_customers(files["customers"])
    return Setup(read_policy(files["policy"]), "Asia/Shanghai", touchpoints, customers)


def _replay(ground: Ground, files: dict[str, Path], setup: Setup) -> Result:
    layout = read_layout(files["layout"])
    with read_file(files["events"], layout) as reading:
        return replay(ground, reading, layout, setup, ClockLease())


def test_files_say_who_is_asked_about_what(ground: Ground, files: dict[str, Path]) -> None:
    with read_file(files["events"], read_layout(files["layout"])) as reading:
        expected = simulate(reading.events(), _setup(files))
    found = _replay(ground, files, _setup(files))
    assert found.decisions == expected.decisions
    assert {key.event_id: told.code for key, told in found.decisions.items()} == {
        "E1": "OUTRANKED", "E2": "SEND", "E3": "SEND", "E4": "NO_CONSENT", "E5": "MINOR", "E6": "SEND",
    }  # fmt: skip
    assert (found.deferrals, found.as_dict()["waiting"]) == (1, 0)


def test_replay_refuses_a_running_clock_real_events_and_another_policy(ground: Ground, files: dict[str, Path]) -> None:
    lease = ClockLease()
    with ground.writing() as session:
        lease.take(session, "somebody", timedelta(seconds=60))
    with pytest.raises(ReplayRefused) as refused:
        _replay(ground, files, _setup(files))
    assert refused.value.facts == {"reason": "clock_running"}
    with ground.writing() as session:
        lease.release(session, "somebody")
    _replay(ground, files, _setup(files))
    with pytest.raises(ReplayRefused) as refused:
        _replay(ground, files, _setup(files)._replace(policy=from_toml("")))
    assert refused.value.facts == {"reason": "another_policy"}
    with ground.writing() as session:
        session.execute(update(Customer).values(origin="bank"))
    with pytest.raises(ReplayRefused) as refused:
        _replay(ground, files, _setup(files))
    assert refused.value.facts == {"reason": "real_events"}


@pytest.mark.parametrize(("name", "text", "read"), [
    ("policy", "[cooldown.any.sent]\ndays = 'many'\n", read_policy),
    ("touchpoints", "[[touchpoint]]\ncode = 'a'\nevent_type = 'b'\ncooldown = {never = 3}\n", read_touchpoints),
    ("touchpoints", "[[touchpoint]]\ncode = 'a'\nevent_type = 'b'\nfilter = {field = 'x', op = 'like'}\n", read_touchpoints),
    ("customers", "ref,zone\nC1,Mars/Olympus\n", read_customers),
])  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused_by_name(files, name, text, read) -> None:  # type: ignore[no-untyped-def]
    files[name].write_text(text)
    with pytest.raises(FileRefused) as refused:
        read(files[name])
    assert refused.value.facts["file"] == files[name].name


def test_the_api_tells_an_event_and_a_customers_ledger(ground: Ground, app: Flask, files: dict[str, Path]) -> None:
    _replay(ground, files, _setup(files))
    digest = hashlib.sha256(b"secret").digest()
    with ground.writing() as session:
        session.add(ApiKey(name="k", prefix="s", key_hash=digest, scopes=["events.read", "contacts.read"], created_at=NOON))
    ask = {"headers": {"Authorization": "Bearer secret"}}
    event = app.test_client().get("/api/v1/events/E1", **ask).get_json()
    assert [one["decision"]["outcome"] for one in event["candidates"]] == ["OUTRANKED"]
    ledger = app.test_client().get("/api/v1/customers/C1/contacts", **ask).get_json()
    assert [one["touchpoint"] for one in ledger["contacts"]] == ["hotline", "loan"]
    assert app.test_client().get("/api/v1/events/E9", **ask).status_code == 404
    assert app.test_client().get("/api/v1/events/E1").status_code == 401
