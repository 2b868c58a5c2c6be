"""The desk of benefits: the catalogue, its stock and codes, and what was redeemed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import roster, tiers
from officers.points import catalogue, edge, redeeming, words
from officers.points.benefit_models import Benefit, Redemption
from officers.points.edge import DESK, MANAGE, READ
from officers.points.store import benefits as store
from officers.points.store import reading
from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, _n, pick
from portal.foundation.sent_files import sent_file
from portal.people import access
from portal.people.edge import asked, uuid_of

blueprint = Blueprint("benefits_desk", __name__, url_prefix="/portal/officers/benefits")
FILE_MOST = 2_000_000
OPEN = ("fulfilling", "disputed")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The catalogue."""
    with web.reading() as session:
        rows = store.catalogue(session)
    return web.render("officers/points/benefits.html", rows=rows, words=words, may_manage=edge.may_whole(MANAGE))


@blueprint.get("/new")
@access.allow(MANAGE)
def new() -> ResponseReturnValue:
    """An empty form."""
    access.whole_bank(MANAGE)
    with web.reading() as session:
        return _form(session, None, {})


def _form(session: Session, row: Benefit | None, errors: dict[str, str], **more: Any) -> str:
    names = [(one.code, pick(one.name_zh, one.name_en)) for one in tiers.scheme(session).tiers]
    return web.render(
        "officers/points/benefit_form.html", row=row, errors=errors, filled=edge.filled(row), words=words, tiers=names,
        **{"taken": None, **more},
    )  # fmt: skip


@blueprint.post("/new")
@access.allow(MANAGE)
def make() -> ResponseReturnValue:
    """A new benefit, a draft."""
    access.whole_bank(MANAGE)
    try:
        with web.writing() as session:
            row = catalogue.make(session, edge.new_benefit(), access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _form(session, None, edge.errors_of(error)), error.status
    return redirect(url_for("benefits_desk.edit", benefit_id=row.id))


@blueprint.get("/<uuid:benefit_id>")
@access.allow(MANAGE)
def edit(benefit_id: UUID) -> ResponseReturnValue:
    """One benefit: its figures, stock, codes and state."""
    access.whole_bank(MANAGE)
    with web.reading() as session:
        return _form(session, _benefit(session, benefit_id), {})


def _benefit(session: Session, benefit_id: UUID) -> Benefit:
    row = store.benefit(session, benefit_id)
    if row is None:
        raise NotFound
    return row


@blueprint.post("/<uuid:benefit_id>")
@access.allow(MANAGE)
def change(benefit_id: UUID) -> ResponseReturnValue:
    """Change its figures."""
    return _do(benefit_id, lambda session: catalogue.change(session, benefit_id, edge.new_benefit(), access.actor(), web.now()))


@blueprint.post("/<uuid:benefit_id>/<any(on_sale,paused,retired):state>")
@access.allow(MANAGE)
def move(benefit_id: UUID, state: str) -> ResponseReturnValue:
    """Put it on sale, pause or retire it."""
    return _do(benefit_id, lambda session: catalogue.move(session, benefit_id, state, access.actor(), web.now()))


@blueprint.post("/<uuid:benefit_id>/stock")
@access.allow(MANAGE)
def restock(benefit_id: UUID) -> ResponseReturnValue:
    """More items, or fewer."""
    return _do(benefit_id, lambda session: catalogue.restock(session, benefit_id, edge.whole("number", 0), access.actor(), web.now()))


def _do(benefit_id: UUID, deed: Any) -> ResponseReturnValue:
    access.whole_bank(MANAGE)
    try:
        with web.writing() as session:
            deed(session)
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _form(session, _benefit(session, benefit_id), edge.errors_of(error)), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("benefits_desk.edit", benefit_id=benefit_id))


