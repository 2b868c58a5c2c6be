"""The page of promoters, and the page behind a referral code."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, _l, error_text
from portal.people import access
from portal.people.edge import uuid_of
from questionnaires.answering import edge, show
from scheduler.cases.rules.customer import mask_name, mask_phone
from scheduler.cases.store import units as unit_store
from scheduler.promoters import following, hooks, store
from scheduler.promoters.following import Desk
from scheduler.promoters.models import ReferralCode

blueprint = Blueprint("promoters", __name__, url_prefix="/portal/promoters")
public = Blueprint("referral", __name__)
web.csrf.exempt(public)  # a page for everybody, without a session; the form's origin and rate are checked instead
READ, WORK = "promoters.read", "promoters.work"
HEAD, THANKS = _l("Recommended to you"), _l("Thank you")
STATES = {
    "taken_up": _l("Waits"), "done": _l("Done"), "declined": _l("Declined"), "held_back": _l("Held back"), "offered": _l("Offered"),
    "left": _l("Left a number"), "contacted": _l("Contacted"), "customer": _l("Became a customer"),
    "owed": _l("Owed"), "handed_out": _l("Handed out"), "void": _l("Void"),
}  # fmt: skip
TONES = {"taken_up": "info", "left": "info", "contacted": "info", "done": "good", "customer": "good", "handed_out": "good", "owed": "warn"}
REASONS = {"PAIR": _l("was asked something else within 90 days"), "DUPLICATE": _l("had this wish before"), "STAFF": _l("is a colleague")}


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Wishes, leads and rewards of one's units, with the funnel."""
    return _page("", 200)


def _page(error: str, status: int, revealed: UUID | None = None) -> ResponseReturnValue:
    scope, now, keys = access.view(READ), web.now(), web.ground().keys
    with web.reading() as session:
        steps, leads, rewards = store.steps(session, scope, now), store.leads(session, scope, now), store.rewards(session, scope, now)
        ids = {one.unit_id for one, _ref in steps} | {one.unit_id for one in leads}
        units = unit_store.names(session, {one for one in ids if one})
        funnel = store.funnel(session, scope, now)
        offers, given = hooks.offers(session, now), _given(session, [one.benefit for one, _ref in rewards])
    people = {}
    for one in leads:
        name, phone = (keys.decrypt(sealed) if sealed else "" for sealed in (one.name_enc, one.phone_enc))
        people[one.id] = (name, phone) if one.id == revealed else (mask_name(name), mask_phone(phone) if phone else "")
    page = web.render(
        "scheduler/promoters/index.html", steps=steps, leads=leads, rewards=rewards, units=units, funnel=funnel, people=people,
        states=STATES, tones=TONES, reasons=REASONS, error=error, may_work=access.may(WORK), offers=offers, given=given,
        revealed=revealed, filled=request.form,
    )  # fmt: skip
    return page, status


def _given(session: Session, benefits: list[str]) -> dict[str, tuple[str, str]]:
    known = {found for found in map(uuid_of, benefits) if found}
    return {str(key): name for key, name in hooks.names(session, known).items()}


def _desk() -> Desk:
    return Desk(access.actor(), access.scope(WORK), web.now())


@blueprint.post("/wishes/<uuid:step_id>")
@access.allow(WORK)
def settle_step(step_id: UUID) -> ResponseReturnValue:
    """Invited, or changed their mind."""
    return _do(lambda session: following.settle_step(session, step_id, request.form.get("act") == "done", _desk()))


@blueprint.post("/leads/<uuid:lead_id>")
@access.allow(WORK)
def move_lead(lead_id: UUID) -> ResponseReturnValue:
    """Contacted, became a customer, or declined."""
    form = request.form
    return _do(lambda session: following.move_lead(session, lead_id, form.get("act", ""), form.get("ref", "").replace("\x00", ""), _desk()))


@blueprint.post("/leads/<uuid:lead_id>/reveal")
@access.allow(WORK)
def reveal(lead_id: UUID) -> ResponseReturnValue:
    """Show a lead's name and number once, and write down who looked."""
    with web.writing() as session:
        lead = store.lead(session, lead_id)
        if lead is None:
            raise NotFound
        access.check_unit(WORK, lead.unit_id, session)
        record(session, access.actor(), "referral.reveal", "referral_lead", lead_id, web.now())
    return _page("", 200, lead_id)


@blueprint.post("/rewards/<uuid:reward_id>")
@access.allow(WORK)
def settle_reward(reward_id: UUID) -> ResponseReturnValue:
    """One item of a benefit is handed out, or the reward is void."""
    void, benefit = request.form.get("act") == "void", uuid_of(request.form.get("benefit"))
    if not void and benefit is None:
        return _page(str(_("Choose what is handed out.")), 422)
    return _do(lambda session: following.settle_reward(session, reward_id, None if void else benefit, _desk()))


def _do(deed: Callable[[Session], object]) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            deed(session)
    except NotFound:
        raise
    except SoundingsError as error:
        words = [_(code) for code in error.fields.values()] if isinstance(error, InvalidInput) else []
        return _page(words[0] if words else error_text(error), error.status)
    flash(_("Saved."), "good")
    return redirect(url_for("promoters.index"))


@public.get("/r/<code>")
@access.public
def landing(code: str) -> ResponseReturnValue:
    """The page behind a code."""
    with web.writing() as session:
        found = _code(store.code(session, code))
        store.note_visit(session, found.code)
    return _form({}, 200)


def _code(found: ReferralCode | None) -> ReferralCode:
    if found is None or web.now() >= found.expires_at:
        edge.count_unknown()
        edge.refuse("unknown", 404)
    assert found is not None  # refused else
    return found


def _language() -> str:
    tag = edge.asked_language()
    return tag if tag in show.CATALOGUES else show.browser_language()


def _form(errors: dict[str, str], status: int) -> Response:
    page = show.form_html(
        "scheduler/promoters/referral.html", HEAD, _language(), edge.frame(), errors=errors, filled=request.form, done=False
    )
    return show.send(page, status)


@public.post("/r/<code>")
@access.public
def leave(code: str) -> ResponseReturnValue:
    """Leave a name and a number."""
    edge.check_form(code[:12])
    form = request.form
    name, phone = (form.get(field, "").replace("\x00", "")[:81] for field in ("name", "phone"))
    try:
        with web.writing() as session:
            found = _code(store.code(session, code))
            following.leave_number(session, web.ground().keys, found, name, phone, form.get("consent") == "1", web.now())
    except InvalidInput as error:
        return _form(error.fields, 422)
    page = show.form_html("scheduler/promoters/referral.html", THANKS, _language(), edge.frame(), errors={}, filled={}, done=True)
    return show.send(page)
