"""Import and export of the question bank: a file out, a file in with a preview of what it would change."""

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, current_language
from portal.foundation.sent_files import sent_file
from portal.people import access
from questionnaires.bank import bank, exchange, labels
from questionnaires.bank.sheet_files import MOST_BYTES
from questionnaires.bank.views import READ, WRITE, blueprint, filters_of_request
from questionnaires.logic.definition import text_in

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
ACTS = ("added", "changed", "rejected", "unchanged")


@blueprint.get("/export.<extension>")
@access.allow(READ)
def export(extension: str) -> ResponseReturnValue:
    """What fits the filters of the address, as a file."""
    if extension not in exchange.FORMATS:
        raise NotFound
    with web.reading() as session:
        codes = {one.row.code for one in bank.find(session, filters_of_request())} if any(request.args.values()) else None
        data = exchange.export(session, extension, codes)
    response = Response(data, content_type=TYPES[extension])
    response.headers["Content-Disposition"] = f'attachment; filename="question-bank.{extension}"'
    return response


@blueprint.route("/import", methods=["GET", "POST"])
@access.allow(WRITE)
def import_file() -> ResponseReturnValue:
    """Take a file and show what it would change; nothing is written yet."""
    error = ""
    if request.method == "POST":
        try:
            sent = sent_file(most=MOST_BYTES)
            with web.writing() as session:
                made = exchange.offer(session, sent.name, sent.data, access.me().user_id, web.now())
            return redirect(url_for("bank.preview", import_id=made.id))
        except InvalidInput as wrong:
            error = _(wrong.fields["file"])
    return web.render("questionnaires/bank/import.html", error=error, most=MOST_BYTES // 1024 // 1024), 422 if error else 200


@blueprint.get("/import/<uuid:import_id>")
@access.allow(WRITE)
def preview(import_id: UUID) -> ResponseReturnValue:
    """What a file would add, change and leave alone, and what can't be taken, with line and reason."""
    with web.reading() as session:
        found = exchange.offered(session, import_id, access.me().user_id)
    rows = [*found.rows, *found.rejected]
    counts = {act: sum(row["act"] == act for row in rows) for act in ACTS}
    shown = request.args.get("show") or next((act for act in ACTS if counts[act]), "added")
    return web.render(
        "questionnaires/bank/import_preview.html",
        found=found, counts=counts, shown=shown, rows=[row for row in rows if row["act"] == shown],
        acts=act_labels(), parts=change_labels(),
        words=lambda row: text_in(row["words"], current_language()) or row["code"],
    )  # fmt: skip


@blueprint.post("/import/<uuid:import_id>")
@access.allow(WRITE)
def take_file(import_id: UUID) -> ResponseReturnValue:
    """Write what was shown, or forget it."""
    with web.writing() as session:
        if request.form.get("act") == "drop":
            exchange.drop(session, import_id, access.me().user_id)
            flash(_("Nothing was changed."), "info")
            return redirect(url_for("bank.listing"))
        done = exchange.take(session, import_id, access.actor(), web.now())
    flash(_("%(added)s questions added, %(changed)s revised.", added=done.added, changed=done.changed), "good")
    if done.late:
        flash(_("Left alone, because somebody changed them meanwhile: %(codes)s.", codes=", ".join(done.late[:10])), "warn")
    return redirect(url_for("bank.listing"))


def act_labels() -> dict[str, str]:
    """What an entry of a file would do."""
    return {"added": _("Added"), "changed": _("Changed"), "rejected": _("Can't be taken"), "unchanged": _("Unchanged")}


def change_labels() -> dict[str, str]:
    """The parts that an entry would change."""
    return {**labels.part_labels(), **labels.axis_labels(), "bank_tags": _("Tags in the bank")}
