"""The pages of journeys: the map with its figures, and the form in which stages are named and put in order."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, error_text, pick
from portal.people import access
from questionnaires.metrics.when import today
from scheduler.touchpoints import journey_store, journeys, mapping, words
from scheduler.touchpoints import store as touchpoint_store
from scheduler.touchpoints.views import EDIT, READ

blueprint = Blueprint("journeys", __name__, url_prefix="/portal/journeys")
REFUSED = 422
PERIODS = (30, 90, 365)


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The map: every journey, its stages, and each touchpoint with score, interval, n and volume."""
    asked = request.args.get("days", "")
    days = int(asked) if asked in {str(one) for one in PERIODS} else mapping.USUAL_DAYS
    unit = request.args.get("unit", "")[:60]
    with web.reading() as session:
        found = mapping.read_map(session, access.scope(READ), unit, days, today())
    choices = [
        (branch.unit.code, "\u00a0\u00a0" * branch.depth + pick(branch.unit.name_zh, branch.unit.name_en)) for branch in found.choices
    ]
    return web.render("scheduler/touchpoints/journeys.html", map=found, days=days, periods=PERIODS, unit=unit, choices=choices, words=words)


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form({}, {})


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Make a journey."""
    try:
        with web.writing() as session:
            made = journeys.add_journey(session, *_entered(), access.actor(), web.now()).id
    except InvalidInput as error:
        return _form(dict(request.form), error.fields), REFUSED
    flash(_("Saved. Now its stages."), "good")
    return redirect(url_for("journeys.edit", journey_id=made))


def _form(values: dict[str, str], problems: dict[str, str]) -> str:
    return web.render("scheduler/touchpoints/journey_new.html", values=values, problems=problems)


def _entered() -> tuple[str, str, str]:
    return request.form.get("code", "")[:100], request.form.get("name_zh", "")[:200], request.form.get("name_en", "")[:200]


@blueprint.get("/<uuid:journey_id>")
@access.allow(EDIT)
def edit(journey_id: UUID) -> ResponseReturnValue:
    """A journey's names and stages."""
    return _page(journey_id, {})


def _page(journey_id: UUID, problems: dict[str, str]) -> str:
    with web.reading() as session:
        journey = journey_store.journey(session, journey_id)
        if journey is None:
            raise NotFound
        stages = journey_store.stages_of(session, journey_id)
        used = journey_store.used_by(session, [one.id for one in stages])
        everything = touchpoint_store.journeys(session)
    return web.render(
        "scheduler/touchpoints/journey.html", journey=journey, stages=stages, used=used, everything=everything, problems=problems,
        values=dict(request.form),
    )  # fmt: skip


@blueprint.post("/<uuid:journey_id>/<any(names, add, order, place, remove):act>")
@access.allow(EDIT)
def change(journey_id: UUID, act: str) -> ResponseReturnValue:
    """Name it or a stage anew, add a stage, put stages or the journeys themselves in order, take one away."""
    try:
        with web.writing() as session:
            {"names": _names, "add": _add, "order": _order, "place": _place, "remove": _remove}[act](session, journey_id)
    except InvalidInput as error:
        prefix = request.form.get("stage", "") or ("new" if act == "add" else "")
        return _page(journey_id, {f"{name}{prefix}": code for name, code in error.fields.items()}), REFUSED
    except journeys.InUse as error:
        flash(error_text(error), "bad")
    else:
        flash(_("Saved."), "good")
        if act == "remove" and not request.form.get("stage"):
            return redirect(url_for("journeys.index"))
    return redirect(url_for("journeys.edit", journey_id=journey_id))


def _names(session: Session, journey_id: UUID) -> None:
    stage = _uuid(request.form["stage"]) if request.form.get("stage") else None
    _code, name_zh, name_en = _entered()
    journeys.rename(session, journey_id, stage, name_zh, name_en, access.actor(), web.now())


def _add(session: Session, journey_id: UUID) -> None:
    journeys.add_stage(session, journey_id, *_entered(), access.actor(), web.now())


def _order(session: Session, journey_id: UUID) -> None:
    journeys.order_stages(session, journey_id, _ids(), access.actor(), web.now())


def _place(session: Session, _journey_id: UUID) -> None:
    journeys.order_journeys(session, _ids(), access.actor(), web.now())


def _remove(session: Session, journey_id: UUID) -> None:
    if request.form.get("stage"):
        journeys.remove_stage(session, journey_id, _uuid(request.form["stage"]), access.actor(), web.now())
    else:
        journeys.remove_journey(session, journey_id, access.actor(), web.now())


def _ids() -> list[UUID]:
    """The order as the form gives it; a button of the keyboard moves one up or down in it: `up` or `down` names it."""
    ids = [_uuid(one) for one in request.form.getlist("id")[:200]]
    for name, step in (("up", -1), ("down", 1)):
        if moved := request.form.get(name):
            place = ids.index(_uuid(moved)) if _uuid(moved) in ids else -1
            if place >= 0 and 0 <= place + step < len(ids):
                ids[place], ids[place + step] = ids[place + step], ids[place]
    return ids


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
