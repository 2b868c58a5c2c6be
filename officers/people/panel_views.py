"""The panel's quotas, named groups, and the training as data."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import asked, groups, learning, learning_store, panel, panel_store, tiers, words
from officers.people.desk_views import READ, WORK, desk, may_whole
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, error_text, pick
from portal.people import access, edge
from portal.people.units import nodes
from scheduler.touchpoints import filters

blueprint = Blueprint("officers_panel", __name__, url_prefix="/portal/officers")
SHOWN, REJECTED = 200, 50


def _form() -> dict[str, str]:
    return {name: text.replace("\x00", "").strip() for name, text in request.form.items()}


def _errors(error: InvalidInput) -> dict[str, str]:
    return {name: str(_(code)) for name, code in error.fields.items()}


@blueprint.get("/panel")
@access.allow(READ)
def cells() -> ResponseReturnValue:
    """What the panel wants, and what is there."""
    return _cells_page()


def _cells_page(status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    with web.reading() as session:
        found = panel.standing(session)
    return web.render(
        "officers/people/panel.html", cells=found, words=words, errors=errors or {}, filled=request.form, may_write=may_whole(WORK)
    ), status


@blueprint.post("/panel")
@access.allow(WORK)
def put_cell() -> ResponseReturnValue:
    """Want so many of a kind."""
    access.whole_bank(WORK)
    form = _form()
    target = int(form["target"]) if form.get("target", "").isdecimal() and len(form["target"]) < 8 else 0
    try:
        with web.writing() as session:
            panel.put(session, {name: form.get(name, "") for name in panel.CUTS}, target, access.actor(), web.now())
    except InvalidInput as error:
        return _cells_page(422, _errors(error))
    return redirect(url_for("officers_panel.cells"))


@blueprint.post("/panel/<uuid:cell_id>/drop")
@access.allow(WORK)
def drop_cell(cell_id: UUID) -> ResponseReturnValue:
    """Want none of a kind any more."""
    access.whole_bank(WORK)
    with web.writing() as session:
        panel.drop(session, cell_id, access.actor(), web.now())
    return redirect(url_for("officers_panel.cells"))


@blueprint.get("/groups")
@access.allow(READ)
def group_list() -> ResponseReturnValue:
    """All named groups."""
    return _groups_page()


def _groups_page(status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    with web.reading() as session:
        rows = groups.sizes(session)
        choices = _choices(session)
    return web.render(
        "officers/people/groups.html", rows=rows, errors=errors or {}, filled=request.form, may_write=may_whole(WORK),
        **_editor(choices, filters.entered(request.form)),
    ), status  # fmt: skip


def _choices(session: Session) -> asked.Known:
    """What conditions may say, with the units that the reader sees."""
    units = [
        {"code": one.unit.code, "name": f"{pick(one.unit.name_zh, one.unit.name_en)} · {one.unit.code}"}
        for one in nodes(session, access.view(READ), web.now())
    ]
    return asked.known(tiers.scheme(session), units)


def _editor(choices: asked.Known, rows: filters.Rows | None) -> dict[str, Any]:
    """What the editor of conditions needs."""
    return {"conditions": rows, "fields": asked.fields(choices), "ops": asked.OPS, "labels": asked.LABELS, "row_groups": filters.GROUPS}


@blueprint.post("/groups")
@access.allow(WORK)
def make_group() -> ResponseReturnValue:
    """Make one."""
    access.whole_bank(WORK)
    form = _form()
    try:
        with web.writing() as session:
            wanted = asked.condition_of(form, _choices(session)) if form.get("kind") == "conditions" else None
            if form.get("kind") == "conditions" and wanted is None:
                raise InvalidInput({"conditions": "missing"})
            made = groups.make(session, form.get("code", ""), form.get("name", ""), wanted, desk())
    except InvalidInput as error:
        return _groups_page(422, _errors(error))
    return redirect(url_for("officers_panel.group", group_id=made.id))


@blueprint.get("/groups/<uuid:group_id>")
@access.allow(READ)
def group(group_id: UUID) -> ResponseReturnValue:
    """One group with its members."""
    return _group_page(group_id)


def _group_page(
    group_id: UUID, status: int = 200, errors: dict[str, str] | None = None, imported: groups.Imported | None = None
) -> ResponseReturnValue:
    with web.reading() as session:
        found = panel_store.group(session, group_id)
        if found is None:
            raise NotFound
        ids = groups.members(session, group_id)
        rows = panel_store.member_rows(session, ids, SHOWN, access.view(READ), web.now())
        choices = _choices(session)
    shown = asked.rows_of(found.conditions, choices)
    if shown is not None and errors and "conditions" in errors:
        shown = filters.entered(request.form)
    page = web.render(
        "officers/people/group.html", group=found, rows=rows, total=len(ids), errors=errors or {}, imported=imported, most=REJECTED,
        words=words, may_write=may_whole(WORK), **_editor(choices, shown),
    )  # fmt: skip
    return page, status


def _in_group(group_id: UUID, deed: Callable[[Session], object]) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            result = deed(session)
    except InvalidInput as error:
        return _group_page(group_id, 422, _errors(error))
    if isinstance(result, groups.Imported):
        return _group_page(group_id, imported=result)
    flash(_("Saved."), "good")
    return redirect(url_for("officers_panel.group", group_id=group_id))


@blueprint.post("/groups/<uuid:group_id>/conditions")
@access.allow(WORK)
def change_conditions(group_id: UUID) -> ResponseReturnValue:
    """Say anew who belongs to it."""
    access.whole_bank(WORK)

    def change(session: Session) -> None:
        wanted = asked.condition_of(_form(), _choices(session))
        if wanted is None:
            raise InvalidInput({"conditions": "missing"})
        groups.change(session, group_id, wanted, desk())

    return _in_group(group_id, change)


@blueprint.post("/groups/<uuid:group_id>/add")
@access.allow(WORK)
def add_member(group_id: UUID) -> ResponseReturnValue:
    """Put one in by alias."""
    access.whole_bank(WORK)
    return _in_group(group_id, lambda session: groups.add(session, group_id, _form().get("alias", ""), desk()))


@blueprint.post("/groups/<uuid:group_id>/file")
@access.allow(WORK)
def take_file(group_id: UUID) -> ResponseReturnValue:
    """Put in whom a file names."""
    access.whole_bank(WORK)
    return _in_group(group_id, lambda session: groups.take_file(session, group_id, edge.uploaded(), desk()))


@blueprint.post("/groups/<uuid:group_id>/out/<uuid:officer_id>")
@access.allow(WORK)
def take_out(group_id: UUID, officer_id: UUID) -> ResponseReturnValue:
    """Take one out."""
    access.whole_bank(WORK)
    return _in_group(group_id, lambda session: groups.take_out(session, group_id, officer_id, desk()))


@blueprint.post("/groups/<uuid:group_id>/drop")
@access.allow(WORK)
def drop_group(group_id: UUID) -> ResponseReturnValue:
    """Remove one."""
    access.whole_bank(WORK)
    try:
        with web.writing() as session:
            groups.drop(session, group_id, desk())
    except groups.GroupInUse as error:
        flash(error_text(error), "bad")
        return redirect(url_for("officers_panel.group", group_id=group_id))
    flash(_("The group is removed; its members stay officers."), "good")
    return redirect(url_for("officers_panel.group_list"))


@blueprint.get("/training")
@access.allow(READ)
def training() -> ResponseReturnValue:
    """The training as officers read it, and how many pass."""
    with web.reading() as session:
        present = learning.present(session)
        passed, tried = learning_store.passed_share(session)
    return web.render("officers/people/training_desk.html", present=present, passed=passed, tried=tried, may_write=may_whole(WORK))