@blueprint.post("/<uuid:benefit_id>/codes")
@access.allow(MANAGE)
def codes(benefit_id: UUID) -> ResponseReturnValue:
    """Take codes from a file; the lines that were not taken are named."""
    access.whole_bank(MANAGE)
    try:
        raw = sent_file("file", FILE_MOST)
        if len(raw.data) > FILE_MOST:
            raise InvalidInput({"file": "file_too_large"})
        with web.writing() as session:
            taken = catalogue.upload_codes(session, web.ground().keys, benefit_id, raw.data, access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _form(session, _benefit(session, benefit_id), edge.errors_of(error)), error.status
    with web.reading() as session:
        return _form(session, _benefit(session, benefit_id), {}, taken=taken)


@blueprint.get("/redemptions")
@access.allow(READ)
def redemptions() -> ResponseReturnValue:
    """The queue of the desk, the longest waiting first."""
    state = asked("state", 12)
    states = (state,) if state in words.REDEMPTIONS else OPEN
    with web.reading() as session:
        rows = reading.queue(session, access.view(READ), web.now(), states)
    return web.render("officers/points/redemptions_desk.html", rows=rows, words=words, state=state, may_work=access.may(DESK))


@blueprint.post("/redemptions/deliver")
@access.allow(DESK)
def deliver_many() -> ResponseReturnValue:
    """Mark several as delivered; those that have moved on meanwhile are left."""
    ids, number = [one for one in map(uuid_of, request.form.getlist("id")) if one][:200], 0
    with web.writing() as session:
        for one in sorted(set(ids)):
            row = _seen(session, one)
            if row.state == "fulfilling":
                redeeming.deliver(session, one, access.actor(), web.now())
                number += 1
    flash(_n("%(num)s redemption delivered.", "%(num)s redemptions delivered.", number), "good" if number else "info")
    return redirect(url_for("benefits_desk.redemptions"))


def _seen(session: Session, redemption_id: UUID, permission: str = DESK) -> Redemption:
    row = store.redemption(session, redemption_id)
    officer = roster.find(session, row.officer_id) if row else None
    if row is None or officer is None:
        raise NotFound
    access.check_unit(permission, officer.unit_id, session)
    return row


@blueprint.get("/redemptions/<uuid:redemption_id>")
@access.allow(READ)
def redemption(redemption_id: UUID) -> ResponseReturnValue:
    """One redemption; the address is hidden until it is asked for."""
    with web.reading() as session:
        return _redemption_page(session, _seen(session, redemption_id, READ), {})


def _redemption_page(session: Session, row: Redemption, errors: dict[str, str], address: str = "", act: str = "") -> str:
    return web.render(
        "officers/points/redemption_desk.html", row=row, one=store.benefit(session, row.benefit_id), words=words, errors=errors,
        alias=roster.names(session, [row.officer_id]).get(row.officer_id, "–"), address=address, posted=act, may_work=access.may(DESK),
        filled=edge.filled(),
    )  # fmt: skip


@blueprint.post("/redemptions/<uuid:redemption_id>/address")
@access.allow(DESK)
def reveal(redemption_id: UUID) -> ResponseReturnValue:
    """Show the address once, and write down who looked."""
    with web.writing() as session:
        row = _seen(session, redemption_id)
        record(session, access.actor(), "redemption.reveal", redeeming.OBJECT, row.id, web.now())
        address = web.ground().keys.decrypt(row.address_enc) if row.address_enc else ""
        return _redemption_page(session, row, {}, address)


@blueprint.post("/redemptions/<uuid:redemption_id>/<any(deliver,cancel,lost,returned,keep):act>")
@access.allow(DESK)
def work(redemption_id: UUID, act: str) -> ResponseReturnValue:
    """Deliver, cancel, or settle what went wrong: lost or come back, refunded; or it stays delivered."""
    actor, now, note = access.actor(), web.now(), edge.text(f"note_{act}", 501)
    try:
        with web.writing() as session:
            _seen(session, redemption_id)
            if act == "deliver":
                redeeming.deliver(session, redemption_id, actor, now, note)
            elif act == "cancel":
                redeeming.cancel(session, redemption_id, actor, now)
            elif act == "keep":
                redeeming.keep(session, redemption_id, actor, now, note)
            else:
                redeeming.fail(session, redemption_id, actor, now, note, whole=act == "returned")
    except InvalidInput as error:
        with web.reading() as session:
            return _redemption_page(session, _seen(session, redemption_id), edge.errors_of(error), act=act), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("benefits_desk.redemptions"))
