"""The words of messages: a bank writes its own, checked, versioned; messages that went out keep the words they had."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ground import Ground
from scheduler.delivery import texts
from scheduler.delivery.compose import preview
from scheduler.delivery.models import Message
from scheduler.delivery.sending import send_due
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.delivery.conftest import MakeMessage

KEY = ("invite", "sms", "zh-Hans")
WORDS = "【{bank}】{surname}您好，{what}办得顺利吗？{link} {number} 拒收请回复R"
ACTOR = Actor.system("test")


def reword(ground: Ground, body: str) -> int:
    with ground.writing() as session:
        return texts.reword(session, KEY, "", body, ACTOR, NOON)


def test_a_new_wording_is_a_new_version_and_the_same_words_again_are_not(ground: Ground, sample: Sample) -> None:
    assert [reword(ground, WORDS), reword(ground, f" {WORDS} "), reword(ground, WORDS.replace("您好", ""))] == [2, 2, 3]


def test_messages_go_out_with_the_words_in_force_and_keep_them(ground: Ground, make_message: MakeMessage) -> None:
    sent, waiting = make_message("file"), make_message("file", due_at=NOON + timedelta(hours=1))
    send_due(ground, NOON)
    with ground.writing() as session:
        texts.reword(session, ("invite", "file", "zh-Hans"), "", WORDS, ACTOR, NOON)
    send_due(ground, NOON + timedelta(hours=1))
    with ground.reading() as session:
        found = {one.id: one for one in session.scalars(select(Message))}
        assert (found[sent.id].template_version, found[waiting.id].template_version) == (1, 2)
        assert "诚邀您" in preview(ground, session, found[sent.id]).text
        assert "办得顺利吗" in preview(ground, session, found[waiting.id]).text


@pytest.mark.parametrize("body", ["", "您好 {link}", WORDS + " 金额100元", WORDS.replace("{link}", ""), WORDS + "x" * 2_000])
def test_words_that_may_not_be_sent_are_refused(ground: Ground, sample: Sample, body: str) -> None:
    with pytest.raises(InvalidInput):
        reword(ground, body)


def test_there_are_no_words_for_what_is_never_sent(ground: Ground) -> None:
    with ground.reading() as session, pytest.raises(NotFound):
        texts.find(session, ("invoice", "sms", "en"))


@pytest.mark.sqlite_only
def test_a_designer_rewords_on_the_page(sign_in: Callable[..., FlaskClient], ground: Ground) -> None:
    client = sign_in("designer")
    address = "/portal/message-texts/invite/sms/zh-Hans"
    assert "{surname}" in client.get(address).text
    refused = client.post(address, data={"body": "{phone}"})
    assert (refused.status_code, "{phone}" in refused.text) == (422, True)
    assert client.post(address, data={"body": WORDS}).status_code == 302
    assert "办得顺利吗" in client.get("/portal/message-texts").text
    assert client.get("/portal/message-texts/invite/pigeon/en").status_code == 404
    assert sign_in("analyst").get(address).status_code == 403
