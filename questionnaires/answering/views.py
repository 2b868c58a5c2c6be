"""One person's link: the page, the form, the beacon, the choices; and the privacy notice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.crypto import token_hash
from portal.people import access
from questionnaires.answering import answers, call_pages, edge, files, private, show, store
from questionnaires.answering.models import WISHES
from questionnaires.answering.page import Filled
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import STATUSES, Standing, standing
from questionnaires.answering.show import Frame
from questionnaires.answering.store import Link
from questionnaires.answering.walking import Sent, Step, Taken
from questionnaires.logic import outcome

CHOICES = frozenset({"decline", "stop", *WISHES})
blueprint = Blueprint("answering", __name__)
web.csrf.exempt(blueprint)  # the link is the secret; the form's origin is checked instead


@blueprint.get("/s/<token>")
@access.public
def page(token: str) -> ResponseReturnValue:
    """The page of a link; writes nothing, so that robots that look at links spoil no figure."""
    link = store.look_up(web.ground().db, token_hash(token))
    ready = edge.ready(link.version_id) if link else None
    where = standing(link, web.now())
    if link is None or ready is None or where is not Standing.OPEN:
        return _closed(where, link, ready)
    if link.started_at is None and (first := edge.first_page(ready, link.language, large=link.large)):
        return first
    do, around = edge.asked("do"), edge.frame(invited_large=link.large, version=ready)
    if do == "stop":
        return edge.confirm_stop(edge.language(ready, link.language), around)
    if do == "call" and call_pages.offered(ready):
        return call_pages.form(link, ready)
    if do == "privacy":
        return edge.privacy(edge.language(ready, link.language), ready, f"/s/{token}/data")
    if link.started_at is None and ready.start is not None:
        filled = edge.prefilled(ready, ready.start)
        filled = replace(filled, context={"short": True}) if link.large else filled
        return edge.page(ready, ready.start, edge.language(ready, link.language), filled, around)
    return _own(token, link, ready, around)


def _own(token: str, link: Link, ready: Ready, around: Frame) -> Response:
    """A page that depends on the event, on chance, or on what was answered before."""
    cuts, saved = store.details(web.ground().db, link.id)
    language = edge.language(ready, saved.language if saved else link.language)
    context = _context(token, link, cuts, language)
    if saved is not None:
        index = min(saved.page, len(ready.definition.pages) - 1)
        filled = Filled(private.opened(saved.answers, saved.private, web.ground().keys), context)
        return edge.page(ready, index, language, files.shown(ready, index, link, filled), around)
    index = ready.first_page(context)
    return edge.page(ready, index, language, replace(edge.prefilled(ready, index), context=context), around)


def _context(token: str, link: Link, cuts: Mapping[str, Any], language: str) -> dict[str, Any]:
    today = web.now().astimezone(edge.zone()).date().isoformat()
    fields, _flags = edge.signed_fields(token)
    return answers.context_of(cuts, language, seed=link.id.hex, short=link.large, today=today, fields=fields)


def _closed(where: Standing, link: Link | None, ready: Ready | None) -> Response:
    if link is None:
        edge.count_unknown()
    if ready is None or link is None:
        return edge.state("unknown", show.browser_language(), 404)
    language, around = edge.language(ready, link.language), edge.frame(invited_large=link.large, version=ready)
    if where is Standing.SUBMITTED:
        return edge.thanks(ready, language, _ended(link, ready, language), around)
    return edge.state(str(where), language, STATUSES[where], around=around)


def _ended(link: Link, ready: Ready, language: str) -> Taken | None:
    """How an answer ended, for whoever comes back to it."""
    if not ready.definition.endings or ready.definition.anonymous:
        return None
    cuts, saved = store.details(web.ground().db, link.id)
    if saved is None:
        return None
    context = answers.context_of(cuts, language, seed=link.id.hex, short=link.large)
    said = private.opened(saved.answers, saved.private, web.ground().keys)
    ending = outcome.ending(ready.definition, said, context)
    return Taken(Step.DONE, filled=Filled(said, context), ending=ending, personal=True)


@blueprint.post("/s/<token>")
@access.public
def take(token: str) -> ResponseReturnValue:
    """A form of the page: answers, a step back, a decline, an opt-out, a wish."""
    edge.check_form(token)
    do = edge.asked("do")
    if do == "call":
        return call_pages.take(token)
    if do in CHOICES:
        return _choose(token_hash(token), do)
    form, ground = edge.form(), web.ground()
    arrived = None if edge.plain_form() else files.arrived(token, form)
    fields, flags = edge.signed_fields(token)

    def read(link: Link, ready: Ready) -> Sent:
        sent = edge.sent(arrived.form if arrived else form, edge.language(ready, link.language))
        sent = replace(sent, fields=fields, flags=flags) if fields or flags else sent
        return replace(sent, uploads=arrived.ids, problems=arrived.problems) if arrived else sent

    with ground.db.quick() as lane:
        taken = answers.take(lane, token_hash(token), edge.ready_or_raise, read, web.now(), ground.keys, edge.zone())
    return _after(files.after(taken, arrived) if arrived else taken)


def _choose(hashed: bytes, do: str) -> Response:
    language = edge.asked_language() or show.browser_language()
    with web.ground().db.quick() as lane:
        if do in WISHES:
            where = answers.wish(lane, hashed, do, web.now())
        else:
            where = (answers.opt_out if do == "stop" else answers.decline)(lane, hashed, web.now())
    if where is Standing.UNKNOWN:
        edge.count_unknown()
        return edge.state("unknown", show.browser_language(), 404)
    if do in WISHES and where is Standing.SUBMITTED:
        return edge.state("wished", language)
    if do in WISHES and where is Standing.OPEN:
        return edge.state("refused", language, 409)
    state = "opted_out" if do == "stop" else str(where)
    return edge.state(state, language, STATUSES.get(where, 200) if do == "decline" else 200)


def _after(taken: Taken) -> Response:
    """What to show after a form."""
    around = edge.frame(invited_large=taken.large, version=taken.ready)
    if taken.ready is not None and taken.step is Step.CLOSED:
        if taken.standing is Standing.SUBMITTED:
            return edge.thanks(taken.ready, taken.language, None, around)
        return edge.state(str(taken.standing), taken.language, STATUSES[taken.standing], around=around)
    return edge.after(taken, around)


@blueprint.post("/s/<token>/opened")
@access.public
def opened(token: str) -> ResponseReturnValue:
    """The page's script tells that a person saw it."""
    edge.check_form(token)
    with web.ground().db.quick() as lane:
        store.mark_opened(lane, token_hash(token), web.now())
    return "", 204


@blueprint.get("/privacy")
@access.public
def privacy() -> ResponseReturnValue:
    """Purpose, retention and withdrawal."""
    return edge.privacy(edge.asked_language() or show.browser_language())
