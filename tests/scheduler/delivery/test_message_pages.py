"""The pages of messages and channels: nothing that names a customer or lets staff answer for one; dead letters sent again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import col, select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from scheduler.delivery.models import Message
from scheduler.delivery.sending import send_due
from tests.conftest import NOON
from tests.scheduler.delivery.conftest import MakeMessage

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


def kill(ground: Ground, message: Message, state: str = "refused", reason: str | None = "message_refused") -> None:
    with ground.writing() as session:
        session.execute(update(Message).where(col(Message.id) == message.id).values(state=state, reason=reason, done_at=NOON))


def state_of(ground: Ground, message: Message) -> str:
    with ground.reading() as session:
        return session.exec(select(Message).where(col(Message.id) == message.id)).one().state


def test_messages_are_listed_and_shown_without_name_address_or_link(ground: Ground, sign_in: SignIn, make_message: MakeMessage) -> None:
    message = make_message("sms", language="en")
    client = sign_in("administrator")
    assert f"/portal/messages/{message.id}" in client.get("/portal/messages").text
    page = client.get(f"/portal/messages/{message.id}").text
    assert "how was loan approval on 15 June?" in page
    token, _ = ground.keys.link_token(message.invitation_id or message.id)
    for secret in ("13800138000", "小明", token):
        assert secret not in page
    assert "138 **** **00" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("state=waiting", 1), ("state=dead", 1), ("state=withdrawn", 1), ("channel=sms", 1), ("template=rerate", 0), ("cursor=x", 3)],
)
def test_the_list_is_narrowed(ground: Ground, sign_in: SignIn, make_message: MakeMessage, query: str, count: int) -> None:
    make_message("sms")
    kill(ground, make_message())
    kill(ground, make_message(), reason="OPTED_OUT")
    assert sign_in("administrator").get(f"/portal/messages?{query}").text.count("/portal/messages/0") == count


def test_dead_letters_are_sent_again_but_what_was_withdrawn_is_not(ground: Ground, sign_in: SignIn, make_message: MakeMessage) -> None:
    dead, withdrawn, sent = make_message(), make_message(due_at=NOON + timedelta(days=1)), make_message()
    send_due(ground, NOON)
    kill(ground, dead)
    kill(ground, withdrawn, reason="OPTED_OUT")
    client = sign_in("administrator")
    client.post("/portal/messages/send-again", data={"id": [str(one.id) for one in (dead, withdrawn, sent)] + ["nonsense", "z" * 36]})
    assert [state_of(ground, one) for one in (dead, withdrawn, sent)] == ["waiting", "refused", "accepted"]
    with ground.reading() as session:
        (entry,) = session.exec(select(AuditEntry).where(col(AuditEntry.act) == "message.send_again"))
    assert entry.object_id == str(dead.id)


def test_a_branch_sees_the_messages_of_its_own_units_only(ground: Ground, sign_in: SignIn, make_message: MakeMessage) -> None:
    message = make_message()
    assert sign_in("analyst", "B1").get(f"/portal/messages/{message.id}").status_code == 200
    other = sign_in("analyst", "B2")
    assert other.get(f"/portal/messages/{message.id}").status_code == 404
    assert other.get("/portal/messages").text.count("/portal/messages/0") == 0


def test_a_channel_is_switched_off_and_on(ground: Ground, sign_in: SignIn, make_message: MakeMessage) -> None:
    message, client = make_message(), sign_in("administrator")
    client.post("/portal/messages/channels/file/off")
    client.post("/portal/messages/channels/*/off")
    send_due(ground, NOON)
    assert state_of(ground, message) == "waiting"
    assert "All asking is stopped" in client.get("/portal/messages/channels").text
    for channel in ("file", "*"):
        client.post(f"/portal/messages/channels/{channel}/on")
    send_due(ground, NOON + timedelta(minutes=5))
    assert state_of(ground, message) == "accepted"
    assert client.post("/portal/messages/channels/pigeon/off").status_code == 422


@pytest.mark.parametrize(("role", "reads", "writes"), [("analyst", 200, 403), ("auditor", 200, 403), ("case_handler", 403, 403)])
def test_only_those_who_may_do(ground: Ground, sign_in: SignIn, role: str, reads: int, writes: int) -> None:
    client = sign_in(role)
    assert client.get("/portal/messages").status_code == reads
    assert client.post("/portal/messages/send-again").status_code == writes
    assert client.post("/portal/messages/channels/file/off").status_code == writes
