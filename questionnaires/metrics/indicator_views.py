"""Pages of the bank's own indicators with their imported figures, and of targets."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, pick
from portal.people import access, edge
from portal.people.forms import choices
from questionnaires.metrics import own_indicators, targets
from questionnaires.metrics.forms import FiguresForm, IndicatorForm, TargetForm
from questionnaires.metrics.index_models import MetricTarget
from questionnaires.metrics.index_views import EDIT, REFUSED
from questionnaires.metrics.naming import SHORT_KINDS, name_of
from questionnaires.metrics.own_indicators import Taken
from questionnaires.metrics.store import indexes as store
from questionnaires.metrics.store import reading
from questionnaires.metrics.store import targets as target_store
from questionnaires.metrics.tree import Tree
from questionnaires.metrics.views import PERMISSION
from questionnaires.metrics.when import today

blueprint = Blueprint("indicators", __name__, url_prefix="/portal")
SHOWN = 50


@blueprint.get("/indicators")
@access.allow(PERMISSION)
def index() -> ResponseReturnValue:
    """Indicators and the figures that came in last."""
    return _page(IndicatorForm(), FiguresForm())


def _page(form: IndicatorForm, figures: FiguresForm, taken: Taken | None = None, status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        tree = Tree(reading.units(session, today()))
        visible = {branch.unit.id for branch in tree.visible(access.view(PERMISSION))}
        values: dict[str, Any] = {
            "rows": store.indicators(session),
            "newest": [(row, name_of(tree.by_id[row.unit_id])) for row in store.newest(session, visible, SHOWN)],
        }
    names = {row.code: pick(row.name_zh, row.name_en) for row in values["rows"]}
    page = "questionnaires/metrics/indicators.html"
    return web.render(page, form=form, figures=figures, taken=taken, names=names, editable=access.may(EDIT), **values), status


@blueprint.post("/indicators")
@access.allow(EDIT)
def add() -> ResponseReturnValue:
    """Keep a new indicator."""
    form = IndicatorForm()
    if not form.validate_on_submit():
        return _page(form, FiguresForm(formdata=None), status=REFUSED)
    values = {name: field.data.strip() if isinstance(field.data, str) else field.data for name, field in form._fields.items()}
    values.pop("csrf_token", None)
    try:
        with web.writing() as session:
            own_indicators.add(session, values | {"measure": values["measure"] or ""}, access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _page(form, FiguresForm(formdata=None), status=REFUSED)
    flash(_("%(code)s is added.", code=values["code"]), "good")
    return redirect(url_for("indicators.index"))


@blueprint.post("/indicators/figures")
@access.allow(EDIT)
def take() -> ResponseReturnValue:
    """Take a file of figures in; rows that are wrong are listed and left out."""
    form = FiguresForm()
    try:
        text = edge.uploaded("file")
        with web.writing() as session:
            taken = own_indicators.take_figures(session, text, access.scope(EDIT), access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _page(IndicatorForm(formdata=None), form, status=REFUSED)
    return _page(IndicatorForm(formdata=None), form, taken)


@blueprint.get("/targets")
@access.allow(PERMISSION)
def target_list() -> ResponseReturnValue:
    """Targets of the units that one may see."""
    return _targets(
        TargetForm(unit_id=request.args.get("unit", ""), first=today().replace(month=1, day=1), last=today().replace(month=12, day=31))
    )


def _targets(form: TargetForm, status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        tree = Tree(reading.units(session, today()))
        visible = {branch.unit.id for branch in tree.visible(access.view(PERMISSION))}
        units = edge.unit_choices(session, access.scope(EDIT), web.now())
        own = {row.code: pick(row.name_zh, row.name_en) for row in store.indicators(session)}
        rows = [(row, name_of(tree.by_id[row.unit_id])) for row in target_store.listed(session, visible)]
    names = {**{str(kind): name for kind, name in SHORT_KINDS.items()}, **own}
    form.indicator.choices = choices(names)
    return web.render(
        "questionnaires/metrics/targets.html", form=form, rows=rows, units=units, names=names, editable=access.may(EDIT)
    ), status


@blueprint.post("/targets")
@access.allow(EDIT)
def set_target() -> ResponseReturnValue:
    """Set a target."""
    form = TargetForm()
    with web.reading() as session:
        own = {row.code: row.code for row in store.indicators(session)}
    form.indicator.choices = choices({**{str(kind): name for kind, name in SHORT_KINDS.items()}, **own})
    if not form.validate_on_submit():
        return _targets(form, REFUSED)
    try:
        with web.writing() as session:
            unit = edge.uuid_of(form.unit_id.data)
            if unit is None:
                raise NotFound
            access.check_unit(EDIT, unit, session)
            days = (form.first.data, form.last.data)
            targets.set_target(session, unit, form.indicator.data, days, form.value.data, access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _targets(form, REFUSED)
    flash(_("Saved."), "good")
    return redirect(url_for("indicators.target_list"))


@blueprint.post("/targets/<uuid:target_id>/remove")
@access.allow(EDIT)
def remove_target(target_id: UUID) -> ResponseReturnValue:
    """Take a target away."""
    with web.writing() as session:
        target = session.get(MetricTarget, target_id)
        if target is None:
            raise NotFound
        access.check_unit(EDIT, target.unit_id, session)
        targets.remove(session, target_id, access.actor(), web.now())
    flash(_("Removed."), "good")
    return redirect(url_for("indicators.target_list"))
