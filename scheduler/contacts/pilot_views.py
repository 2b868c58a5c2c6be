"""The pages of pilots: what is tried where, pilot against the rest, and one click that widens it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, _l, code_text, error_text, pick
from portal.people import access, edge
from scheduler.contacts import pilots, words
from scheduler.contacts.pilots import Wish
from scheduler.contacts.store.precision import unit_names
from scheduler.touchpoints import pilot_store
from scheduler.touchpoints.pilot_models import Pilot
from scheduler.touchpoints.store import lines, names, touchpoint_by_code

blueprint = Blueprint("pilots", __name__, url_prefix="/portal/pilots")
READ, EDIT = "pilots.read", "pilots.edit"
REFUSED = 422
FOLDER = "scheduler/contacts/"
KINDS = {"touchpoint": _l("A touchpoint"), "version": _l("A questionnaire's version")}
STATES = {
    "running": (_l("Running"), "info", "play"),
    "widened": (_l("Widened to all"), "good", "check"),
    "ended": (_l("Given up"), "", "x"),
}
MOST_UNITS = 5


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All pilots."""
    with web.reading() as session:
        rows = pilot_store.pilots(session)
        called = _touchpoint_names(session)
        units = _unit_names(session, rows)
    may_edit = access.may(EDIT)
    return web.render(FOLDER + "pilots.html", rows=rows, called=called, units=units, kinds=KINDS, states=STATES, may_edit=may_edit)


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    with web.reading() as session:
        return _form_page(session, {"kind": request.args.get("kind", "touchpoint"), "touchpoint": request.args.get("touchpoint", "")}, {})


@blueprint.post("/new")
@access.allow(EDIT)
def start() -> ResponseReturnValue:
    """Begin it, or say beside each field what is wrong."""
    problems: dict[str, str] = {}
    wish = _wish(problems)
    if wish.touchpoint and not problems:
        try:
            with web.writing() as session:
                made_id = pilots.start(session, wish, access.actor(), web.now()).id
        except InvalidInput as error:
            problems = dict(error.fields)
        except NotFound:
            problems = {"touchpoint": "missing"}
        except SoundingsError as error:
            problems = {"touchpoint": error.code}
        else:
            flash(_("The pilot runs."), "good")
            return redirect(url_for("pilots.show", pilot_id=made_id))
    elif not wish.touchpoint:
        problems["touchpoint"] = "missing"
    with web.reading() as session:
        return _form_page(session, request.form.to_dict() | {"unit_id": request.form.getlist("unit_id")}, problems), REFUSED


@blueprint.get("/<uuid:pilot_id>")
@access.allow(READ)
def show(pilot_id: UUID) -> ResponseReturnValue:
    """Pilot against the rest."""
    with web.reading() as session:
        pilot = pilot_store.pilot(session, pilot_id)
        if pilot is None:
            raise NotFound
        found = pilots.compared(session, pilot, "nps", web.ground().settings.zone, web.now())
        called = _touchpoint_names(session).get(pilot.touchpoint, pilot.touchpoint)
        touchpoint = touchpoint_by_code(session, pilot.touchpoint)
        numbers = {one.id: one.number for one in pilot_store.versions(session, touchpoint.questionnaire_id)} if touchpoint else {}
        units = _unit_names(session, [pilot])
    return web.render(
        FOLDER + "pilot.html", pilot=pilot, found=found, called=called, touchpoint=touchpoint, numbers=numbers, units=units, kinds=KINDS,
        states=STATES, words=words, may_edit=access.may(EDIT),
    )  # fmt: skip


@blueprint.post("/<uuid:pilot_id>/<any(widen, end):step>")
@access.allow(EDIT)
def finish(pilot_id: UUID, step: str) -> ResponseReturnValue:
    """Widen it to all, or give it up."""
    try:
        with web.writing() as session:
            (pilots.widen if step == "widen" else pilots.end)(session, pilot_id, access.actor(), web.now())
    except pilots.PilotMoved as error:
        flash(error_text(error), "bad")
    else:
        flash(_("It holds for all from now on.") if step == "widen" else _("The pilot was given up."), "good")
    return redirect(url_for("pilots.show", pilot_id=pilot_id))


def _wish(problems: dict[str, str]) -> Wish:
    form = request.form
    first = form.get("first_n", "").strip()
    if first and not (first.isascii() and first.isdigit() and len(first) < 10):
        problems["first_n"] = "not_a_number"
    units = [found for text in form.getlist("unit_id")[:MOST_UNITS] if (found := _id(text)) is not None]
    first_n = int(first) if first and "first_n" not in problems else None
    versions = (_id(form.get("version_id", "")), _id(form.get("rest_version_id", "")))
    named = versions if form.get("kind") == "version" else (None, None)
    return Wish(form.get("touchpoint", ""), form.get("kind", ""), units, first_n, *named)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _form_page(session: Session, values: dict[str, Any], problems: dict[str, str]) -> str:
    all_lines = lines(session)
    versions = [
        (str(one.id), f"{pick(line.questionnaire.title_zh, line.questionnaire.title_en)} · {_('version %(n)s', n=one.number)}")
        for line in {line.questionnaire.id: line for line in all_lines}.values()
        for one in pilot_store.versions(session, line.questionnaire.id)
    ]
    touchpoints = [(line.touchpoint.code, pick(line.touchpoint.name_zh, line.touchpoint.name_en)) for line in all_lines]
    return web.render(
        FOLDER + "pilot_form.html", values=values, problems={name: code_text(code) for name, code in problems.items()}, versions=versions,
        touchpoints=touchpoints, units=edge.unit_choices(session, access.scope(READ), web.now()), kinds=KINDS,
    )  # fmt: skip


def _touchpoint_names(session: Session) -> dict[str, str]:
    return {code: pick(zh, en) for code, zh, en, _short_zh, _short_en in names(session)}


def _unit_names(session: Session, rows: list[Pilot]) -> dict[str, str]:
    ids = {UUID(one) for row in rows for one in row.unit_ids or ()}
    return {str(key): pick(zh, en) for key, (zh, en) in unit_names(session, ids).items()}
