"""RCS, WeChat, WeCom and the app against servers that really listen; parts of an SMS; heads that nobody can add to."""

import time
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from portal.foundation.ids import new_id
from portal.foundation.posting import Bounds
from scheduler.delivery.channels.app import AppChannel
from scheduler.delivery.channels.base import Letter, Outcome, Refused, Sent, Unknown
from scheduler.delivery.channels.email import EmailChannel, MailServer
from scheduler.delivery.channels.http import Gateway as HttpGateway
from scheduler.delivery.channels.rcs import RcsChannel
from scheduler.delivery.channels.sms import SmsChannel
from scheduler.delivery.channels.tencent import Account, WechatChannel, WecomChannel
from scheduler.delivery.rules.parts import Parts, parts_of
from scheduler.delivery.rules.throttle import allowance, rest_after
from tests.conftest import NOON
from tests.gateways import Gateway, Mailbox, http_gateway

PHONE = "+8613800138000"


def letter(to: str = PHONE, **more: Any) -> Letter:
    own = {"subject": "【江州银行】请您评价", "text": "【江州银行】请您评价。", "code": "invite", "link": "http://bank.test/s/x", **more}
    return Letter(new_id(), to, "zh-Hans", **own)


@pytest.mark.parametrize("to", ["", "12", "nobody", "+86138001380001234567", "13800138000;13900139000", "+1\r\nx"])
def test_a_number_that_is_none_is_not_even_tried(gateway: Gateway, to: str) -> None:
    assert SmsChannel(HttpGateway(gateway.url)).send(letter(to)) == Refused(True, "not_a_phone")
    assert gateway.requests == []


def test_connections_are_kept_open_and_a_broken_one_is_made_anew(gateway: Gateway) -> None:
    channel = SmsChannel(HttpGateway(gateway.url))
    assert [type(channel.send(letter())) for _ in range(5)] == [Sent] * 5
    assert gateway.connections == 1
    gateway.answers = ["lost", 202, "half", 202]
    assert [type(channel.send(letter())) for _ in range(4)] == [Unknown, Sent, Sent, Sent]


def test_a_gateway_that_drips_or_answers_twice_holds_nobody_up(gateway: Gateway) -> None:
    channel = SmsChannel(HttpGateway(gateway.url, read_timeout=0.3))
    gateway.answers = ["drip", "twice"]
    started = time.monotonic()
    assert [type(channel.send(letter())) for _ in range(2)] == [Sent] * 2
    assert time.monotonic() - started < 3
    sent = letter()  # the line was closed after two answers: whether this finds out in time or not, the next attempt arrives
    assert Sent in {type(channel.send(sent)) for _ in range(2)}
    assert len(gateway.accepted) == 3


def test_an_answer_that_names_another_message_is_none(gateway: Gateway) -> None:
    channel, sent = SmsChannel(HttpGateway(gateway.url)), letter()
    gateway.reply = {"id": str(new_id())}
    assert channel.send(sent) == Unknown("no_answer")
    gateway.reply = {"id": str(sent.key)}
    assert channel.send(sent) == Sent(f"G-{sent.key}")


@pytest.mark.parametrize(
    ("code", "reason"),
    [("invalid_number", "address_refused"), ("blocked", "blocked"), ("weather", "message_refused")],
)
def test_a_gateway_may_say_why(gateway: Gateway, code: str, reason: str) -> None:
    gateway.answers, gateway.reply = [422], {"code": code}
    assert SmsChannel(HttpGateway(gateway.url)).send(letter()) == Refused(True, reason)


def test_a_card_that_can_not_be_shown_goes_out_as_sms_under_the_same_key_but_never_after_silence(gateway: Gateway) -> None:
    with http_gateway() as texts:
        channel = RcsChannel(HttpGateway(gateway.url, read_timeout=0.3), SmsChannel(HttpGateway(texts.url)))
        sent = letter(fallback="【江州银行】请评价:http://bank.test/s/x 拒收请回复R")
        assert channel.send(sent) == Sent(f"G-{sent.key}")
        assert gateway.accepted[str(sent.key)]["card"]["button"] == {"label": "开始评价", "url": "http://bank.test/s/x"}
        gateway.answers, gateway.reply = [422, "lost", 503, 422], {"code": "not_capable"}
        fallen = letter(fallback="words")
        assert channel.send(fallen) == Sent(f"G-{fallen.key}", via="sms")
        assert [type(channel.send(letter(fallback="words"))) for _ in range(2)] == [Unknown, Refused]
        assert channel.send(letter()) == Refused(True, "not_capable")
        assert list(texts.accepted) == [str(fallen.key)]


def test_the_app_knows_its_customers_by_the_banks_reference(gateway: Gateway) -> None:
    sent = letter("C-1001")
    assert isinstance(AppChannel(HttpGateway(gateway.url)).send(sent), Sent)
    body = gateway.accepted[str(sent.key)]
    assert (body["customer"], body["title"], body["url"]) == ("C-1001", sent.subject, "http://bank.test/s/x")


