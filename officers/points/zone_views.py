"""What officers see of their points: statement, rules, the shop and what they redeemed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import roster, tiers
from officers.people.rules.states import LIVING
from officers.people.zone import Here, here, officer_view
from officers.points import balances, redeeming, rulebooks, words
from officers.points.benefit_models import Benefit, Redemption
from officers.points.rules.lots import year_of
from officers.points.store import benefits as store
from officers.points.store import reading
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text, pick
from portal.foundation.ids import new_id
from portal.people.edge import page_of, uuid_of

blueprint = Blueprint("officer_points", __name__, url_prefix="/officers")


@blueprint.get("/points")
@officer_view(states=LIVING)
def index() -> ResponseReturnValue:
    """Balance, what is to come, and the statement."""
    now, me = web.now(), here()
    with web.reading() as session:
        cursor = uuid_of(request.args.get("cursor"))
        before = reading.entry(session, cursor) if cursor else None
        before = before if before is not None and before.officer_id == me.officer_id else None
        rows, more = page_of(reading.statement(session, me.officer_id, before), reading.PAGE)
        page = _coming(session, me, now) | {"reasons": reading.reasons(session, me.officer_id)}
    return web.render(
        "officers/points/points.html", **page, rows=rows, words=words, first=before is None,
        next_cursor=str(rows[-1].id) if more else None,
    )  # fmt: skip


def _coming(session: Session, me: Here, now: datetime) -> dict[str, Any]:
    """The balance with the lots that wait or expire soon, and what is promised."""
    book = rulebooks.seen(session, now).book
    lots = reading.lots_of(session, me.officer_id, now)
    return {
        "balance": balances.of(session, me.officer_id, now),
        "pending": [one for one in lots if one.usable_from > now],
        "going": [one for one in lots if one.usable_from <= now and one.expires_at <= now + timedelta(days=book.warn_days[0])],
        "promised": reading.promised(session, me.officer_id),
        "second": timedelta(seconds=1),
    }


def home_card(session: Session, me: Here, now: datetime) -> dict[str, Any]:
    """The card on the officer's home page."""
    return _coming(session, me, now) | {"rules": words.RULES}


@blueprint.get("/points/rules")
@officer_view(states=LIVING)
def rules() -> ResponseReturnValue:
    """What pays, and when, made from the rules in force."""
    now = web.now()
    with web.reading() as session:
        force = rulebooks.seen(session, now)
        scheme = tiers.scheme(session)
    return web.render(
        "officers/points/rules.html", force=force, book=force.book, words=words, scheme=scheme, now=now,
        paid_on=now + timedelta(days=force.book.pending_days),
    )  # fmt: skip


@blueprint.get("/shop")
@officer_view(states=LIVING)
def shop() -> ResponseReturnValue:
    """What points buy."""
    now, me = web.now(), here()
    with web.reading() as session:
        officer = roster.find(session, me.officer_id)
        assert officer is not None  # they are here
        who = redeeming.shopper(session, officer)
        shown = [(one, redeeming.refusal(who, one, now)) for one in store.catalogue(session, ["on_sale"])]
        balance = balances.of(session, me.officer_id, now)
        force = rulebooks.seen(session, now)
        used = store.year_used(session, me.officer_id, year_of(now, force.book.zone))
    tier_names = {one.code: pick(one.name_zh, one.name_en) for one in who.scheme.tiers}
    return web.render(
        "officers/points/shop.html", shown=shown, balance=balance, words=words, tier_names=tier_names, used=used,
        cap=force.book.year_value_cents,
    )  # fmt: skip


@blueprint.get("/shop/<uuid:benefit_id>")
@officer_view(states=LIVING)
def benefit(benefit_id: UUID) -> ResponseReturnValue:
    """One benefit, and the button."""
    with web.reading() as session:
        return _benefit_page(session, _shown(session, benefit_id), "")


def _shown(session: Session, benefit_id: UUID) -> Benefit:
    row = store.benefit(session, benefit_id)
    if row is None or row.state == "draft":
        raise NotFound
    return row


