"""Many cases at once, and a person's own filters of the list."""

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, _n, error_text
from portal.people import access, store
from portal.people.edge import uuid_of
from scheduler.cases import bulk, edge, words
from scheduler.cases.models import Case
from scheduler.cases.store import bulk as bulk_store
from scheduler.cases.store import units as unit_store

blueprint = Blueprint("case_bulk", __name__, url_prefix="/portal/cases")
KEPT = ("view", "unit", "kind", "state", "sort")
MOST_FILTERS, LATEST = 20, 20


def _desk(session: Session) -> bulk.Desk:
    return bulk.Desk(access.actor(), lambda case: edge.doer(session, case), web.now(), web.ground().settings.zone)


def _mine(session: Session, cases: list[Case]) -> list[Case]:
    """Those in the reader's scope; the rest is as if it were not there."""
    scope = access.scope(edge.WORK)
    return [one for one in cases if store.unit_in_scope(session, scope, one.unit_id, web.now())]


@blueprint.post("/bulk")
@access.allow(edge.MANAGE)
def ask() -> ResponseReturnValue:
    """One step for the ticked cases."""
    form = request.form
    wanted = {name: value for name in ("owner", "unit") if (value := uuid_of(form.get(name)))}
    filled = {**{name: str(value) for name, value in wanted.items()}, "note": form.get("note", "").replace("\x00", "")[: edge.MAX_NOTE]}
    try:
        with web.writing() as session:
            cases = _mine(session, list(bulk_store.by_numbers(session, form.getlist("id")[: bulk.MOST + 1])))
            row = bulk.ask(session, form.get("act", ""), cases, filled, _desk(session))
            state, done, refused = row.state, row.done, len(row.refused)
    except InvalidInput as error:
        flash("; ".join(str(_(code)) for code in error.fields.values()), "bad")
        return redirect(url_for("cases.index"))
    _tell(state, done, refused)
    return redirect(url_for("case_bulk.index") if refused or state == "waiting" else url_for("cases.index"))


def _tell(state: str, done: int, refused: int) -> None:
    if state == "waiting":
        flash(_("The closing waits for a second person."), "info")
        return
    flash(_n("Done with one case.", "Done with %(num)d cases.", done), "good")
    if refused:
        flash(
            _n("One case was left as it is; the list says why.", "%(num)d cases were left as they are; the list says why.", refused), "warn"
        )


@blueprint.get("/bulk")
@access.allow(edge.READ)
def index() -> ResponseReturnValue:
    """What waits for a second person, and what was done lately."""
    return _list("")


def _list(error: str) -> str:
    with web.reading() as session:
        waiting, latest = bulk_store.waiting(session), bulk_store.latest(session, LATEST)
        people = unit_store.people(session, {user for row in (*waiting, *latest) for user in (row.asked_by, row.decided_by) if user})
        cases = {str(one.id): one.number for one in _mine(session, list(bulk_store.cases(session, _ids(waiting))))}
    return web.render(
        "scheduler/cases/bulk.html",
        waiting=[row for row in waiting if any(one in cases for one in row.case_ids)],
        latest=[row for row in latest if access.me().user_id in (row.asked_by, row.decided_by)],
        numbers=cases,
        people=people,
        words=words,
        error=error,
        me_id=access.me().user_id,
    )


def _ids(rows: object) -> list[UUID]:
    return [UUID(one) for row in rows for one in row.case_ids]  # type: ignore[attr-defined]  # rows of CaseBulk


@blueprint.post("/bulk/<uuid:bulk_id>/<any(approve,refuse):word>")
@access.allow(edge.APPROVE)
def decide(bulk_id: UUID, word: str) -> ResponseReturnValue:
    """The second person's word."""
    try:
        with web.writing() as session:
            row = bulk.decide(session, bulk_id, _desk(session), approve=word == "approve")
            state, done, refused = row.state, row.done, len(row.refused)
    except NotFound:
        raise
    except SoundingsError as error:
        return _list(error_text(error)), error.status
    if state == "refused":
        flash(_("Refused. The cases stay as they are."), "info")
    else:
        _tell(state, done, refused)
    return redirect(url_for("case_bulk.index"))


@blueprint.post("/filters")
@access.allow(edge.WORK)
def keep_filter() -> ResponseReturnValue:
    """Keep the filter of the list under a name."""
    name = request.form.get("name", "").replace("\x00", "").strip()[:40]
    query = {key: request.form[key][:60] for key in KEPT if request.form.get(key)}
    if not name or not query:
        flash(_("Choose a filter and give it a name."), "bad")
        return redirect(f"{url_for('cases.index')}?{urlencode(query)}")
    with web.writing() as session:
        if len(bulk_store.filters(session, access.me().user_id)) < MOST_FILTERS:
            bulk_store.keep_filter(session, access.me().user_id, name, query, web.now())
    flash(_("The filter is kept under “%(name)s”.", name=name), "good")
    return redirect(f"{url_for('cases.index')}?{urlencode(query)}")


@blueprint.post("/filters/<uuid:filter_id>/drop")
@access.allow(edge.WORK)
def drop_filter(filter_id: UUID) -> ResponseReturnValue:
    """A filter less."""
    with web.writing() as session:
        bulk_store.drop_filter(session, access.me().user_id, filter_id)
    return redirect(url_for("cases.index"))
