"""The officer's own pages: home, notices."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from officers.people import notice_store, notices, tabs
from officers.people.frame import frame_values
from officers.people.zone import ANY, here, officer_view
from portal.foundation import web

blueprint = Blueprint("officers_zone", __name__, url_prefix="/officers")
blueprint.app_context_processor(frame_values)


@blueprint.get("")
@officer_view(states=ANY)
def home() -> ResponseReturnValue:
    """The cards of all rooms."""
    with web.reading() as session:
        cards = tabs.cards(session, here(), web.now()) if here().state == "active" else []
    return web.render("officers/people/home.html", cards=cards)


@blueprint.get("/notices")
@officer_view(states=ANY)
def notices_page() -> ResponseReturnValue:
    """What the officer was told, the newest first."""
    with web.reading() as session:
        rows = notice_store.newest(session, here().officer_id)
    lines = [(one, notices.title_of(one.code, one.facts), notices.text_of(one.code, one.facts)) for one in rows]
    return web.render("officers/people/notices.html", lines=lines)
