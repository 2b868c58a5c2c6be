"""Pages of notes on charts, saved views and alarms."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, _l
from portal.people import access, edge
from questionnaires.analysis import asked as address
from questionnaires.metrics.naming import DECIMALS, SHORT_KINDS, UNIT_OF
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.reports import noting
from questionnaires.reports.rights import ALARMS, NOTES, READ, VIEWS
from questionnaires.reports.store import notes as store

blueprint = Blueprint("notes", __name__, url_prefix="/portal")
REFUSED = 422
KINDS = {"drop": _l("Drop"), "rate": _l("Response rate collapsed"), "flood": _l("Flood of answers")}


@blueprint.get("/annotations")
@access.allow(READ)
def annotations() -> ResponseReturnValue:
    """What happened when."""
    return _notes({}, {})


@blueprint.post("/annotations")
@access.allow(NOTES)
def annotate() -> ResponseReturnValue:
    """Note something."""
    form = {name: request.form.get(name, "").replace("\x00", "").strip() for name in ("day", "unit", "words")}
    try:
        with web.writing() as session:
            scope = address.units(session, NOTES, form["unit"]) if form["unit"] else access.scope(NOTES)
            if not form["unit"] and not scope.everything:
                raise InvalidInput({"unit": "choose_a_unit"})
            unit_id = scope.unit_ids[0] if form["unit"] else None
            noting.add_note(session, edge.day_of(form["day"]), unit_id, form["words"], access.actor(), web.now())
    except InvalidInput as error:
        return _notes(form, {name: _(code) for name, code in error.fields.items()}), REFUSED
    flash(_("Saved."), "good")
    return redirect(url_for("notes.annotations"))


@blueprint.post("/annotations/<uuid:note_id>/remove")
@access.allow(NOTES)
def remove(note_id: UUID) -> ResponseReturnValue:
    """Take a note away."""
    with web.writing() as session:
        row = store.note(session, note_id)
        if row is None:
            raise NotFound
        access.check_unit(NOTES, row.unit_id, session)
        noting.remove_note(session, note_id, access.actor(), web.now())
    return redirect(url_for("notes.annotations"))


@blueprint.get("/views")
@access.allow(READ)
def views() -> ResponseReturnValue:
    """Saved views."""
    return _views({"address": edge.asked("address", 600)}, {})


@blueprint.post("/views")
@access.allow(VIEWS)
def save() -> ResponseReturnValue:
    """Save a view."""
    form = {name: request.form.get(name, "").replace("\x00", "").strip() for name in ("name", "address")}
    shared = bool(request.form.get("shared")) and access.may(NOTES)
    try:
        with web.writing() as session:
            noting.save_view(session, access.me().user_id, form["name"], form["address"], shared, web.now())
    except InvalidInput as error:
        return _views(form, {name: _(code) for name, code in error.fields.items()}), REFUSED
    flash(_("Saved."), "good")
    return redirect(url_for("notes.views"))


@blueprint.post("/views/<uuid:view_id>/remove")
@access.allow(VIEWS)
def forget(view_id: UUID) -> ResponseReturnValue:
    """Forget a view."""
    with web.writing() as session:
        noting.remove_view(session, view_id, access.me().user_id)
    return redirect(url_for("notes.views"))


@blueprint.get("/metric-alarms")
@access.allow(ALARMS)
def alarms() -> ResponseReturnValue:
    """Alarms of the units in scope."""
    with web.reading() as session:
        rows = store.alarms_in(session, access.view(ALARMS), web.now())
    units = {**{str(kind): UNIT_OF[kind] for kind in Kind}, "": "%"}
    names, decimals = {str(kind): SHORT_KINDS[kind] for kind in Kind}, {str(kind): DECIMALS[kind] for kind in Kind}
    return web.render("questionnaires/reports/alarms.html", rows=rows, kinds=KINDS, names=names, units=units, decimals=decimals)


def _notes(filled: dict[str, str], wrong: dict[str, str]) -> str:
    with web.reading() as session:
        inside = {one["id"] for one in address.unit_choices(session, READ)}
        rows = [row for row in store.newest(session) if row[1] is None or row[1].code in inside]
        units = address.unit_choices(session, NOTES) if access.may(NOTES) else []
    values = {"units": units, "filled": {"day": edge.today().isoformat(), **filled}, "wrong": wrong, "may_edit": access.may(NOTES)}
    return web.render("questionnaires/reports/annotations.html", rows=rows, **values)


def _views(filled: dict[str, str], wrong: dict[str, str]) -> str:
    with web.reading() as session:
        rows = store.views(session, access.me().user_id)
    values = {"filled": filled, "wrong": wrong, "me_id": access.me().user_id, "may_share": access.may(NOTES), "may_save": access.may(VIEWS)}
    return web.render("questionnaires/reports/views.html", rows=rows, **values)