def account(gateway: Gateway, **more: Any) -> Account:
    return Account("wx1", "s", f"http://127.0.0.1:{gateway.port}", bounds=Bounds(read=0.3, whole=1), **more)


@pytest.mark.parametrize(
    ("answers", "reply", "outcome"),
    [
        ([200], {"errcode": 0, "msgid": 7}, Sent("7")),
        ([200], {"errcode": 43004}, Refused(True, "not_following")),
        ([200], {"errcode": 43101}, Refused(True, "blocked")),
        ([200], {"errcode": 40003}, Refused(True, "address_refused")),
        ([200], {"errcode": -1}, Refused(False, "try_later")),
        ([500], {"errcode": 0}, Unknown("no_answer")),
        (["lost"], {}, Unknown("no_answer")),
        (["half"], {"errcode": 0}, Unknown("no_answer")),
    ],
)
def test_what_wechat_answers_decides(gateway: Gateway, answers: list[Any], reply: dict[str, Any], outcome: Outcome) -> None:
    gateway.answers = [200, *answers]
    gateway.reply = {"access_token": "t1", "expires_in": 7200, **reply}
    sent = letter("openid-123", text="thing1: 贷款审批\ncharacter_string4: 1234 5678")
    assert WechatChannel(account(gateway, templates={"invite": "abcdefghij"})).send(sent) == outcome
    body = gateway.requests[-1][1]
    assert body["data"] == {"thing1": {"value": "贷款审批"}, "character_string4": {"value": "1234 5678"}}
    assert (body["client_msg_id"], body["touser"], body["url"]) == (sent.key.hex, "openid-123", sent.link)
    assert gateway.paths[-1].endswith("access_token=t1")


def test_a_token_that_ended_is_fetched_anew_once_and_a_message_without_template_is_not_sent(gateway: Gateway) -> None:
    channel = WechatChannel(account(gateway, templates={"invite": "abcdefghij"}))
    gateway.reply = {"access_token": "t1", "expires_in": 7200, "errcode": 42001}
    assert channel.send(letter("openid-123")) == Refused(False, "not_authorised", unreachable=True)
    assert [path.partition("?")[0] for path in gateway.paths] == ["/cgi-bin/stable_token", "/cgi-bin/message/template/send"] * 2
    assert channel.send(letter("openid-123", code="reminder")) == Refused(True, "no_template")


def test_wecom_drops_copies_and_says_whom_it_does_not_know(gateway: Gateway) -> None:
    channel = WecomChannel(account(gateway, agent=7))
    gateway.reply = {"access_token": "t1", "expires_in": 7200, "errcode": 0, "msgid": "m"}
    assert channel.send(letter("S07")) == Sent("m")
    assert (gateway.requests[-1][1]["enable_duplicate_check"], gateway.requests[-1][1]["agentid"]) == (1, 7)
    gateway.reply |= {"invaliduser": "S08"}
    assert channel.send(letter("S08")) == Refused(True, "address_refused")
    assert sum("gettoken" in path for path in gateway.paths) == 1


def test_no_name_and_no_subject_adds_a_head(mailbox: Mailbox) -> None:
    channel = EmailChannel(MailServer("127.0.0.1", mailbox.port, "service@bank.test", tls="none"))
    evil = "Hello\r\nBcc: all@bank.test\r\n\r\nbody"
    assert isinstance(channel.send(letter("a@example.test", subject=evil, sender_name="江州银行\r\nX-Evil: 1")), Sent)
    mail = message_from_bytes(mailbox.mails[0].as_bytes(), policy=default)
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert mail["From"].addresses[0].addr_spec == "service@bank.test"
    assert channel.send(letter("a@example.test", reply_to="x@y\r\nBcc: z@z.example")) == Refused(True, "address_refused")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", Parts("GSM-7", 0, 160, 0)),
        ("a" * 160, Parts("GSM-7", 160, 160, 1)),
        ("a" * 161, Parts("GSM-7", 161, 153, 2)),
        ("€" * 80, Parts("GSM-7", 160, 160, 1)),
        ("a" + "€" * 153, Parts("GSM-7", 307, 153, 3)),
        ("评" * 70, Parts("UCS-2", 70, 70, 1)),
        ("评" * 71, Parts("UCS-2", 71, 67, 2)),
        ("a" * 69 + "评", Parts("UCS-2", 70, 70, 1)),
        ("😀" * 35, Parts("UCS-2", 70, 70, 1)),
        ("a" * 66 + "😀" * 35, Parts("UCS-2", 136, 67, 3)),
    ],
)
def test_an_sms_is_counted_as_gateways_do(text: str, parts: Parts) -> None:
    assert parts_of(text) == parts


def test_rates_and_rests() -> None:
    assert allowance(0, None, 60, NOON) == 10
    assert allowance(3, NOON, 60, NOON) == 3
    assert allowance(0, None, 1, NOON) == 1
    assert [rest_after(n) for n in (0, 2)] == [None, None]
    assert [(rest_after(n) or Bounds) and int(rest_after(n).total_seconds() // 60) for n in (3, 4, 5, 9, 99)] == [1, 2, 4, 30, 30]  # type: ignore[union-attr]
