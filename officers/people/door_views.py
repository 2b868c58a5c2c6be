"""The doors of the zone: log-in of customers, leaving, and how to become an officer."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from officers.people import zone
from portal.foundation import web
from portal.people import access
from portal.people.edge import safe_next

blueprint = Blueprint("officers_door", __name__, url_prefix="/officers")


@blueprint.get("/log-in")
@access.public
def log_in() -> ResponseReturnValue:
    """The doors that there are."""
    if zone.visitor() is not None:
        return redirect(safe_next(request.args.get("next")) or url_for("officers_zone.home"))
    return web.render("officers/people/log_in.html")


@blueprint.get("/join")
@access.public
def join() -> ResponseReturnValue:
    """How to become an officer."""
    return web.render("officers/people/join.html")
