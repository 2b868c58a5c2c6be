"""SQL of old answers that are taken in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.crypto import Keys
from portal.foundation.db import ids_in, insert_rows
from questionnaires.answering import private
from questionnaires.answering.models import Response, Score
from questionnaires.interchange.responses_reading import OldResponse

SOURCE = "imported"
BLANK: dict[str, Any] = {"page": 0, "revision": 0, "flags": [], "test": False, "purpose": "customer", "source": SOURCE}


def there(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these responses were taken in before."""
    return set(session.scalars(select(col(Response.id)).where(ids_in(Response.id, ids))))


def add(
    session: Session,
    responses: Sequence[OldResponse],
    version: tuple[UUID, private.Codes],
    units: dict[str, UUID],
    keys: Keys,
    now: datetime,
) -> None:
    """Write responses with their scores, to be counted; no case is opened for what is long past.

    version  its id, and what of its answers is sealed
    """
    version_id, codes = version
    insert_rows(session, Response, [_row(one, version_id, units, now) | private.columns(codes, one.answers, keys) for one in responses])
    scores = [{"response_id": one.id, "indicator": name, "value": value} for one in responses for name, value in one.scores.items()]
    if scores:
        insert_rows(session, Score, scores)


def _row(one: OldResponse, version_id: UUID, units: dict[str, UUID], now: datetime) -> dict[str, Any]:
    facts = one.facts
    return BLANK | {
        "id": one.id,
        "version_id": version_id,
        "unit_id": units.get(one.unit),
        "touchpoint": facts.get("touchpoint", ""),
        "channel": facts.get("channel", ""),
        "language": facts.get("language"),
        "segment": facts.get("segment"),
        "staff": facts.get("staff"),
        "product": facts.get("product"),
        "started_at": one.submitted_at - timedelta(seconds=1),
        "submitted_at": one.submitted_at,
        "followed_up_at": now,
    }
