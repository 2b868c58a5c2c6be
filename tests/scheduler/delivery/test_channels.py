"""Channels against servers that really listen, and fail on purpose."""

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from portal.foundation.ids import new_id
from scheduler.delivery.channels.base import Letter, Outcome, Refused, Sent, Unknown
from scheduler.delivery.channels.email import EmailChannel, MailServer
from scheduler.delivery.channels.file import FileChannel
from scheduler.delivery.channels.sms import Gateway as SmsGateway
from scheduler.delivery.channels.sms import SmsChannel
from tests.scheduler.delivery.conftest import Gateway, Mailbox, closed_port


def letter(to: str = "+8613800138000", html: str = "", subject: str = "主题") -> Letter:
    return Letter(new_id(), to, "zh-Hans", subject, "【江州银行】请评价:http://bank.test/s/x 拒收请回复R", html)


def test_the_outbox_folder_holds_what_would_have_been_sent(tmp_path: Path) -> None:
    channel, sent = FileChannel(tmp_path / "outbox"), letter(html="<p>Hello</p>")
    assert channel.send(sent) == channel.send(sent) == Sent(str(sent.key))
    written = sorted((tmp_path / "outbox").iterdir())
    assert [path.name for path in written] == [f"{sent.key}.html", f"{sent.key}.json"]
    assert json.loads(written[1].read_text())["text"] == sent.text
    assert written[1].stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file stands where the folder should be")
    assert FileChannel(tmp_path / "outbox").send(letter()) == Refused(False, "folder_not_writable", unreachable=True)


def test_the_gateway_gets_the_key_the_number_and_the_words(gateway: Gateway) -> None:
    sent = letter()
    assert SmsChannel(SmsGateway(gateway.url, "token")).send(sent) == Sent(f"G-{sent.key}")
    assert gateway.requests == [(str(sent.key), {"id": str(sent.key), "to": sent.to, "text": sent.text})]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (400, Refused(True, "message_refused")),
        (422, Refused(True, "message_refused")),
        (302, Refused(True, "message_refused")),
        (401, Refused(False, "not_authorised", unreachable=True)),
        (429, Refused(False, "try_later")),
        (503, Refused(False, "try_later")),
        ("lost", Unknown("no_answer")),
        ("stuck", Unknown("no_answer")),
    ],
)
def test_what_the_gateway_answers_decides(gateway: Gateway, answer: int | str, outcome: Outcome) -> None:
    gateway.answers = [answer]
    assert SmsChannel(SmsGateway(gateway.url, read_timeout=0.2)).send(letter()) == outcome
    assert len(gateway.requests) == 1


def test_a_gateway_that_does_not_listen_has_not_got_it() -> None:
    channel = SmsChannel(SmsGateway(f"http://127.0.0.1:{closed_port()}/messages"))
    assert channel.send(letter()) == Refused(False, "unreachable", unreachable=True)


def mail_channel(port: int) -> EmailChannel:
    return EmailChannel(MailServer("127.0.0.1", port, "service@bank.test", "Jiangzhou Bank", tls="none", timeout=5))


def test_a_mail_carries_its_id_both_kinds_of_text_and_its_language(mailbox: Mailbox) -> None:
    sent = letter("ming@example.test", html="<p>Hello</p>")
    assert mail_channel(mailbox.port).send(sent) == Sent(str(sent.key))
    mail = message_from_bytes(mailbox.mails[0].as_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail["Message-ID"] == f"<{sent.key}@bank.test>"
    assert (mail["To"], mail["Subject"], mail["Content-Language"]) == ("ming@example.test", "主题", "zh-Hans")
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert sent.text in plain.get_content()


@pytest.mark.parametrize(
    ("to", "answer", "outcome"),
    [
        ("nobody@example.test", "250 OK", Refused(True, "address_refused")),
        ("a@example.test\r\nBcc: b@example.test", "250 OK", Refused(True, "address_refused")),
        ("no address", "250 OK", Refused(True, "address_refused")),
        ("a@example.test", "451 later", Refused(False, "try_later")),
        ("a@example.test", "554 no", Refused(True, "message_refused")),
        ("a@example.test", "lost", Unknown("no_answer")),
    ],
)
def test_what_the_mail_server_answers_decides(mailbox: Mailbox, to: str, answer: str, outcome: Outcome) -> None:
    mailbox.answers = [answer]
    assert mail_channel(mailbox.port).send(letter(to)) == outcome


def test_a_mail_server_that_does_not_listen_has_not_got_it() -> None:
    assert mail_channel(closed_port()).send(letter("a@example.test")) == Refused(False, "unreachable", unreachable=True)
