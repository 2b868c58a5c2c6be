"""The wall display: a dark page of a few large figures that updates itself by server-sent events.

A worker has one thread, so that no request may stay open: the stream answers with one event and the time after which the
browser is to ask again; where nothing changed since the event it saw last, it answers with nothing but that time.
"""

import hashlib
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.people import access
from questionnaires.metrics import wall_page
from questionnaires.metrics.dashboard import read_dashboard
from questionnaires.metrics.views import PERMISSION, asked_for, reader
from questionnaires.metrics.when import bank_zone, today

blueprint = Blueprint("metrics_wall", __name__, url_prefix="/portal/wall")
AGAIN = 15_000
"""Milliseconds until the browser asks again."""
IN_ADDRESS = ("unit", "indicator", "period", "source", "level")


@blueprint.get("")
@access.allow(PERMISSION)
def wall() -> ResponseReturnValue:
    """The page; what is on it comes again and again through the stream."""
    kept: dict[str, Any] = {name: request.args[name] for name in IN_ADDRESS if request.args.get(name)}
    stream = url_for("metrics_wall.stream", **kept)
    return web.render("questionnaires/metrics/wall.html", stream=stream, **_values())


@blueprint.get("/stream")
@access.allow(PERMISSION)
def stream() -> ResponseReturnValue:
    """One server-sent event with the display's inside, or none where it is still the same."""
    inside = str(web.render("questionnaires/metrics/_wall.html", **_values()))
    return Response(
        event_of(inside, request.headers.get("Last-Event-ID", "")), mimetype="text/event-stream", headers={"Cache-Control": "no-store"}
    )


def event_of(inside: str, seen: str) -> str:
    """The text of a stream that says something only where it differs from what was seen; the moment of it counts as the same."""
    mark = hashlib.blake2b(inside.partition("<!-- updated -->")[0].encode(), digest_size=8).hexdigest()
    if mark == seen:
        return f"retry: {AGAIN}\n: nothing new\n\n"
    lines = "".join(f"data: {line}\n" for line in inside.splitlines())
    return f"retry: {AGAIN}\nid: {mark}\nevent: figures\n{lines}\n"


def _values() -> dict[str, object]:
    with web.reading() as session:
        board = read_dashboard(session, reader(), asked_for(IN_ADDRESS), today(), bank_zone(), web.now())
        return wall_page.values(board, web.now())