def _benefit_page(session: Session, row: Benefit, error: str) -> str:
    now, me = web.now(), here()
    officer = roster.find(session, me.officer_id)
    assert officer is not None  # they are here
    who = redeeming.shopper(session, officer)
    tier_names, why = {one.code: pick(one.name_zh, one.name_en) for one in who.scheme.tiers}, redeeming.refusal(who, row, now)
    return web.render(
        "officers/points/benefit.html", one=row, why=why, error=error, balance=balances.of(session, me.officer_id, now), words=words,
        tier_names=tier_names, key=new_id().hex, book=rulebooks.seen(session, now).book,
    )  # fmt: skip


@blueprint.post("/shop/<uuid:benefit_id>")
@officer_view
def redeem(benefit_id: UUID) -> ResponseReturnValue:
    """Redeem it; sending the form twice is once."""
    me, key = here(), uuid_of(request.form.get("key")) or new_id()
    try:
        with web.writing() as session:
            made = redeeming.redeem(session, me.officer_id, benefit_id, f"{me.officer_id}:{key}", me.actor, web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _benefit_page(session, _shown(session, benefit_id), error_text(error)), error.status
    return redirect(url_for("officer_points.redemption", redemption_id=made.id))


@blueprint.get("/redemptions")
@officer_view(states=LIVING)
def redemptions() -> ResponseReturnValue:
    """What the officer redeemed."""
    with web.reading() as session:
        rows = store.of_officer(session, here().officer_id)
        names = store.names(session, {one.benefit_id for one in rows})
    return web.render("officers/points/redemptions.html", rows=rows, names=names, words=words)


@blueprint.get("/redemptions/<uuid:redemption_id>")
@officer_view(states=LIVING)
def redemption(redemption_id: UUID) -> ResponseReturnValue:
    """One of them: where it stands, its code, its address."""
    with web.reading() as session:
        return _redemption_page(session, _own(session, redemption_id), {})


def _own(session: Session, redemption_id: UUID) -> Redemption:
    row = store.redemption(session, redemption_id)
    if row is None or row.officer_id != here().officer_id:
        raise NotFound
    return row


def _redemption_page(session: Session, row: Redemption, errors: dict[str, str]) -> str:
    keys, now = web.ground().keys, web.now()
    sealed = store.code_of(session, row.id)
    address = keys.decrypt(row.address_enc) if row.address_enc else ""
    may_dispute = row.state == "delivered" and row.delivered_at is not None and now - row.delivered_at < redeeming.DISPUTE
    code = keys.decrypt(sealed) if sealed and row.state in ("delivered", "disputed") else ""
    return web.render(
        "officers/points/redemption.html", row=row, one=store.benefit(session, row.benefit_id), words=words, errors=errors, code=code,
        address=address, may_dispute=may_dispute, filled=request.form,
    )  # fmt: skip


@blueprint.post("/redemptions/<uuid:redemption_id>/<any(address,cancel,dispute):act>")
@officer_view
def move(redemption_id: UUID, act: str) -> ResponseReturnValue:
    """Give an address, cancel, or say that it did not come."""
    me, now, keys = here(), web.now(), web.ground().keys
    text = {name: request.form.get(name, "").replace("\x00", "")[:600] for name in ("address", "note")}
    try:
        with web.writing() as session:
            if act == "address":
                redeeming.give_address(session, keys, redemption_id, me.officer_id, text["address"], now)
            elif act == "cancel":
                redeeming.cancel(session, redemption_id, me.actor, now, me.officer_id)
            else:
                redeeming.dispute(session, redemption_id, me.officer_id, text["note"], now)
    except InvalidInput as error:
        with web.reading() as session:
            return _redemption_page(session, _own(session, redemption_id), {name: _(code) for name, code in error.fields.items()}), 422
    flash(_("Saved."), "good")
    return redirect(url_for("officer_points.redemption", redemption_id=redemption_id))
