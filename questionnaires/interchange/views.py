"""Files in and out on the library's pages: put one in, look at what it became with the report beside, make a draft of it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.audit import trail
from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _
from portal.foundation.sent_files import sent_file
from portal.people import access
from questionnaires.bank.labels import language_label
from questionnaires.interchange import file_taking, formats, taking
from questionnaires.interchange import files_store as store
from questionnaires.interchange.carrying.files import MB
from questionnaires.interchange.labels import said
from questionnaires.library import folders, library, sentences
from questionnaires.logic.check import check
from questionnaires.logic.definition import Definition

blueprint = Blueprint("interchange", __name__, url_prefix="/portal/questionnaires")
READ, WRITE = "questionnaires.read", "questionnaires.write"
ACCEPT = ".json,.lss,.lsg,.lsq,.txt,.tsv,.xlsx,.xls,.qsf"
MOST_SHOWN = 300


@blueprint.get("/from-file")
@access.allow(WRITE)
def take() -> ResponseReturnValue:
    """The form, and one's files of these days."""
    return _form({}), 200


@blueprint.post("/from-file")
@access.allow(WRITE)
def taken() -> ResponseReturnValue:
    """Take a file in and show it; one that can't be read says why, and nothing is kept."""
    wanted = request.form.get("format", formats.AUTO)
    try:
        sent = sent_file(most=file_taking.LARGEST)
        with web.writing() as session:
            row = file_taking.put(session, web.ground().keys, sent, wanted, access.me().user_id, web.now())
            trail.record(session, access.actor(), "questionnaire.take_file", "file_taken", row.id, web.now(), {"format": row.format})
    except InvalidInput as error:
        return _form(error.fields), 422
    return redirect(url_for("interchange.seen", file_id=row.id))


@blueprint.get("/from-file/<uuid:file_id>")
@access.allow(WRITE)
def seen(file_id: UUID) -> ResponseReturnValue:
    """How far a file is; when it was read, its pages as they will look, with the report beside."""
    with web.reading() as session:
        row = file_taking.own(session, file_id, access.me().user_id)
        tree = folders.tree(session)
    definition = Definition.from_json(row.definition) if row.definition is not None else None
    return web.render(
        "questionnaires/interchange/seen.html",
        row=row, report=row.report, going=row.state in ("waiting", "reading"), definition=definition, language_label=language_label,
        notes=_notes(row.report), stops=_stops(definition), folders=tree, places=_places(row.problem),
    )  # fmt: skip


@blueprint.post("/from-file/<uuid:file_id>")
@access.allow(WRITE)
def make(file_id: UUID) -> ResponseReturnValue:
    """Make the draft."""
    with web.writing() as session:
        code, folder = request.form.get("code", "").replace("\x00", "")[:40], request.form.get("folder", "").replace("\x00", "")[:40]
        made = file_taking.make(session, file_id, access.me().user_id, code, folder, access.actor(), web.now())
    flash(_("The draft is made. Look through it, then submit it for approval."), "good")
    return redirect(url_for("library.show", questionnaire_id=made.id))


@blueprint.post("/from-file/<uuid:file_id>/discard")
@access.allow(WRITE)
def discard(file_id: UUID) -> ResponseReturnValue:
    """Throw the file away."""
    with web.writing() as session:
        file_taking.discard(session, file_id, access.me().user_id, access.actor(), web.now())
    flash(_("The file was thrown away; no draft was made."), "good")
    return redirect(url_for("interchange.take"))


@blueprint.get("/<uuid:questionnaire_id>/file")
@access.allow(READ)
def give(questionnaire_id: UUID) -> ResponseReturnValue:
    """The questionnaire as a file: the draft, or `?version=`; `?format=` says which kind."""
    name, number = request.args.get("format", "json"), request.args.get("version", "")
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None
    with web.reading() as session:
        found = library.get(session, questionnaire_id)
        made = taking.written(session, found, name, version)
    with web.writing() as session:
        trail.record(session, access.actor(), "questionnaire.export", "questionnaire", found.id, web.now(), {"format": name})
    chosen = formats.FORMATS[name]
    filename = f"{found.code}{f'-{version}' if version else ''}.{chosen.extension}"
    return Response(made.data, mimetype=chosen.media_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'})


def _notes(report: dict[str, Any]) -> list[tuple[bool, list[dict[str, str]]]]:
    """What did not come, then what came otherwise, with why and what to do in the reader's language; looks last."""
    found = []
    for key in ("not_carried", "changed"):
        rows = [{**one, "why": said(one["code"])[0], "do": said(one["code"])[1]} for one in report.get(key, [])]
        found.append((key == "not_carried", sorted(rows, key=lambda one: one["code"] == "look")[:MOST_SHOWN]))
    return found


def _stops(definition: Definition | None) -> list[tuple[str, str]]:
    """What stops publication: where, and in words."""
    if definition is None:
        return []
    return [(one.question or one.page or "", str(sentences.finding(one, definition))) for one in check(definition) if one.stops][
        :MOST_SHOWN
    ]


def _places(problem: dict[str, str]) -> list[tuple[str, str]]:
    return [(place, code) for place, code in problem.items() if place not in ("file", "code")]


def _form(errors: dict[str, str]) -> str:
    with web.reading() as session:
        rows = store.listed(session, access.me().user_id)
    return web.render(
        "questionnaires/interchange/take.html",
        errors=errors, places=_places(errors), rows=rows, names=formats.READABLE, largest=file_taking.LARGEST // MB, accept=ACCEPT,
    )  # fmt: skip
