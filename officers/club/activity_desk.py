"""The staff's pages of activities: the list, writing, publishing, the places, the door, the poster."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, force_locale
from sqlmodel import Session

from officers.club import activities, forms, pictures, places, words
from officers.club.activities import Editor
from officers.club.edge import errors_of
from officers.club.models import ACTIVITY_STATES, Activity
from officers.club.rules import door as doors
from officers.club.store import activities as store
from officers.club.store import places as place_store
from officers.people import tiers
from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, _l, error_text
from portal.people import access, sheets
from portal.people.edge import asked, page_of, unit_choices, uuid_of
from questionnaires.answering import qr
from questionnaires.answering.show import CATALOGUES
from questionnaires.library import store as library_store

blueprint = Blueprint("activity_desk", __name__, url_prefix="/portal/officers/activities")
READ, EDIT = "activities.read", "activities.edit"


def editor() -> Editor:
    """Who acts, for which units."""
    return Editor(access.actor(), access.scope(EDIT))


def _seen(session: Session, activity_id: UUID, permission: str = READ) -> Activity:
    activity = store.by_id(session, activity_id)
    if activity is None:
        raise NotFound
    access.check_unit(permission, activity.unit_id, session)
    return activity


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All activities of one's units, with the filter in the address."""
    state = asked("state", 10)
    wanted = store.Filter(
        access.view(READ), web.now(), state if state in ACTIVITY_STATES else "", asked("q", 60), uuid_of(request.args.get("cursor"))
    )
    with web.reading() as session:
        rows, more = page_of(store.page(session, wanted), store.PAGE)
        units = store.unit_names(session, [one.unit_id for one in rows])
    return web.render(
        "officers/club/desk_activities.html", rows=rows, units=units, wanted=wanted, words=words, may_edit=access.may(EDIT),
        next_cursor=str(rows[-1].id) if more else None,
    )  # fmt: skip


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    with web.reading() as session:
        return _form(session, {}, None)


def _form(session: Session, errors: dict[str, str], activity: Activity | None, status: int = 200) -> ResponseReturnValue:
    filled = request.form if request.method == "POST" else activity.model_dump() if activity else {}
    asked_of = library_store.listed(session, library_store.Filters(status="published"))
    page = web.render(
        "officers/club/desk_activity_form.html", activity=activity, errors=errors, filled=filled, words=words,
        units=unit_choices(session, access.scope(EDIT), web.now()), tiers=list(enumerate(tiers.scheme(session).tiers)),
        questionnaires=asked_of, zone=web.ground().settings.zone,
    )  # fmt: skip
    return page, status


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Write a draft."""
    zone = web.ground().settings.zone
    try:
        with web.writing() as session:
            activity = activities.make(session, forms.activity(request.form, zone), editor(), web.now())
    except SoundingsError as error:
        with web.reading() as session:
            return _form(session, errors_of(error), None, error.status)
    flash(_("Saved as a draft. Officers see it once it is published."), "good")
    return redirect(url_for("activity_desk.show", activity_id=activity.id))


@blueprint.get("/<uuid:activity_id>/edit")
@access.allow(EDIT)
def edit(activity_id: UUID) -> ResponseReturnValue:
    """The form of one that is there."""
    with web.reading() as session:
        return _form(session, {}, _seen(session, activity_id, EDIT))


@blueprint.post("/<uuid:activity_id>/edit")
@access.allow(EDIT)
def change(activity_id: UUID) -> ResponseReturnValue:
    """Change it."""
    written, revision = forms.activity(request.form, web.ground().settings.zone), forms.number(request.form, "revision")
    try:
        with web.writing() as session:
            activities.change(session, activity_id, written, editor(), revision, web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _form(session, errors_of(error), _seen(session, activity_id, EDIT), error.status)
    flash(_("Saved."), "good")
    return redirect(url_for("activity_desk.show", activity_id=activity_id))


@blueprint.get("/<uuid:activity_id>")
@access.allow(READ)
def show(activity_id: UUID) -> ResponseReturnValue:
    """One activity with its places."""
    with web.reading() as session:
        return _page(session, _seen(session, activity_id))


def _page(session: Session, activity: Activity, status: int = 200, **values: Any) -> ResponseReturnValue:
    listed, more = page_of(place_store.listed(session, activity.id, uuid_of(request.args.get("cursor"))), place_store.PAGE)
    page = web.render(
        "officers/club/desk_activity.html", activity=activity, listed=listed, counts=place_store.counts(session, activity.id), words=words,
        unit=store.unit_names(session, [activity.unit_id])[activity.unit_id], may_edit=access.may(EDIT), door=activities.door(activity),
        now=web.now(), pictures=pictures.of(session, "activity", activity.id),
        next_cursor=str(listed[-1].place.id) if more else None, **{"errors": {}, "filled": request.form, **values},
    )  # fmt: skip
    return page, status


@blueprint.post("/<uuid:activity_id>/publish")
@access.allow(EDIT)
def publish(activity_id: UUID) -> ResponseReturnValue:
    """Open the sign-up."""
    try:
        with web.writing() as session:
            activities.publish(session, activity_id, editor(), web.now())
    except activities.NotLikeThis as error:
        flash(error_text(error), "warn")
    else:
        flash(_("Published. Officers can sign up."), "good")
    return redirect(url_for("activity_desk.show", activity_id=activity_id))


@blueprint.post("/<uuid:activity_id>/call-off")
@access.allow(EDIT)
def call_off(activity_id: UUID) -> ResponseReturnValue:
    """It does not take place."""
    try:
        with web.writing() as session:
            activities.call_off(session, activity_id, forms.text(request.form, "reason", 301), editor(), web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _page(session, _seen(session, activity_id, EDIT), error.status, errors=errors_of(error))
    flash(_("Called off. Everybody with a place was told."), "good")
    return redirect(url_for("activity_desk.show", activity_id=activity_id))


@blueprint.post("/<uuid:activity_id>/pictures")
@access.allow(EDIT)
def add_pictures(activity_id: UUID) -> ResponseReturnValue:
    """Add pictures of how it was."""
    try:
        with web.writing() as session:
            activity = _seen(session, activity_id, EDIT)
            pictures.keep(session, web.ground().keys, "activity", activity.id, pictures.sent(), None, web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, _seen(session, activity_id, EDIT), error.status, errors=errors_of(error))
    flash(_("Kept. They show within a minute, once faces and numbers are blurred."), "good")
    return redirect(url_for("activity_desk.show", activity_id=activity_id))


@blueprint.get("/pictures/<uuid:photo_id>/<any(shown, thumb):size>")
@access.allow(READ)
def picture(photo_id: UUID, size: str) -> ResponseReturnValue:
    """A picture of an activity."""
    with web.reading() as session:
        _seen(session, pictures.activity_of(session, photo_id))
        return pictures.answer(session, web.ground().keys, photo_id, "activity", size)


@blueprint.post("/<uuid:activity_id>/check-in/<uuid:officer_id>")
@access.allow(EDIT)
def check_in(activity_id: UUID, officer_id: UUID) -> ResponseReturnValue:
    """Check somebody in by hand."""
    try:
        with web.writing() as session:
            places.check_in_by_hand(session, _seen(session, activity_id, EDIT), officer_id, access.actor(), web.now())
    except places.CantSignUp as error:
        flash(error_text(error), "warn")
    return redirect(url_for("activity_desk.show", activity_id=activity_id))


@blueprint.get("/<uuid:activity_id>/door")
@access.allow(EDIT)
def door(activity_id: UUID) -> ResponseReturnValue:
    """The code to be shown at the door; the page renews it by itself."""
    with web.reading() as session:
        activity = _seen(session, activity_id, EDIT)
    page = "desk_door_code.html" if request.headers.get("HX-Request") else "desk_door.html"
    opened = activities.door(activity)
    return web.render(f"officers/club/{page}", activity=activity, door=opened, code=doors.code(opened, web.now()), now=web.now())


def _address(activity: Activity, code: str = "") -> str:
    path = url_for("club_activities.show", activity_id=activity.id, code=code or None)
    return web.ground().settings.effective_public_url + path


@blueprint.get("/<uuid:activity_id>/door.svg")
@access.allow(EDIT)
def door_picture(activity_id: UUID) -> ResponseReturnValue:
    """The QR code that leads to checking in with the code of now."""
    with web.reading() as session:
        activity = _seen(session, activity_id, EDIT)
    body = qr.svg(_address(activity, doors.code(activities.door(activity), web.now())))
    return Response(body, mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


def _both(words_of: LazyString | str) -> tuple[str, str]:
    """Some words in Chinese and in English, whatever the reader's language."""
    found = []
    for tag in ("zh-Hans", "en"):
        with force_locale(CATALOGUES[tag]):
            found.append(str(words_of))
    return found[0], found[1]


