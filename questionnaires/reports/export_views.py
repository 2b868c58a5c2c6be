"""Exports of one's own: order, watch, stop, download."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, _l, code_text, current_language, pick
from portal.people import access, edge, words
from portal.people import store as people
from questionnaires.analysis import asked as address
from questionnaires.analysis.store import answers as answer_store
from questionnaires.reports import anonymity, exports
from questionnaires.reports.exports import Order
from questionnaires.reports.files import MEDIA
from questionnaires.reports.models import Export
from questionnaires.reports.rights import EXPORT
from questionnaires.reports.store import exports as store

blueprint = Blueprint("exports", __name__, url_prefix="/portal/exports")
REFUSED = 422
FORMATS = {"csv": _l("CSV"), "xlsx": _l("Excel (XLSX)"), "sav": _l("SPSS (SAV)"), "jsonl": _l("JSON lines")}
SUBJECTS = {"responses": _l("Responses to a questionnaire"), "verbatims": _l("Verbatims with topics")}


@blueprint.get("")
@access.allow(EXPORT)
def index() -> ResponseReturnValue:
    """One's own exports, and the form for a new one."""
    return _page({}, {})


@blueprint.post("")
@access.allow(EXPORT)
def order() -> ResponseReturnValue:
    """Order an export of one's own units."""
    form = request.form
    asked = Order(
        subject=form.get("subject", "")[:10],
        format=form.get("format", "")[:5],
        first=edge.day_of(form.get("from")),
        last=edge.day_of(form.get("to")),
        questionnaire_id=edge.uuid_of(form.get("questionnaire")),
        language=current_language(),
        labels=form.get("values") == "labels",
        without=tuple(name for name in anonymity.COLUMNS if name in form.getlist("without")),
        why=form.get("why", ""),
        reference=form.get("reference", "").replace("\x00", "")[:41],
    )
    try:
        with web.writing() as session:
            scope = address.units(session, EXPORT, form.get("unit", "").replace("\x00", "")[:60])
            exports.order(session, access.me().user_id, asked, scope, access.actor(), web.now(), ZoneInfo(web.ground().settings.zone))
    except InvalidInput as error:
        return _page({**form.to_dict(), "without": asked.without}, _wrong(error)), REFUSED
    flash(_("The export is being made; this page shows how far it is."), "good")
    return redirect(url_for("exports.index"))


def _wrong(error: InvalidInput) -> dict[str, str]:
    """What is wrong, beside the fields; columns by their names."""
    names = [str(anonymity.COLUMNS[name]) for name in error.facts.get("columns", ())]
    facts = {**error.facts, "columns": " · ".join(names)}
    return {name: code_text(code, **facts) for name, code in error.fields.items()}


@blueprint.post("/<uuid:export_id>/stop")
@access.allow(EXPORT)
def stop(export_id: UUID) -> ResponseReturnValue:
    """Stop one's own export."""
    with web.writing() as session:
        _mine(store.by_id(session, export_id))
        store.stop(session, export_id, access.me().user_id, web.now())
    return redirect(url_for("exports.index"))


@blueprint.get("/<uuid:export_id>/file")
@access.allow(EXPORT)
def download(export_id: UUID) -> ResponseReturnValue:
    """The file, piece by piece; for its owner alone, while the owner may still see those units."""
    with web.reading() as session:
        found = _mine(store.by_id(session, export_id))
        if found.state != "ready":
            raise NotFound
        _still_in_scope(session, found)
    name = f"soundings-{found.subject}-{found.created_at:%Y%m%d}-{found.id.hex[-6:]}.{found.format}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "Content-Length": str(found.size),
    }
    return Response(_pieces(found.id), mimetype=MEDIA[found.format], headers=headers)


def _pieces(export_id: UUID) -> Iterator[bytes]:
    """One piece at a time; the ground is taken now, since the request's context is gone when pieces are read."""
    ground = web.ground()

    def read() -> Iterator[bytes]:
        n = 0
        while True:
            with ground.reading() as session:
                sealed = store.chunk(session, export_id, n)
            if sealed is None:
                return
            yield ground.keys.unseal(sealed)
            n += 1

    return read()


def _mine(found: Export | None) -> Export:
    if found is None or found.owner_id != access.me().user_id:
        raise NotFound
    return found


def _still_in_scope(session: Session, found: Export) -> None:
    """Rights that were taken away since the order count.

    Raises  NotFound
    """
    scope = access.scope(EXPORT)
    if scope.everything:
        return
    units = [UUID(unit) for unit in found.options["units"]]
    if found.options["everything"] or not all(people.unit_in_scope(session, scope, unit, web.now()) for unit in units):
        raise NotFound


def _page(filled: dict[str, Any], wrong: dict[str, str]) -> str:
    with web.reading() as session:
        rows = store.of_owner(session, access.me().user_id)
        asked = [(one.id, pick(one.title_zh, one.title_en)) for one in answer_store.questionnaires(session)]
        units = address.unit_choices(session, EXPORT)
    going = any(row.state in ("waiting", "making") for row in rows)
    first, last = address.months(edge.today(), 1)
    filled = {"from": first.isoformat(), "to": last.isoformat(), **filled}
    values: dict[str, Any] = {"questionnaires": asked, "units": units, "going": going, "filled": filled, "wrong": wrong}
    values |= {"columns": anonymity.COLUMNS, "whys": words.WHYS, "k": anonymity.K}
    return web.render("questionnaires/reports/exports.html", rows=rows, formats=FORMATS, subjects=SUBJECTS, **values)
