"""Is it my bank? Type the short number of a message and learn whether we sent it."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.i18n import _l
from portal.people import access
from questionnaires.answering import edge, show, verifying
from questionnaires.answering.verifying import Found
from questionnaires.answering.views import blueprint

__all__ = ["blueprint"]
HEAD = _l("Did this message come from us?")
LONGEST = 40


@blueprint.get("/verify")
@access.public
def verify() -> ResponseReturnValue:
    """The form."""
    return _page("", None)


@blueprint.post("/verify")
@access.public
def check() -> ResponseReturnValue:
    """The answer. Guesses are counted as guesses at links are: a number that is right costs nothing."""
    edge.check_form(f"verify|{request.remote_addr}")
    typed = (edge.form().get("number") or ("",))[0][:LONGEST]
    number = verifying.read(typed)
    found = None
    if number is not None:
        found = verifying.find(web.ground().db, number, web.now(), edge.zone())
        if found is None:
            edge.count_unknown()
    return _page(typed, found, asked=True, readable=number is not None)


def _page(typed: str, found: Found | None, *, asked: bool = False, readable: bool = True) -> Response:
    tag = edge.asked_language()
    tag = tag if tag in show.CATALOGUES else show.browser_language()
    page = show.form_html(
        "questionnaires/answering/verify.html", HEAD, tag, edge.frame(), typed=typed, found=found, asked=asked, readable=readable
    )
    return show.send(page, 200 if readable else 422)
