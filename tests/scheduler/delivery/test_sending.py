"""The outbox: claimed, checked again, sent, marked; tried again, given up, or counted as sent."""

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session

from portal.foundation.ground import Ground
from questionnaires.metrics.models import FunnelDay
from scheduler.delivery.channels.base import Channel
from scheduler.delivery.channels.email import EmailChannel, MailServer
from scheduler.delivery.channels.file import FileChannel
from scheduler.delivery.channels.sms import Gateway as SmsGateway
from scheduler.delivery.channels.sms import SmsChannel
from scheduler.delivery.models import ChannelSwitch, Message
from scheduler.delivery.rules.retry import MOST_ATTEMPTS
from scheduler.delivery.sending import Verdict, send_due
from scheduler.delivery.store import queue
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.scheduler.delivery.conftest import Gateway, Mailbox, MakeMessage


def now_of(ground: Ground, message: Message) -> Message:
    with ground.reading() as session:
        found = session.get(Message, message.id)
    assert found is not None
    return found


def sms(gateway: Gateway) -> dict[str, Channel]:
    return {"sms": SmsChannel(SmsGateway(gateway.url, read_timeout=0.3))}


def email(mailbox: Mailbox) -> dict[str, Channel]:
    return {"email": EmailChannel(MailServer("127.0.0.1", mailbox.port, "service@bank.test", tls="none"))}


def test_a_message_due_is_written_to_the_outbox_folder(ground: Ground, make_message: MakeMessage) -> None:
    message, later = make_message(), make_message(due_at=NOON + timedelta(seconds=1))
    assert send_due(ground, NOON) == 1
    found = now_of(ground, message)
    assert (found.state, found.attempts, found.accepted_at, found.delivered_at, found.done_at) == ("accepted", 1, NOON, NOON, NOON)
    assert now_of(ground, later).state == "waiting"
    written = json.loads((ground.settings.data_dir / "outbox" / f"{message.id}.json").read_text())
    assert written["text"].startswith("【江州银行】尊敬的欧阳**，您6月15日的贷款审批体验如何？")
    assert "http://bank.test/s/" in written["text"]
    assert send_due(ground, NOON) == 0


def test_the_link_of_a_message_is_its_invitations_own(ground: Ground, make_message: MakeMessage) -> None:
    message = make_message()
    send_due(ground, NOON)
    token, _ = ground.keys.link_token(message.invitation_id or message.id)
    assert f"/s/{token}" in (ground.settings.data_dir / "outbox" / f"{message.id}.html").read_text()


def test_sms_and_mail_go_to_the_address_that_only_the_sender_sees(
    ground: Ground, make_message: MakeMessage, gateway: Gateway, mailbox: Mailbox
) -> None:
    texted, mailed = make_message("sms"), make_message("email", language="en")
    assert send_due(ground, NOON, channels={**sms(gateway), **email(mailbox)}) == 2
    assert gateway.accepted[str(texted.id)]["to"] == "+8613800138000"
    assert gateway.accepted[str(texted.id)]["text"].endswith("拒收请回复R")
    assert mailbox.mails[0]["To"] == "ming@example.test"
    assert now_of(ground, texted).provider_ref == f"G-{texted.id}"
    assert now_of(ground, mailed).state == "accepted"


def test_a_customer_without_an_address_is_a_dead_letter(
    ground: Ground, sample: Sample, make_message: MakeMessage, gateway: Gateway
) -> None:
    message = make_message("sms", sample.customer("C1"))
    send_due(ground, NOON, channels=sms(gateway))
    assert (now_of(ground, message).state, now_of(ground, message).reason) == ("refused", "no_address")
    assert gateway.requests == []


def test_what_was_refused_for_now_is_tried_again_with_growing_pauses_and_one_key(
    ground: Ground, make_message: MakeMessage, gateway: Gateway, clock: FixedClock
) -> None:
    message = make_message("sms")
    gateway.answers = [503, 429, "lost", 202]
    waits = []
    for _ in range(4):
        assert send_due(ground, clock.now(), channels=sms(gateway)) == 1
        found = now_of(ground, message)
        waits.append((found.due_at - clock.now()).total_seconds())
        clock.at(max(found.due_at, clock.now()))
    assert 24 <= waits[0] <= 36 < 96 <= waits[1] <= 144 < 384 <= waits[2] <= 576
    assert (found.state, found.attempts) == ("accepted", 4)
    assert {key for key, _body in gateway.requests} == {str(message.id)}


def test_a_message_nobody_takes_is_given_up_and_can_be_sent_again(
    ground: Ground, make_message: MakeMessage, gateway: Gateway, clock: FixedClock
) -> None:
    message = make_message("sms")
    gateway.answers = [503] * MOST_ATTEMPTS
    for _ in range(MOST_ATTEMPTS):
        send_due(ground, clock.now(), channels=sms(gateway))
        clock.forward(timedelta(hours=2))
    assert (now_of(ground, message).state, now_of(ground, message).reason) == ("refused", "try_later")
    with ground.writing() as session:
        assert queue.send_again(session, [message.id], clock.now()) == [message.id]
    send_due(ground, clock.now(), channels=sms(gateway))
    assert (now_of(ground, message).state, now_of(ground, message).attempts) == ("accepted", 1)


