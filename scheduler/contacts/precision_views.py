"""The pages of sampling to precision: targets, the plan in force with its reasons, and what the next one would say."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _, pick
from portal.people import access
from questionnaires.metrics.models import NO_UNIT
from scheduler.contacts import precision, precision_words
from scheduler.contacts.precision import EVERY, Line
from scheduler.contacts.precision_forms import Row, rows_from, rows_of, wanted_of
from scheduler.contacts.precision_models import STRATUM, SamplingRate
from scheduler.contacts.store import precision as store
from scheduler.touchpoints.campaign_models import EVENT_TYPE
from scheduler.touchpoints.models import Touchpoint
from scheduler.touchpoints.store import lines, touchpoint_by_id

blueprint = Blueprint("precision", __name__, url_prefix="/portal/precision")
READ, EDIT = "precision.read", "precision.edit"
REFUSED = 422
NEVER_DRAWN = ("service", "panel")
TEMPLATES = "scheduler/contacts/"


class Shown(NamedTuple):
    """One row of a plan as the page shows it."""

    name: str
    rate: float
    state: tuple[Any, str, str]
    reached: float | None
    margin: float
    needed: int
    lacking: float
    expected: float
    answers: int
    sentence: str
    inputs: dict[str, Any]
    before: float | None = None


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Every touchpoint with its targets and what the plan in force says of it."""
    with web.reading() as session:
        plan = store.newest_plan(session)
        wholes = store.planned_touchpoints(session, plan.id) if plan else {}
        by_touchpoint: dict[str, list[Any]] = {}
        for target in store.targets(session):
            by_touchpoint.setdefault(target.touchpoint, []).append(target)
        rows = [
            (line.touchpoint, by_touchpoint.get(line.touchpoint.code, []), _shown_row(wholes.get(line.touchpoint.code)))
            for line in lines(session)
            if line.touchpoint.event_type != EVENT_TYPE and line.touchpoint.class_ not in NEVER_DRAWN
        ]  # fmt: skip
        rows.sort(key=lambda row: not row[1])
        plans = store.plans(session, 7)
    over_all = by_touchpoint.get(EVERY, [])
    return web.render(
        TEMPLATES + "plans.html", rows=rows, together=over_all, plan=plan, plans=plans, words=precision_words, may_edit=access.may(EDIT)
    )


@blueprint.post("/run")
@access.allow(EDIT)
def run() -> ResponseReturnValue:
    """Make tonight's plan now."""
    with web.writing() as session:
        made = precision.make_plan(session, web.now(), web.ground().settings.zone, access.actor())
        if made is None:
            raise precision.NoTargets
    flash(_("Plan %(number)s holds from now on.", number=made.number), "good")
    return redirect(url_for("precision.index"))


@blueprint.get("/<uuid:touchpoint_id>")
@access.allow(READ)
def show(touchpoint_id: UUID) -> ResponseReturnValue:
    """A touchpoint's targets, and the plan that the next night would make of them."""
    return _show(touchpoint_id)


@blueprint.get("/together")
@access.allow(READ)
def together() -> ResponseReturnValue:
    """The same over all touchpoints: a unit's own figure."""
    return _show(None)


@blueprint.post("/<uuid:touchpoint_id>")
@access.allow(EDIT)
def change(touchpoint_id: UUID) -> ResponseReturnValue:
    """Show what changed targets would mean, or keep them; what makes no sense is said beside its field."""
    return _change(touchpoint_id)


@blueprint.post("/together")
@access.allow(EDIT)
def change_together() -> ResponseReturnValue:
    """The same over all touchpoints."""
    return _change(None)


def _show(touchpoint_id: UUID | None) -> ResponseReturnValue:
    with web.reading() as session:
        touchpoint = _find(session, touchpoint_id)
        targets = store.targets(session, _code(touchpoint))
        ahead = precision.work_out(session, targets, web.now(), web.ground().settings.zone)
        return _page(session, touchpoint, rows_of(targets), ahead)


