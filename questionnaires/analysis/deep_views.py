"""Pages for analysts: cross tables, drivers, value. Whole months only, so that two looks can't be subtracted to a day."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import NAMES, _, _l, current_language, pick
from portal.people import access, customer_kinds, edge, uploads
from questionnaires.analysis import asked as address
from questionnaires.analysis import crossing, driving, taxonomy, topics, value
from questionnaires.analysis.rights import ANALYSIS, VALUE_IMPORT
from questionnaires.analysis.store import answers as store
from questionnaires.analysis.store import value as value_store
from questionnaires.analysis.store.answers import Some
from questionnaires.metrics import labels
from questionnaires.metrics.naming import CHANNEL_NAMES, span
from questionnaires.metrics.when import bank_zone, today

blueprint = Blueprint("deep", __name__, url_prefix="/portal/analysis")
REFUSED = 422
MONTHS = {"1": _l("Last whole month"), "3": _l("Last 3 whole months"), "6": _l("Last 6 whole months"), "12": _l("Last 12 whole months")}
CUTS = {
    "touchpoint": _l("Touchpoint"),
    "channel": _l("Channel"),
    "segment": _l("Segment"),
    "product": _l("Product"),
    "language": _l("Language"),
}


@blueprint.get("/cross")
@access.allow(ANALYSIS)
def cross() -> ResponseReturnValue:
    """Two answers of a questionnaire against each other."""
    status, wrong, table = 200, {}, None
    rows, columns, chosen = edge.asked("rows", 80), edge.asked("columns", 80), edge.uuid_of(edge.asked("questionnaire", 40))
    with web.reading() as session:
        some, values = _some(session)
        known = {one.id: pick(one.title_zh, one.title_en) for one in store.questionnaires(session)}
        offered = crossing.sides(session, chosen, current_language(), _cut_names(), _named(session)) if chosen in known and chosen else []
        if rows and columns and chosen and offered:
            try:
                table = crossing.read(session, chosen, some, offered, rows, columns)
            except InvalidInput as error:
                status, wrong = REFUSED, {name: _(code) for name, code in error.fields.items()}
    values |= {"questionnaires": list(known.items()), "chosen": chosen, "sides": [(one.name, one.label) for one in offered]}
    values["examples"] = _examples(offered)
    return web.render("questionnaires/analysis/cross.html", table=table, rows=rows, columns=columns, wrong=wrong, **values), status


def _examples(offered: list[crossing.Side]) -> list[dict[str, tuple[str, str]]]:
    """Tables that are worth a look: the first closed questions by touchpoint and channel, and by one another."""
    cuts = {one.name: (one.name, one.label) for one in offered if one.column is None}
    asked = [(one.name, one.label) for one in offered if one.column is not None][:2]
    pairs = [(one, cuts[name]) for one in asked for name in ("touchpoint", "channel")]
    return [{"rows": rows, "columns": columns} for rows, columns in [*pairs, *([tuple(asked)] if len(asked) == 2 else [])]]


@blueprint.get("/drivers")
@access.allow(ANALYSIS)
def drivers() -> ResponseReturnValue:
    """What moves NPS."""
    with web.reading() as session:
        some, values = _some(session)
        found = driving.read(session, some)
        known = labels.touchpoints(session)
        names = {one.code: pick(one.name_zh, one.name_en) for one in topics.choices(session)}
        nodes = {one.code: pick(one.name_zh, one.name_en) for one in taxonomy.current(session)[1].nodes}

    def name_of(feature: str) -> str:
        kind, _sep, code = feature.partition(":")
        if kind == "touchpoint":
            return labels.label_of(known, code).name
        return {"topic": names, "reason": nodes}.get(kind, {}).get(code, code)

    rare = list(dict.fromkeys(name_of(name) for name, _n in found.too_rare))
    return web.render("questionnaires/analysis/drivers.html", found=found, name_of=name_of, rare=rare, **values)


@blueprint.get("/value")
@access.allow(ANALYSIS)
def value_page() -> ResponseReturnValue:
    """What became of promoters and detractors."""
    return _value()


@blueprint.post("/value")
@access.allow(VALUE_IMPORT)
def value_file() -> ResponseReturnValue:
    """Show what a month's file would do."""
    access.whole_bank(VALUE_IMPORT)
    month = request.form.get("month", "")[:7]
    try:
        text = edge.uploaded()
        with web.reading() as session:
            plan = value.take(session, text, _month(month), access.actor(), web.now(), write=False)
    except InvalidInput as error:
        return _value(wrong={name: _(code, **error.facts) for name, code in error.fields.items()}, month=month), REFUSED
    return _value(plan=plan, ticket=uploads.keep(web.ground(), access.me().user_id, text), month=month)


