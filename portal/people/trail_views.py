"""The page of the audit trail. It stands here because the trail itself knows nobody who signs in."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit import store as trail_store
from portal.audit.models import AuditEntry
from portal.audit.store import Position
from portal.foundation import web
from portal.people import access, edge, sheets, store, user_store

blueprint = Blueprint("audit", __name__, url_prefix="/portal/audit")
READ = "audit.read"
EXPORT_MOST = 50_000
COLUMNS = ("id", "at", "actor_kind", "actor_id", "act", "object_kind", "object_id", "facts")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Who did what, the newest first."""
    with web.reading() as session:
        found, more = edge.page_of(trail_store.entries_of_page(session, _search(session), _before()), trail_store.PAGE)
        names = user_store.names(session, [key for entry in found if (key := edge.uuid_of(entry.actor_id))])
        acts = trail_store.acts(session)
        last = trail_store.last_seal(session)
    following = f"{found[-1].at.isoformat()}|{found[-1].id}" if more else None
    return web.render("portal/audit/index.html", entries=found, names=names, acts=acts, next=following, last=last, args=request.args)


def _search(session: Session) -> Any:
    args = request.args
    who = edge.asked("who", 64)
    user = store.user_by_login(session, who) if who else None
    until = edge.day_of(args.get("until"))
    since = edge.day_of(args.get("since"))
    return trail_store.matching(
        act=edge.asked("act", 60),
        actor_id=str(user.id) if user else who,
        object_id=edge.asked("object", 100),
        since=edge.start_of(since) if since else None,
        until=edge.start_of(until + timedelta(days=1)) if until else None,
    )


def _before() -> Position | None:
    at, _, key = request.args.get("cursor", "").partition("|")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(key)) if moment.tzinfo else None
    except ValueError:
        return None


@blueprint.get("/export.csv")
@access.allow(READ)
def export() -> ResponseReturnValue:
    """What the search finds, as a file."""
    with web.reading() as session:
        rows = [_cells(entry) for entry in trail_store.entries_of_page(session, _search(session), None, EXPORT_MOST)]
    text = sheets.dump(COLUMNS, rows)
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=audit.csv"})


def _cells(entry: AuditEntry) -> tuple[object, ...]:
    return tuple(getattr(entry, name) if name != "at" else entry.at.isoformat() for name in COLUMNS)
