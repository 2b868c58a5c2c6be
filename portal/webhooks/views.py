"""The pages of webhooks."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, _n, code_text
from portal.people import access
from portal.people.edge import asked, page_of, uuid_of
from portal.webhooks import endpoints, store, words
from portal.webhooks.endpoints import Wanted
from portal.webhooks.telling import EVENTS

blueprint = Blueprint("webhooks", __name__, url_prefix="/portal/webhooks")
EDIT = "webhooks.edit"
REFUSED = 422


@blueprint.get("")
@access.allow(EDIT)
def index() -> ResponseReturnValue:
    """All endpoints."""
    with web.reading() as session:
        found = store.endpoints(session)
    return web.render("portal/webhooks/index.html", endpoints=found, words=words)


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """The form of a new endpoint."""
    return _form(Wanted("", "", ("response.submitted",)))


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Make an endpoint; its secret is shown in this answer and never again."""
    typed = _typed()
    try:
        wanted = endpoints.checked(typed, private=_private(), hosts=web.ground().settings.webhook_hosts)
        with web.writing() as session:
            made, secret = endpoints.make(session, web.ground().keys, wanted, access.actor(), web.now())
    except InvalidInput as error:
        return _form(typed, error)
    return _page(made.id, secret)


def _typed() -> Wanted:
    return Wanted(request.form.get("name", "")[:200], request.form.get("url", "")[:2000], request.form.getlist("events")[:20])


def _private() -> bool:
    return web.ground().settings.webhook_private_addresses


def _form(typed: Wanted, error: InvalidInput | None = None, endpoint_id: UUID | None = None) -> ResponseReturnValue:
    errors = {name: code_text(code) for name, code in error.fields.items()} if error else {}
    choices = [(event, words.EVENTS[event], event) for event in EVENTS]
    page = web.render("portal/webhooks/form.html", typed=typed, errors=errors, choices=choices, endpoint_id=endpoint_id, private=_private())
    return page, REFUSED if error else 200


@blueprint.get("/<uuid:endpoint_id>")
@access.allow(EDIT)
def show(endpoint_id: UUID) -> ResponseReturnValue:
    """One endpoint and its log."""
    return _page(endpoint_id)


def _page(endpoint_id: UUID, secret: str = "") -> ResponseReturnValue:
    state = asked("state", 10)
    with web.reading() as session:
        endpoint = endpoints.find(session, endpoint_id)
        rows, more = page_of(store.log(session, endpoint_id, uuid_of(asked("cursor", 40)), state), store.PAGE)
    following = rows[-1].id if more else None
    return web.render(
        "portal/webhooks/show.html", endpoint=endpoint, log=rows, following=following, state=state, secret=secret, words=words
    )


@blueprint.get("/<uuid:endpoint_id>/edit")
@access.allow(EDIT)
def edit(endpoint_id: UUID) -> ResponseReturnValue:
    """The form of an endpoint."""
    with web.reading() as session:
        found = endpoints.find(session, endpoint_id)
    return _form(Wanted(found.name, found.url, found.events), endpoint_id=endpoint_id)


@blueprint.post("/<uuid:endpoint_id>/edit")
@access.allow(EDIT)
def change(endpoint_id: UUID) -> ResponseReturnValue:
    """Change an endpoint."""
    typed = _typed()
    try:
        wanted = endpoints.checked(typed, private=_private(), hosts=web.ground().settings.webhook_hosts)
        with web.writing() as session:
            endpoints.change(session, endpoint_id, wanted, access.actor(), web.now())
    except InvalidInput as error:
        return _form(typed, error, endpoint_id)
    flash(_("Saved."), "good")
    return redirect(url_for("webhooks.show", endpoint_id=endpoint_id))


@blueprint.post("/<uuid:endpoint_id>/<any(on, off, test, secret):act>")
@access.allow(EDIT)
def do(endpoint_id: UUID, act: str) -> ResponseReturnValue:
    """Switch, test, or make another secret."""
    ground, who = web.ground(), access.actor()
    with web.writing() as session:
        if act == "secret":
            secret = endpoints.renew(session, ground.keys, endpoint_id, who, web.now())
        elif act == "test":
            endpoints.test(session, endpoint_id, who, web.now())
        else:
            endpoints.switch(session, endpoint_id, who, web.now(), on=act == "on")
    if act == "secret":
        return _page(endpoint_id, secret)
    said = {"on": _("Switched on."), "off": _("Switched off. Nothing more is told."), "test": _("The test is on its way; see the log.")}
    flash(said[act], "good")
    return redirect(url_for("webhooks.show", endpoint_id=endpoint_id))


@blueprint.post("/<uuid:endpoint_id>/send-again")
@access.allow(EDIT)
def send_again(endpoint_id: UUID) -> ResponseReturnValue:
    """Deliver again what came to a bad end."""
    ids = [key for one in request.form.getlist("id")[:1000] if (key := uuid_of(one))]
    with web.writing() as session:
        sent = endpoints.send_again(session, endpoint_id, ids, access.actor(), web.now())
    flash(_n("%(num)d delivery is sent again.", "%(num)d deliveries are sent again.", sent), "good" if sent else "warn")
    return redirect(url_for("webhooks.show", endpoint_id=endpoint_id))


def menu_count(session: Any, _me: Any, _now: Any) -> int:
    """Dead deliveries, beside the menu's line."""
    return store.dead_count(session)
