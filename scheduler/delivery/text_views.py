"""The pages of the words of messages."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import NAMES, _
from portal.people import access
from scheduler.delivery import texts, words
from scheduler.delivery.compose import HIDDEN_LINK, bank_name
from scheduler.delivery.rules.wording import PLACEHOLDERS
from scheduler.delivery.wordings import Wording

blueprint = Blueprint("message_texts", __name__, url_prefix="/portal/message-texts")
READ, EDIT = "message_texts.read", "message_texts.edit"


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All wordings, each with made-up values."""
    with web.reading() as session:
        found = texts.in_force(session)
    return web.render("scheduler/delivery/texts.html", texts=found, example=_example, words=words, language_names=NAMES)


def _example(text: texts.Text) -> str:
    settings = web.ground().settings
    return texts.example(text, bank_name(settings, text.key[2]), settings.hotline, settings.effective_public_url + HIDDEN_LINK)


@blueprint.get("/<code>/<channel>/<language>")
@access.allow(EDIT)
def edit(code: str, channel: str, language: str) -> ResponseReturnValue:
    """The form of one wording."""
    with web.reading() as session:
        return _form(texts.find(session, (code, channel, language)))


@blueprint.post("/<code>/<channel>/<language>")
@access.allow(EDIT)
def reword(code: str, channel: str, language: str) -> ResponseReturnValue:
    """Put a new wording in force, or say what is wrong with it."""
    key, subject, body = (code, channel, language), request.form.get("subject", ""), request.form.get("body", "")
    try:
        with web.writing() as session:
            version = texts.reword(session, key, subject, body, access.actor(), web.now())
    except InvalidInput as error:
        entered = texts.Text(key, Wording(subject, body))
        return _form(entered, _(next(iter(error.fields.values())))), error.status
    flash(_("Version %(n)s is in force.", n=version), "good")
    return redirect(url_for("message_texts.index"))


def _form(text: texts.Text, problem: str = "") -> str:
    return web.render(
        "scheduler/delivery/text_form.html",
        text=text,
        problem=problem,
        example=_example(text),
        words=words,
        language_names=NAMES,
        placeholders=sorted(PLACEHOLDERS),
    )
