"""Staff's pages for entering a customer's answers by telephone: find the invitation or code, then the customer's own page."""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.crypto import token_hash
from portal.foundation.errors import MalformedBody, NotFound
from portal.foundation.i18n import _
from portal.foundation.ids import new_id
from portal.people import access
from questionnaires.answering import answers, assisted, edge, files, poster_answers, poster_store, posters, private
from questionnaires.answering import assisted_store as store
from questionnaires.answering.assisted import Clerk
from questionnaires.answering.models import Invitation
from questionnaires.answering.page import Filled
from questionnaires.answering.poster_answers import Visit
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import Standing, standing
from questionnaires.answering.show import Frame
from questionnaires.answering.store import Link, details
from questionnaires.answering.walking import Sent, Step, Taken

blueprint = Blueprint("assisted", __name__, url_prefix="/portal/assisted")
ENTER = "assisted.enter"
MODE = "assisted"


@blueprint.get("")
@access.allow(ENTER)
def index() -> ResponseReturnValue:
    """Find a customer's open invitations, or a code."""
    ref, code = request.args.get("ref", "").strip()[:60], request.args.get("code", "").strip().lower()[:20]
    problem = ""
    with web.reading() as session:
        rows = store.waiting(session, ref, access.scope(ENTER), web.now()) if ref else []
        if code:
            found = poster_store.by_code(session, code)
            if found is not None and not (found.retired_at or found.paused_at):
                return redirect(url_for("assisted.code_page", code=code))
            problem = _("There is no code in use that is spelled like this.")
    return web.render("questionnaires/answering/assisted.html", rows=rows, ref=ref, code=code, problem=problem)


@blueprint.get("/link/<uuid:invitation_id>")
@access.allow(ENTER)
def link_page(invitation_id: UUID) -> ResponseReturnValue:
    """The customer's page, for staff to fill in."""
    invitation, ready = _invitation(invitation_id)
    if standing(invitation, web.now()) is not Standing.OPEN:
        flash(_("This invitation can't be answered any more."), "info")
        return redirect(url_for("assisted.index"))
    cuts, saved = details(web.ground().db, invitation_id)
    language = edge.language(ready, saved.language if saved else invitation.language)
    context = answers.context_of(cuts, language, seed=invitation_id.hex, short=invitation.large)
    index = min(saved.page, len(ready.definition.pages) - 1) if saved else ready.first_page(context)
    filled = Filled(private.opened(saved.answers, saved.private, web.ground().keys) if saved else {}, context)
    return edge.page(ready, index, language, filled, _around(ready, invitation_id.hex, invitation_id))


@blueprint.post("/link/<uuid:invitation_id>")
@access.allow(ENTER)
def link_form(invitation_id: UUID) -> ResponseReturnValue:
    """A form of that page."""
    form = _form(invitation_id.hex)
    invitation, _ready = _invitation(invitation_id)
    with web.writing() as session:
        assisted.begin(session, _clerk(), invitation_id, access.actor(), web.now())
    token, _number = web.ground().keys.link_token(invitation_id, invitation.link_key)

    def read(link: Link, ready: Ready) -> Sent:
        return _sent(form, ready, edge.language(ready, link.language), files.owner_of(link.id))

    with web.ground().db.quick() as lane:
        taken = answers.take(lane, token_hash(token), edge.ready_or_raise, read, web.now(), web.ground().keys, edge.zone())
    return _after(taken, invitation_id.hex, invitation_id)


@blueprint.get("/code/<code>")
@access.allow(ENTER)
def code_page(code: str) -> ResponseReturnValue:
    """The page of a code, for a customer without a link."""
    poster, ready = _poster(code)
    language = edge.language(ready, None)
    context = answers.context_of({"touchpoint": poster.touchpoint, "stage": poster.stage, "channel": poster.channel}, language)
    return edge.page(ready, ready.first_page(context), language, Filled(context=context), _around(ready, code, new_id()))


@blueprint.post("/code/<code>")
@access.allow(ENTER)
def code_form(code: str) -> ResponseReturnValue:
    """A form of that page."""
    form = _form(code)
    poster, ready = _poster(code)
    key = UUID((form["_key"][0]).partition(".")[0])
    sent = _sent(form, ready, edge.language(ready, None), f"q:{key.hex}")
    if sent.page == 0:
        with web.writing() as session:
            assisted.begin_at_code(session, _clerk(), code, access.actor(), web.now())
    with web.ground().db.quick() as lane:
        taken = poster_answers.take(lane, poster, ready, sent, Visit(key), web.now(), web.ground().keys, edge.zone(), source=MODE)
    return _after(taken, code, key)


web.csrf.exempt(link_form)  # the page is the customer's own; its signed ticket stands for the form's token
web.csrf.exempt(code_form)


def _clerk() -> Clerk:
    me = access.me()
    return Clerk(me.user_id, me.login, me.unit_id)


def _form(about: str) -> Mapping[str, list[str]]:
    """The fields of the form, with this person's own ticket.

    Raises  MalformedBody
    """
    form = {name: list(values) for name, values in edge.form().items()}
    given = (form.get("_key") or [""])[0]
    part = given.partition(".")[0]
    if len(part) != 32 or not all(letter in "0123456789abcdef" for letter in part):
        raise MalformedBody
    if not hmac.compare_digest(given.encode("utf-8", "replace"), assisted.ticket(web.ground().keys, _clerk(), about, UUID(part)).encode()):
        raise MalformedBody
    return form


def _sent(form: Mapping[str, list[str]], ready: Ready, language: str, owner: str) -> Sent:
    """The form, with its files kept."""
    sent = edge.sent(form, language)
    if edge.plain_form():
        return sent
    arrived = files.kept(ready, sent.page, owner, form)
    return replace(sent, form=arrived.form, uploads=arrived.ids, problems=arrived.problems)


def _invitation(invitation_id: UUID) -> tuple[Invitation, Ready]:
    """An invitation in scope that this person may enter.

    Raises  NotFound, MayNotEnter
    """
    with web.reading() as session:
        found = store.invitation(session, invitation_id)
        if found is None:
            raise NotFound
        access.check_unit(ENTER, found.unit_id, session)
        assisted.check(session, _clerk(), found.staff, found.unit_id)
    return found, edge.ready_or_raise(found.version_id)


def _poster(code: str) -> tuple[poster_store.Poster, Ready]:
    found = poster_store.poster(web.ground().db, code)
    if found is None or not found.live or found.version_id is None:
        raise NotFound
    with web.reading() as session:
        access.check_unit(ENTER, posters.get(session, code).unit_id, session)
        assisted.check(session, _clerk(), found.staff, found.unit_id)
    return found, edge.ready_or_raise(found.version_id)


def _around(ready: Ready, about: str, key: UUID) -> Frame:
    return edge.frame(personal=False, key=assisted.ticket(web.ground().keys, _clerk(), about, key), mode=MODE, version=ready)


def _after(taken: Taken, about: str, key: UUID) -> ResponseReturnValue:
    """The next page, or back to the desk."""
    if taken.ready is not None and taken.step in (Step.PAGE, Step.KEPT):
        return edge.after(taken, _around(taken.ready, about, key))
    done = taken.step is Step.DONE
    flash(
        _("The answers are entered, and marked as entered by you.") if done else _("This was answered already; nothing was changed."),
        "good",
    )
    return redirect(url_for("assisted.index"))
