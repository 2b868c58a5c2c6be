"""Folders of the library, and putting questionnaires into them."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, _n
from portal.people import access
from questionnaires.library import folders
from questionnaires.library.views import READ, WRITE, blueprint

__all__ = ["blueprint"]


@blueprint.get("/folders")
@access.allow(READ)
def folder_list() -> ResponseReturnValue:
    """All folders, with what they hold."""
    with web.reading() as session:
        return web.render("questionnaires/library/folders.html", folders=folders.tree(session), errors={}, typed={})


@blueprint.post("/folders")
@access.allow(WRITE)
def save_folder() -> ResponseReturnValue:
    """Make a folder, or give one other names or another place."""
    code, form = request.form.get("code", ""), request.form
    given = (form.get("name_zh", ""), form.get("name_en", ""), form.get("parent", ""))
    try:
        with web.writing() as session:
            if code:
                folders.rename(session, code, *given, access.actor(), web.now())
            else:
                folders.make(session, *given, access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return web.render("questionnaires/library/folders.html", folders=folders.tree(session), errors=error.fields, typed=form), 422
    flash(_("The folder is saved."), "good")
    return redirect(url_for("library.folder_list"))


@blueprint.post("/move")
@access.allow(WRITE)
def move_to_folder() -> ResponseReturnValue:
    """Put the ticked questionnaires into a folder."""
    try:
        ids = [UUID(one) for one in request.form.getlist("id")]
    except ValueError:
        raise NotFound from None
    with web.writing() as session:
        moved = folders.move(session, ids, request.form.get("folder", ""), access.actor(), web.now())
    flash(_n("%(num)d questionnaire moved.", "%(num)d questionnaires moved.", moved), "good")
    return redirect(url_for("library.listing", folder=request.form.get("folder") or None))