@blueprint.get("/<uuid:activity_id>/poster.pdf")
@access.allow(READ)
def poster(activity_id: UUID) -> ResponseReturnValue:
    """A poster whose QR code leads to the activity; one page, so it is made at once."""
    from questionnaires.answering import sheets_pdf  # draws PDF: loaded by who prints, not by every process

    settings = web.ground().settings
    with web.reading() as session:
        activity = _seen(session, activity_id)
        zh, en = store.unit_names(session, [activity.unit_id])[activity.unit_id]
    place = activity.address or activity.link
    when = sheets_pdf.Printed(_address(activity), "", activity.title, f"{zh} · {en}", place[:60])
    said = sheets_pdf.Words(
        settings.bank_name_zh, settings.bank_name_en, *_both(_l("Experience officers' activity")),
        *_both(_l("Scan to read more and to sign up")),
    )  # fmt: skip
    body = sheets_pdf.make([when], said, "card", lambda _done: None, settings.print_font)
    return Response(body, mimetype="application/pdf", headers={"Content-Disposition": "inline; filename=poster.pdf"})


@blueprint.get("/<uuid:activity_id>/places.csv")
@access.allow(EDIT)
def export(activity_id: UUID) -> ResponseReturnValue:
    """The places as a file: aliases only."""
    with web.writing() as session:
        activity = _seen(session, activity_id, EDIT)
        rows = place_store.listed(session, activity.id, None, 20_000)
        record(session, access.actor(), "activity.export", "activity", activity.id, web.now(), {"rows": len(rows)})
    head = [str(_("Alias")), str(_("Kind")), str(_("State")), str(_("Signed up")), str(_("Checked in"))]
    lines = [
        [one.alias, one.kind, str(words.PLACE_STATES[one.place.state]), one.place.signed_up_at.isoformat(), _iso(one.place.checked_in_at)]
        for one in rows
    ]
    return Response(sheets.dump(head, lines), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=places.csv"})


def _iso(at: Any) -> str:
    return at.isoformat() if at else ""
