"""Writes the made-up answers of replay where a person's own would stand."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.db import insert_rows
from portal.foundation.ids import new_ids
from questionnaires.answering.models import Response, Score
from questionnaires.logic.definition import Definition, QuestionType
from questionnaires.logic.scoring import scores
from scheduler.contacts.answers import ResponsePlan, answer_to
from scheduler.contacts.store.replaying import definitions
from scheduler.contacts.writing import Batch

_COPIED = (
    "version_id", "person_id", "customer_id", "touchpoint", "stage", "unit_id", "account_unit_id", "counter", "staff", "channel", "product",
    "segment", "purpose", "source", "language", "happened_at", "started_at", "submitted_at", "test",
)  # fmt: skip


def write_answers(session: Session, batch: Batch, plan: ResponsePlan) -> None:
    """Write a response and its scores for every invitation of the batch that is answered."""
    if not batch.answered:
        return
    versions = definitions(session, {link["version_id"] for _, link in batch.answered})
    responses, points = [], []
    for (event_id, link), response_id in zip(batch.answered, new_ids(len(batch.answered)), strict=True):
        definition = versions[link["version_id"]]
        given = _answers(definition, plan, event_id)
        responses.append(_response(response_id, link, given))
        points += [{"response_id": response_id, "indicator": name, "value": value} for name, value in scores(definition, given).items()]
    insert_rows(session, Response, responses)
    insert_rows(session, Score, points)


def _answers(definition: Definition, plan: ResponsePlan, event_id: str) -> dict[str, Any]:
    answer = answer_to(plan, event_id)
    asked = next((one for one in definition.questions() if one.type is QuestionType.NPS), None)
    return {asked.code: answer.score} if asked is not None and answer is not None else {}


def _response(response_id: UUID, link: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    copied = {name: link[name] for name in _COPIED}
    return copied | {"id": response_id, "invitation_id": link["id"], "answers": given, "page": 0, "revision": 1, "flags": []}
