"""Cases for other systems of the bank: read only, without the customer's data."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.limits import per_key
from portal.people import access
from scheduler.cases import listing
from scheduler.cases.store import units as unit_store
from scheduler.cases.store.listing import VIEWS, Filter

blueprint = Blueprint("cases_api", __name__, url_prefix="/api/v1")
web.csrf.exempt(blueprint)
MOST = 200


class CaseOut(BaseModel):
    """One case: what it is, whose it is, how it stands."""

    number: str
    kind: str
    state: str
    unit: str | None
    touchpoint: str
    indicator: str | None
    score: float | None
    opened_at: datetime
    due_at: datetime | None
    urgency: str
    resolved_at: datetime | None
    root_cause: str | None


class CasesOut(BaseModel):
    """A page of cases, and where the next one begins."""

    cases: list[CaseOut]
    next_cursor: str | None


@blueprint.get("/cases")
@described(
    "A page of cases; open ones by their limit, all others the newest first.",
    answers={200: CasesOut},
    query={
        "view": "open (default), overdue, resolved, closed or all",
        "limit": "how many, 50 where not said, 200 at most",
        "cursor": "`next_cursor` of the page before",
    },
)
@per_key
@access.api("cases.read")
def cases() -> ResponseReturnValue:
    """A page of cases."""
    view, limit = request.args.get("view", "open"), request.args.get("limit", type=int) or 50
    with web.reading() as session:
        wanted = Filter(access.scope("cases.read"), web.now(), view if view in VIEWS and view != "mine" else "open")
        page = listing.read_page(session, wanted, request.args.get("cursor"), max(1, min(limit, MOST)))
        codes = unit_store.codes(session, {line.case.unit_id for line in page.lines})
    body = CasesOut(cases=[_case(line, codes) for line in page.lines], next_cursor=page.next_cursor)
    return body.model_dump(mode="json")


def _case(line: listing.Line, codes: dict[UUID, str]) -> CaseOut:
    case = line.case
    return CaseOut(
        number=case.number,
        kind=case.kind,
        state=case.state,
        unit=codes.get(case.unit_id),
        touchpoint=case.touchpoint,
        indicator=case.indicator,
        score=case.score,
        opened_at=case.opened_at,
        due_at=case.due_at,
        urgency=line.urgency,
        resolved_at=case.resolved_at,
        root_cause=case.root_cause,
    )
