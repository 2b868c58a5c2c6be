"""The pages of alert rules."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from portal.foundation import web
from portal.foundation.errors import Forbidden, InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text, pick
from portal.foundation.ids import new_id
from portal.people import access
from portal.people.edge import uuid_of
from portal.people.rules.roles import EVERYTHING
from scheduler.cases import alert_form, alert_words, alerting, kinds, previewing
from scheduler.cases.models import AlertRule
from scheduler.cases.previewing import Preview
from scheduler.cases.rules.alerts import AlertSpec
from scheduler.cases.store import rules as rule_store
from scheduler.cases.store import units as unit_store

blueprint = Blueprint("alerts", __name__, url_prefix="/portal/alert-rules")
READ, EDIT, APPROVE = "alerts.read", "alerts.edit", "alerts.approve"
ACT = "alerts.act"


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All rules."""
    return _list()


def _list(error: str = "") -> str:
    with web.reading() as session:
        rules = rule_store.all_rules(session)
        people = unit_store.people(session, {one for rule in rules for one in (rule.author_id, rule.approved_by) if one})
        touchpoints = rule_store.touchpoint_names(session)
        names = kinds.load(session).names()
        units = {str(one["id"]): pick(str(one["name_zh"]), str(one["name_en"])) for one in unit_store.tree(session, EVERYTHING, web.now())}
    return web.render(
        "scheduler/cases/alerts.html",
        rules=rules,
        people=people,
        touchpoints=touchpoints,
        words=alert_words,
        kinds=names,
        units=units,
        error=error,
        me_id=access.me().user_id,
    )


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(MultiDict({"rota": "1"}), {})


@blueprint.get("/<uuid:rule_id>/edit")
@access.allow(EDIT)
def edit(rule_id: UUID) -> ResponseReturnValue:
    """The form filled in as a rule stands; saving it makes a new version."""
    with web.reading() as session:
        rule = rule_store.one(session, rule_id)
        if rule is None:
            raise NotFound
        filled = alert_form.filled_with(rule, _units(session))
    return _form(filled, {}, rule=rule)


def _units(session: Session) -> dict[str, str]:
    """Ids of units by code, as text."""
    return {code: str(key) for key, code in unit_store.all_codes(session).items()}


def _form(
    filled: MultiDict[str, str], errors: dict[str, str], rule: AlertRule | None = None, shown: Preview | None = None, status: int = 200
) -> ResponseReturnValue:
    with web.reading() as session:
        touchpoints = rule_store.touchpoint_names(session)
        names, tree = kinds.load(session).names(), unit_store.tree(session, EVERYTHING, web.now())
        busy = unit_store.names(session, [key for key, _n in shown.units.most_common(5)]) if shown else {}
    page = web.render(
        "scheduler/cases/alert_form.html",
        filled=filled,
        errors=errors,
        touchpoints=touchpoints,
        words=alert_words,
        rows=range(alert_form.ROWS),
        rule=rule,
        shown=shown,
        busy=busy,
        kinds=names,
        units=tree,
    )
    return page, status


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Make a rule or a new version, which waits for a second person; or only look what it would have done."""
    form, rule_id = request.form, uuid_of(request.form.get("rule"))
    if form.get("look"):
        return _look(form)
    try:
        with web.writing() as session:
            old = rule_store.one(session, rule_id) if rule_id else None
            raw, chosen = alert_form.raw_of(form, _units(session)), _touchpoints(session, form)
            code = old.code if old else f"rule-{new_id().hex[-8:]}"
            alerting.make(session, access.actor(), code, raw, chosen, web.now(), replaces=old is not None)
    except SoundingsError as error:
        return _form(form, getattr(error, "fields", {}) or {"condition": error.code}, status=error.status)
    flash(_("The rule waits for a second person."), "info")
    return redirect(url_for("alerts.index"))


def _look(form: MultiDict[str, str]) -> ResponseReturnValue:
    """What the rule on the form would have done; nothing is kept."""
    try:
        with web.reading() as session:
            raw, chosen = alert_form.raw_of(form, _units(session)), _touchpoints(session, form)
            shown = previewing.preview(session, _spec(raw), chosen, web.now())
    except InvalidInput as error:
        return _form(form, error.fields, status=error.status)
    return _form(form, {}, shown=shown)


def _spec(raw: dict[str, Any]) -> AlertSpec:
    try:
        return AlertSpec.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput({str(one["loc"][0]): one["type"] for one in error.errors()}) from None


def _touchpoints(session: Session, form: MultiDict[str, str]) -> list[str]:
    known = rule_store.touchpoint_names(session)
    return [code for code in form.getlist("touchpoints") if code in known]


@blueprint.post("/<uuid:rule_id>/<any(approve,off,again):word>")
@access.allow(ACT)
def switch(rule_id: UUID, word: str) -> ResponseReturnValue:
    """Let a version run, switch it off, or ask that it run again."""
    act = {"approve": alerting.approve, "off": alerting.switch_off, "again": alerting.ask_again}[word]
    if not access.may(APPROVE if word == "approve" else EDIT):
        raise Forbidden
    try:
        with web.writing() as session:
            act(session, access.actor(), rule_id, web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        return _list(error_text(error)), error.status
    said = {
        "approve": _("The rule runs in a minute."),
        "off": _("The rule is off. Open cases stay."),
        "again": _("The rule waits for a second person."),
    }
    flash(said[word], "good")
    return redirect(url_for("alerts.index"))
