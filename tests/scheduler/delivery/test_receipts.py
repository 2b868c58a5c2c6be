"""Receipts: signed, in any order, repeated, early, forged; what leads nowhere is not used again."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlmodel import col

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.foundation.signatures import HEADER, sign
from portal.people import api_keys
from portal.people.models import Customer, OptOut
from portal.people.rules.roles import EVERYTHING
from scheduler.delivery import receipts, tallying
from scheduler.delivery.channel_models import Receipt
from scheduler.delivery.channels.sms import Gateway as SmsGateway
from scheduler.delivery.channels.sms import SmsChannel
from scheduler.delivery.models import Message
from scheduler.delivery.receipts import Said
from scheduler.delivery.sending import send_due
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.store import pages
from scheduler.delivery.store.tallies import Sums
from tests.conftest import NOON
from tests.gateways import Gateway
from tests.scheduler.delivery.conftest import MakeMessage

MINUTE = timedelta(minutes=1)
ACTOR = Actor.system("test")


def now_of(ground: Ground, message: Message) -> Message:
    with ground.reading() as session:
        found = session.get(Message, message.id)
    assert found is not None
    return found


@pytest.fixture
def sent(ground: Ground, make_message: MakeMessage, gateway: Gateway) -> Message:
    """A message that the gateway has."""
    message = make_message("sms")
    send_due(ground, NOON, channels={"sms": SmsChannel(SmsGateway(gateway.url))})
    return message


def take(ground: Ground, *said: Said, channel: str = "sms", now: datetime = NOON + 10 * MINUTE) -> receipts.Taken:
    with ground.writing() as session:
        return receipts.take(session, channel, said, now)


def unreachable(ground: Ground, message: Message) -> str:
    with ground.reading() as session:
        customer = session.get(Customer, message.customer_id)
    assert customer is not None
    return customer.unreachable


def test_by_our_key_or_the_providers_reference_once_however_often_it_comes(ground: Ground, sent: Message) -> None:
    by_key = Said("delivered", NOON + MINUTE, key=sent.id)
    assert take(ground, by_key, by_key) == receipts.Taken(1, 1, 0, [])
    assert take(ground, by_key, Said("delivered", NOON + MINUTE, ref=f"G-{sent.id}")) == receipts.Taken(1, 1, 0, [])
    found = now_of(ground, sent)
    assert (found.state, found.receipt, found.delivered_at, found.taken_over_at) == ("accepted", "delivered", NOON + MINUTE, None)


@pytest.mark.parametrize("turned", [False, True])
def test_the_latest_by_the_providers_time_holds_whatever_order_they_come_in(ground: Ground, sent: Message, turned: bool) -> None:
    said = [Said("delivered", NOON + MINUTE, key=sent.id), Said("bounced", NOON + 2 * MINUTE, key=sent.id)]
    for one in said[::-1] if turned else said:
        take(ground, one)
    found = now_of(ground, sent)
    assert (found.receipt, found.receipt_at, found.delivered_at) == ("bounced", NOON + 2 * MINUTE, NOON + MINUTE)
    assert unreachable(ground, sent) == "sms"
    take(ground, Said("delivered", NOON + 3 * MINUTE, key=sent.id))
    assert unreachable(ground, sent) == ""


def test_who_blocks_us_is_not_written_to_by_this_channel(ground: Ground, sent: Message) -> None:
    for _ in range(2):
        take(ground, Said("blocked", NOON + MINUTE, key=sent.id))
    with ground.reading() as session:
        (row,) = session.scalars(select(OptOut)).all()
    assert (row.customer_id, row.channel, row.source) == (sent.customer_id, "sms", "blocked")


def test_a_receipt_that_can_not_be_true_is_refused(ground: Ground, sent: Message, make_message: MakeMessage) -> None:
    waiting = make_message("sms")
    taken = take(
        ground,
        Said("delivered", NOON + timedelta(hours=2), key=sent.id),
        Said("delivered", NOON - timedelta(hours=2), key=sent.id),
        Said("bounced", NOON, key=waiting.id),  # was never handed over
        Said("bounced", NOON, key=new_id()),
    )
    assert [(one.place, one.code) for one in taken.refused] == [(0, "in_the_future"), (1, "before_message")]
    assert (taken.applied, taken.unknown) == (0, 2)
    assert take(ground, Said("delivered", NOON, key=sent.id), channel="email").unknown == 1
    assert (now_of(ground, sent).receipt, now_of(ground, waiting).state) == (None, "waiting")


def test_a_receipt_that_was_faster_than_our_own_mark_finds_its_message_later(
    ground: Ground, make_message: MakeMessage, gateway: Gateway
) -> None:
    message = make_message("sms")
    assert take(ground, Said("delivered", NOON, ref=f"G-{message.id}"), now=NOON).unknown == 1
    assert receipts.match(ground, NOON) == 1
    send_due(ground, NOON, channels={"sms": SmsChannel(SmsGateway(gateway.url))})
    assert receipts.match(ground, NOON + MINUTE) == 1
    assert receipts.match(ground, NOON + MINUTE) == 0
    assert now_of(ground, message).delivered_at == NOON
    assert receipts.forget(ground, NOON + timedelta(days=91)) == 1


def test_a_receipt_tells_what_became_of_a_message_of_which_nothing_was_known(
    ground: Ground, make_message: MakeMessage, gateway: Gateway
) -> None:
    message = make_message("sms")
    gateway.answers = ["lost"]
    channel = {"sms": SmsChannel(SmsGateway(gateway.url))}
    send_due(ground, NOON, channels=channel)
    assert now_of(ground, message).state == "waiting"
    take(ground, Said("delivered", NOON, key=message.id))
    assert now_of(ground, message).state == "accepted"
    assert send_due(ground, NOON + timedelta(hours=1), channels=channel) == 0


def test_the_channels_figures_are_the_messages_own(ground: Ground, sent: Message, make_message: MakeMessage) -> None:
    make_message("sms")
    dead = make_message("sms")
    values = {"url": "http://gateway/", "account": "", "options": {}, "rate": 6, "cost": 5, "changed_at": NOON}
    with ground.writing() as session:
        for _ in range(2):
            channel_store.put_setting(session, "sms", values)
        channel_store.put_identity(session, "sms", "asking", {"name_zh": "江州银行"})
        session.execute(update(Message).where(col(Message.id) == dead.id).values(state="refused", reason="message_refused", done_at=NOON))
    take(ground, Said("delivered", NOON, key=sent.id))
    assert tallying.tally(ground, NOON + MINUTE) == 1
    with ground.reading() as session:
        assert pages.channel_sums(session, NOON + MINUTE) == {"sms": pages.ChannelSums(1, NOON, 1, 1)}
        assert tallying.month(session, "Asia/Shanghai", NOON)["sms"] == Sums(1, 2, 0, 1, 0)
        assert (pages.dead_count(session, EVERYTHING, NOON), channel_store.settings(session)["sms"].rate) == (1, 6)


@pytest.fixture
def provider(ground: Ground, client: FlaskClient, sent: Message) -> Callable[..., Any]:
    """Posts as the provider does, signed unless told otherwise."""
    with ground.writing() as session:
        _key, token = api_keys.make(session, "gateway", ["receipts.write"], ["receipts.write"], None, ACTOR, NOON)

    def post(body: Any, channel: str = "sms", signed: str = "s", at: datetime = NOON, **headers: str) -> Any:
        raw = json.dumps(body).encode()
        own = {"Authorization": f"Bearer {token}", HEADER: sign(signed, at, raw), **headers}
        return client.post(f"/api/v1/receipts/{channel}", data=raw, headers=own, content_type="application/json")

    return post


@pytest.mark.sqlite_only
def test_a_provider_must_sign(ground: Ground, provider: Callable[..., Any], sent: Message, client: FlaskClient) -> None:
    body = {"key": str(sent.id), "status": "delivered", "at": NOON.isoformat()}
    assert provider(body).json["code"] == "receipts_not_set_up"
    with ground.writing() as session:
        values = {"receipt_secret_enc": ground.keys.encrypt("s"), "url": "", "account": "", "options": {}, "changed_at": NOON}
        channel_store.put_setting(session, "sms", values)
    assert provider(body, signed="x").status_code == 401
    assert provider(body, at=NOON - timedelta(minutes=6)).json["code"] == "wrong_signature"
    assert provider(body, Authorization="Bearer no").status_code == 401
    assert provider(body, channel="pigeon").status_code == 404
    assert provider([body, body]).json == {"received": 2, "applied": 1, "repeated": 1, "unknown": 0, "rejected": []}
    wrong = [
        {**body, "status": "eaten"},
        {**body, "at": "2026-06-15T12:00:00"},
        {"status": "delivered", "at": NOON.isoformat()},
        {**body, "key": "x"},
        {**body, "more": 1},
        7,
        {**body, "at": "2030-01-01T00:00:00Z"},
    ]
    answer = provider(wrong).json
    assert [one["index"] for one in answer["rejected"]] == list(range(7))
    assert answer["rejected"][-1] == {"index": 6, "code": "in_the_future", "field": "at"}
    assert provider("x").status_code == 400
    assert provider([body] * 1001).status_code == 413
    with ground.reading() as session:
        assert len(session.scalars(select(Receipt)).all()) == 1
