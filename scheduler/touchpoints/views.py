"""The pages of touchpoints."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text, pick
from portal.people import access
from portal.people.rules.roles import Scope
from questionnaires.metrics.rules.periods import day_of
from questionnaires.metrics.store import reading as metrics_store
from questionnaires.metrics.tree import Tree
from scheduler.touchpoints import circles, filters, store, touchpoints, words
from scheduler.touchpoints.forms import TouchpointForm, choices, shown
from scheduler.touchpoints.models import EventType, Touchpoint
from scheduler.touchpoints.rules.schema import plain_shape, shape_of
from scheduler.touchpoints.rules.settings import EVENT_FIELDS

blueprint = Blueprint("touchpoints", __name__, url_prefix="/portal/touchpoints")
READ, EDIT = "touchpoints.read", "touchpoints.edit"
REFUSED = 422
EVERYWHERE = Scope(everything=True, unit_ids=())


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All touchpoints by journey and stage."""
    state = request.args.get("state", "")
    with web.reading() as session:
        lines = store.lines(session, {"on": True, "off": False}.get(state))
    return web.render("scheduler/touchpoints/index.html", groups=_grouped(lines), words=words, state=state, count=len(lines))


def _grouped(lines: list[store.Line]) -> list[dict[str, Any]]:
    """One group for each journey, in their order; touchpoints without one come last."""
    groups: dict[UUID | None, dict[str, Any]] = {}
    for line in lines:
        key = line.journey.id if line.journey else None
        groups.setdefault(key, {"journey": line.journey, "lines": []})["lines"].append(line)
    return list(groups.values())


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    with web.reading() as session:
        form = build_form(session)
        return _page(session, form, None)


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Add a touchpoint; it starts switched off."""
    return _keep(None)


@blueprint.get("/<uuid:touchpoint_id>")
@access.allow(READ)
def show(touchpoint_id: UUID) -> ResponseReturnValue:
    """A touchpoint: its form for those who may change it, read-only for the others."""
    with web.reading() as session:
        touchpoint = _find(session, touchpoint_id)
        form = build_form(session, shown(touchpoint, zone()))
        return _page(session, form, touchpoint)


@blueprint.post("/<uuid:touchpoint_id>")
@access.allow(EDIT)
def change(touchpoint_id: UUID) -> ResponseReturnValue:
    """Change a touchpoint."""
    return _keep(touchpoint_id)


@blueprint.post("/<uuid:touchpoint_id>/<any(on, off):state>")
@access.allow(EDIT)
def switch(touchpoint_id: UUID, state: str) -> ResponseReturnValue:
    """Switch it on or off."""
    try:
        with web.writing() as session:
            touchpoints.switch(session, touchpoint_id, access.actor(), web.now(), on=state == "on")
    except touchpoints.NothingToAsk as error:
        flash(error_text(error), "bad")
    else:
        flash(_("The touchpoint is on.") if state == "on" else _("The touchpoint is off. Nothing more is sent for it."), "good")
    return redirect(url_for("touchpoints.show", touchpoint_id=touchpoint_id))


def _find(session: Session, touchpoint_id: UUID) -> Touchpoint:
    touchpoint = store.touchpoint_by_id(session, touchpoint_id)
    if touchpoint is None:
        raise NotFound
    return touchpoint


def _keep(touchpoint_id: UUID | None) -> ResponseReturnValue:
    """Save what was entered, or show it again with what is wrong; nothing is half kept."""
    with web.reading() as session:
        touchpoint = _find(session, touchpoint_id) if touchpoint_id else None
        form = build_form(session)
        if touchpoint is not None:
            form.code.data = touchpoint.code
        if not form.validate():
            return _page(session, form, touchpoint), REFUSED
        types = touchpoints.fields_of_event(session, form.event_type.data)
    try:
        saved = _save(form, touchpoint, types)
    except SoundingsError as error:
        with web.reading() as session:
            return _page(session, form, touchpoint, _show_problems(form, error)), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("touchpoints.show", touchpoint_id=saved))


def _save(form: TouchpointForm, touchpoint: Touchpoint | None, types: dict[str, str]) -> UUID:
    columns = form.columns(zone())
    if touchpoint is None or filters.rows_of(touchpoint.filter) is not None:
        columns["filter"] = filters.condition_of(request.form, types)
    with web.writing() as session:
        if touchpoint is None:
            return touchpoints.add(session, now=web.now(), actor=access.actor(), code=form.code.data.strip(), **columns).id
        return touchpoints.edit(session, touchpoint.id, access.actor(), web.now(), **columns).id


def _show_problems(form: TouchpointForm, error: SoundingsError) -> str:
    """Put each problem beside its field; returns the one of the filter, which is no field of the form."""
    fields = error.fields if isinstance(error, InvalidInput) else {}
    beside = {"channels": "channel1", "rate": "rate_percent", "ends_at": "ends_on"}
    for name, code in fields.items():
        field = getattr(form, beside.get(name, name), None)
        if field is not None:
            field.errors = [*field.errors, _(code)]
    of_filter = fields.get("filter")
    return _(of_filter) if of_filter else ""


def build_form(session: Session, values: dict[str, Any] | None = None) -> TouchpointForm:
    """The form with what may be chosen; filled from the request, or with values."""
    form = TouchpointForm(data=values) if values else TouchpointForm()
    stages = [
        (str(stage.id), f"{pick(journey.name_zh, journey.name_en)} · {pick(stage.name_zh, stage.name_en)}")
        for stage, journey in store.stages(session)
    ]
    form.stage_id.choices = choices(stages, none=True)
    form.event_type.choices = choices((one.code, f"{pick(one.name_zh, one.name_en)} ({one.code})") for one in store.event_types(session))
    form.questionnaire_id.choices = choices((str(one.id), pick(one.title_zh, one.title_en)) for one in store.questionnaires(session))
    departments = [(str(one.id), pick(one.name_zh, one.name_en)) for one in store.departments(session)]
    form.department_id.choices = choices(departments, none=True)
    tree = Tree(metrics_store.units(session, day_of(web.now(), zone()))).visible(EVERYWHERE)
    form.units.choices = choices((str(one.unit.id), "\u00a0\u00a0" * one.depth + pick(one.unit.name_zh, one.unit.name_en)) for one in tree)
    form.circle.choices = choices([(one.code, one.name) for one in circles.all_of(session)], none=True)
    form.channel1.choices = choices(words.CHANNELS.items())
    form.channel2.choices = form.channel3.choices = choices(words.CHANNELS.items(), none=True)
    return form


def zone() -> ZoneInfo:
    """The zone in which the bank's days begin."""
    return ZoneInfo(web.ground().settings.zone)


