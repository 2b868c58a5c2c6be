"""The pages of events that do not fit: refused ones and kept ones, why, and the button that tries them again."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _, _n
from portal.people import access
from scheduler.intake import dead, redrive
from scheduler.intake import dead_store as store
from scheduler.intake.dead_store import PAGE, Filter
from scheduler.intake.models import DeadLetter, Event
from scheduler.touchpoints.catalogue_store import live_shapes
from scheduler.touchpoints.rules.schema import misfits

blueprint = Blueprint("misfits", __name__, url_prefix="/portal/event-misfits")
READ, REDRIVE = "touchpoints.read", "events.redrive"
PATIENCE = 3.0
"""Seconds that one request may go on trying; the rest waits for the next press."""


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Refused events, or those that were kept; newest first."""
    kept = request.args.get("view") == "kept"
    wanted, state = _wanted(), "dismissed" if request.args.get("state") == "dismissed" else "waiting"
    with web.reading() as session:
        refused_by, kept_by = store.counts(session)
        if kept:
            rows: list[Any] = store.misfits(session, wanted, _place(), PAGE + 1)
            shapes = live_shapes(session, {one.event_type for one in rows})
        else:
            rows, shapes = store.letters(session, wanted, _uuid(request.args.get("cursor", "")), state, PAGE + 1), {}
    following = _cursor(rows[PAGE - 1]) if len(rows) > PAGE else None
    shown = [_kept_line(one, shapes) if kept else _letter_line(one) for one in rows[:PAGE]]
    return web.render(
        "scheduler/intake/misfits.html", rows=shown, kept=kept, wanted=wanted, state=state, following=following,
        refused_by=refused_by, kept_by=kept_by,
    )  # fmt: skip


def _wanted() -> Filter:
    return Filter(*(request.values.get(name, "").replace("\x00", "")[:100] for name in Filter._fields))


def _cursor(row: DeadLetter | Event) -> str:
    return str(row.id) if isinstance(row, DeadLetter) else f"{row.received_at.isoformat()}_{row.id}"


def _place() -> tuple[datetime, UUID] | None:
    at, _sep, row = request.args.get("cursor", "").partition("_")
    key = _uuid(row)
    try:
        return (datetime.fromisoformat(at), key) if key and datetime.fromisoformat(at).tzinfo else None
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _letter_line(one: DeadLetter) -> dict[str, Any]:
    return {
        "id": one.id, "event_id": one.event_id, "event_type": one.event_type, "code": one.last_code or one.code, "field": one.field,
        "at": one.last_at, "times": one.times, "details": [],
    }  # fmt: skip


def _kept_line(one: Event, shapes: Any) -> dict[str, Any]:
    details = misfits(shapes[one.event_type], one.attributes) if one.event_type in shapes else []
    return {
        "id": one.id, "event_id": one.event_id, "event_type": one.event_type, "code": one.reason, "field": None, "at": one.received_at,
        "times": 1, "details": details,
    }  # fmt: skip


@blueprint.get("/<uuid:letter_id>")
@access.allow(READ)
def show(letter_id: UUID) -> ResponseReturnValue:
    """One refused event, with nothing that names a customer."""
    with web.reading() as session:
        letter = store.letter(session, letter_id)
        if letter is None:
            raise NotFound
        masked = dead.masked(dead.body_of(letter, web.ground().keys))
    return web.render("scheduler/intake/misfit.html", letter=letter, masked=masked)


@blueprint.post("/again")
@access.allow(REDRIVE)
def again() -> ResponseReturnValue:
    """Try those that are ticked again, or all that match as long as the request may take."""
    kept = request.form.get("view") == "kept"
    actor, now = access.actor(), web.now()
    if "all" in request.form:
        until = time.monotonic() + PATIENCE
        done, ended = redrive.everything(
            web.ground(), _wanted(), actor, now, kept=kept, after=_uuid(request.form.get("after", "")),
            go_on=lambda _done: time.monotonic() < until,
        )  # fmt: skip
    else:
        ids = [key for one in request.form.getlist("id")[:500] if (key := _uuid(one))]
        done, ended = redrive.chosen(web.ground(), () if kept else ids, ids if kept else (), actor, now), True
    flash(
        _n("%(num)d event was tried again", "%(num)d events were tried again", done.tried)
        + ": " + _("%(taken)s fit now, %(candidates)s candidates were made.", taken=done.taken, candidates=done.candidates),
        "good" if done.taken == done.tried else "warn",
    )  # fmt: skip
    chosen: dict[str, Any] = {name: value for name, value in _wanted()._asdict().items() if value}
    return redirect(url_for("misfits.index", view="kept" if kept else None, after=None if ended else str(done.last), **chosen))


@blueprint.post("/dismiss")
@access.allow(REDRIVE)
def dismiss() -> ResponseReturnValue:
    """Say of refused events that nobody needs them."""
    ids = [key for one in request.form.getlist("id")[:500] if (key := _uuid(one))]
    with web.writing() as session:
        n = dead.dismiss(session, ids, access.actor(), web.now())
    flash(_n("%(num)d event was put aside.", "%(num)d events were put aside.", n), "good" if n else "warn")
    return redirect(url_for("misfits.index"))
