"""An erased customer's free words, addresses and files go; scores, choices and ids stay, so that figures do not change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.crypto import Keys
from questionnaires.answering import private, uploads_store
from questionnaires.answering import response_store as store
from questionnaires.answering.models import Response
from questionnaires.logic.definition import OTHER_SUFFIX, TEXTS, UPLOADS, Definition, QuestionType

PERSONAL = TEXTS | UPLOADS | {QuestionType.EMAIL, QuestionType.PHONE, QuestionType.HIDDEN}


def erase(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    """Take written words, addresses and files out of the customers' answers; returns how many responses changed."""
    changed = _empty(session, store.of_customers(session, customer_ids))
    uploads_store.remove(session, uploads_store.of_customers(session, customer_ids))
    return changed


def expire(session: Session, done: str, before: datetime, limit: int) -> tuple[int, str]:
    """Do the same to answers that were kept long enough, from where the last step ended; scores stay."""
    responses = store.submitted_before(session, done, before, limit)
    _empty(session, responses)
    uploads_store.remove(session, uploads_store.of_responses(session, [one.id for one in responses]))
    return len(responses), store.place_of(responses[-1]) if responses else done


def _empty(session: Session, responses: Sequence[Response]) -> int:
    documents = store.documents(session, {response.version_id for response in responses})
    words = {version_id: _written(Definition.from_json(raw)) for version_id, raw in documents.items()}
    changed = 0
    for response in responses:
        kept = {
            name: answer
            for name, answer in response.answers.items()
            if answer != private.MARK and not _is_written(name, words[response.version_id])
        }
        if kept != response.answers or response.call_enc is not None or response.private_enc is not None:
            response.answers, response.call_enc, response.private_enc = kept, None, None
            response.revision += 1  # a form that was on its way, and the job that seals, must not bring it back
            changed += 1
    return changed


def copy_of(session: Session, keys: Keys, customer_id: UUID) -> list[dict[str, Any]]:
    """What the customer answered, for their copy."""
    return [
        {
            "submitted_at": response.submitted_at,
            "touchpoint": response.touchpoint,
            "answers": private.opened(response.answers, response.private_enc, keys),
        }
        for response in store.of_customers(session, [customer_id])
    ]


def _written(definition: Definition) -> frozenset[str]:
    return frozenset(question.code for question in definition.questions() if question.type in PERSONAL)


def _is_written(name: str, written: frozenset[str]) -> bool:
    return name in written or name.endswith(OTHER_SUFFIX)