def _fields(event_types: list[EventType]) -> list[dict[str, Any]]:
    """Every field a filter may read, with the event types that have it (script shows only those of the chosen one)."""
    found = {name: {"name": name, "label": words.EVENT_FIELDS[name], "of": [], "values": []} for name in EVENT_FIELDS}
    for kind in event_types:
        for one in shape_of(kind.shape) or plain_shape(kind.attributes):
            label = pick(one.zh, one.en) or one.name
            row = found.setdefault(one.name, {"name": one.name, "label": label, "of": [], "values": []})
            if one.name not in EVENT_FIELDS:
                row["of"].append(kind.code)
            row["values"] += [value for value in one.values if value not in row["values"]]
    return list(found.values())


def _page(session: Session, form: TouchpointForm, touchpoint: Touchpoint | None, filter_problem: str = "") -> str:
    event_types = store.event_types(session)
    rows = filters.rows_of(touchpoint.filter) if touchpoint else filters.Rows()
    if request.method == "POST" and rows is not None:
        rows = filters.entered(request.form)
    return web.render(
        "scheduler/touchpoints/form.html",
        form=form,
        touchpoint=touchpoint,
        rows=rows,
        fields=_fields(event_types),
        groups=filters.GROUPS,
        words=words,
        filter_problem=filter_problem,
        event_types=event_types,
        may_edit=access.may(EDIT),
    )
