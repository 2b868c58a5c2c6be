"""Signed-off figures: propose, sign, look, download; and for programs."""

import io
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from openpyxl import Workbook

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, pick
from portal.foundation.limits import per_key
from portal.people import access, edge
from portal.people.models import OrgUnit
from portal.people.sheets import harmless
from questionnaires.analysis import asked as address
from questionnaires.reports import freezing
from questionnaires.reports.files import MEDIA
from questionnaires.reports.models import FrozenDecision, FrozenFigure, FrozenPeriod
from questionnaires.reports.rights import FIGURES, PROPOSE, SIGN
from questionnaires.reports.store import frozen as store

blueprint = Blueprint("frozen", __name__, url_prefix="/portal/figures")
api = Blueprint("frozen_api", __name__, url_prefix="/api/v1")
REFUSED = 422
HEAD = ("unit", "unit_zh", "unit_en", "indicator", "n", "value", "lower", "upper")
ADJUSTED = ("adjusted_n", "adjusted_value", "adjusted_lower", "adjusted_upper", "appeals")


@blueprint.get("")
@access.allow(FIGURES)
def index() -> ResponseReturnValue:
    """Periods, proposed and signed."""
    return _list({}, {})


@blueprint.post("")
@access.allow(PROPOSE)
def propose() -> ResponseReturnValue:
    """Freeze a period's figures."""
    _whole_bank(PROPOSE)
    form = request.form
    try:
        with web.writing() as session:
            note = form.get("note", "").replace("\x00", "")
            row = freezing.propose(
                session, edge.day_of(form.get("from")), edge.day_of(form.get("to")), note, access.actor(), web.now(), edge.today()
            )
    except InvalidInput as error:
        return _list(form.to_dict(), {name: _(code) for name, code in error.fields.items()}), REFUSED
    flash(_("The figures are frozen; another person must sign them."), "good")
    return redirect(url_for("frozen.show", period_id=row.id))


@blueprint.get("/<uuid:period_id>")
@access.allow(FIGURES)
def show(period_id: UUID) -> ResponseReturnValue:
    """A period's figures of the reader's units."""
    return _show(period_id, {}, {})


@blueprint.post("/<uuid:period_id>")
@access.allow(SIGN)
def decide(period_id: UUID) -> ResponseReturnValue:
    """Sign, or send back."""
    _whole_bank(SIGN)
    form = request.form
    try:
        with web.writing() as session:
            note = form.get("note", "").replace("\x00", "")
            freezing.decide(session, period_id, form.get("outcome", ""), note, access.actor(), web.now())
    except InvalidInput as error:
        return _show(period_id, form.to_dict(), {name: _(code) for name, code in error.fields.items()}), REFUSED
    flash(_("Saved."), "good")
    return redirect(url_for("frozen.show", period_id=period_id))


@blueprint.get("/<uuid:period_id>.xlsx")
@access.allow(FIGURES)
def download(period_id: UUID) -> ResponseReturnValue:
    """The same as a workbook."""
    period, decision, rows = _read(period_id)
    book = Workbook()
    sheet = book.worksheets[0]
    state = decision.outcome if decision else "proposed"
    sheet.append([f"{period.first} – {period.last}", f"version {period.version}", state])
    sheet.append([*HEAD, *ADJUSTED])
    for row, unit in rows:
        sheet.append([harmless(one) if isinstance(one, str) else one for one in _document(row, unit).values()])
    found = io.BytesIO()
    book.save(found)
    name = f"soundings-figures-{period.first}-{period.last}-v{period.version}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(found.getvalue(), mimetype=MEDIA["xlsx"], headers=headers)


@api.get("/figures")
@described(
    "Signed-off figures of a period, as answered and after upheld appeals; null where fewer than ten answered.",
    query={"from": "first day", "to": "last day", "version": "number; without it the newest signed one", "unit": "code of one unit"},
    problems=(404, 422),
)
@per_key
@access.api(FIGURES)
def figures() -> ResponseReturnValue:
    """The newest signed version, or the one that is asked for."""
    first, last = (_day(name) for name in ("from", "to"))
    version = request.args.get("version", "")
    number = edge.number_of(version)
    if version and number is None:
        raise InvalidInput({"version": "not_valid"})
    with web.reading() as session:
        period = store.signed(session, first, last, number)
        if period is None:
            raise NotFound
        rows = store.figures(session, period.id, access.scope(FIGURES), web.now(), edge.asked("unit", 60))
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "version": period.version,
        "figures": [_document(row, unit) for row, unit in rows],
    }


def _document(row: FrozenFigure, unit: OrgUnit) -> dict[str, Any]:
    own = {"unit": unit.code, "unit_zh": unit.name_zh, "unit_en": unit.name_en}
    return own | {name: getattr(row, name) for name in (*HEAD[3:], *ADJUSTED)}


def _day(name: str) -> date:
    day = edge.day_of(request.args.get(name))
    if day is None:
        raise InvalidInput({name: "not_a_date"})
    return day


def _whole_bank(permission: str) -> None:
    if not access.scope(permission).everything:
        raise NotFound


def _read(period_id: UUID) -> tuple[FrozenPeriod, FrozenDecision | None, list[tuple[FrozenFigure, OrgUnit]]]:
    """A period with the figures of the reader's units; what is not signed is for those who propose and sign."""
    with web.reading() as session:
        found = store.period(session, period_id)
        if found is None:
            raise NotFound
        period, decision = found
        if (decision is None or decision.outcome != "signed") and not (access.may(PROPOSE) or access.may(SIGN)):
            raise NotFound
        return period, decision, store.figures(session, period_id, access.view(FIGURES), web.now())


def _show(period_id: UUID, filled: dict[str, str], wrong: dict[str, str]) -> str:
    period, decision, rows = _read(period_id)
    may_sign = access.may(SIGN) and access.scope(SIGN).everything and decision is None and period.proposed_by != access.me().user_id
    values = {"decision": decision, "rows": rows, "may_sign": may_sign, "filled": filled, "wrong": wrong, "pick": pick}
    return web.render("questionnaires/reports/frozen_show.html", period=period, **values)


def _list(filled: dict[str, str], wrong: dict[str, str]) -> str:
    with web.reading() as session:
        rows = store.listed(session)
    if not (access.may(PROPOSE) or access.may(SIGN)):
        rows = [row for row in rows if row[1] is not None and row[1].outcome == "signed"]
    first, last = address.months(edge.today(), 3)
    filled = {"from": first.isoformat(), "to": last.isoformat(), **filled}
    may_propose = access.may(PROPOSE) and access.scope(PROPOSE).everything
    return web.render("questionnaires/reports/frozen.html", rows=rows, filled=filled, wrong=wrong, may_propose=may_propose)