def test_a_mail_of_which_nothing_is_known_counts_as_sent_and_is_not_sent_again(
    ground: Ground, make_message: MakeMessage, mailbox: Mailbox, clock: FixedClock
) -> None:
    message = make_message("email")
    mailbox.answers = ["lost"]
    send_due(ground, NOON, channels=email(mailbox))
    assert (now_of(ground, message).state, now_of(ground, message).reason) == ("unknown", "no_answer")
    assert send_due(ground, clock.forward(timedelta(days=1)), channels=email(mailbox)) == 0
    assert len(mailbox.mails) == 1


class Check:
    """A last check that says what it is told to, and notes that it was asked."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict, self.asked = verdict, 0

    def __call__(self, _ground: Ground, _session: Session, messages: Sequence[Message], _now: datetime) -> Mapping[UUID, Verdict]:
        self.asked += len(messages)
        return {one.id: self.verdict for one in messages}


def test_the_last_check_withdraws_before_the_attempt(ground: Ground, make_message: MakeMessage, gateway: Gateway) -> None:
    message = make_message("sms")
    send_due(ground, NOON, Check(Verdict(release="OPTED_OUT")), sms(gateway))
    found = now_of(ground, message)
    assert (found.state, found.reason, found.done_at) == ("refused", "OPTED_OUT", NOON)
    assert gateway.requests == []


def test_the_last_check_puts_off_without_counting_an_attempt(ground: Ground, make_message: MakeMessage, clock: FixedClock) -> None:
    message, until = make_message(), NOON + timedelta(hours=9)
    send_due(ground, NOON, Check(Verdict(until=until)))
    assert (now_of(ground, message).state, now_of(ground, message).due_at, now_of(ground, message).attempts) == ("waiting", until, 0)
    again = Check(Verdict())
    send_due(ground, clock.at(until), again)
    assert (now_of(ground, message).state, again.asked) == ("accepted", 1)


@pytest.mark.parametrize("switch", ["file", "*"])
def test_nothing_leaves_by_a_channel_that_is_switched_off(ground: Ground, make_message: MakeMessage, switch: str) -> None:
    message = make_message()
    with ground.writing() as session:
        session.add(ChannelSwitch(channel=switch, on=False, changed_at=NOON))
    send_due(ground, NOON)
    assert (now_of(ground, message).state, now_of(ground, message).attempts) == ("waiting", 0)
    assert not list((ground.settings.data_dir).glob("outbox/*"))


def test_a_channel_that_is_down_is_left_alone_after_three_tries(ground: Ground, make_message: MakeMessage, tmp_path: Path) -> None:
    messages = [make_message("file") for _ in range(5)]
    (tmp_path / "blocked").write_text("no folder")
    blocked = FileChannel(tmp_path / "blocked")
    blocked.together = 1
    send_due(ground, NOON, channels={"file": blocked})
    attempts = sorted(now_of(ground, message).attempts for message in messages)
    assert attempts == [0, 0, 1, 1, 1]
    assert {now_of(ground, message).state for message in messages} == {"waiting"}


def test_two_senders_at_once_send_each_message_once(ground: Ground, make_message: MakeMessage, gateway: Gateway) -> None:
    messages = [make_message("sms") for _ in range(12)]
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(send_due(ground, NOON, channels=sms(gateway), limit=8))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send_due(ground, NOON, channels=sms(gateway))
    assert sorted(key for key, _body in gateway.requests) == sorted(str(message.id) for message in messages)


def test_a_lease_that_ran_out_is_taken_over_and_the_late_mark_of_its_old_holder_changes_nothing(
    ground: Ground, make_message: MakeMessage, gateway: Gateway, mailbox: Mailbox, clock: FixedClock
) -> None:
    texted, mailed = make_message("sms"), make_message("email")
    with ground.writing() as session:
        queue.claim(session, NOON, NOON + timedelta(minutes=10), "sms", 10)
        queue.claim(session, NOON, NOON + timedelta(minutes=10), "email", 10)
    clock.forward(timedelta(minutes=10))
    send_due(ground, clock.now(), channels={**sms(gateway), **email(mailbox)})
    assert (now_of(ground, texted).state, now_of(ground, texted).attempts) == ("accepted", 2)
    assert (now_of(ground, mailed).state, mailbox.mails) == ("unknown", [])
    with ground.writing() as session:
        assert queue.mark(session, [queue.Mark(texted.id, 1, {"state": "refused"})]) == []


def test_a_reference_given_twice_stops_nothing(ground: Ground, make_message: MakeMessage) -> None:
    first, second = make_message(), make_message()
    with ground.writing() as session:
        queue.claim(session, NOON, NOON, "file", 10)
        values = {"state": "accepted", "provider_ref": "7"}
        assert queue.mark(session, [queue.Mark(first.id, 1, values), queue.Mark(second.id, 1, values)]) == [first.id, second.id]
    assert (now_of(ground, first).provider_ref, now_of(ground, second).provider_ref) == ("7", None)


def test_what_was_handed_over_is_counted_in_the_funnel_but_reminders_are_not(
    ground: Ground, sample: Sample, make_message: MakeMessage
) -> None:
    for template in ("invite", "invite", "reminder"):
        make_message(template=template)
    send_due(ground, NOON)
    with ground.reading() as session:
        (row,) = session.scalars(select(FunnelDay)).all()
    assert (row.unit_id, row.touchpoint, row.channel, row.step, row.n) == (sample.units["O1"], "LOAN", "file", "delivered", 2)
