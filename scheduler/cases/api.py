"""Cases for other systems of the bank: read only, without the customer's data."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.people import access
from scheduler.cases import listing
from scheduler.cases.store import units as unit_store
from scheduler.cases.store.listing import VIEWS, Filter

blueprint = Blueprint("cases_api", __name__, url_prefix="/api/v1")
web.csrf.exempt(blueprint)
MOST = 200


@blueprint.get("/cases")
@access.api("cases.read")
def cases() -> ResponseReturnValue:
    """A page of cases: `view` open (default), overdue, resolved, closed or all; `limit` up to 200; `cursor` from the page before."""
    view, limit = request.args.get("view", "open"), request.args.get("limit", type=int) or 50
    with web.reading() as session:
        wanted = Filter(access.scope("cases.read"), web.now(), view if view in VIEWS and view != "mine" else "open")
        page = listing.read_page(session, wanted, request.args.get("cursor"), max(1, min(limit, MOST)))
        codes = unit_store.codes(session, {line.case.unit_id for line in page.lines})
    return {"cases": [_case(line, codes) for line in page.lines], "next_cursor": page.next_cursor}


def _case(line: listing.Line, codes: dict[Any, str]) -> dict[str, Any]:
    case = line.case
    return {
        "number": case.number, "kind": case.kind, "state": case.state, "unit": codes.get(case.unit_id), "touchpoint": case.touchpoint,
        "indicator": case.indicator, "score": case.score, "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None, "urgency": line.urgency,
        "resolved_at": case.resolved_at.isoformat() if case.resolved_at else None, "root_cause": case.root_cause,
    }
