"""What the zone's frame is given on every page."""

from typing import Any

from flask import g, request, session, url_for

from officers.people import notice_store, tabs, words
from officers.people.zone import Here
from portal.foundation import web

EMBEDDED = "officers_embedded"


def frame_values() -> dict[str, Any]:
    """For every template; read by the zone's frame alone."""
    return {"officers_zone": _zone}


def _zone() -> dict[str, Any]:
    """The officer, the unread notices and the tabs; within the bank's app (`?embed=1`, kept for the session) no frame of our own."""
    if "embed" in request.args:
        session[EMBEDDED] = request.args["embed"] == "1"
    here: Here | None = g.get("officer_here")
    unread = 0
    if here is not None:
        with web.reading() as reading:
            unread = notice_store.unread(reading, here.officer_id)
    return {
        "here": here,
        "kind": words.KINDS[here.kind] if here else "",
        "unread": unread,
        "tabs": tabs.drawn() if here is not None else [],
        "embedded": bool(session.get(EMBEDDED)),
        "home": url_for("officers_zone.home"),
    }
