"""The question bank on both databases: revisions, search in Chinese and English, retiring; and its pages."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import Role
from questionnaires.bank import bank, store
from questionnaires.bank.bank import QuestionRetired, RevisionChanged
from questionnaires.bank.store import Filters
from questionnaires.logic.check import check
from questionnaires.logic.definition import Definition, Question
from tests.bank import Sample
from tests.conftest import NOON

ACTOR = Actor.system("test")


def waiting(english: str = "How long did you wait?") -> Question:
    """A question."""
    return Question.model_validate({"code": "wait", "type": "short_text", "text": {"zh-Hans": "您这次等了多久？", "en": english}})


@pytest.fixture
def shipped(sample: Sample) -> Sample:
    """The bank with what comes with the product."""
    with sample.ground.writing() as session:
        assert bank.load_shipped(session, ACTOR, NOON) >= 40
        assert bank.load_shipped(session, ACTOR, NOON) == 0
    return sample


def test_shipped_questions_are_found_in_chinese_and_english_within_words(shipped: Sample) -> None:
    with shipped.ground.reading() as session:
        for words, code in (
            ("等了多久", "waiting_time"),
            ("等 多久", "waiting_time"),
            ("LONG wait", "waiting_time"),
            ("催促", "felt_pressed"),
            ("15%", None),
        ):
            found = {one.row.code for one in bank.find(session, Filters(search=words))}
            assert (code in found) if code else not found, words
        assert {one.row.category for one in bank.find(session, Filters(category="loans"))} == {"loans"}
        assert all("queue" in one.row.tags for one in bank.find(session, Filters(tag="queue")))


def test_shipped_questions_pass_the_check_in_both_languages(shipped: Sample) -> None:
    both = {"zh-Hans": "x", "en": "x"}
    with shipped.ground.reading() as session:
        for one in bank.find(session, Filters()):
            page = {"id": "p1", "questions": [one.content.model_dump(mode="json")]}
            assert check(Definition.from_json({"title": both, "thank_you": both, "pages": [page]})) == [], one.row.code


def test_a_revision_is_added_and_the_old_one_stays(sample: Sample) -> None:
    with sample.ground.writing() as session:
        row = bank.add(session, waiting(), "outlet", ["queue"], ACTOR, NOON)
        bank.revise(session, row.id, waiting("For how long did you wait?"), 1, ["queue"], ACTOR, NOON)
        bank.revise(session, row.id, waiting("For how long did you wait?"), 2, ["queue"], ACTOR, NOON)
    with sample.ground.reading() as session:
        found, revisions = bank.show(session, row.id)
        assert [bank.content_of(one).text["en"] for one in revisions] == ["For how long did you wait?", "How long did you wait?"]
        assert store.newest(session, [found.id]) == {found.id: 2}
        taken = bank.take(session, row.id)
        assert taken.bank is not None
        assert taken.bank.revision == 2


def test_the_later_of_two_who_revise_is_told_and_a_retired_question_is_left_alone(sample: Sample) -> None:
    with sample.ground.writing() as session:
        row = bank.add(session, waiting(), "outlet", [], ACTOR, NOON)
        bank.revise(session, row.id, waiting("First"), 1, [], ACTOR, NOON)
        with pytest.raises(RevisionChanged):
            bank.revise(session, row.id, waiting("Second"), 1, [], ACTOR, NOON)
        with pytest.raises(InvalidInput):
            bank.add(session, waiting(), "outlet", [], ACTOR, NOON)
        bank.retire(session, row.id, ACTOR, NOON)
        with pytest.raises(QuestionRetired):
            bank.revise(session, row.id, waiting("Third"), 2, [], ACTOR, NOON)
        assert bank.find(session, Filters()) == []
        assert len(bank.find(session, Filters(retired=True))) == 1


def test_the_database_itself_keeps_revisions(sample: Sample) -> None:
    with sample.ground.writing() as session:
        bank.add(session, waiting(), "outlet", [], ACTOR, NOON)
    with pytest.raises(DatabaseError), sample.ground.writing() as session:
        session.execute(text("UPDATE bank_revision SET number = 9"))


@pytest.mark.sqlite_only
def test_a_designer_adds_and_revises_on_pages_and_bad_input_is_answered(sign_in: Callable[..., FlaskClient], sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    assert "The bank is empty" in designer.get("/portal/bank").text
    given = {"text": "Was it quick?", "code": "quick", "type": "single", "category": "outlet", "tags": "a, b，a"}
    assert designer.post("/portal/bank/new", data={**given, "code": "No!"}).status_code == 422
    answer = designer.post("/portal/bank/new", data=given)
    assert answer.status_code == 302
    assert designer.post("/portal/bank/new", data=given).status_code == 422
    edit = answer.location
    options = {"option-0-text-en": "Yes", "option-1-text-en": "No", "option-1-score": "x"}
    assert designer.post(edit, data={"revision": 1, "text-en": "Quick?", **options}).status_code == 422
    options["option-1-score"] = "2"
    assert designer.post(edit, data={"revision": 1, "text-en": "Quick?", **options}).status_code == 302
    late = designer.post(edit, data={"revision": 1, "text-en": "Late", **options})
    assert late.status_code == 409
    assert "Quick?" in late.text
    assert "Late" in late.text
    assert "Quick?" in designer.get("/portal/bank?search=QUICK").text
    assert sign_in(Role.CASE_HANDLER, "O1").get("/portal/bank").status_code == 403
