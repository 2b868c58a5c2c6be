"""The quarter's list of lasting measures (长效机制): what keeps fixed issues away, to look at and to take along."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.i18n import _, pick
from portal.people import access, sheets
from portal.people.edge import asked, start_of, today
from scheduler.cases.store import units as unit_store
from scheduler.improvement import words
from scheduler.improvement.models import Issue
from scheduler.improvement.proving import told
from scheduler.improvement.rules.quarters import days, last, quarter_of
from scheduler.improvement.store import lasting as store
from scheduler.improvement.views import READ

blueprint = Blueprint("lasting", __name__, url_prefix="/portal/improvement/lasting")
SHOWN = 12


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The measures of a quarter, `?quarter=2026-Q4`."""
    quarter = _quarter()
    with web.reading() as session:
        rows, units, people = _rows(session, quarter)
    choices = [(one, one) for one in last(quarter_of(today()), SHOWN)]
    return web.render(
        "scheduler/improvement/lasting.html",
        rows=rows,
        units=units,
        people=people,
        quarter=quarter,
        choices=choices,
        words=words,
        told=told,
    )


def _quarter() -> str:
    wanted = asked("quarter", 7)
    return wanted if days(wanted) else quarter_of(today())


def _rows(session: Session, quarter: str) -> tuple[list[Issue], dict[Any, tuple[str, str]], dict[Any, str]]:
    found = days(quarter)
    assert found is not None  # checked by _quarter
    rows = list(store.measures(session, access.view(READ), web.now(), start_of(found[0]), start_of(found[1])))
    return rows, unit_store.names(session, {row.unit_id for row in rows}), unit_store.people(session, {row.owner_id for row in rows})


@blueprint.get("/export.csv")
@access.allow(READ)
def export() -> ResponseReturnValue:
    """The same as a file for a spreadsheet."""
    quarter = _quarter()
    with web.writing() as session:
        rows, units, people = _rows(session, quarter)
        record(session, access.actor(), "issue.export_lasting", "issue", quarter, web.now(), {"rows": len(rows)})
    head = [
        _("Issue"),
        _("Title"),
        _("Unit"),
        _("Owner"),
        _("State"),
        _("Root cause"),
        _("Lasting measure"),
        _("Fixed on"),
        _("Verified on"),
    ]
    head += [_("Figure before"), _("Figure after")]
    causes = dict(words.causes())
    lines = [_line(row, pick(*units.get(row.unit_id, ("", ""))), people.get(row.owner_id, ""), causes) for row in rows]
    answer = Response(sheets.dump([str(one) for one in head], lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="lasting-measures-{quarter}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _line(row: Issue, unit: str, owner: str, causes: dict[str, str]) -> list[str]:
    figures = [
        "" if not side or side.get("value") is None else f"{side['value']:.1f} (n {side.get('n', 0)})" for side in (row.before, row.after)
    ]
    cause = str(causes.get(row.root_cause, row.root_cause))
    return [
        row.number,
        row.title,
        unit,
        owner,
        str(words.STATES[row.state]),
        cause,
        row.lasting_measure,
        _day(row.fixed_at),
        _day(row.verified_at),
        *figures,
    ]


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(web.ground().settings.zone)):%Y-%m-%d}" if at else ""
