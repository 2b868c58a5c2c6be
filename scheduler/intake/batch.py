"""A request's body as a batch of events: one object, an array, or a line each; refused one by one, or as a whole."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field
from pydantic_core import from_json
from sqlmodel import Session

from portal.foundation.errors import InvalidInput, MalformedBody, TooLarge, WrongMediaType
from scheduler.intake.dead import Refused, keep
from scheduler.intake.events import EventIn, Problem, parse_event, parse_event_text
from scheduler.intake.receive import CONFLICT, Desk, receive

MAX_EVENTS = 10_000
JSON = "application/json"
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")


class Unfit(Problem):
    """A problem with the object that has it, which is kept so that it may be tried again."""

    raw: dict[str, Any]


Batch = Sequence[EventIn | Problem]


class Rejected(BaseModel):
    """An event that was not taken: its place in the body, counted from 0, and why; never what it said."""

    index: int
    status: int = Field(description="409 for an event_id that came before with another body, else 422")
    code: str
    field: str | None = None


class EventReceipt(BaseModel):
    """What became of a batch: `received` + `duplicates` + the rejected are all there were."""

    received: int
    duplicates: int
    rejected: list[Rejected]


def read_batch(media_type: str, body: bytes) -> Batch:
    """Parse a body.

    Raises  WrongMediaType; MalformedBody for JSON that is none; TooLarge above 10,000 events; InvalidInput for none at all
    """
    if media_type in LINES:
        batch: Batch = _lines(body)
    elif media_type == JSON:
        batch = _document(body)
    else:
        raise WrongMediaType(accepted=", ".join((JSON, *LINES[:1])))
    if not batch:
        raise InvalidInput({"body": "empty"})
    return batch


def _lines(body: bytes) -> Batch:
    lines = [line for line in body.splitlines() if line.strip()]
    _check_number(lines)
    return [_with_raw(parse_event_text(line), line) for line in lines]


def _document(body: bytes) -> Batch:
    try:
        raw = from_json(body)
    except ValueError:
        raise MalformedBody from None
    if isinstance(raw, dict):
        return [_with_raw(parse_event(raw), raw)]
    if not isinstance(raw, list):
        raise InvalidInput({"body": "not_an_object"})
    _check_number(raw)
    return [_with_raw(parse_event(one), one) for one in raw]


def _with_raw(parsed: EventIn | Problem, source: object) -> EventIn | Problem:
    if isinstance(parsed, EventIn) or parsed.code in ("too_large", "malformed_json"):
        return parsed
    raw = from_json(source) if isinstance(source, bytes) else source
    return Unfit(code=parsed.code, field=parsed.field, raw=raw) if isinstance(raw, dict) else parsed


def _check_number(events: Sequence[object]) -> None:
    if len(events) > MAX_EVENTS:
        raise TooLarge(limit=MAX_EVENTS)


def receive_batch(session: Session, batch: Batch, desk: Desk) -> EventReceipt:
    """Take in what is good of a batch and list the rest by its place; what was refused is kept for a second try."""
    places = [place for place, one in enumerate(batch) if isinstance(one, EventIn)]
    parsed = [one for one in batch if isinstance(one, EventIn)]
    receipt = receive(session, parsed, desk)
    if desk.keys is not None:
        refused = [Refused(parsed[one.place], one.code, one.field) for one in receipt.rejected]
        refused += [Refused(one.raw, one.code, one.field) for one in batch if isinstance(one, Unfit)]
        keep(session, refused, desk.keys, desk.now)
    rejected = [
        Rejected(index=place, status=422, code=one.code, field=one.field) for place, one in enumerate(batch) if isinstance(one, Problem)
    ]
    rejected += [
        Rejected(index=places[one.place], status=409 if one.code == CONFLICT else 422, code=one.code, field=one.field)
        for one in receipt.rejected
    ]
    rejected.sort(key=lambda one: one.index)
    return EventReceipt(received=receipt.received, duplicates=receipt.duplicates, rejected=rejected)
