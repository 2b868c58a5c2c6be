"""The desk of customers' requests about their data."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit import trail
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, match_language
from portal.people import access, customer_store, edge, parts, personal, store
from portal.people.rules import masking
from portal.privacy import held_store, request_store, requests, words
from portal.privacy.edge import READ, REFUSED, WORK, errors_of, tabs, typed
from portal.privacy.models import PrivacyRequest
from portal.privacy.requests import Desk, Filing

blueprint = Blueprint("privacy", __name__, url_prefix="/portal/privacy")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Requests that wait, by their limit, or those that ended."""
    over = edge.asked("state", 4) == "over"
    before = edge.asked("cursor", 12)
    with web.reading() as session:
        found = request_store.page(session, access.view(READ), web.now(), over=over, before=edge.number_of(before))
    rows, more = edge.page_of(found, request_store.PAGE) if over else (found, False)
    following = rows[-1].number if more else None
    return web.render("portal/privacy/requests.html", rows=rows, over=over, following=following, words=words, tabs=tabs(), now=web.now())


@blueprint.get("/new")
@access.allow(WORK)
def new() -> ResponseReturnValue:
    """The form of a request that came at the counter, by telephone or by letter."""
    return _new()


def _desk_unit() -> UUID | None:
    """A branch's desk files for a unit of its own, or it could not see what it filed; head office's for nobody's yet."""
    scope, own = access.scope(WORK), access.me().unit_id
    if scope.everything:
        return None
    return own if own in scope.unit_ids else scope.unit_ids[0]


def _new(error: InvalidInput | None = None) -> ResponseReturnValue:
    origins = {code: text for code, text in words.ORIGINS.items() if code != "page"}
    page = web.render(
        "portal/privacy/request_new.html", errors=errors_of(error), typed=request.form, words=words, origins=origins, tabs=tabs()
    )
    return page, REFUSED if error else 200


@blueprint.post("/new")
@access.allow(WORK)
def file() -> ResponseReturnValue:
    """Take it in; the customer gets the page's address."""
    ground = web.ground()
    language = match_language(typed("language", 20)) or "zh-Hans"
    try:
        with web.writing() as session:
            origin = typed("origin", 10)
            if origin not in words.ORIGINS or origin == "page":
                raise InvalidInput({"origin": "missing"})
            one = Filing(
                typed("kind", 12), origin, language, typed("words"), typed("name", 81), typed("contact", 121), unit_id=_desk_unit()
            )
            made, token = requests.file(session, ground.keys, one, access.actor(), web.now(), ground.settings.zone)
    except InvalidInput as error:
        return _new(error)
    return _page(made.id, link=f"{ground.settings.effective_public_url}/privacy/requests/{token}")


@blueprint.get("/<uuid:request_id>")
@access.allow(READ)
def show(request_id: UUID) -> ResponseReturnValue:
    """One request, its person masked."""
    return _page(request_id)


def _seen(session: Session, request_id: UUID, permission: str = READ) -> PrivacyRequest:
    found = request_store.one(session, request_id)
    if found is None:
        raise NotFound
    access.check_unit(permission, found.unit_id, session)
    return found


def _page(request_id: UUID, error: InvalidInput | None = None, link: str = "", *, whole: bool = False) -> ResponseReturnValue:
    ground = web.ground()
    with web.reading() as session:
        one = _seen(session, request_id)
        customer = customer_store.by_id(session, one.customer_id) if one.customer_id else None
        values: dict[str, Any] = {
            "customer": customer,
            "masked": personal.masked(ground.keys, customer) if customer and customer.erased_at is None else None,
            "held": held_store.records_of(session, one.customer_id) if one.customer_id else [],
            "on_hold": bool(one.customer_id and held_store.holds_on(session, one.customer_id)),
            "people": store.user_by_id(session, one.ended_by) if one.ended_by else None,
        }
    opened = {name: _open(getattr(one, f"{name}_enc")) for name in ("words", "name", "contact", "reply")}
    if not whole:
        opened["name"], opened["contact"] = masking.mask_name(opened["name"]), _masked_contact(opened["contact"])
    page = web.render(
        "portal/privacy/request.html", one=one, opened=opened, words=words, errors=errors_of(error), typed=request.form, link=link,
        whole=whole, is_open=one.state in request_store.OPEN,
        proof_right=not one.proof_hash or requests.proof_hash(one.proof) == one.proof_hash,
        checks=[(code, text) for code, text in words.CHECKS.items() if code != "link"], fields=requests.CORRECTABLE, tabs=tabs(), **values,
    )  # fmt: skip
    return page, REFUSED if error else 200


def _open(sealed: bytes | None) -> str:
    return web.ground().keys.decrypt(sealed) if sealed else ""


def _masked_contact(text: str) -> str:
    return masking.mask_email(text) if "@" in text else masking.mask_phone(text)


@blueprint.post("/<uuid:request_id>/reveal")
@access.allow(WORK)
def reveal(request_id: UUID) -> ResponseReturnValue:
    """Who asks and where they are reached, for making sure of it; written down before it is shown."""
    with web.writing() as session:
        found = _seen(session, request_id, WORK)
        facts = {"why": str(personal.Why.CUSTOMER_ASKED), "reference": str(found.number)}
        trail.record(session, access.actor(), "privacy_request.reveal", "privacy_request", found.id, web.now(), facts)
    return _page(request_id, whole=True)


@blueprint.post("/<uuid:request_id>/<any(identify, do, refuse):act>")
@access.allow(WORK)
def act_on(request_id: UUID, act: str) -> ResponseReturnValue:
    """The next step of a request."""
    now, who = web.now(), access.actor()
    desk = Desk(web.ground().keys, parts.registered(), who, now)
    try:
        with web.writing() as session:
            _seen(session, request_id, WORK)
            if act == "identify":
                requests.identify(session, request_id, typed("how", 20), typed("ref", 100), who, now)
            elif act == "refuse":
                requests.refuse(session, request_id, typed("reason", 30), typed("reply"), desk)
            else:
                change = {name: typed(name, 255) for name in requests.CORRECTABLE}
                requests.do(session, request_id, desk, typed("reply"), change)
    except InvalidInput as error:
        return _page(request_id, error)
    flash(
        {
            "identify": _("Identity noted."),
            "refuse": _("Refused; the customer's page says why."),
            "do": _("Done; the customer's page says so."),
        }[act],
        "good",
    )
    return redirect(url_for("privacy.show", request_id=request_id))


def menu_count(session: Session, me: Any, now: Any) -> int:
    """Requests that wait."""
    return request_store.waiting(session, me.scope(READ, now), now)
