"""The pages of the organisation tree."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, code_text
from portal.people import access, bank_roles, edge, store, unit_import, unit_store, units, uploads, user_store, words
from portal.people.forms import MoveForm, UnitForm
from portal.people.models import OrgUnit
from portal.people.units import UnitFacts

blueprint = Blueprint("units", __name__, url_prefix="/portal/units")
READ, EDIT, IMPORT = "people.read", "units.edit", "units.import"
REFUSED = 422


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The tree, or what a search finds in it."""
    search, kind = edge.asked("q", 80).lower(), edge.asked("kind", 20)
    with web.reading() as session:
        nodes = units.nodes(session, access.scope(READ), web.now())
        people = unit_store.users_by_unit(session)
    names = {node.unit.id: node.unit for node in nodes}
    found = [node for node in nodes if _fits(node.unit, search, kind)]
    values = {"nodes": found, "names": names, "people": people, "total": len(nodes), "kinds": words.UNIT_KINDS}
    return web.render("portal/people/units.html", search=search, kind=kind, **values)


def _fits(unit: OrgUnit, search: str, kind: str) -> bool:
    text = f"{unit.code} {unit.name_zh} {unit.name_en}".lower()
    return search in text and (not kind or unit.kind == kind)


@blueprint.get("/<uuid:unit_id>")
@access.allow(READ)
def show(unit_id: UUID) -> ResponseReturnValue:
    """One unit: its place, its history, its people."""
    return _page(unit_id, None, None)


