"""Staff's page for print sheets: order one for a branch tree, see how far it is, download it."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from questionnaires.answering import poster_forms, sheets
from questionnaires.answering import sheets_store as store
from questionnaires.answering.poster_forms import EDIT, READ
from questionnaires.answering.sheets import Order

blueprint = Blueprint("sheets", __name__, url_prefix="/portal/poster-sheets")
UNFINISHED = ("waiting", "making")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Sheets of the units in scope, and the form for a new one."""
    return _page({}, {})


@blueprint.post("")
@access.allow(EDIT)
def order() -> ResponseReturnValue:
    """Order a sheet."""
    form = request.form
    unit_id = poster_forms.id_of(form.get("unit", ""))
    asked = poster_forms.id_of(form.get("questionnaire", ""))
    try:
        if unit_id is None:
            raise InvalidInput({"unit": "answer_required"})
        captions = form.get("caption_zh", "").strip(), form.get("caption_en", "").strip()
        wanted = Order(unit_id, form.get("layout", ""), *captions, questionnaire_id=asked, make_missing=bool(form.get("make_missing")))
        with web.writing() as session:
            access.check_unit(EDIT, unit_id, session)
            sheets.order(session, wanted, access.actor(), web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        fields = getattr(error, "fields", {})
        return _page(form.to_dict(), fields, "" if fields else error_text(error)), error.status
    flash(_("The sheet is being made; this page shows how far it is."), "good")
    return redirect(url_for("sheets.index"))


@blueprint.get("/<uuid:sheet_id>.pdf")
@access.allow(READ)
def download(sheet_id: UUID) -> ResponseReturnValue:
    """The PDF."""
    with web.reading() as session:
        found = store.content(session, sheet_id)
        if found is None or found[1] is None:
            raise NotFound
        access.check_unit(READ, found[0], session)
    answer = Response(found[1], mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="soundings-codes-{sheet_id.hex[-6:]}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(filled: dict[str, str], fields: dict[str, str], problem: str = "") -> str:
    with web.reading() as session:
        rows = store.listed(session, access.scope(READ), web.now())
        units, choices = poster_forms.tree(session, EDIT), poster_forms.asked_by_codes(session)
    wrong = {name: poster_forms.words(code) for name, code in fields.items()}
    for name in ("caption_zh", "caption_en"):
        if fields.get(name) == "answer_required":
            wrong[name] = _("Please write a caption.")
    values = {"rows": rows, "units": units, "choices": choices, "filled": filled, "wrong": wrong, "problem": problem}
    going = any(row.state in UNFINISHED for row in rows)
    return web.render("questionnaires/answering/sheets.html", may_edit=access.may(EDIT), going=going, **values)
