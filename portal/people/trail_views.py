"""The page of the audit trail. It stands here because the trail itself knows nobody who signs in."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit import alarms, trail, words
from portal.audit import store as trail_store
from portal.audit.models import AuditEntry
from portal.audit.store import Position
from portal.foundation import cursors, web
from portal.foundation.i18n import _
from portal.people import access, customer_store, edge, sheets, store, trail_words, user_store

blueprint = Blueprint("audit", __name__, url_prefix="/portal/audit")
READ = "audit.read"
EXPORT_MOST = 50_000
COLUMNS = ("id", "at", "actor_kind", "actor_id", "act", "object_kind", "object_id", "facts", "act_name")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Who did what, the newest first."""
    with web.reading() as session:
        found, more = edge.page_of(trail_store.entries_of_page(session, _search(session), before()), trail_store.PAGE)
        names = user_store.names(session, [key for entry in found if (key := edge.uuid_of(entry.actor_id))])
        last = trail_store.last_seal(session)
        customers = customer_store.refs(session, [key for entry in found if (key := _customer(entry)) is not None])
    area = _area() or words.area_of(edge.asked("act", 60))
    values: dict[str, Any] = {"areas": words.AREAS, "area": area, "acts": words.ACTS_OF.get(area, {}), "act": _act()}
    values |= {"act_text": words.act_text, "kind_text": words.kind_text, "details": trail_words.details}
    values |= {"next": cursor_of(found[-1]) if more else None, "last": last, "seen": _seen(), "customers": customers}
    return web.render("portal/audit/index.html", entries=found, names=names, args=request.args, **values)


def _seen() -> bool:
    """Whether only what showed personal data is asked for."""
    return request.args.get("seen") == "1"


def _area() -> str:
    """The area that is asked for; "" for all."""
    area = edge.asked("area", 30)
    return area if area in words.AREAS else ""


def _act() -> str:
    """The act that is asked for, or the beginning of one; one of another area than the one that is asked for does not count."""
    act = edge.asked("act", 60)
    return act if not _area() or act in words.ACTS_OF[_area()] else ""


def _customer(entry: AuditEntry) -> UUID | None:
    return edge.uuid_of(entry.object_id) if entry.object_kind == "customer" else None


def cursor_of(entry: AuditEntry) -> str:
    """Where the next page begins."""
    return cursors.text_of(entry.at, entry.id)


def _search(session: Session) -> Any:
    args = request.args
    who = edge.asked("who", 64)
    user = store.user_by_login(session, who) if who else None
    until = edge.day_of(args.get("until"))
    since = edge.day_of(args.get("since"))
    about, said = edge.asked("object", 100), edge.asked("q", 60)
    if about and edge.uuid_of(about) is None and (customer := customer_store.by_ref(session, about)) is not None:
        about = str(customer.id)  # people know customers by their reference
    return trail_store.matching(
        seen=_seen(),
        acts=words.named(_area(), said) if _area() or said else None,
        act=_act(),
        actor_id=str(user.id) if user else who,
        object_id=about,
        since=edge.start_of(since) if since else None,
        until=edge.start_of(until + timedelta(days=1)) if until else None,
    )


def before() -> Position | None:
    """Where a page begins; None for the newest."""
    return cursors.at(request.args.get("cursor"))


@blueprint.get("/export.csv")
@access.allow(READ)
def export() -> ResponseReturnValue:
    """What the search finds, as a file; where there is more, the head `X-Next-Cursor` says where the next file begins."""
    with web.reading() as session:
        found, more = edge.page_of(trail_store.entries_of_page(session, _search(session), before(), EXPORT_MOST + 1), EXPORT_MOST)
    rows = [_cells(entry) for entry in found]
    with web.writing() as session:
        trail.record(session, access.actor(), "audit.export", "audit", None, web.now(), {"rows": len(rows)})
    headers = {"Content-Disposition": "attachment; filename=audit.csv"}
    if more:
        headers["X-Next-Cursor"] = cursor_of(found[-1])
    return Response(sheets.dump(COLUMNS, rows), mimetype="text/csv", headers=headers)


def _cells(entry: AuditEntry) -> tuple[object, ...]:
    return (*(getattr(entry, name) if name != "at" else entry.at.isoformat() for name in COLUMNS[:-1]), words.act_text(entry.act))


def panel(session: Session, _me: access.Me, now: datetime) -> dict[str, Any] | None:
    """Unusually many wrong passwords or refusals; on the home page while it is so."""
    seen = alarms.last_hour(session, now)
    return {"seen": seen, "link": _("Audit trail"), "link_url": url_for("audit.index", act="user.log_in_failed")} if seen.unusual else None