def _page(unit_id: UUID, form: UnitForm | None, move: MoveForm | None, status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        unit = _seen(session, unit_id)
        nodes = units.nodes(session, access.scope(READ), web.now())
        node = next(one for one in nodes if one.unit.id == unit_id)
        values = {
            "unit": unit,
            "node": node,
            "below": [one.unit for one in nodes if one.parent_id == unit_id],
            "names": {one.unit.id: one.unit for one in nodes},
            "history": unit_store.history(session, unit_id),
            "people": [(user, _roles(session, user.id, unit_id)) for user in unit_store.users_of(session, unit_id)],
            "choices": [one for one in edge.unit_choices(session, access.scope(EDIT), web.now()) if one["id"] != str(unit_id)],
            "editable": store.unit_in_scope(session, access.scope(EDIT), unit_id, web.now()),
        }
    form = form or UnitForm(obj=unit)
    move = move or MoveForm(parent_id=str(node.parent_id or ""), day=edge.today())
    return web.render("portal/people/unit.html", form=form, move=move, kinds=words.UNIT_KINDS, **values), status


def _roles(session: Session, user_id: UUID, unit_id: UUID) -> list[str]:
    held = user_store.roles_with_units(session, [user_id]).get(user_id, [])
    names = bank_roles.names(session)
    return [names.get(role.role, role.role) for role, unit in held if unit.id == unit_id]


def _seen(session: Session, unit_id: UUID, permission: str = READ) -> OrgUnit:
    access.check_unit(permission, unit_id, session)
    unit = store.unit_by_id(session, unit_id)
    if unit is None:
        raise NotFound
    return unit


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """The form for a new unit."""
    return _new_page(UnitForm(parent_id=request.args.get("parent", ""), day=edge.today(), kind="outlet"))


def _new_page(form: UnitForm, status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        choices = edge.unit_choices(session, access.scope(EDIT), web.now())
    return web.render("portal/people/unit_new.html", form=form, choices=choices), status


@blueprint.post("/new")
@access.allow(EDIT)
def add() -> ResponseReturnValue:
    """Add a unit."""
    form = UnitForm()
    if not form.validate_on_submit():
        return _new_page(form, REFUSED)
    try:
        with web.writing() as session:
            parent = edge.uuid_of(form.parent_id.data)
            if parent is not None:
                access.check_unit(EDIT, parent, session)
            unit = units.add(session, _facts(form), parent, form.day.data or edge.today(), access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _new_page(form, REFUSED)
    flash(_("%(code)s is added.", code=unit.code), "good")
    return redirect(url_for("units.show", unit_id=unit.id))


def _facts(form: UnitForm, code: str | None = None) -> UnitFacts:
    zone, calendar = (form.zone.data or "").strip() or None, (form.calendar.data or "").strip() or "cn"
    code = code or (form.code.data or "").strip()
    return UnitFacts(code, form.name_zh.data.strip(), form.name_en.data.strip(), form.kind.data, zone, calendar)


@blueprint.post("/<uuid:unit_id>")
@access.allow(EDIT)
def edit(unit_id: UUID) -> ResponseReturnValue:
    """Change a unit's names and kind."""
    form = UnitForm()
    with web.reading() as session:
        unit = _seen(session, unit_id, EDIT)
    if not form.validate_on_submit():
        return _page(unit_id, form, None, REFUSED)
    try:
        with web.writing() as session:
            units.edit(session, unit_id, _facts(form, unit.code), access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _page(unit_id, form, None, REFUSED)
    flash(_("Saved."), "good")
    return redirect(url_for("units.show", unit_id=unit_id))


@blueprint.post("/<uuid:unit_id>/move")
@access.allow(EDIT)
def move(unit_id: UUID) -> ResponseReturnValue:
    """Hang a unit below another from a day on."""
    form = MoveForm()
    with web.reading() as session:
        _seen(session, unit_id, EDIT)
    if not form.validate_on_submit():
        return _page(unit_id, None, form, REFUSED)
    try:
        with web.writing() as session:
            parent = edge.uuid_of(form.parent_id.data)
            if parent is None:
                raise InvalidInput({"parent_id": "unknown_parent"})
            access.check_unit(EDIT, parent, session)
            units.move(session, unit_id, parent, form.day.data, access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _page(unit_id, None, form, REFUSED)
    flash(_("The unit hangs below another from that day on."), "good")
    return redirect(url_for("units.show", unit_id=unit_id))


@blueprint.post("/<uuid:unit_id>/close")
@access.allow(EDIT)
def close(unit_id: UUID) -> ResponseReturnValue:
    """Close a unit, or open it again."""
    with web.writing() as session:
        _seen(session, unit_id, EDIT)
        step = units.reopen if request.form.get("open") else units.close
        step(session, unit_id, access.actor(), web.now())
    return redirect(url_for("units.show", unit_id=unit_id))


@blueprint.get("/export.csv")
@access.allow(READ)
def export() -> ResponseReturnValue:
    """The units of the scope as a file that can be read in again."""
    with web.reading() as session:
        text = unit_import.export(session, access.scope(READ), web.now())
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=units.csv"})


@blueprint.get("/import")
@access.allow(IMPORT)
def import_page() -> ResponseReturnValue:
    """Choose a file."""
    access.whole_bank(IMPORT)
    return web.render("portal/people/unit_import.html", plan=None, ticket="", error="")


@blueprint.post("/import")
@access.allow(IMPORT)
def import_file() -> ResponseReturnValue:
    """Show what a file would do; nothing is written yet."""
    access.whole_bank(IMPORT)
    try:
        text = edge.uploaded()
        with web.reading() as session:
            plan = unit_import.plan(session, text, edge.today())
    except InvalidInput as error:
        words_of = code_text(error.fields["file"], **error.facts)
        return web.render("portal/people/unit_import.html", plan=None, ticket="", error=words_of), REFUSED
    ticket = uploads.keep(web.ground(), access.me().user_id, text)
    return web.render("portal/people/unit_import.html", plan=plan, ticket=ticket, error="")


@blueprint.post("/import/<ticket>")
@access.allow(IMPORT)
def import_now(ticket: str) -> ResponseReturnValue:
    """Do what the preview showed."""
    access.whole_bank(IMPORT)
    text = uploads.read(web.ground(), access.me().user_id, ticket)
    with web.writing() as session:
        plan = unit_import.apply(session, text, edge.today(), access.actor(), web.now())
    uploads.drop(web.ground(), access.me().user_id, ticket)
    counts = {"new": len(plan.new), "changed": len(plan.changed), "rejected": len(plan.rejected)}
    flash(_("%(new)s units added, %(changed)s changed, %(rejected)s rows left out.", **counts), "good")
    return redirect(url_for("units.index"))
