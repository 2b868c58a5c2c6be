"""What bank questions gave is counted once a finished day, from responses that ended on it, on both databases."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.answering.models import Response
from questionnaires.bank import bank, usage, usage_store
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.logic.definition import Question
from questionnaires.metrics.bank_figures import count_bank_figures
from tests.conftest import NOON

ACTOR = Actor.system("test")
DAY = timedelta(days=1)


@pytest.fixture
def asked(ground: Ground) -> tuple[UUID, UUID, UUID]:
    """A version that asks two bank questions: a score, and on the second page why it is low. Gives version, score, reason."""
    with ground.writing() as session:
        texts = {"en": "How was it?", "zh-Hans": "怎么样？"}
        score = bank.add(session, Question.model_validate({"code": "score", "type": "csat", "text": texts}), "outlet", [], ACTOR, NOON)
        reason = bank.add(
            session, Question.model_validate({"code": "reason", "type": "long_text", "text": texts}), "outlet", [], ACTOR, NOON
        )
        low = {"show_if": {"field": "score", "op": "le", "value": 3}}
        pages = [
            {"id": "p1", "questions": [bank.take(session, score.id).model_dump(mode="json", exclude_defaults=True)]},
            {"id": "p2", "questions": [{**bank.take(session, reason.id).model_dump(mode="json", exclude_defaults=True), **low}]},
        ]
        definition = {"title": texts, "pages": pages}
        whole = Questionnaire(code="q", title_zh="", title_en="", draft=definition, created_at=NOON, updated_at=NOON)
        session.add(whole)
        session.flush()
        version = QuestionnaireVersion(questionnaire_id=whole.id, number=1, definition=definition, content_hash="x", published_at=NOON)
        session.add(version)
        usage.note_version(session, whole.id, 1, definition)
        session.flush()
    return version.id, score.id, reason.id


def response(
    version: UUID, answers: Mapping[str, Any], began: datetime, *, page: int = 1, sent: bool = True, test: bool = False
) -> dict[str, Any]:
    """One response as a row."""
    return {
        "id": new_id(), "version_id": version, "answers": dict(answers), "page": page, "started_at": began, "source": "self_chosen",
        "submitted_at": began + timedelta(minutes=2) if sent else None, "test": test,
    }  # fmt: skip


def figures(ground: Ground, question: UUID) -> tuple[int, int, int, int, float]:
    """Asked, answered, dropped, numbers, total of revision 1."""
    with ground.reading() as session:
        one = usage_store.figures(session, question)[1]
    return one.asked, one.answered, one.dropped, one.numbers, one.total


def test_a_finished_day_is_counted_once(ground: Ground, asked: tuple[UUID, UUID, UUID]) -> None:
    version, score, reason = asked
    yesterday = NOON - DAY
    with ground.writing() as session:
        insert_rows(session, Response, [
            response(version, {"score": 5}, yesterday),
            response(version, {"score": 2, "reason": "Slow"}, yesterday),
            response(version, {"score": 1}, yesterday),
            response(version, {"score": 4}, yesterday, test=True),
            response(version, {"score": 4}, NOON),
            response(version, {"score": 3}, yesterday - timedelta(days=14), sent=False),
            response(version, {}, yesterday - timedelta(days=14), page=0, sent=False),
            response(version, {}, yesterday, page=0, sent=False),
        ])  # fmt: skip
    assert count_bank_figures(ground, NOON) == 5
    assert figures(ground, score) == (5, 4, 1, 4, 11.0)
    assert figures(ground, reason) == (3, 1, 1, 0, 0.0)
    assert count_bank_figures(ground, NOON) == 0
    assert figures(ground, score) == (5, 4, 1, 4, 11.0)
    assert count_bank_figures(ground, NOON + DAY) == 1
    assert figures(ground, score) == (6, 5, 1, 5, 15.0)


def test_a_day_that_another_process_counted_meanwhile_is_left_alone(ground: Ground, asked: tuple[UUID, UUID, UUID]) -> None:
    version, score, _reason = asked
    with ground.writing() as session:
        insert_rows(session, Response, [response(version, {"score": 5}, NOON - DAY)])
        assert usage_store.begin_day(session, (NOON - DAY).date(), 1, NOON)
        assert not usage_store.begin_day(session, (NOON - DAY).date(), 1, NOON)
    assert count_bank_figures(ground, NOON) == 0
    with ground.reading() as session:
        assert usage_store.figures(session, score) == {}


def test_a_bank_without_answers_counts_nothing(ground: Ground) -> None:
    assert count_bank_figures(ground, NOON) == 0
