"""The words of messages: a bank writes its own, checked, versioned; messages that went out keep the words they had."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ground import Ground
from portal.people.approval import set_route
from portal.people.rules.roles import Role
from portal.people.signing_off import NotYourStep
from portal.people.users import create
from scheduler.delivery import texts
from scheduler.delivery.compose import preview
from scheduler.delivery.models import Message, MessageTemplate
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


def approve(sample: Sample, role: str = "approver") -> bool:
    """Let somebody say yes to the wording that waits."""
    user = sample.user(role)
    with sample.ground.writing() as session:
        row = session.scalars(select(MessageTemplate).where(MessageTemplate.state == "waiting")).one()
        return texts.approve(session, row.id, Actor("user", str(user)), NOON)


def test_a_new_wording_is_a_new_version_and_the_same_words_again_are_not(ground: Ground, sample: Sample) -> None:
    assert [reword(ground, WORDS), reword(ground, f" {WORDS} ")] == [2, 2]
    assert approve(sample)
    assert [reword(ground, WORDS), reword(ground, WORDS.replace("您好", ""))] == [2, 3]


def test_a_wording_goes_by_its_route_and_never_by_its_authors_yes(ground: Ground, sample: Sample) -> None:
    author, other, last = (sample.user(role) for role in ("approver", "designer", "executive"))
    with ground.writing() as session:
        set_route(session, "message", "", [[Role.APPROVER], [Role.EXECUTIVE]], ACTOR, NOON)
        texts.reword(session, KEY, "", WORDS, Actor("user", str(author)), NOON)
    for user, refusal in ((author, texts.TextSamePerson), (other, NotYourStep), (last, NotYourStep)):
        with ground.writing() as session:
            row_id = session.scalars(select(MessageTemplate)).one().id
            with pytest.raises(refusal):
                texts.approve(session, row_id, Actor("user", str(user)), NOON)
    with ground.writing() as session:
        row = session.scalars(select(MessageTemplate)).one()
        second = create(session, "second", "Second", "a long pass phrase", [(Role.APPROVER, sample.units["HO"])], NOON)
        session.flush()
        assert texts.approve(session, row.id, Actor("user", str(second.id)), NOON) is False
        assert texts.find(session, KEY).wording.version == 1
        assert texts.approve(session, row.id, Actor("user", str(last)), NOON) is True
        assert texts.find(session, KEY).wording.version == 2
        with pytest.raises(NotFound):
            texts.approve(session, row.id, Actor("user", str(second.id)), NOON)


def test_a_wording_that_is_given_back_or_replaced_is_never_sent(ground: Ground, sample: Sample) -> None:
    assert [reword(ground, WORDS), reword(ground, WORDS.replace("您好", ""))] == [2, 3]
    with ground.writing() as session:
        states = {row.version: row.state for row in session.scalars(select(MessageTemplate))}
        assert states == {2: "given_up", 3: "waiting"}
        row = session.scalars(select(MessageTemplate).where(MessageTemplate.version == 3)).one()
        texts.give_up(session, row.id, ACTOR, NOON)
        assert texts.find(session, KEY).wording.version == 1
    assert reword(ground, WORDS) == 4


def test_messages_go_out_with_the_words_in_force_and_keep_them(ground: Ground, sample: Sample, make_message: MakeMessage) -> None:
    sent, waiting = make_message("file"), make_message("file", due_at=NOON + timedelta(hours=1))
    send_due(ground, NOON)
    with ground.writing() as session:
        texts.reword(session, ("invite", "file", "zh-Hans"), "", WORDS, ACTOR, NOON)
    assert approve(sample)
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
    assert "办得顺利吗" not in client.get("/portal/message-texts").text
    waiting = f"{address}/waiting"
    assert client.post(f"{waiting}/approve").status_code == 403
    with ground.reading() as session:
        form = {"id": str(session.scalars(select(MessageTemplate)).one().id)}
    approver = sign_in("approver")
    assert "办得顺利吗" in approver.get(waiting).text
    assert approver.post(f"{waiting}/approve", data=form).status_code == 302
    assert "办得顺利吗" in client.get("/portal/message-texts").text
    assert [approver.get(waiting).status_code, approver.post(f"{waiting}/back", data=form).status_code] == [404, 404]
    assert client.get("/portal/message-texts/invite/pigeon/en").status_code == 404
    assert sign_in("analyst").get(address).status_code == 403