def _change(touchpoint_id: UUID | None) -> ResponseReturnValue:
    rows = rows_from(request.form)
    wanted = wanted_of(rows)
    with web.writing() as session:
        touchpoint = _find(session, touchpoint_id)
        if wanted is None:
            return _page(session, touchpoint, rows, []), REFUSED
        if request.form.get("step") != "save":
            tried = precision.as_rows(_code(touchpoint), wanted, None, web.now())
            ahead = precision.work_out(session, tried, web.now(), web.ground().settings.zone)
            return _page(session, touchpoint, rows, ahead, tried=True)
        precision.set_targets(session, _code(touchpoint), wanted, access.actor(), web.now())
    flash(_("Kept. The plan of the next night follows it."), "good")
    return redirect(url_for("precision.show", touchpoint_id=touchpoint_id) if touchpoint_id else url_for("precision.together"))


def _find(session: Session, touchpoint_id: UUID | None) -> Touchpoint | None:
    """The touchpoint; None for all of them together."""
    touchpoint = touchpoint_by_id(session, touchpoint_id) if touchpoint_id else None
    if touchpoint_id and touchpoint is None:
        raise NotFound
    return touchpoint


def _code(touchpoint: Touchpoint | None) -> str:
    return touchpoint.code if touchpoint else EVERY


def _page(session: Session, touchpoint: Touchpoint | None, rows: list[Row], ahead: Sequence[Line], *, tried: bool = False) -> str:
    plan = store.newest_plan(session)
    stored = store.rates_of_plan(session, plan.id, _code(touchpoint)) if plan else []
    names = store.unit_names(session, {one.unit_id for one in ahead} | {one.unit_id for one in stored})
    names_now = {key: pick(zh, en) for key, (zh, en) in names.items()}
    before = {(one.level, one.unit_id): one.rate for one in stored}
    groups = [_shown_line(one, names_now, before) for one in ahead if one.level != STRATUM]
    own = [one for one in ahead if touchpoint and one.level == STRATUM and one.unit_id != NO_UNIT]
    units = sorted((_shown_line(one, names_now, before) for one in own), key=lambda row: row.name)
    known = store.indicators(session, touchpoint.code if touchpoint else None)
    wished = {row.indicator for row in rows if not row.empty}
    indicators = sorted(known | wished) if known else ["nps", "csat", "ces"]
    missing = [precision_words.indicator_name(code) for code in sorted(wished - known)] if known else []
    for row in rows:
        row.indicator = indicators[0] if row.empty else row.indicator
    return web.render(
        TEMPLATES + "plan.html", touchpoint=touchpoint, rows=rows, groups=groups, units=units, plan=plan, tried=tried,
        indicators=[(code, precision_words.indicator_name(code)) for code in indicators], words=precision_words,
        may_edit=access.may(EDIT), asked_share=_overall(ahead), missing=missing,
    )  # fmt: skip


def _overall(ahead: Sequence[Line]) -> float | None:
    """The share of all events to come that would be asked."""
    pairs = [(one.rate.rate, float(one.inputs.get("events_left", 0))) for one in ahead if one.level == STRATUM]
    whole = sum(events for _, events in pairs)
    return sum(rate * events for rate, events in pairs) / whole if whole else None


def _shown_line(one: Line, names: dict[UUID, str], before: dict[tuple[str, UUID], float]) -> Shown:
    name = str(precision_words.LEVELS["all"]) if one.unit_id == NO_UNIT else names.get(one.unit_id, "–")
    return _shown(name, one.rate._asdict(), one.inputs)._replace(before=before.get((one.level, one.unit_id)))


def _shown_row(row: SamplingRate | None) -> Shown | None:
    return _shown("", row.model_dump(), row.inputs) if row is not None else None


def _shown(name: str, rate: dict[str, Any], inputs: dict[str, Any]) -> Shown:
    return Shown(
        name, rate["rate"], precision_words.STATES[rate["why"]], rate["reached"], inputs["margin"], rate["needed"], rate["lacking"],
        rate["expected"], inputs.get("answers", 0), precision_words.sentence(rate["why"], rate["needed"], rate["lacking"], inputs),
        inputs,
    )  # fmt: skip
