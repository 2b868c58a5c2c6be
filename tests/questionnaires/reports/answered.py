"""Answers to one questionnaire, written straight into the tables and counted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.metrics.jobs import roll_up
from tests.bank import Sample
from tests.conftest import NOON

TEXT = {"zh-Hans": "问题", "en": "Question"}
DOCUMENT: dict[str, Any] = {
    "title": {"zh-Hans": "问卷", "en": "Survey"},
    "languages": ["zh-Hans", "en"],
    "pages": [
        {
            "id": "p1",
            "questions": [
                {"code": "score", "type": "nps", "text": {"zh-Hans": "推荐吗", "en": "Recommend?"}, "indicator": "nps"},
                {
                    "code": "why",
                    "type": "single",
                    "text": {"zh-Hans": "原因", "en": "Reason"},
                    "options": [
                        {"code": "queue", "text": {"zh-Hans": "排队", "en": "Queue"}},
                        {"code": "staff", "text": {"zh-Hans": "态度", "en": "Staff"}},
                    ],
                },
                {"code": "words", "type": "long_text", "text": {"zh-Hans": "想说的", "en": "Words"}},
                {"code": "mail", "type": "email", "text": {"zh-Hans": "邮箱", "en": "Mail"}},
            ],
        }
    ],
}
CUTS: dict[str, Any] = {"touchpoint": "counter", "stage": "", "channel": "sms", "purpose": "customer", "source": "invited"}
CUTS |= {"page": 0, "revision": 0, "flags": [], "test": False, "person_id": None, "customer_id": None}


def publish(ground: Ground) -> tuple[UUID, UUID]:
    """A published questionnaire; its id and its version's."""
    questionnaire, version = new_id(), new_id()
    times = {"created_at": NOON, "updated_at": NOON}
    with ground.writing() as session:
        titles = {"title_zh": "问卷", "title_en": "Survey"}
        row = {"id": questionnaire, "code": "Q", "draft": DOCUMENT, "status": "published", "current_version_id": version, **titles, **times}
        insert_rows(session, Questionnaire, [row])
        made = {"id": version, "questionnaire_id": questionnaire, "number": 1, "definition": DOCUMENT, "content_hash": "0" * 64}
        insert_rows(session, QuestionnaireVersion, [made | {"published_at": NOON}])
    return questionnaire, version


def answer(
    ground: Ground, sample: Sample, version: UUID, unit: str, answers: list[dict[str, Any]], at: datetime | None = None, **cuts: Any
) -> None:
    """One response for each dict of answers, an hour ago or at a moment; counted at once."""
    at = at or NOON - timedelta(hours=1)
    row = CUTS | {"version_id": version, "unit_id": sample.units[unit], "started_at": at, "submitted_at": at} | cuts
    ids = [new_id() for _ in answers]
    scores = [
        {"response_id": key, "indicator": "nps", "value": float(one["score"])}
        for key, one in zip(ids, answers, strict=True)
        if "score" in one
    ]
    with ground.writing() as session:
        insert_rows(session, Response, [row | {"id": key, "answers": one} for key, one in zip(ids, answers, strict=True)])
        insert_rows(session, Score, scores)
    roll_up(ground, ground.now())
