"""Text messages of customers: a digit answers through the same door, R ends it all at once, the rest gets one help text."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlmodel import col

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people import api_keys
from portal.people.models import Customer, OptOut
from questionnaires.answering.models import Invitation, Response, Score
from questionnaires.library.models import QuestionnaireVersion
from scheduler.delivery import inbound
from scheduler.delivery.inbound import Arrived, Understood
from scheduler.delivery.models import Message
from scheduler.delivery.rules.inbound import Meaning, read
from scheduler.delivery.sending import send_due
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.scheduler.delivery.conftest import MakeMessage

PHONE = "+8613800138000"
NPS = {"code": "nps", "type": "nps", "text": {"zh-Hans": "推荐吗?", "en": "Recommend?"}, "required": True, "indicator": "nps"}
WHY = {"code": "why", "type": "long_text", "text": {"zh-Hans": "为什么?", "en": "Why?"}}


def definition(*questions: dict[str, object]) -> dict[str, object]:
    return {
        "languages": ["zh-Hans", "en"], "title": {"zh-Hans": "问卷", "en": "Q"}, "pages": [{"id": "p1", "questions": list(questions)}],
    }  # fmt: skip


@pytest.fixture
def family(ground: Ground, sample: Sample) -> list[Customer]:
    """Two customers of one telephone."""
    keys = ground.keys
    own = {"name_enc": keys.encrypt("王小明"), "phone_enc": keys.encrypt(PHONE), "phone_index": keys.blind_index("phone", PHONE)}
    return [sample.customer(ref, **own) for ref in ("C1", "C2")]


@pytest.fixture
def asked(ground: Ground, make_message: MakeMessage, family: list[Customer]) -> Message:
    """The second of them was asked one question by SMS."""
    message = make_message("sms", family[1])
    with ground.writing() as session:
        session.execute(update(Message).values(state="accepted", accepted_at=NOON, done_at=NOON, attempts=1))
    ask(ground, NPS, WHY)
    return message


def ask(ground: Ground, *questions: dict[str, object]) -> None:
    """Let the invitation ask these questions."""
    with ground.writing() as session:
        first = session.scalars(select(QuestionnaireVersion)).first()
        assert first is not None
        own = {"questionnaire_id": first.questionnaire_id, "number": 7 + len(questions), "content_hash": "1" * 64, "published_at": NOON}
        made = QuestionnaireVersion(definition=definition(*questions), **own)
        session.add(made)
        session.flush()
        session.execute(update(Invitation).values(version_id=made.id))


def text(ground: Ground, words: str, key: str = "m1", sender: str = "13800138000") -> Understood:
    return inbound.take(ground, Arrived(key, sender, words), ground.now())


@pytest.mark.parametrize(
    ("words", "meaning", "score"),
    [
        *[(one, Meaning.ANSWER, 10) for one in ("10", " 10 ", "10分", "１０", "10。", "“10”")],
        ("0", Meaning.ANSWER, 0),
        *[(one, Meaning.STOP, 0) for one in ("R", "r", "TD", "td ", "退订", "Ｒ", "退订。", "STOP")],
        *[(one, Meaning.OTHER, 0) for one in ("11", "-1", "010", "9 8", "很好", "", "10 TD", "R2D2", "5.5", "\x00", "¹")],
    ],
)
def test_what_a_text_means(words: str, meaning: Meaning, score: int) -> None:
    if words == "¹":  # NFKC makes it a digit, as it makes wide digits digits
        assert read(words) == (Meaning.ANSWER, 1)
        return
    assert read(words) == (meaning, score)


def test_a_digit_answers_the_last_question_asked_once(ground: Ground, asked: Message) -> None:
    assert text(ground, "9") == Understood("answer")
    assert text(ground, "9") == Understood("answer", repeated=True)
    assert text(ground, "3", "m2") == Understood("silent")
    with ground.reading() as session:
        (response,) = session.scalars(select(Response)).all()
        (score,) = session.scalars(select(Score)).all()
    assert (response.invitation_id, response.answers, response.channel, response.submitted_at) == (
        asked.invitation_id, {"nps": 9}, "sms", NOON,
    )  # fmt: skip
    assert score.value == 9


def test_r_ends_everything_for_who_was_asked_and_the_telephone_for_the_others(
    ground: Ground, asked: Message, family: list[Customer]
) -> None:
    assert text(ground, "退订") == Understood("stop")
    assert text(ground, "R", "m2") == Understood("stop")
    with ground.reading() as session:
        rows = {(row.customer_id, row.channel, row.source) for row in session.scalars(select(OptOut))}
        invitation = session.get(Invitation, asked.invitation_id)
    assert rows == {(family[1].id, "", "sms"), (family[0].id, "sms", "sms"), (family[0].id, "rcs", "sms")}
    assert invitation is not None
    assert invitation.declined_at == NOON
    assert text(ground, "why?", "m3") == Understood("silent")


def test_anything_else_gets_one_help_text_a_day(ground: Ground, asked: Message, clock: FixedClock) -> None:
    assert [text(ground, "hello", f"m{n}").kind for n in range(3)] == ["help", "silent", "silent"]
    assert text(ground, "hello", "m0") == Understood("help", repeated=True)
    clock.forward(timedelta(days=1))
    assert text(ground, "hello", "m9").kind == "help"
    send_due(ground, ground.now())
    with ground.reading() as session:
        sent = session.scalars(select(Message).where(col(Message.template) == "notice_help")).all()
    assert [(one.customer_id, one.channel) for one in sent] == [(asked.customer_id, "sms")] * 2


def test_a_digit_to_a_longer_form_answers_nothing(ground: Ground, asked: Message) -> None:
    ask(ground, NPS, {**WHY, "required": True}, {**WHY, "code": "more"})
    assert text(ground, "9").kind == "help"
    with ground.reading() as session:
        assert session.scalars(select(Response)).all() == []


def test_a_stranger_is_told_nothing_and_a_number_that_is_none_is_refused(ground: Ground, sample: Sample) -> None:
    assert text(ground, "9").kind == "silent"
    assert text(ground, "R", "m2").kind == "stop"
    with pytest.raises(InvalidInput) as error:
        text(ground, "9", "m3", "not a number")
    assert error.value.fields == {"from": "not_a_phone"}


@pytest.mark.sqlite_only
def test_the_gateway_hands_texts_in_with_a_key(ground: Ground, client: FlaskClient, asked: Message) -> None:
    with ground.writing() as session:
        _key, token = api_keys.make(session, "gateway", ["inbound.write"], ["inbound.write"], None, Actor.system("test"), NOON)
    post: Callable[..., object] = lambda **body: client.post(  # noqa: E731  # three lines shorter here
        "/api/v1/inbound/sms", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    good = {"id": "m1", "from": PHONE, "text": "10"}
    assert client.post("/api/v1/inbound/sms", json=good).status_code == 401
    assert post(**good).json == {"kind": "answer", "repeated": False}  # type: ignore[attr-defined]
    for wrong in ({"id": ""}, {"from": "x"}, {"text": 1}, {"more": 1}, {"text": "\x00"}):
        assert post(**{**good, "id": "m2", **wrong}).status_code == 422, wrong  # type: ignore[attr-defined]
