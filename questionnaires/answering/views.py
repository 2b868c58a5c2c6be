"""One person's link: the page, the form, the beacon, the choices; and the privacy notice."""

from dataclasses import replace

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.crypto import token_hash
from portal.people import access
from questionnaires.answering import answers, edge, show, store
from questionnaires.answering.page import Filled
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import STATUSES, Standing, standing
from questionnaires.answering.store import Link
from questionnaires.answering.walking import Sent, Step, Taken

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
    if edge.asked("do") == "stop":
        return edge.confirm_stop(edge.language(ready, link.language))
    if link.started_at is None and ready.start is not None:
        return edge.page(ready, ready.start, edge.language(ready, link.language), edge.prefilled(ready, ready.start))
    return _own(link, ready)


def _own(link: Link, ready: Ready) -> Response:
    """A page that depends on the event or on what was answered before."""
    cuts, saved = store.details(web.ground().db, link.id)
    language = edge.language(ready, saved.language if saved else link.language)
    context = answers.context_of(cuts, language)
    if saved is not None:
        index = min(saved.page, len(ready.definition.pages) - 1)
        return edge.page(ready, index, language, Filled(saved.answers, context))
    index = ready.first_page(context)
    return edge.page(ready, index, language, replace(edge.prefilled(ready, index), context=context))


def _closed(where: Standing, link: Link | None, ready: Ready | None) -> Response:
    if link is None:
        edge.count_unknown()
    if ready is None or link is None:
        return edge.state("unknown", show.browser_language(), 404)
    language = edge.language(ready, link.language)
    if where is Standing.SUBMITTED:
        return edge.thanks(ready, language)
    return edge.state(str(where), language, STATUSES[where])


@blueprint.post("/s/<token>")
@access.public
def take(token: str) -> ResponseReturnValue:
    """A form of the page: answers, a step back, a decline or an opt-out."""
    edge.check_form(token)
    do = edge.asked("do")
    if do in ("decline", "stop"):
        return _choose(token_hash(token), do)
    form = edge.form()

    def read(link: Link, ready: Ready) -> Sent:
        return edge.sent(form, edge.language(ready, link.language))

    with web.ground().db.quick() as lane:
        taken = answers.take(lane, token_hash(token), edge.ready_or_raise, read, web.now())
    return _after(taken)


def _choose(hashed: bytes, do: str) -> Response:
    with web.ground().db.quick() as lane:
        where = (answers.decline if do == "decline" else answers.opt_out)(lane, hashed, web.now())
    if where is Standing.UNKNOWN:
        edge.count_unknown()
        return edge.state("unknown", show.browser_language(), 404)
    state = "opted_out" if do == "stop" else str(where)
    return edge.state(state, edge.asked_language() or show.browser_language(), STATUSES.get(where, 200) if do == "decline" else 200)


def _after(taken: Taken) -> Response:
    """What to show after a form."""
    ready, language = taken.ready, taken.language
    if ready is None:
        edge.count_unknown()
        return edge.state("unknown", show.browser_language(), 404)
    if taken.step is Step.DONE or taken.standing is Standing.SUBMITTED:
        return edge.thanks(ready, language)
    if taken.step is Step.CLOSED:
        return edge.state(str(taken.standing), language, STATUSES[taken.standing])
    return edge.page(ready, taken.page, language, taken.filled, status=422 if taken.filled.errors else 200)


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
