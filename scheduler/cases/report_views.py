"""How well cases are handled: opened, first contact, solved in time, re-rated, recovered; by unit, cause and kind."""

from datetime import date, timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _
from portal.people import access, store
from portal.people.edge import asked as in_address
from portal.people.edge import day_of, start_of, today, uuid_of
from portal.people.rules.roles import Scope
from questionnaires.metrics.rules.proportions import share
from scheduler.cases import causes, edge, kinds, words
from scheduler.cases.store import reporting
from scheduler.cases.store import units as unit_store

blueprint = Blueprint("case_report", __name__, url_prefix="/portal/case-report")
USUAL, LONGEST = timedelta(days=29), timedelta(days=731)


@blueprint.get("")
@access.allow(edge.READ)
def index() -> ResponseReturnValue:
    """The page, with its filters in the address."""
    first, last = _days()
    unit = uuid_of(in_address("unit", 40))
    with web.reading() as session:
        scope = access.view(edge.READ)
        if unit is not None and not store.unit_in_scope(session, scope, unit, web.now()):
            raise NotFound
        chosen = Scope(unit_ids=(unit,)) if unit is not None else scope
        wanted = reporting.Asked(chosen, start_of(first), start_of(last + timedelta(days=1)), web.now(), in_address("kind", 20))
        whole = reporting.totals(session, wanted)
        units, by_cause, by_kind = (
            reporting.by_unit(session, wanted),
            reporting.by_cause(session, wanted),
            reporting.by_kind(session, wanted),
        )
        names = unit_store.names(session, [key for key, _sums in units])
        tree = unit_store.tree(session, scope, web.now())
        cause_names, kind_names = causes.names(session, [code for code, _sums in by_cause]), kinds.load(session).names()
    return web.render(
        "scheduler/cases/report.html",
        first=first,
        last=last,
        unit=str(unit) if unit else "",
        kind=wanted.kind,
        whole=whole,
        recovered=share(whole.recovered, whole.judged),
        by_unit=[(names.get(key, ("–", "–")), sums) for key, sums in units],
        by_cause=[(code, cause_names.get(code or ""), sums) for code, sums in by_cause],
        by_kind=[(kind_names.get(code, (code, code)), sums) for code, sums in by_kind],
        tree=tree,
        kinds=kind_names,
        words=words,
        presets=_presets(),
    )


def _days() -> tuple[date, date]:
    last = day_of(in_address("to", 10)) or today()
    first = day_of(in_address("from", 10)) or last - USUAL
    return (first, last) if timedelta(0) <= last - first <= LONGEST else (last - USUAL, last)


def _presets() -> list[tuple[str, str, str]]:
    now = today()
    return [(_("%(days)s days", days=days), (now - timedelta(days=days - 1)).isoformat(), now.isoformat()) for days in (7, 30, 90)]
