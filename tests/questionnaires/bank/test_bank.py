"""The question bank on both databases: revisions, sections, retiring, newer wordings, where questions are used."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.audit.trail import Actor
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ids import new_id
from questionnaires.bank import bank, store, usage
from questionnaires.bank.bank import Place, QuestionRetired, RevisionChanged
from questionnaires.bank.contents import Section
from questionnaires.bank.store import Filters
from questionnaires.logic.definition import BankSource, Question
from tests.conftest import NOON

ACTOR = Actor.system("test")


def waiting(english: str = "How long did you wait?", **more: Any) -> Question:
    """A question."""
    texts = {"zh-Hans": "您这次等了多久？", "en": english}
    return Question.model_validate({"code": "wait", "type": "short_text", "text": texts, **more})


def followed_up() -> Section:
    """A score with its follow-up, which reads and repeats the score."""
    return Section.model_validate({
        "title": {"en": "Score and reason"},
        "questions": [
            {"code": "nps", "type": "nps", "text": {"en": "Recommend?"}},
            {"code": "why", "type": "long_text", "text": {"en": "Why {{nps}}?"}, "show_if": {"field": "nps", "op": "le", "value": 6}},
            {"code": "say", "type": "multiple", "carry": {"question": "why"}, "show_if": {"field": "nps__other", "op": "present"}},
        ],
    })  # fmt: skip


def test_a_revision_is_added_and_the_old_one_stays(db: Database) -> None:
    with db.writing() as session:
        row = bank.add(session, waiting(), "outlet", ["queue"], ACTOR, NOON)
        bank.revise(session, row.id, waiting("For how long did you wait?"), 1, ["queue"], ACTOR, NOON)
        bank.revise(session, row.id, waiting("For how long did you wait?"), 2, ["queue"], ACTOR, NOON)
    with db.reading() as session:
        found, revisions = bank.show(session, row.id)
        assert [bank.content_of(one).text["en"] for one in revisions] == ["For how long did you wait?", "How long did you wait?"]
        assert [one.changes for one in revisions] == [["text"], []]
        assert store.newest(session, [found.id]) == {found.id: 2}
        taken = bank.take(session, row.id)
        assert taken.bank is not None
        assert taken.bank.revision == 2


def test_another_place_or_tag_is_filed_without_a_revision(db: Database) -> None:
    with db.writing() as session:
        row = bank.add(session, waiting(), "outlet", ["queue"], ACTOR, NOON)
        bank.revise(session, row.id, waiting(), 1, ["time"], ACTOR, NOON, Place("outlet", "queue", "speed"))
        assert (row.revision, row.dimension) == (1, "speed")
        assert [one.row.id for one in bank.find(session, Filters(tag="time", touchpoint="queue"))] == [row.id]
        assert bank.find(session, Filters(tag="queue")) == []
        acts = session.scalars(text("SELECT act FROM audit_entry ORDER BY id")).all()
        assert acts == ["bank_question.add", "bank_question.file"]


def test_the_later_of_two_who_revise_is_told_and_a_retired_question_is_left_alone(db: Database) -> None:
    with db.writing() as session:
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
        assert len(bank.find(session, Filters(state="retired"))) == 1
        bank.restore(session, row.id, ACTOR, NOON)
        assert len(bank.find(session, Filters())) == 1


def test_the_database_itself_keeps_revisions(db: Database) -> None:
    with db.writing() as session:
        bank.add(session, waiting(), "outlet", [], ACTOR, NOON)
    with pytest.raises(DatabaseError), db.writing() as session:
        session.execute(text("UPDATE bank_revision SET number = 9"))


def test_a_section_goes_in_whole_and_its_codes_follow_where_they_are_taken(db: Database) -> None:
    with db.writing() as session:
        row = bank.add(session, followed_up(), "overall", [], ACTOR, NOON, code="score_reason")
        assert row.kind == "section"
        with pytest.raises(InvalidInput):
            bank.take(session, row.id)
        assert [one.code for one in bank.take_section(session, row.id)] == ["nps", "why", "say"]
        score, why, say = bank.take_section(session, row.id, {"nps", "nps_2", "why"})
        assert (score.code, why.code, say.code) == ("nps_3", "why_2", "say")
        assert why.text["en"] == "Why {{nps_3}}?"
        assert why.show_if is not None
        assert why.show_if.field == "nps_3"  # type: ignore[union-attr]  # a single test
        assert say.show_if.field == "nps_3__other"  # type: ignore[union-attr]  # a single test
        assert say.carry is not None
        assert say.carry.question == "why_2"


def test_a_newer_revision_is_told_until_it_is_taken_or_kept(db: Database) -> None:
    questionnaire = new_id()
    with db.writing() as session:
        row = bank.add(session, waiting(), "outlet", [], ACTOR, NOON)
        source = BankSource(question=row.id, revision=1)
        assert bank.newer_revisions(session, [source]) == {}
        bank.revise(session, row.id, waiting("How many minutes did you wait?", required=True), 1, [], ACTOR, NOON)
        told = bank.newer_revisions(session, [source], questionnaire)[row.id]
        assert (told.taken, told.newest, told.changes, told.retired) == (1, 2, ("text", "required"), False)
        assert told.content.bank == BankSource(question=row.id, revision=2)
        bank.keep(session, questionnaire, row.id, 2, ACTOR, NOON)
        assert bank.newer_revisions(session, [source], questionnaire) == {}
        assert row.id in bank.newer_revisions(session, [source], new_id())
        bank.revise(session, row.id, waiting("Minutes?"), 2, [], ACTOR, NOON)
        assert bank.newer_revisions(session, [source], questionnaire)[row.id].newest == 3
        with pytest.raises(NotFound):
            bank.keep(session, questionnaire, row.id, 9, ACTOR, NOON)
        old = bank.question_of(session, row.id, 1)
        assert old is not None
        assert old.text["en"] == "How long did you wait?"
        assert bank.question_of(session, row.id, 9) is None


def _document(title: str, *taken: tuple[str, UUID, int]) -> dict[str, Any]:
    asked = [{"code": code, "bank": {"question": str(question), "revision": revision}} for code, question, revision in taken]
    return {"title": {"en": title}, "pages": [{"id": "p1", "questions": [*asked, {"code": "own"}]}]}


def test_a_question_knows_the_drafts_and_versions_that_ask_it(db: Database) -> None:
    visit, loan = new_id(), new_id()
    with db.writing() as session:
        row = bank.add(session, waiting(), "outlet", [], ACTOR, NOON)
        first, second = _document("Visit", ("w", row.id, 1)), _document("Visit 2", ("w", row.id, 2))
        usage.note_draft(session, visit, first)
        usage.note_version(session, visit, 1, first)
        usage.note_draft(session, visit, second, first)
        usage.note_draft(session, loan, _document("Loan", ("w", row.id, 1), ("w_2", row.id, 1)))
        found = {place.questionnaire_id: place for place in usage.places(session, row.id)}
        assert (found[visit].draft, found[visit].versions, found[visit].title) == (2, ((1, 1),), {"en": "Visit 2"})
        assert (found[loan].draft, found[loan].versions) == (1, ())
        assert bank.search(session, Filters()).rows[0].uses == 2
        usage.note_draft(session, loan, _document("Loan"), _document("Loan", ("w", row.id, 1)))
        assert [place.questionnaire_id for place in usage.places(session, row.id)] == [visit]


def test_who_wrote_what_is_in_the_trail(db: Database) -> None:
    with db.writing() as session:
        row = bank.add(session, waiting(), "outlet", [], ACTOR, NOON)
        bank.revise(session, row.id, waiting("Minutes?"), 1, [], ACTOR, NOON + timedelta(hours=1))
        bank.retire(session, row.id, ACTOR, NOON)
        bank.retire(session, row.id, ACTOR, NOON)
        entries = session.scalars(text("SELECT act FROM audit_entry ORDER BY id")).all()
        assert entries == ["bank_question.add", "bank_question.revise", "bank_question.retire"]
