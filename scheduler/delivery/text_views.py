"""The pages of the words of messages."""

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import NAMES, _, code_text, error_text
from portal.people import access, signing_off
from portal.people.approval import SamePerson
from portal.people.edge import asked, uuid_of
from portal.people.rules.roles import Role
from portal.people.signing_off import NotYourStep
from portal.people.words import ROLES
from scheduler.delivery import texts, words
from scheduler.delivery.compose import as_html, signed_by
from scheduler.delivery.rules.parts import parts_of
from scheduler.delivery.rules.wording import PLACEHOLDERS
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.store import wordings as wording_store
from scheduler.delivery.texts import Shown
from scheduler.delivery.wordings import CHANNELS, WITH_TITLE, Wording

blueprint = Blueprint("message_texts", __name__, url_prefix="/portal/message-texts")
READ, EDIT, APPROVE = "message_texts.read", "message_texts.edit", "message_texts.approve"
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The wordings of one channel, each with made-up values."""
    channel = asked("channel", 20)
    channel = channel if channel in CHANNELS else "sms"
    with web.reading() as session:
        found = [one for one in texts.in_force(session) if one.key[1] == channel]
        waiting = wording_store.all_waiting(session)
    shown = {one.key: texts.example(one, _shown(one.key)) for one in found}
    counted = {key: parts_of(one.body) for key, one in shown.items()} if channel == "sms" else {}
    tabs = [(words.CHANNELS[name], url_for("message_texts.index", channel=name), name == channel, None) for name in words.CHANNELS]
    return web.render(
        "scheduler/delivery/texts.html",
        texts=found,
        waiting=waiting,
        shown=shown,
        counted=counted,
        tabs=tabs,
        words=words,
        language_names=NAMES,
    )


def _shown(key: tuple[str, str, str]) -> Shown:
    settings = web.ground().settings
    with web.reading() as session:
        signed = signed_by(channel_store.identities(session), key[1], key[0], settings, key[2])
    return Shown(signed.name, settings.hotline, settings.effective_public_url)


@blueprint.get("/<code>/<channel>/<language>")
@access.allow_whole(EDIT)
def edit(code: str, channel: str, language: str) -> ResponseReturnValue:
    """The form of one wording."""
    with web.reading() as session:
        return _form(texts.find(session, (code, channel, language)))


@blueprint.post("/<code>/<channel>/<language>")
@access.allow_whole(EDIT)
def reword(code: str, channel: str, language: str) -> ResponseReturnValue:
    """Send a new wording for approval, or only show how it would read, or say what is wrong with it."""
    key, subject, body = (code, channel, language), request.form.get("subject", ""), request.form.get("body", "")
    typed = texts.Text(key, Wording(subject[:1_000], body[:10_000]))
    try:
        if request.form.get("do") == "preview":
            with web.reading() as session:
                texts.check(session, key, subject, body)
            return _form(typed)
        with web.writing() as session:
            texts.reword(session, key, subject, body, access.actor(), web.now())
    except InvalidInput as error:
        return _form(typed, code_text(next(iter(error.fields.values())))), error.status
    flash(_("The wording waits for approval; until then the words in force go out."), "info")
    return redirect(url_for("message_texts.index", channel=channel))


@blueprint.get("/<code>/<channel>/<language>/waiting")
@access.allow(READ)
def proposed(code: str, channel: str, language: str) -> ResponseReturnValue:
    """A wording that waits for approval, beside the one in force."""
    return _proposed((code, channel, language))


def _proposed(key: tuple[str, str, str], problem: str = "") -> str:
    with web.reading() as session:
        present, row = texts.find(session, key), wording_store.waiting(session, key)
        if row is None:
            raise NotFound
        standing = signing_off.standing(session, texts.OBJECT, row.id)
        wanted = texts.Text(key, Wording(row.subject, row.body, row.version))
    examples = [texts.example(one, _shown(key)) for one in (present, wanted)]
    return web.render(
        "scheduler/delivery/text_waiting.html",
        text=wanted,
        row=row,
        examples=examples,
        standing=standing,
        due=[ROLES[Role(role)] for role in standing.due],
        own=row.author_id == access.me().user_id,
        problem=problem,
        words=words,
        language_names=NAMES,
    )


@blueprint.post("/<code>/<channel>/<language>/waiting/<any(approve, back):word>")
@access.allow_whole(APPROVE)
def decide(code: str, channel: str, language: str, word: str) -> ResponseReturnValue:
    """Say yes to a wording that waits, or give it back to its author."""
    key, template_id = (code, channel, language), uuid_of(request.form.get("id"))
    if template_id is None:
        raise NotFound
    try:
        with web.writing() as session:
            act = texts.approve if word == "approve" else texts.give_up
            done = act(session, template_id, access.actor(), web.now())
    except (SamePerson, NotYourStep) as error:
        return _proposed(key, error_text(error)), error.status
    said = {
        True: _("The wording is in force."),
        False: _("Approved. The next step of its route waits."),
        None: _("The wording is given up."),
    }
    flash(said[done], "good")
    return redirect(url_for("message_texts.index", channel=channel))


def _form(text: texts.Text, problem: str = "") -> str:
    with web.reading() as session:
        versions, waits = texts.history(session, text.key), wording_store.all_waiting(session).get(text.key)
    example = texts.example(text, _shown(text.key))
    return web.render(
        "scheduler/delivery/text_form.html",
        text=text,
        problem=problem,
        example=example,
        parts=parts_of(example.body) if text.key[1] == "sms" else None,
        titled=text.key[1] in WITH_TITLE,
        versions=versions,
        waits=waits,
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
