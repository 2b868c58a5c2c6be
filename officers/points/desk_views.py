"""The programme's desk of points: figures, officers' statements, corrections, refused awards, files for finance."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import roster
from officers.people.models import Officer
from officers.points import awarding, balances, corrections, edge, money, rulebooks, words
from officers.points.edge import EXPORT, MANAGE, READ
from officers.points.exports import FILES, write
from officers.points.rules.lots import year_of
from officers.points.store import awards as award_store
from officers.points.store import reading
from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _
from portal.people import access
from portal.people.edge import asked, page_of, start_of, today, uuid_of
from questionnaires.reports.files import MEDIA

blueprint = Blueprint("points_desk", __name__, url_prefix="/portal/officers/points")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Figures, officers, corrections that wait, awards that were refused."""
    now, wanted = web.now(), asked("q", 40)
    with web.reading() as session:
        force = rulebooks.seen(session, now)
        figures = reading.liability(session, now, now + timedelta(days=force.book.warn_days[0]))
        rows = reading.accounts(session, access.view(READ), now, wanted)
        scope = access.view(READ)
        waiting, refused = award_store.corrections(session, scope, now), award_store.refused(session, scope, now, 20)
        names = roster.names(session, {one.officer_id for one in waiting} | {one.officer_id for one in refused})
        people = reading.users(session, [one.asked_by for one in waiting])
        left = money.budget_left(session, money.PROGRAMME, now)
    return web.render(
        "officers/points/desk.html", figures=figures, rows=rows, wanted=wanted, waiting=waiting, refused=refused, names=names,
        people=people, force=force, left=left, words=words, may_manage=access.may(MANAGE), may_export=edge.may_whole(EXPORT),
        year=year_of(now, force.book.zone), me_id=access.me().user_id, month_start=today().replace(day=1), today=today(),
    )  # fmt: skip


def _officer(session: Session, officer_id: UUID, permission: str = READ) -> Officer:
    officer = roster.find(session, officer_id)
    if officer is None:
        raise NotFound
    access.check_unit(permission, officer.unit_id, session)
    return officer


@blueprint.get("/<uuid:officer_id>")
@access.allow(READ)
def show(officer_id: UUID) -> ResponseReturnValue:
    """One officer's statement."""
    with web.reading() as session:
        return _page(session, _officer(session, officer_id), {})


def _page(session: Session, officer: Officer, errors: dict[str, str]) -> str:
    now, cursor = web.now(), uuid_of(request.args.get("cursor"))
    before = reading.entry(session, cursor) if cursor else None
    before = before if before is not None and before.officer_id == officer.id else None
    rows, more = page_of(reading.statement(session, officer.id, before), reading.PAGE)
    return web.render(
        "officers/points/officer.html", officer=officer, balance=balances.of(session, officer.id, now), rows=rows, words=words,
        warn=rulebooks.seen(session, now).book.warn_days[0],
        lots=reading.lots_of(session, officer.id, now), errors=errors, filled=edge.filled(), may_manage=access.may(MANAGE),
        next_cursor=str(rows[-1].id) if more else None, second=timedelta(seconds=1), reasons=reading.reasons(session, officer.id),
    )  # fmt: skip


@blueprint.post("/<uuid:officer_id>/correct")
@access.allow(MANAGE)
def correct(officer_id: UUID) -> ResponseReturnValue:
    """Ask for a correction; a second person decides it."""
    try:
        with web.writing() as session:
            officer = _officer(session, officer_id, MANAGE)
            values = (edge.whole("amount", 0), edge.text("reason"), edge.text("evidence"))
            corrections.ask(session, officer.id, *values, access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, _officer(session, officer_id), edge.errors_of(error)), error.status
    flash(_("Asked for. A second person decides."), "good")
    return redirect(url_for("points_desk.show", officer_id=officer_id))


@blueprint.post("/corrections/<uuid:correction_id>/<any(approve,decline):act>")
@access.allow(MANAGE)
def decide(correction_id: UUID, act: str) -> ResponseReturnValue:
    """Approve or decline a correction that somebody else asked for."""
    try:
        with web.writing() as session:
            row = award_store.correction(session, correction_id)
            if row is None:
                raise NotFound
            _officer(session, row.officer_id, MANAGE)
            (corrections.approve if act == "approve" else corrections.decline)(session, correction_id, access.actor(), web.now())
        flash(_("Saved."), "good")
    except NotFound:
        raise
    except SoundingsError as error:
        edge.say(error)
    return redirect(url_for("points_desk.index"))


@blueprint.post("/awards/<uuid:award_id>/pay")
@access.allow(MANAGE)
def pay(award_id: UUID) -> ResponseReturnValue:
    """Ask once more for an award that was refused."""
    with web.writing() as session:
        row = award_store.award_by_id(session, award_id)
        if row is None:
            raise NotFound
        _officer(session, row.officer_id, MANAGE)
        done = awarding.pay_again(session, award_id, access.actor(), web.now())
    flash(_(done.refused) if done.refused else _("%(n)s points are paid.", n=done.points), "bad" if done.refused else "good")
    return redirect(url_for("points_desk.index"))


@blueprint.get("/export/<any(entries,tax,liability):kind>")
@access.allow(EXPORT)
def export(kind: str) -> ResponseReturnValue:
    """A file for finance: entries of some days, the tax list of a year, or the figures of today."""
    access.whole_bank(EXPORT)
    now, form = web.now(), "csv" if asked("form", 4) == "csv" else "xlsx"
    first, last = edge.day(asked("from", 10)) or today().replace(day=1), edge.day(asked("until", 10)) or today()
    year = int(asked("year", 4)) if asked("year", 4).isdecimal() else today().year
    with TemporaryDirectory() as folder, web.writing() as session:
        path = Path(folder) / f"points.{form}"
        number = write(session, kind, path, form, (start_of(first), start_of(last) + timedelta(days=1)), year, now)
        record(session, access.actor(), f"points.{kind}.export", "points", None, now, {"rows": number})
        content = path.read_bytes()
    name = f"{FILES[kind]}-{year if kind == 'tax' else last.isoformat()}.{form}"
    return Response(content, mimetype=MEDIA[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})
