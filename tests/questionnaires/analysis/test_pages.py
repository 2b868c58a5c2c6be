"""Pages of words, dictionary, taxonomy, feedback and analyses: what they show, to whom, and what they refuse."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from questionnaires.analysis import feedback
from questionnaires.analysis.feedback import FeedbackRecord
from questionnaires.analysis.reading_words import read_words
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.reports.answered import answer, publish

pytestmark = pytest.mark.sqlite_only


def tell(ground: Ground, unit: str, words: str, n: int = 12) -> None:
    """The same words from many people about a unit, read."""
    made = {"channel": f"store_{unit.lower()}", "said_at": NOON - timedelta(days=1), "words": words, "unit": unit}
    with ground.writing() as session:
        records = [FeedbackRecord.model_validate(made | {"ref": str(number)}) for number in range(n)]
        assert feedback.take(session, records, range(n), "api", ground.now()).taken == n
    read_words(ground, ground.now())


def test_topics_and_verbatims_are_those_of_ones_own_units(ground: Ground, sign_in: Callable[..., FlaskClient]) -> None:
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    tell(ground, "O1", "The queue was long. My name is John Doe, 13800138000")
    tell(ground, "O2", "The app crashes all the time")
    page = manager.get("/portal/topics?period=7").text
    assert "Waiting" in page
    assert "Crashes" not in page
    words = manager.get("/portal/verbatims?period=7&topic=waiting").text
    assert "The queue was long" in words
    assert "13800138000" not in words
    assert "John Doe" not in words
    assert "crashes" not in manager.get("/portal/verbatims").text
    assert manager.get("/portal/verbatims?unit=O2").status_code == 404
    assert "crashes" not in manager.get("/portal/feedback").text
    assert manager.get("/portal/verbatims?cursor=nonsense&period=x&mood=?").status_code == 200
    for address in ("/portal/topics/dictionary", "/portal/analysis/drivers", "/portal/feedback/import", "/portal/taxonomy/new"):
        assert manager.get(address).status_code == 403, address


def test_few_texts_are_not_shown(ground: Ground, sign_in: Callable[..., FlaskClient]) -> None:
    analyst = sign_in(Role.ANALYST)
    tell(ground, "O1", "The queue was long", 9)
    for address in ("/portal/topics", "/portal/verbatims"):
        page = analyst.get(address).text
        assert "Too few texts" in page
        assert "queue was long" not in page


def test_a_topic_is_tried_then_saved_as_a_version(ground: Ground, sign_in: Callable[..., FlaskClient]) -> None:
    analyst = sign_in(Role.ANALYST)
    tell(ground, "O1", "My umbrella was stolen in the lobby")
    form = {"was": "", "number": "0", "code": "umbrella", "name_zh": "雨伞", "name_en": "Umbrellas", "words": "umbrella*", "unless": ""}
    tried = analyst.post("/portal/topics/dictionary/save", data=form | {"act": "try"}).text
    assert "What it would find" in tried
    assert "My umbrella was stolen" in tried
    wrong = analyst.post("/portal/topics/dictionary/save", data=form | {"code": "Not a code!", "words": ""})
    assert wrong.status_code == 422
    assert "雨伞" in wrong.text
    assert analyst.post("/portal/topics/dictionary/save", data=form | {"act": "save"}).status_code == 302
    assert analyst.post("/portal/topics/dictionary/save", data=form | {"act": "save", "code": "other"}).status_code == 409
    assert analyst.get("/portal/topics/dictionary/umbrella").status_code == 200
    assert (
        analyst.post("/portal/topics/dictionary/save", data=form | {"was": "umbrella", "number": "1", "act": "remove"}).status_code == 302
    )
    assert analyst.get("/portal/topics/dictionary/umbrella").status_code == 404
    assert analyst.get("/portal/topics/dictionary").text.count("umbrella") == 0


def test_the_taxonomy_is_edited_merged_split_and_reviewed(ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    analyst = sign_in(Role.ANALYST)
    tell(ground, "O1", "The queue was long")
    save, number = "/portal/taxonomy/save", iter(range(9))
    node = {"was": "", "code": "outlet.rain", "parent": "outlet", "name_zh": "下雨", "name_en": "Rain"}
    assert analyst.post(save, data=node | {"number": next(number)}).status_code == 302
    assert analyst.post(save, data=node | {"number": 0}).status_code == 422
    again = analyst.post(save, data=node | {"was": "outlet.rain", "number": 1, "name_en": ""})
    assert again.status_code == 422
    split = {"was": "outlet.waiting", "act": "split", "parts": "outlet.in|厅内|Inside\noutlet.out|厅外|Outside"}
    assert analyst.post(save, data=split | {"number": 1, "parts": "one"}).status_code == 422
    assert analyst.post(save, data=split | {"number": 1}).status_code == 302
    assert analyst.post(save, data={"was": "outlet.rain", "act": "merge", "into": "outlet.rain", "number": 2}).status_code == 422
    assert analyst.post(save, data={"was": "outlet.rain", "act": "merge", "into": "outlet.place", "number": 2}).status_code == 302
    assert analyst.post(save, data={"was": "app.find", "act": "retire", "number": 3}).status_code == 302
    page = analyst.get("/portal/taxonomy").text
    assert "part of Premises" in page
    assert "Inside" in page
    review = analyst.get("/portal/taxonomy/review").text
    assert "2026-Q2" in review
    assert "Waiting" in review
    plan = {"act": "plan", "owner": str(sample.user(Role.ANALYST)), "due_on": "2026-06-30"}
    assert analyst.post("/portal/taxonomy/review", data=plan | {"due_on": "2020-01-01"}).status_code == 422
    assert analyst.post("/portal/taxonomy/review", data=plan).status_code == 302
    assert analyst.post("/portal/taxonomy/review", data={"act": "done", "note": "", "next_due": "2026-09-30"}).status_code == 422
    assert analyst.post("/portal/taxonomy/review", data={"act": "done", "note": "All well", "next_due": "2026-09-30"}).status_code == 302
    assert "2026-Q3" in analyst.get("/portal/taxonomy/review").text


def test_a_feedback_file_is_previewed_then_taken(sign_in: Callable[..., FlaskClient]) -> None:
    analyst = sign_in(Role.ANALYST)
    text = "ref,channel,said_at,words,stars\n1,store,2026-06-01,good app,5\n2,store,tomorrow,x,\n"
    preview = analyst.post("/portal/feedback/import", data={"file": (io.BytesIO(text.encode()), "a.csv")})
    assert "Take 1 piece in" in preview.text
    address = preview.text.split('action="/portal/feedback/import/')[1].split('"')[0]
    assert analyst.post(f"/portal/feedback/import/{address}").status_code == 200
    assert "good app" in analyst.get("/portal/feedback").text
    assert analyst.post(f"/portal/feedback/import/{address}").status_code == 410
    assert analyst.post("/portal/feedback/import", data={"file": (io.BytesIO(b"\x89PNG\x00"), "a.csv")}).status_code == 422
    assert analyst.post("/portal/feedback/import").status_code == 422


def test_analyses_without_answers_say_what_is_missing(sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    del sample
    analyst = sign_in(Role.ANALYST)
    assert "Too few answers to judge" in analyst.get("/portal/analysis/drivers").text
    assert "No questionnaire is published yet" in analyst.get("/portal/analysis/cross?questionnaire=x&rows=a&columns=b").text
    assert 'name="mood"' in analyst.get("/portal/verbatims").text, "its own filters stand beside the common ones"
    assert "Two months are needed" in analyst.get("/portal/analysis/value?before=2020-01&after=x").text
    assert analyst.get("/portal/analysis/drivers?unit=nowhere").status_code == 404
    wrong = analyst.post("/portal/analysis/value", data={"month": "soon", "file": (io.BytesIO(b"customer\nA"), "a.csv")})
    assert wrong.status_code == 422


def test_cross_tables_lead_from_the_questionnaire_to_a_table(ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 9, "why": "staff"}] * 30, at=NOON - timedelta(days=40))
    analyst = sign_in(Role.ANALYST)
    page = "/portal/analysis/cross"
    assert f"{page}?questionnaire={questionnaire}" in analyst.get(page).text
    chosen = analyst.get(f"{page}?questionnaire={questionnaire}").text
    assert 'name="rows"' in chosen
    assert "rows=score&amp;columns=touchpoint" in chosen
    table = analyst.get(f"{page}?questionnaire={questionnaire}&rows=why&columns=touchpoint").text
    assert "Counts, and shares of each row" in table
    assert '<details class="filters-fold"><summary>' in table
    assert "Reason · Touchpoint" in table, "the fold of a phone says what is chosen"
