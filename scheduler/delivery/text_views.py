"""The pages of the words of messages."""

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import NAMES, _, code_text
from portal.people import access
from portal.people.edge import asked
from scheduler.delivery import texts, words
from scheduler.delivery.compose import as_html, signed_by
from scheduler.delivery.rules.parts import parts_of
from scheduler.delivery.rules.wording import PLACEHOLDERS
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.texts import Shown
from scheduler.delivery.wordings import CHANNELS, WITH_TITLE, Wording

blueprint = Blueprint("message_texts", __name__, url_prefix="/portal/message-texts")
READ, EDIT = "message_texts.read", "message_texts.edit"
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The wordings of one channel, each with made-up values."""
    channel = asked("channel", 20)
    channel = channel if channel in CHANNELS else "sms"
    with web.reading() as session:
        found = [one for one in texts.in_force(session) if one.key[1] == channel]
    shown = {one.key: texts.example(one, _shown(one.key)) for one in found}
    counted = {key: parts_of(one.body) for key, one in shown.items()} if channel == "sms" else {}
    tabs = [(words.CHANNELS[name], url_for("message_texts.index", channel=name), name == channel, None) for name in words.CHANNELS]
    return web.render(
        "scheduler/delivery/texts.html", texts=found, shown=shown, counted=counted, tabs=tabs, words=words, language_names=NAMES
    )


def _shown(key: tuple[str, str, str]) -> Shown:
    settings = web.ground().settings
    with web.reading() as session:
        signed = signed_by(channel_store.identities(session), key[1], key[0], settings, key[2])
    return Shown(signed.name, settings.hotline, settings.effective_public_url)


@blueprint.get("/<code>/<channel>/<language>")
@access.allow(EDIT)
def edit(code: str, channel: str, language: str) -> ResponseReturnValue:
    """The form of one wording."""
    with web.reading() as session:
        return _form(texts.find(session, (code, channel, language)))


@blueprint.post("/<code>/<channel>/<language>")
@access.allow(EDIT)
def reword(code: str, channel: str, language: str) -> ResponseReturnValue:
    """Put a new wording in force, or only show how it would read, or say what is wrong with it."""
    key, subject, body = (code, channel, language), request.form.get("subject", ""), request.form.get("body", "")
    typed = texts.Text(key, Wording(subject[:1_000], body[:10_000]))
    try:
        if request.form.get("do") == "preview":
            with web.reading() as session:
                texts.check(session, key, subject, body)
            return _form(typed)
        with web.writing() as session:
            version = texts.reword(session, key, subject, body, access.actor(), web.now())
    except InvalidInput as error:
        return _form(typed, code_text(next(iter(error.fields.values())))), error.status
    flash(_("Version %(n)s is in force.", n=version), "good")
    return redirect(url_for("message_texts.index", channel=channel))


def _form(text: texts.Text, problem: str = "") -> str:
    with web.reading() as session:
        versions = texts.history(session, text.key)
    example = texts.example(text, _shown(text.key))
    return web.render(
        "scheduler/delivery/text_form.html",
        text=text,
        problem=problem,
        example=example,
        parts=parts_of(example.body) if text.key[1] == "sms" else None,
        titled=text.key[1] in WITH_TITLE,
        versions=versions,
        words=words,
        language_names=NAMES,
        placeholders=sorted(PLACEHOLDERS),
    )


@blueprint.get("/<code>/<channel>/<language>/letter")
@access.allow(READ)
def letter(code: str, channel: str, language: str) -> Response:
    """A mail exactly as its reader gets it, with made-up values; its few styles stand in its tags."""
    with web.reading() as session:
        text = texts.find(session, (code, channel, language))
    shown = _shown(text.key)
    example = texts.example(text, shown)
    link = texts.examples(language, shown)["link"]
    response = make_response(as_html(example.body, example.subject, language, link, shown.bank))
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
