"""A customer's own page of his case, by the link in his message."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _l, pick
from portal.people import access
from questionnaires.answering import edge, show
from scheduler.cases import customer_page

blueprint = Blueprint("case_page", __name__)
HEAD = _l("What you told us")
LONGEST = 64


@blueprint.get("/c/<token>")
@access.public
def show_case(token: str) -> ResponseReturnValue:
    """How the matter stands. A token that nobody has counts as a guess."""
    tag = _language()
    with web.reading() as session:
        case = customer_page.find(session, token[:LONGEST])
        if case is None:
            edge.count_unknown()
            raise NotFound
        ground = web.ground()
        with force_locale(show.CATALOGUES[tag]):
            page = customer_page.read(session, ground.keys, case, ground.settings.effective_public_url, web.now())
            about = pick(*page.about)
    return _send(tag, page=page, about=about)


def _language() -> str:
    tag = edge.asked_language()
    return tag if tag in show.CATALOGUES else show.browser_language()


def _send(tag: str, **values: object) -> Response:
    return show.send(show.form_html("scheduler/cases/customer.html", HEAD, tag, edge.frame(), zone=edge.zone(), **values))
