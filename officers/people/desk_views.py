"""The desk of the programme's managers: applications, officers, their way; and the managers' yes to task hours."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import growth_store, hours, panel_store, store, tiers, way, words
from officers.people.rules.states import BY_DESK, NEEDS_REASON, Act, open_to
from officers.people.tier_reading import of_officer
from officers.people.way import Desk
from portal.foundation import web
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.i18n import _, error_text, pick
from portal.people import access, edge
from portal.people import store as people

blueprint = Blueprint("officers_people", __name__, url_prefix="/portal/officers")
READ, WORK, HOURS = "officers.read", "officers.work", "officers.hours"
ENTRIES, STAFF = 20, 500


def desk(permission: str = WORK) -> Desk:
    """Who decides, and for which units."""
    return Desk(access.actor(), access.scope(permission), web.now())


def may_whole(permission: str) -> bool:
    """Whether the buttons of what is the whole bank's are shown."""
    return access.may(permission) and access.scope(permission).everything


@blueprint.get("/people")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Officers of one's units, applications first to be seen."""
    state, kind, asked = edge.asked("state", 10), edge.asked("kind", 10), edge.asked("q", 40)
    scope, now = access.view(READ), web.now()
    after = _cursor(edge.asked("cursor", 80))
    with web.reading() as session:
        counts = store.counts(session, scope, now)
        rows = store.page(session, scope, now, state=state, kind=kind, words=asked, after=after)
        names = {one.code: pick(one.name_zh, one.name_en) for one in tiers.scheme(session).tiers}
    shown, more = edge.page_of(rows, store.PAGE)
    cursor = f"{shown[-1][0].applied_at.isoformat()}|{shown[-1][0].id}" if more else ""
    return web.render(
        "officers/people/index.html",
        rows=shown,
        cursor=cursor,
        counts=counts,
        state=state,
        kind=kind,
        asked=asked,
        words=words,
        tiers=names,
    )


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    at, _bar, officer_id = text.partition("|")
    found = edge.uuid_of(officer_id)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, found) if found is not None and moment.tzinfo is not None else None


@blueprint.get("/people/<uuid:officer_id>")
@access.allow(READ)
def show(officer_id: UUID) -> ResponseReturnValue:
    """One officer: who, the way so far, tier and growth, and what may be done."""
    return _show(officer_id)


def _show(officer_id: UUID, status: int = 200, error: str = "", act: str = "") -> ResponseReturnValue:
    now = web.now()
    with web.reading() as session:
        officer = way.seen_by(session, officer_id, Desk(access.actor(), access.scope(READ), now))
        steps, entries = store.steps(session, officer_id), growth_store.newest(session, officer_id, ENTRIES)
        unit, tier = people.unit_by_id(session, officer.unit_id), of_officer(session, officer_id, now)
        names = {one.by: user.name for one in steps if one.by and (user := people.user_by_id(session, one.by))}
    acts = open_to(officer.state, BY_DESK) if access.may(WORK) and officer.erased_at is None else []
    page = web.render(
        "officers/people/show.html", officer=officer, unit=unit, steps=steps, entries=entries, tier=tier, names=names, acts=acts,
        needs=NEEDS_REASON, words=words, error=error, chosen=act, filled=request.form,
    )  # fmt: skip
    return page, status


@blueprint.post("/people/<uuid:officer_id>/<any(approve, reject, suspend, reinstate, retire):name>")
@access.allow(WORK)
def decide(officer_id: UUID, name: str) -> ResponseReturnValue:
    """Take a manager's step."""
    try:
        with web.writing() as session:
            way.decide(session, officer_id, Act(name), request.form.get("reason", ""), desk())
    except InvalidInput as error:
        code = error.fields["reason"]
        return _show(officer_id, 422, str(_(code)), name)
    except Conflict as error:
        flash(error_text(error), "warn")
    else:
        flash(_("Saved."), "good")
    return redirect(url_for("officers_people.show", officer_id=officer_id))


@blueprint.get("/hours")
@access.allow(HOURS)
def task_hours() -> ResponseReturnValue:
    """The staff officers of one's units, and what was said of this quarter."""
    return _hours_page()


def _hours_page(status: int = 200, errors: dict[UUID, str] | None = None) -> ResponseReturnValue:
    now = web.now()
    quarter = hours.quarter_of(edge.today())
    with web.reading() as session:
        rows = panel_store.staff_hours(session, access.view(HOURS), quarter, now, STAFF)
    page = web.render(
        "officers/people/hours.html",
        rows=rows,
        quarter=quarter,
        words=words,
        errors=errors or {},
        filled=request.form,
        default=hours.DEFAULT,
    )
    return page, status


@blueprint.post("/hours/<uuid:officer_id>")
@access.allow(HOURS)
def decide_hours(officer_id: UUID) -> ResponseReturnValue:
    """The manager's yes or no."""
    text = request.form.get("hours", "")
    granted = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
    yes = request.form.get("act") == "yes"
    zone = web.ground().settings.zone
    return _hours(lambda session: hours.decide(session, officer_id, yes, granted if yes else 0, desk(HOURS), zone), officer_id)


def _hours(deed: Callable[[Session], object], officer_id: UUID) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            deed(session)
    except InvalidInput as error:
        code = error.fields["hours"]
        return _hours_page(422, {officer_id: str(_(code))})
    except Conflict as error:
        flash(error_text(error), "warn")
    else:
        flash(_("Saved."), "good")
    return redirect(url_for("officers_people.task_hours"))
