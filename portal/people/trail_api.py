"""The audit trail for programs: a bank's own log store reads it page by page."""

from datetime import datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from portal.audit import store
from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import InvalidInput
from portal.foundation.limits import per_key
from portal.people import access
from portal.people.trail_views import before, cursor_of

blueprint = Blueprint("audit_api", __name__, url_prefix="/api/v1")
PAGE = 500


class EntryOut(BaseModel):
    """Who did what: ids only."""

    id: str
    at: datetime
    actor_kind: str
    actor_id: str
    act: str
    object_kind: str
    object_id: str | None
    facts: dict[str, Any]


class EntriesOut(BaseModel):
    """A page of the trail, the newest first, and where the next one begins."""

    entries: list[EntryOut]
    next_cursor: str | None


@blueprint.get("/audit")
@described(
    "A page of the audit trail, the newest first.",
    answers={200: EntriesOut},
    query={
        "act": "an act, or the beginning of one such as `user.`",
        "since": "ISO time with zone: then or later",
        "seen": "1: only what showed personal data in the clear",
        "cursor": "`next_cursor` of the page before",
    },
    problems=(422,),
)
@per_key
@access.api("audit.read")
def entries() -> ResponseReturnValue:
    """A page of the trail."""
    wanted = store.matching(act=request.args.get("act", "")[:60], since=_since(), seen=request.args.get("seen") == "1")
    with web.reading() as session:
        found = store.entries_of_page(session, wanted, before(), PAGE + 1)
        shown = [EntryOut(id=str(one.id), **one.model_dump(exclude={"id"})) for one in found[:PAGE]]
    return EntriesOut(entries=shown, next_cursor=cursor_of(found[PAGE - 1]) if len(found) > PAGE else None).model_dump(mode="json")


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
