"""My day: what falls due, what was agreed, what one is told; and being away with a deputy."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, code_text
from portal.people import access
from portal.people.edge import day_of, start_of, today, uuid_of
from scheduler.cases import absences, edge, listing, words
from scheduler.cases.notice_models import StaffNotice
from scheduler.cases.store import notices as notice_store
from scheduler.cases.store import people as people_store
from scheduler.cases.store import units as unit_store
from scheduler.cases.store import work as work_store
from scheduler.delivery import staff

blueprint = Blueprint("my_day", __name__, url_prefix="/portal/my-day")
DUE, NOTICES, TASKS = 20, 30, 30


@blueprint.get("")
@access.allow(edge.WORK)
def index() -> ResponseReturnValue:
    """One person's day."""
    with web.reading() as session:
        return _page(session, {})


def _page(session: Session, errors: dict[str, str], told_by: staff.Choice | None = None) -> str:
    me, now = access.me(), web.now()
    covered = notice_store.standing_in(session, me.user_id, now)
    return web.render(
        "scheduler/cases/my_day.html",
        due=listing.due_today(session, me.user_id, now, web.ground().settings.zone, DUE),
        covered=[(name, listing.due_today(session, user, now, web.ground().settings.zone, DUE)) for user, name in _names(session, covered)],
        tasks=work_store.my_tasks(session, me.user_id, TASKS),
        notices=_last_of_each(notice_store.newest(session, me.user_id, NOTICES)),
        absences=notice_store.absences(session, me.user_id, now),
        deputies=_deputies(session, me.user_id, me.unit_id, now),
        people=dict(_names(session, [one.deputy_id for one in notice_store.absences(session, me.user_id, now)])),
        words=words,
        told_by=told_by or staff.choice(session, web.ground().keys, me.user_id),
        channels=staff.usable(session, web.ground().settings),
        wants=staff.WANTS,
        errors=errors,
        typed=request.form,
        today=today(),
    )


def _last_of_each(notices: list[tuple[StaffNotice, str | None]]) -> list[tuple[StaffNotice, str | None, int]]:
    """Of each case the newest notice, and how many came before it: a case that runs late tells of every step of its limit."""
    newest: dict[object, tuple[StaffNotice, str | None]] = {}
    told: Counter[object] = Counter()
    for notice, number in notices:
        about = number or notice.id
        newest.setdefault(about, (notice, number))
        told[about] += 1
    return [(*one, told[about] - 1) for about, one in newest.items()]


def _names(session: Session, ids: list[UUID]) -> list[tuple[UUID, str]]:
    return sorted(unit_store.people(session, ids).items(), key=lambda pair: pair[1])


def _deputies(session: Session, me: UUID, unit: UUID | None, now: datetime) -> list[tuple[UUID, str]]:
    """Who may stand in: those who handle cases of the same unit or above."""
    if unit is None:
        return []
    found = people_store.hands(session, [unit], now).get(unit, [])
    return _names(session, [one.user_id for one in found if one.user_id != me])


@blueprint.post("/read")
@access.allow(edge.WORK)
def read() -> ResponseReturnValue:
    """All notices are read, or one."""
    chosen = uuid_of(request.form.get("id"))
    with web.writing() as session:
        notice_store.mark_read(session, access.me().user_id, web.now(), [chosen] if chosen else None)
    return redirect(url_for("my_day.index"))


@blueprint.post("/told")
@access.allow(edge.WORK)
def told() -> ResponseReturnValue:
    """Where and of what I want to be told outside the portal."""
    form, ground = request.form, web.ground()
    wanted = staff.Choice(form.get("channel", "")[:20], form.get("address", "")[:300], tuple(form.getlist("wants")))
    try:
        with web.writing() as session:
            staff.choose(session, ground.keys, ground.settings, access.me().user_id, wanted, access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, {name: code_text(code) for name, code in error.fields.items()}, wanted), 422
    flash(_("Saved."), "good")
    return redirect(url_for("my_day.index"))


@blueprint.post("/away")
@access.allow(edge.WORK)
def away() -> ResponseReturnValue:
    """I am away; a deputy is told in my place."""
    form, me = request.form, access.me()
    first, last = day_of(form.get("first")), day_of(form.get("last"))
    try:
        with web.writing() as session:
            deputy = uuid_of(form.get("deputy"))
            allowed = {user for user, _name in _deputies(session, me.user_id, me.unit_id, web.now())}
            wrong = absences.problems(first, last, deputy, allowed, today())
            if wrong or first is None or last is None or deputy is None:
                raise InvalidInput(wrong)
            until = start_of(last + timedelta(days=1))
            absences.begin(session, me.user_id, deputy, start_of(first), until, access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, {name: str(_(code)) for name, code in error.fields.items()}), 422
    flash(_("Saved. Your deputy is told in your place."), "good")
    return redirect(url_for("my_day.index"))


@blueprint.post("/away/<uuid:absence_id>/end")
@access.allow(edge.WORK)
def back(absence_id: UUID) -> ResponseReturnValue:
    """I am back earlier."""
    with web.writing() as session:
        absences.end(session, absence_id, access.me().user_id, access.actor(), web.now())
    flash(_("Welcome back."), "good")
    return redirect(url_for("my_day.index"))
