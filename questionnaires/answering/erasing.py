"""An erased customer's free words go; scores, choices and ids stay, so that figures do not change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.answering import response_store as store
from questionnaires.logic.definition import OTHER_SUFFIX, TEXTS, Definition


def erase(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    """Take the written words out of the customers' answers; returns how many responses changed."""
    responses = store.of_customers(session, customer_ids)
    documents = store.documents(session, {response.version_id for response in responses})
    words = {version_id: _written(Definition.from_json(raw)) for version_id, raw in documents.items()}
    changed = 0
    for response in responses:
        kept = {name: answer for name, answer in response.answers.items() if not _is_written(name, words[response.version_id])}
        if kept != response.answers:
            response.answers = kept
            changed += 1
    return changed


def export(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """What the customer answered, for their copy."""
    return [
        {"submitted_at": response.submitted_at, "touchpoint": response.touchpoint, "answers": response.answers}
        for response in store.of_customers(session, [customer_id])
    ]


def _written(definition: Definition) -> frozenset[str]:
    return frozenset(question.code for question in definition.questions() if question.type in TEXTS)


def _is_written(name: str, written: frozenset[str]) -> bool:
    return name in written or name.endswith(OTHER_SUFFIX)
