"""Files in and out on the library's pages."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.audit import trail
from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _
from portal.foundation.sent_files import sent_file
from portal.people import access
from questionnaires.interchange import formats, taking
from questionnaires.library import folders, library

blueprint = Blueprint("interchange", __name__, url_prefix="/portal/questionnaires")
READ, WRITE = "questionnaires.read", "questionnaires.write"


@blueprint.get("/from-file")
@access.allow(WRITE)
def take() -> ResponseReturnValue:
    """The form."""
    return _form({}), 200


@blueprint.post("/from-file")
@access.allow(WRITE)
def taken() -> ResponseReturnValue:
    """A new questionnaire from a file; one that can't be read says why, and nothing is made."""
    try:
        sent = sent_file(most=formats.LARGEST)
        imported, report = formats.read(sent.data, request.form.get("format", formats.AUTO), sent.name)
        with web.writing() as session:
            code = taking.free_code(session, request.form.get("code") or sent.name.rpartition(".")[0])
            made = taking.as_new(session, imported, code, request.form.get("folder", ""), access.actor(), web.now())
    except InvalidInput as error:
        return _form(error.fields), 422
    flash(_("%(questions)s questions on %(pages)s pages taken over.", questions=report.questions, pages=report.pages), "good")
    for one in report.not_carried:
        flash(_("Not carried over: %(what)s", what=one), "warn")
    return redirect(url_for("library.show", questionnaire_id=made.id))


@blueprint.get("/<uuid:questionnaire_id>/file")
@access.allow(READ)
def give(questionnaire_id: UUID) -> ResponseReturnValue:
    """The questionnaire as a file: the draft, or `?version=`."""
    name, number = request.args.get("format", "json"), request.args.get("version", "")
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None
    with web.reading() as session:
        found = library.get(session, questionnaire_id)
        data = taking.written(session, found, name, version)
    with web.writing() as session:
        trail.record(session, access.actor(), "questionnaire.export", "questionnaire", found.id, web.now(), {"format": name})
    chosen = formats.FORMATS[name]
    filename = f"{found.code}{f'-{version}' if version else ''}.{chosen.extension}"
    return Response(data, mimetype=chosen.media_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'})


def _form(errors: dict[str, str]) -> str:
    with web.reading() as session:
        tree = folders.tree(session)
    places = [(place, code) for place, code in errors.items() if place not in ("file", "code")]
    return web.render(
        "questionnaires/interchange/take.html",
        errors=errors, places=places, folders=tree, names=list(formats.FORMATS), largest=formats.LARGEST // 1024 // 1024,
    )  # fmt: skip
