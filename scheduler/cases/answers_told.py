"""What other programs are told of a submitted answer: ids, codes and figures, no words of the customer's."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.answering.models import Response
from scheduler.cases.rules.alerts import Scored
from scheduler.cases.store import answers as store


def payloads(session: Session, responses: Sequence[Response], scores: Mapping[UUID, Sequence[Scored]]) -> list[dict[str, Any]]:
    """One object an answer; `customer` is the bank's own reference, absent where the answer is anonymous."""
    refs = store.customer_refs(session, [one.customer_id for one in responses if one.customer_id is not None])
    return [
        {
            "response": str(one.id),
            "version": str(one.version_id),
            "touchpoint": one.touchpoint,
            "unit": str(one.unit_id) if one.unit_id else None,
            "channel": one.channel,
            "source": one.source,
            "language": one.language,
            "customer": refs.get(one.customer_id) if one.customer_id else None,
            "submitted_at": one.submitted_at.isoformat() if one.submitted_at else None,
            "scores": {score.indicator: score.value for score in scores.get(one.id, ())},
        }
        for one in responses
    ]