@blueprint.post("/value/<ticket>")
@access.allow(VALUE_IMPORT)
def value_now(ticket: str) -> ResponseReturnValue:
    """Take the month in."""
    access.whole_bank(VALUE_IMPORT)
    owner = access.me().user_id
    text = uploads.read(web.ground(), owner, ticket)
    with web.writing() as session:
        done = value.take(session, text, _month(request.form.get("month", "")), access.actor(), web.now(), write=True)
    uploads.drop(web.ground(), owner, ticket)
    return _value(done=done)


def _value(**given: Any) -> str:
    """The page with the months there are; figures where two of them are chosen, else the oldest and newest."""
    access.whole_bank(ANALYSIS)
    with web.reading() as session:
        months = value_store.months(session)
        named = [f"{month:%Y-%m}" for month, _n in months]
        before = _one_of(edge.asked("before", 7), named, named[-1:])
        after = _one_of(edge.asked("after", 7), named, named[:1])
        wrong, groups = dict(given.pop("wrong", {})), []
        if len(named) > 1:
            try:
                groups = value.read(session, _month(before), _month(after), bank_zone())
            except InvalidInput as error:
                wrong |= {name: _(code) for name, code in error.fields.items()}
    values = {"plan": None, "done": None, "ticket": "", "month": "", **given}
    values |= {
        "months": months,
        "months_named": [(one, one) for one in named],
        "before": before,
        "after": after,
        "groups": groups,
        "wrong": wrong,
    }
    return web.render("questionnaires/analysis/value.html", may_import=access.may(VALUE_IMPORT), **values)


def _some(session: Session) -> tuple[Some, dict[str, Any]]:
    """The answers that the filters mean, and what the bar of filters shows."""
    length = edge.asked("months", 2)
    length = length if length in MONTHS else "3"
    unit = edge.asked("unit", 60)
    first, last = address.months(today(), int(length))
    start, end = (datetime.combine(day, time(), bank_zone()) for day in (first, last + timedelta(days=1)))
    some = Some(address.units(session, ANALYSIS, unit), web.now(), start, end)
    shown = {"months": list(MONTHS.items()), "length": length, "unit": unit, "units": address.unit_choices(session, ANALYSIS)}
    return some, shown | {"span": span(first, last)}


def _one_of(text: str, known: list[str], default: list[str]) -> str:
    return text if text in known else next(iter(default), "")


def _month(text: str) -> date:
    """The first day of a month.

    Raises  InvalidInput for `month`
    """
    day = edge.day_of(f"{text[:7]}-01")
    if day is None:
        raise InvalidInput({"month": "not_a_date"})
    return day


def _named(session: Session) -> dict[str, dict[str, str]]:
    """What the values of cuts are called."""
    segments = customer_kinds.segments(session)
    touchpoints = {code: one.name for code, one in labels.touchpoints(session).items()}
    return {
        "touchpoint": touchpoints,
        "channel": {str(code): str(name) for code, name in CHANNEL_NAMES.items()},
        "segment": {code: customer_kinds.segment_name(segments, code) for code in segments},
        "language": dict(NAMES),
    }


def _cut_names() -> dict[str, str]:
    return {name: str(words) for name, words in CUTS.items()}
