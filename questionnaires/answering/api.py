"""Answers for programs."""

import base64
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit import trail
from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.limits import per_key
from portal.people import access, personal
from questionnaires.answering import private, response_store
from questionnaires.answering.models import Response
from questionnaires.library import store as library_store

blueprint = Blueprint("responses_api", __name__, url_prefix="/api/v1")
SCOPE, CONTACTS = "responses.read", "responses.contacts"
MOST = 500
SHOWN = (
    "touchpoint",
    "stage",
    "unit_id",
    "counter",
    "staff",
    "channel",
    "product",
    "segment",
    "purpose",
    "source",
    "language",
    "poster_code",
)


@blueprint.get("/questionnaires/<uuid:questionnaire_id>/responses")
@described(
    "Submitted answers of a questionnaire in the order of their submission, without test answers and without who gave them; numbers and "
    "addresses are masked.",
    query={"since": "ISO time with zone: submitted then or later", "cursor": "next_cursor of the page before", "limit": "1 to 500"},
    problems=(404, 422),
)
@per_key
@access.api(SCOPE)
def responses(questionnaire_id: UUID) -> ResponseReturnValue:
    """One page of answers."""
    since, after, limit = _since(), _cursor(), _limit()
    with web.reading() as session:
        rows = _rows(session, questionnaire_id, since, after, limit)
        scores = response_store.scores_of(session, [row.id for row in rows[:limit]])
        found = [_document(row, scores.get(row.id, {})) for row in rows[:limit]]
    return {"responses": found, "next_cursor": _next(rows, limit)}


@blueprint.get("/questionnaires/<uuid:questionnaire_id>/responses/contacts")
@described(
    "Telephone numbers, mail addresses and free words of submitted answers as they were given, where the answers are masked.",
    query={
        "why": "the reason: case, complaint, customer_asked, correction, fraud or inspection",
        "reference": "the number of the case or request",
        "since": "ISO time with zone: submitted then or later",
        "cursor": "next_cursor of the page before",
        "limit": "1 to 500",
    },
    problems=(404, 422),
)
@per_key
@access.api(CONTACTS)
def contacts(questionnaire_id: UUID) -> ResponseReturnValue:
    """One page of what is sealed; each page is an entry in the trail."""
    since, after, limit = _since(), _cursor(), _limit()
    facts = personal.reason(request.args.get("why", ""), request.args.get("reference", "").replace("\x00", ""))
    keys = web.ground().keys
    with web.writing() as session:
        rows = _rows(session, questionnaire_id, since, after, limit)
        sealed = [row for row in rows[:limit] if row.private_enc is not None]
        found = [{"id": str(row.id), "answers": private.sealed_answers(row.private_enc, keys)} for row in sealed]
        trail.record(session, access.actor(), "answers.reveal", "questionnaire", questionnaire_id, web.now(), facts | {"rows": len(found)})
    return {"contacts": found, "next_cursor": _next(rows, limit)}


def _rows(
    session: Session, questionnaire_id: UUID, since: datetime | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Response]:
    """The answers of a page, and one more where there is another page.

    Raises  NotFound
    """
    if library_store.by_id(session, questionnaire_id) is None:
        raise NotFound
    return response_store.submitted(session, questionnaire_id, since, after, limit + 1)


def _next(rows: list[Response], limit: int) -> str | None:
    return _cursor_of(rows[limit - 1]) if len(rows) > limit else None


def _document(row: Response, scores: dict[str, float]) -> dict[str, Any]:
    cuts = {name: str(value) if isinstance(value := getattr(row, name), UUID) else value for name in SHOWN}
    times = {name: value.isoformat() if (value := getattr(row, name)) else None for name in ("happened_at", "started_at", "submitted_at")}
    return {
        "id": str(row.id),
        "version_id": str(row.version_id),
        **cuts,
        **times,
        "answers": row.answers,
        "scores": scores,
        "flags": row.flags,
    }


def _since() -> datetime | None:
    text = request.args.get("since")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput({"since": "not_a_time"}) from None
    if found.tzinfo is None:
        raise InvalidInput({"since": "naive_time"})
    return found


def _limit() -> int:
    text = request.args.get("limit", "100")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST):
        raise InvalidInput({"limit": "out_of_range"})
    return int(text)


def _cursor() -> tuple[datetime, UUID] | None:
    text = request.args.get("cursor")
    if not text:
        return None
    try:
        at, _, key = base64.urlsafe_b64decode(text.encode() + b"==").decode().partition("|")
        return datetime.fromisoformat(at).astimezone(UTC), UUID(key)
    except ValueError:
        raise InvalidInput({"cursor": "unknown_cursor"}) from None


def _cursor_of(row: Response) -> str:
    assert row.submitted_at is not None
    return base64.urlsafe_b64encode(f"{row.submitted_at.isoformat()}|{row.id}".encode()).rstrip(b"=").decode()
