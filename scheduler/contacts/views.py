"""The page of one customer's contacts: why asked, why not, and when again."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import pick
from portal.people import access
from scheduler.contacts import words
from scheduler.contacts.explaining import explained
from scheduler.contacts.store import reading as store
from scheduler.contacts.timeline import entries
from scheduler.touchpoints import store as touchpoint_store

blueprint = Blueprint("contacts", __name__, url_prefix="/portal/customers")
READ = "contacts.read"


@blueprint.get("/<uuid:customer_id>/contacts")
@access.allow(READ)
def show(customer_id: UUID) -> ResponseReturnValue:
    """One customer: the sentence, the timeline, rule by rule, next possible dates."""
    ground = web.ground()
    with web.writing() as session:  # the first look at a new installation may put the shipped policy into force
        customer = store.customer(session, customer_id)
        if customer is None or customer.erased_at is not None:
            raise NotFound
        access.check_unit(READ, customer.unit_id, session)
        view = explained(session, customer, _asked(), ground.settings, web.now())
        names = {code: pick(zh, en) for code, zh, en, _short_zh, _short_en in touchpoint_store.names(session)}
    return web.render("scheduler/contacts/show.html", customer=customer, view=view, names=names, **_said(view, names, ground.settings.zone))


def _said(view: Any, names: dict[str, str], zone: str) -> dict[str, Any]:
    chosen = view.chosen
    why = words.sentence(chosen.decision.code, chosen.decision.evidence, zone, names, view.channel) if chosen else ""
    return {"why": why, "timeline": entries(view, names, zone), "words": words, "zone": zone}


def _asked() -> UUID | None:
    try:
        return UUID(request.args.get("decision", ""))
    except ValueError:
        return None
