"""The page of words that questionnaires never ask for."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, code_text
from portal.people import access
from questionnaires.bank import forbidden, labels
from questionnaires.bank import forbidden_store as store
from questionnaires.bank.views import READ, WRITE, blueprint
from questionnaires.logic.words import STANDARD


@blueprint.get("/forbidden-words")
@access.allow(READ)
def forbidden_words() -> ResponseReturnValue:
    """The product's words by kind, and the bank's own."""
    with web.reading() as session:
        return _page("\n".join(store.words(session)))


def _page(own: str, error: str = "") -> str:
    shipped = [(labels.secret_labels()[kind], several) for kind, several in STANDARD.secrets.items()]
    return web.render("questionnaires/bank/forbidden.html", shipped=shipped, own=own, error=error)


@blueprint.post("/forbidden-words")
@access.allow(WRITE)
def keep_forbidden_words() -> ResponseReturnValue:
    """Keep the bank's own words."""
    text = request.form.get("words", "")
    try:
        with web.writing() as session:
            added, removed = forbidden.keep(session, text, access.actor(), web.now())
    except InvalidInput as error:
        return _page(text, code_text(error.fields["words"], **error.facts)), 422
    flash(_("%(added)s words added, %(removed)s taken out.", added=added, removed=removed), "good")
    return redirect(url_for("bank.forbidden_words"))
