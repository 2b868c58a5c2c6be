"""The page of one customer's contacts: why asked, why not, and when again."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import pick
from portal.people import access
from portal.people.personal import masked
from scheduler.contacts import words
from scheduler.contacts.explaining import Explained, explained
from scheduler.contacts.store import reading as store
from scheduler.contacts.store import standing as standing_store
from scheduler.contacts.timeline import entries
from scheduler.touchpoints import store as touchpoint_store

blueprint = Blueprint("contacts", __name__, url_prefix="/portal/customers")
READ, POLICY = "contacts.read", "policy.read"


@blueprint.get("/<uuid:customer_id>/contacts")
@access.allow(READ)
def show(customer_id: UUID) -> ResponseReturnValue:
    """One customer: the sentence, the time bar, the timeline, rule by rule, next possible dates, and another policy tried."""
    ground = web.ground()
    years = 2 if request.args.get("years") == "2" else 1
    tries = access.may(POLICY)
    with web.writing() as session:  # the first look at a new installation may put the shipped policy into force
        customer = store.customer(session, customer_id)
        if customer is None or customer.erased_at is not None:
            raise NotFound
        access.check_unit(READ, customer.unit_id, session)
        other = _id("policy") if tries else None
        view = explained(session, customer, _id("decision"), ground.settings, web.now(), years=years, other_id=other)
        names = {code: pick(zh, en) for code, zh, en, _short_zh, _short_en in touchpoint_store.names(session)}
        unit = store.unit(session, customer.unit_id) if customer.unit_id else None
        versions = standing_store.policy_versions(session) if tries else []
        phone = masked(ground.keys, customer).phone
    return web.render(
        "scheduler/contacts/show.html", customer=customer, view=view, names=names, years=years, versions=versions, unit=unit, phone=phone,
        answered=_answered(view), **_said(view, names, ground.settings.zone),
    )  # fmt: skip


def _answered(view: Explained) -> tuple[int, int]:
    """How many of the invitations that were sent were answered."""
    sent = [one for one in view.contacts if one.kind in ("invite", "rerate") and one.released_at is None and one.failed_at is None]
    return sum(1 for one in sent if one.answered_at), len(sent)


def _said(view: Explained, names: dict[str, str], zone: str) -> dict[str, Any]:
    chosen, other = view.chosen, view.other
    why = words.sentence(chosen.decision.code, chosen.decision.evidence, zone, names, view.channel) if chosen else ""
    instead = ""
    if other is not None:
        instead = words.sentence(str(other.verdict.code), other.verdict.evidence, zone, names, other.verdict.channel)
    return {"why": why, "instead": instead, "timeline": entries(view, names, zone), "words": words, "zone": zone}


def _id(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
