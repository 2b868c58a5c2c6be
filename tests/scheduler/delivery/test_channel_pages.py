"""Operators set channels up on a page: secrets encrypted and never shown, wrong values beside their fields, a test, a rest that ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from scheduler.delivery import tallying
from scheduler.delivery.channel_models import ChannelSetting, ChannelState
from scheduler.delivery.channels.available import available, set_up
from scheduler.delivery.models import Message
from scheduler.delivery.sending import send_due
from scheduler.delivery.store import channels as store
from tests.conftest import NOON, FixedClock
from tests.gateways import Gateway, Mailbox, closed_port
from tests.scheduler.delivery.conftest import MakeMessage

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
PAGE = "/portal/messages/channels/sms"


def setting(ground: Ground, channel: str = "sms") -> ChannelSetting:
    with ground.reading() as session:
        return store.settings(session)[channel]


def state_of(ground: Ground, message: Message) -> Message:
    with ground.reading() as session:
        found = session.get(Message, message.id)
    assert found is not None
    return found


def test_a_channel_set_up_on_its_page_sends_with_its_signer_its_token_and_its_cost(
    ground: Ground, sign_in: SignIn, gateway: Gateway, make_message: MakeMessage
) -> None:
    client = sign_in("administrator")
    typed = {"url": gateway.url, "token": "secret-token", "receipt_secret": "0123456789abcdef", "rate": "60", "cost": "5"}
    assert client.post(PAGE, data=typed).status_code == 302
    signer = {"asking_name_zh": "江州银行信用卡", "asking_address": "1069012345"}
    assert client.post(f"{PAGE}/signer/asking", data=signer).status_code == 302
    page = client.get(PAGE).text
    assert gateway.url in page
    assert "secret-token" not in page
    row = setting(ground)
    assert row.token_enc is not None
    assert b"secret-token" not in row.token_enc
    message = make_message("sms")
    send_due(ground, NOON)
    body = gateway.accepted[str(message.id)]
    assert body["text"].startswith("【江州银行信用卡】尊敬的欧阳**")
    assert (body["from"], gateway.headers[0]["Authorization"]) == ("1069012345", "Bearer secret-token")
    found = state_of(ground, message)
    assert found.parts == 2
    assert found.cost == 10
    assert [tallying.tally(ground, NOON), tallying.tally(ground, NOON)] == [1, 4]
    assert "0.10" in client.get("/portal/messages/channels").text
    client.post(PAGE, data={**typed, "token": "", "receipt_secret": "-"})
    row = setting(ground)
    assert ground.keys.decrypt(row.token_enc or b"") == "secret-token"
    assert row.receipt_secret_enc is None
    with ground.reading() as session:
        acts = [entry.act for entry in session.scalars(select(AuditEntry)) if entry.object_kind == "channel"]
    assert acts == ["channel.set_up", "channel.sign", "channel.set_up"]


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("sms", {"url": "ftp://x"}),
        ("sms", {"url": "http://169.254.169.254/latest"}),
        ("sms", {"url": "http://a:b@gateway/"}),
        ("sms", {"rate": "0"}),
        ("sms", {"rate": "many"}),
        ("sms", {"cost": "9999999"}),
        ("sms", {"receipt_secret": "short"}),
        ("email", {"url": "mail.bank.test", "sender": "nobody"}),
        ("email", {"url": "mail.bank.test\r\nRCPT", "sender": "a@bank.test"}),
        ("email", {"url": "mail.bank.test", "sender": "a@bank.test", "port": "70000"}),
        ("email", {"url": "mail.bank.test", "sender": "a@bank.test", "tls": "rot13"}),
        ("wechat", {"templates": "pigeon = x"}),
        ("wecom", {"agent": "x"}),
    ],
)
def test_what_can_not_be_is_refused_and_stays_in_the_form(ground: Ground, sign_in: SignIn, channel: str, typed: dict[str, str]) -> None:
    answer = sign_in("administrator").post(f"/portal/messages/channels/{channel}", data=typed)
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    with ground.reading() as session:
        assert session.scalars(select(ChannelSetting)).all() == []


@pytest.mark.parametrize(
    "typed",
    [
        {"asking_name_zh": "【江州银行】"},
        {"asking_name_en": "Bank\r\nBcc: x@y.example"},
        {"asking_address": "x y"},
        {"asking_name_zh": "长" * 41},
    ],
)
def test_a_signer_can_not_smuggle_anything_in(sign_in: SignIn, typed: dict[str, str]) -> None:
    assert sign_in("administrator").post("/portal/messages/channels/email/signer/asking", data=typed).status_code == 422


def test_a_test_goes_to_the_operators_own_address_and_tells_what_came_of_it(
    ground: Ground, sign_in: SignIn, gateway: Gateway, mailbox: Mailbox
) -> None:
    client = sign_in("administrator")
    test = {"code": "invite", "language": "en", "to": "13900139000"}
    assert client.post(f"{PAGE}/test", data=test, follow_redirects=True).status_code == 200
    client.post(PAGE, data={"url": gateway.url})
    assert client.post(f"{PAGE}/test", data={**test, "to": "nobody"}).status_code == 422
    assert gateway.requests == []
    assert "has taken the test" in client.post(f"{PAGE}/test", data=test, follow_redirects=True).text
    assert gateway.requests[0][1]["to"] == "+8613900139000"
    assert "1234 5678" in gateway.requests[0][1]["text"]
    gateway.answers = [503]
    assert "has not taken the test" in client.post(f"{PAGE}/test", data=test, follow_redirects=True).text
    mail = {"url": "127.0.0.1", "port": str(mailbox.port), "tls": "none", "sender": "a@bank.test"}
    client.post("/portal/messages/channels/email", data=mail)
    client.post("/portal/messages/channels/email/test", data={**test, "to": "me@bank.test"})
    assert mailbox.mails[0]["To"] == "me@bank.test"
    with ground.reading() as session:
        entries = [entry for entry in session.scalars(select(AuditEntry)) if entry.act == "channel.try_out"]
    assert [entry.facts["outcome"] for entry in entries] == ["sent", "refused", "sent"]
    assert "1390013" not in str([entry.facts for entry in entries])


def test_a_channel_that_does_not_answer_rests_longer_and_longer_and_is_woken(
    ground: Ground, sign_in: SignIn, make_message: MakeMessage, gateway: Gateway, clock: FixedClock
) -> None:
    client = sign_in("administrator")
    client.post(PAGE, data={"url": f"http://127.0.0.1:{closed_port()}/"})
    messages = [make_message("sms") for _ in range(5)]

    def rests() -> timedelta:
        with ground.reading() as session:
            found = session.get(ChannelState, "sms")
        assert found is not None
        assert found.open_until is not None
        return found.open_until - clock.now()

    send_due(ground, NOON)
    assert rests() == timedelta(minutes=1)
    assert sum(state_of(ground, one).attempts for one in messages) == 3
    assert send_due(ground, clock.forward(timedelta(seconds=59))) == 0
    assert send_due(ground, clock.forward(timedelta(seconds=1))) == 1  # one is tried first
    assert rests() == timedelta(minutes=2)
    assert "Rests" in client.get("/portal/messages/channels").text
    client.post(PAGE, data={"url": gateway.url})
    client.post(f"{PAGE}/wake")
    send_due(ground, clock.forward(timedelta(minutes=5)))
    assert {state_of(ground, one).state for one in messages} == {"accepted"}
    assert len(gateway.accepted) == 5


def test_no_more_leave_in_a_minute_than_the_rate_allows(
    ground: Ground, sign_in: SignIn, make_message: MakeMessage, gateway: Gateway, clock: FixedClock
) -> None:
    sign_in("administrator").post(PAGE, data={"url": gateway.url, "rate": "12"})
    for _ in range(20):
        make_message("sms")
    for _ in range(60):
        send_due(ground, clock.now())
        clock.forward(timedelta(seconds=1))
    assert 12 <= len(gateway.requests) <= 14  # what was saved up for ten seconds, and twelve


@pytest.mark.parametrize(
    ("channel", "typed", "ready"),
    [
        ("rcs", {"url": "http://gateway/rcs"}, True),
        ("app", {"url": "https://app.bank.test/push"}, True),
        ("wechat", {"account": "wx1", "token": "s", "templates": "invite = abcdefghij-_KL"}, True),
        ("wechat", {"account": "wx1"}, False),
        ("wecom", {"account": "ww1", "token": "s", "agent": "1000002"}, True),
        ("file", {"rate": "100"}, True),
    ],
)
def test_which_channels_are_there(ground: Ground, sign_in: SignIn, channel: str, typed: dict[str, str], ready: bool) -> None:
    assert sign_in("administrator").post(f"/portal/messages/channels/{channel}", data=typed).status_code == 302
    with ground.reading() as session:
        assert (channel in set_up(ground.settings, store.settings(session).values())) is ready
        assert (channel in available(ground, session)) is ready


def test_only_administrators_and_only_channels_that_are(sign_in: SignIn) -> None:
    assert sign_in("designer").get(PAGE).status_code == 403
    client = sign_in("administrator")
    assert client.get("/portal/messages/channels/pigeon").status_code == 404
    assert client.post("/portal/messages/channels/pigeon", data={}).status_code == 404
    assert client.post(f"{PAGE}/signer/nobody", data={}).status_code == 404
