"""The pages of alert rules."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.foundation import web
from portal.foundation.conditions import Op
from portal.foundation.errors import NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.foundation.ids import new_id
from portal.people import access
from scheduler.cases import alert_words, alerting
from scheduler.cases.store import rules as rule_store
from scheduler.cases.store import units as unit_store

blueprint = Blueprint("alerts", __name__, url_prefix="/portal/alert-rules")
READ, EDIT, APPROVE = "alerts.read", "alerts.edit", "alerts.approve"
ROWS = 4


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
    return web.render(
        "scheduler/cases/alerts.html",
        rules=rules,
        people=people,
        touchpoints=touchpoints,
        words=alert_words,
        error=error,
        me_id=access.me().user_id,
    )


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(MultiDict(), {})


def _form(filled: MultiDict[str, str], errors: dict[str, str]) -> str:
    with web.reading() as session:
        touchpoints = rule_store.touchpoint_names(session)
    return web.render(
        "scheduler/cases/alert_form.html", filled=filled, errors=errors, touchpoints=touchpoints, words=alert_words, rows=range(ROWS)
    )


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Make a rule; it waits for a second person."""
    form = request.form
    raw = {"name_zh": form.get("name_zh", "").strip(), "name_en": form.get("name_en", "").strip(), "condition": _condition(form)}
    try:
        with web.writing() as session:
            known = set(rule_store.touchpoint_names(session))
            chosen = [code for code in form.getlist("touchpoints") if code in known]
            alerting.make(session, access.actor(), f"rule-{new_id().hex[-8:]}", raw, chosen, web.now())
    except SoundingsError as error:
        return _form(form, getattr(error, "fields", {}) or {"condition": error.code}), error.status
    flash(_("The rule waits for a second person."), "info")
    return redirect(url_for("alerts.index"))


def _condition(form: MultiDict[str, str]) -> dict[str, Any]:
    """The condition of the rows that were filled in, joined by the choice above them."""
    tests = []
    for n in range(ROWS):
        field, op, value = form.get(f"field{n}", ""), form.get(f"op{n}", ""), form.get(f"value{n}", "").strip()
        if field in alert_words.FIELDS and op in {one.value for one in alert_words.OPS} and value:
            number = field in alert_words.NUMBERS
            if number and not value.isdecimal():
                return {}
            tests.append({"field": field, "op": Op(op).value, "value": int(value[:4]) if number else value[:60]})
    return {"any" if form.get("join") == "any" else "all": tests}


@blueprint.post("/<uuid:rule_id>/approve")
@access.allow(APPROVE)
def approve(rule_id: UUID) -> ResponseReturnValue:
    """Let a rule run."""
    return _switch(rule_id, on=True)


@blueprint.post("/<uuid:rule_id>/off")
@access.allow(EDIT)
def off(rule_id: UUID) -> ResponseReturnValue:
    """Switch a rule off."""
    return _switch(rule_id, on=False)


def _switch(rule_id: UUID, *, on: bool) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            (alerting.approve if on else alerting.switch_off)(session, access.actor(), rule_id, web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        return _list(error_text(error)), error.status
    flash(_("The rule runs in a minute.") if on else _("The rule is off. Open cases stay."), "good")
    return redirect(url_for("alerts.index"))
