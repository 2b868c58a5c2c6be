"""Customers and their data: see what was agreed to, withdraw in one tap, ask to see, correct, copy or delete; and how that stands."""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation import web
from portal.foundation.clock import day_in
from portal.foundation.crypto import token_hash
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.i18n import _l
from portal.foundation.limits import limiter
from portal.people import access, consent, consent_store, customer_store
from portal.people.models import Customer
from portal.privacy import notices, request_store, requests, words
from portal.privacy.models import PrivacyRequest
from portal.privacy.requests import Filing
from questionnaires.answering import edge, response_store, show
from questionnaires.answering.views import blueprint

__all__ = ["blueprint"]
HEAD, STANDING = _l("Your data and your rights"), _l("Your request about your data")
CUSTOMER = Actor("customer", "")
FORM, STATE = "questionnaires/answering/rights.html", "questionnaires/answering/rights_state.html"
FILED = 303
Wrong = dict[str, tuple[str, dict[str, Any]]]


@blueprint.get("/s/<token>/data")
@access.public
def my_data(token: str) -> ResponseReturnValue:
    """By somebody's own link: what they agreed to, and what they may ask for."""
    with web.reading() as session:
        return _form(_customer(session, token), {}, 200, session)


@blueprint.post("/s/<token>/data")
@access.public
def ask_by_link(token: str) -> ResponseReturnValue:
    """Withdraw in one tap, or file a request: the link tells who asks."""
    edge.check_form(token[:60])
    with web.reading() as session:
        customer = _customer(session, token)
    if request.form.get("act") == "withdraw":
        return _withdraw(customer)
    return _file(customer)


@blueprint.get("/privacy/request")
@access.public
def ask_page() -> ResponseReturnValue:
    """Without a link: the same, with a name and where to reach the person."""
    with web.reading() as session:
        return _form(None, {}, 200, session)


@blueprint.post("/privacy/request")
@limiter.limit("10 per hour", deduct_when=lambda answer: answer.status_code == FILED)
@access.public
def ask() -> ResponseReturnValue:
    """File a request; the bank makes sure who asks before it does anything."""
    edge.check_form(f"privacy|{request.remote_addr}")
    if request.form.get("website"):  # a field that people do not see: only programs fill it in
        with web.reading() as session:
            return _form(None, {}, 200, session)
    return _file(None)


def _customer(session: Session, token: str) -> Customer:
    key = response_store.customer_of_link(session, token_hash(token[:60]), web.now())
    customer = customer_store.by_id(session, key) if key is not None else None
    if customer is None or customer.erased_at is not None:
        edge.count_unknown()
        edge.refuse("unknown", 404)
    assert customer is not None  # refused else
    return customer


def _language() -> str:
    tag = edge.asked_language()
    return tag if tag in show.CATALOGUES else show.browser_language()


def _form(customer: Customer | None, errors: Wrong, status: int, session: Session, *, withdrawn: bool = False) -> Response:
    given = []
    if customer is not None:
        standing = consent.standing(consent_store.consents_of(session, [customer.id])).values()
        given = [one for one in standing if one.withdrawn_at is None]
    language = _language()
    page = show.form_html(
        FORM, HEAD, language, edge.frame(), errors=errors, filled=request.form, kinds=words.KINDS, own=customer is not None, given=given,
        withdrawn=withdrawn, days=requests.LIMIT_DAYS, notice=notices.text(session, language), names=notices.names(session, language),
        day_of=_day,
    )  # fmt: skip
    return show.send(page, status)


def _withdraw(customer: Customer) -> Response:
    now = web.now()
    with web.writing() as session:
        for purpose, channel in list(consent.standing(consent_store.consents_of(session, [customer.id]))):
            consent.withdraw(session, customer.id, now, purpose, channel)
        trail.record(session, CUSTOMER, "customer.withdraw", "customer", customer.id, now)
    with web.reading() as session:
        return _form(customer, {}, 200, session, withdrawn=True)


def _file(customer: Customer | None) -> ResponseReturnValue:
    ground, typed = web.ground(), request.form

    def text(name: str) -> str:
        return typed.get(name, "").replace("\x00", "")[: requests.LONGEST[name] + 1]

    one = Filing(typed.get("kind", ""), "page", _language(), text("words"), text("name"), text("contact"), customer)
    try:
        with web.writing() as session:
            _made, token = requests.file(session, ground.keys, one, CUSTOMER, web.now(), ground.settings.zone)
    except InvalidInput as error:
        wrong = {name: (code, error.facts) for name, code in error.fields.items()}
        with web.reading() as session:
            return _form(customer, wrong, 422, session)
    return redirect(f"/privacy/requests/{token}?lang={_language()}", FILED)


@blueprint.get("/privacy/requests/<token>")
@access.public
def request_state(token: str) -> ResponseReturnValue:
    """How a request stands."""
    with web.reading() as session:
        return _state(_found(session, token), token)


@blueprint.post("/privacy/requests/<token>")
@access.public
def request_act(token: str) -> ResponseReturnValue:
    """Take it back."""
    edge.check_form(token[:60])
    try:
        with web.writing() as session:
            requests.take_back(session, _found(session, token), CUSTOMER, web.now())
    except Conflict:
        pass  # it came to its end meanwhile: the page says so
    return redirect(f"/privacy/requests/{token[:60]}?lang={_language()}", 303)


@blueprint.get("/privacy/requests/<token>/copy.json")
@access.public
def request_copy(token: str) -> ResponseReturnValue:
    """The copy of all data, once it is made, for some weeks."""
    ground = web.ground()
    with web.writing() as session:
        found = _found(session, token)
        if found.copy_enc is None or requests.copy_over(found, web.now()):
            edge.refuse("unknown", 404)
        text = ground.keys.decrypt(found.copy_enc or b"")
        trail.record(session, CUSTOMER, "privacy.copy_fetched", "privacy_request", found.id, web.now())
    answer = Response(json.dumps(json.loads(text), ensure_ascii=False, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=my-data-{found.number}.json"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _found(session: Session, token: str) -> PrivacyRequest:
    found = request_store.by_token(session, token_hash(token[:60]))
    if found is None:
        edge.count_unknown()
        edge.refuse("unknown", 404)
    assert found is not None  # refused else
    return found


def _day(at: datetime) -> str:
    """The bank's day of a moment; a limit at midnight is the end of the day before."""
    at -= timedelta(seconds=1)
    return day_in(web.ground().settings.zone, at).isoformat()


def _state(found: PrivacyRequest, token: str) -> Response:
    keys = web.ground().keys
    held = [(words.BASES.get(one["basis"], one["basis"]), one["until"][:10]) for one in found.proof.get("held", ())]
    page = show.form_html(
        STATE, STANDING, _language(), edge.frame(), one=found, words=words, token=token[:60], held=held, day_of=_day,
        reply=keys.decrypt(found.reply_enc) if found.reply_enc else "", open=found.state in request_store.OPEN,
        has_copy=found.copy_enc is not None and not requests.copy_over(found, web.now()),
    )  # fmt: skip
    return show.send(page)
