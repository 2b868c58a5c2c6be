"""Templates: at least twenty, in both languages, publishable, short first pages; the gallery makes a draft of one."""

from collections.abc import Callable

import brotli
import pytest
from flask.testing import FlaskClient

from portal.audit.trail import Actor
from portal.foundation.db import Database
from portal.people.rules.roles import Role
from questionnaires.bank import bank, contents, shipped
from questionnaires.bank.store import Filters
from questionnaires.library import library
from questionnaires.library.templates import Template, linked, template, templates
from questionnaires.logic.check import check
from questionnaires.logic.definition import EndingAction
from questionnaires.logic.question import BankSource
from tests.bank import Sample
from tests.conftest import NOON

ACTOR = Actor.system("test")
WANTED = {
    *("counter_visit", "smart_machine", "queueing", "loan_application", "mortgage", "card_application", "card_dispute", "wealth_purchase"),
    *("account_opening", "mobile_transfer", "mobile_login", "online_chat", "telephone_bank", "complaint_handling", "complaint_rerating"),
    *("relationship_nps", "private_banking", "corporate_client", "senior_service", "staff_survey", "officer_task"),
}
SMALL = 14 * 1024


def test_all_that_a_bank_needs_are_there() -> None:
    assert {one.code for one in templates()} >= WANTED
    assert {one.code for one in templates() if one.sample} == {
        *("counter_visit", "loan_application", "wealth_purchase", "account_opening", "mobile_transfer", "telephone_bank"),
        *("complaint_rerating", "relationship_nps"),
    }


@pytest.mark.parametrize("one", templates(), ids=lambda one: one.code)
def test_each_is_publishable_and_described_in_both_languages(one: Template) -> None:
    assert [(finding.code, finding.question) for finding in check(one.definition)] == []
    both = {"zh-Hans", "en"}
    for texts in (one.stage, one.purpose, one.definition.title, one.definition.thank_you, one.definition.privacy):
        assert {tag for tag, words in texts.items() if words} == both
    for question in one.definition.questions():
        assert contents.completeness(question) == {"zh-Hans": 100, "en": 100}, question.code
    assert all(set(ending.text) == both for ending in one.definition.endings)
    journeys = {row["code"] for row in shipped.categories() if row["axis"] == "journey"}
    assert one.journey in journeys
    assert one.indicators
    assert 1 <= one.minutes <= 4


def test_a_low_score_is_asked_why_and_thanked_in_its_own_words() -> None:
    for one in templates():
        if one.definition.kind != "internal" and one.code not in ("complaint_rerating",):
            assert one.definition.endings, one.code
        for ending in one.definition.endings:
            if ending.action is EndingAction.CALL:
                assert "may_call" in one.definition.by_code, one.code


def test_questions_that_are_the_banks_word_for_word_remember_it(db: Database) -> None:
    found = template("queueing")
    assert found is not None
    with db.writing() as session:
        assert all(question.bank is None for question in linked(session, found).questions())
        shipped.load(session, ACTOR, NOON)
        sources = {question.code: question.bank for question in linked(session, found).questions()}
        assert all(sources.values())
        row = bank.find(session, Filters(search="queue_told"))[0].row
        reworded = bank.take(session, row.id).model_copy(update={"bank": None, "text": {"en": "Told?", "zh-Hans": "告诉了吗？"}})
        bank.revise(session, row.id, reworded, 1, row.tags, ACTOR, NOON)
        assert linked(session, found).by_code["told"].bank == BankSource(question=row.id, revision=1)
        used = [one for one in templates() for _question in range(len(one.sources))]
        assert len(used) > 60


@pytest.mark.sqlite_only
def test_a_designer_finds_a_template_looks_at_its_real_page_and_makes_a_draft(sign_in: Callable[..., FlaskClient], sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    page = designer.get("/portal/questionnaires/templates?search=排队")
    assert "Waiting at the outlet" in page.text
    assert "Your mortgage" not in page.text
    assert designer.get("/portal/questionnaires/templates?journey=nowhere").status_code == 200
    assert "Use this template" in designer.get("/portal/questionnaires/templates/queueing").text
    assert designer.get("/portal/questionnaires/templates/nothing").status_code == 404
    for _time in range(2):
        assert designer.post("/portal/questionnaires/templates/queueing/use").status_code == 302
    with sample.ground.reading() as session:
        assert library.by_code(session, "queueing_2").draft["title"]["en"] == "Waiting at the outlet"
    assert "Use this template" not in sign_in(Role.APPROVER).get("/portal/questionnaires/templates/queueing").text
    assert sign_in(Role.APPROVER).post("/portal/questionnaires/templates/queueing/use").status_code == 403


@pytest.mark.sqlite_only
def test_the_first_page_of_every_template_is_small_in_both_languages(sign_in: Callable[..., FlaskClient]) -> None:
    designer = sign_in(Role.DESIGNER)
    for one in templates():
        for language in one.definition.languages:
            page = designer.get(f"/portal/questionnaires/templates/{one.code}/preview?lang={language}")
            assert page.status_code == 200, one.code
            assert len(brotli.compress(page.data, quality=5)) <= SMALL, one.code
            assert one.first_page.questions[0].text[language][:4] in page.text


@pytest.mark.sqlite_only
def test_a_preview_walks_on_and_ends_with_the_words_for_the_outcome(sign_in: Callable[..., FlaskClient]) -> None:
    designer = sign_in(Role.DESIGNER)
    address = "/portal/questionnaires/templates/outlet_poster/preview?lang=en"
    sent = designer.post(address, data={"csat": "1", "page": "0"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert sent.status_code == 200
    assert "find out why" in sent.text
    assert designer.post("/portal/questionnaires/templates/nothing/preview").status_code == 404
