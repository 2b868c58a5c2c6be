"""The form of an alert rule: rows of a condition, whose case it is, limits; read from the browser and from a stored rule."""

from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from portal.foundation.conditions import Op, parse
from scheduler.cases import alert_words
from scheduler.cases.models import AlertRule
from scheduler.cases.rules.alerts import Merging, Source

ROWS = 6
MOST_LINES = 30


def raw_of(form: MultiDict[str, str], units: dict[str, str]) -> dict[str, Any]:
    """What a form says, for `AlertSpec`; `units` are ids by code.

    Note    what is no choice is left out, so that the spec refuses what then is missing
    """
    return {
        "name_zh": form.get("name_zh", "").replace("\x00", "").strip(),
        "name_en": form.get("name_en", "").replace("\x00", "").strip(),
        "kind": form.get("kind", "low_score"),
        "condition": condition_of(form),
        "routing": _routing(form, units),
    }


def condition_of(form: MultiDict[str, str]) -> dict[str, Any]:
    """The condition of the rows that were filled in, joined by the choice above them."""
    tests = []
    for n in range(ROWS):
        field, op, value = form.get(f"field{n}", ""), form.get(f"op{n}", ""), form.get(f"value{n}", "").replace("\x00", "").strip()
        if field in alert_words.FIELDS and op in {one.value for one in alert_words.OPS} and value:
            number = field in alert_words.NUMBERS
            if number and not _is_number(value):
                return {}
            tests.append({"field": field, "op": Op(op).value, "value": int(value[:4]) if number else value[:60]})
    return {"any" if form.get("join") == "any" else "all": tests} if tests else {}


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) <= 4


def _routing(form: MultiDict[str, str], units: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "on": Source.ALARM if form.get("on") == Source.ALARM else Source.ANSWER,
        "unit": _id(form.get("unit", "")),
        "by_product": _lines(form.get("by_product", ""), units),
        "by_topic": _lines(form.get("by_topic", ""), units),
        "rota": form.get("rota") == "1",
        "merging": form.get("merging", "") if form.get("merging", "") in {one.value for one in Merging} else Merging.TOUCHPOINT,
    }
    for name in ("unit_cap", "person_cap"):
        text = form.get(name, "").strip()
        if text:
            made[name] = int(text) if text.isdecimal() and len(text) < 6 else -1
    return made


def _id(text: str) -> str:
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        return ""


def _lines(text: str, units: dict[str, str]) -> dict[str, str]:
    """Lines such as `mortgage = B1`: a code and the code of a unit; a unit that is not there makes the spec refuse."""
    found = {}
    for line in text.replace("\x00", "").splitlines()[:MOST_LINES]:
        code, mark, unit = (part.strip() for part in line.partition("="))
        if mark and code:
            found[code[:60]] = units.get(unit, unit[:60])
    return found


def filled_with(rule: AlertRule, units: dict[str, str]) -> MultiDict[str, str]:
    """A stored rule as its form would have been filled in; a condition that is no list of rows leaves them empty."""
    codes = {key: code for code, key in units.items()}
    routing = rule.routing or {}
    made = MultiDict[str, str]({"name_zh": rule.name_zh, "name_en": rule.name_en, "kind": rule.case_kind})
    made["on"], made["unit"] = str(routing.get("on", Source.ANSWER)), str(routing.get("unit", ""))
    made["rota"], made["merging"] = "1" if routing.get("rota", True) else "", str(routing.get("merging", Merging.TOUCHPOINT))
    for name in ("unit_cap", "person_cap"):
        made[name] = str(routing.get(name) or "")
    for name in ("by_product", "by_topic"):
        made[name] = "\n".join(f"{code} = {codes.get(unit, unit)}" for code, unit in (routing.get(name) or {}).items())
    _fill_rows(made, rule.condition)
    for code in rule.touchpoints:
        made.add("touchpoints", code)
    return made


def _fill_rows(made: MultiDict[str, str], condition: dict[str, Any]) -> None:
    whole = parse(condition)
    parts = list(getattr(whole, "any", None) or getattr(whole, "all", None) or [whole])
    made["join"] = "all" if hasattr(whole, "all") else "any"
    for n, part in enumerate(part for part in parts[:ROWS] if hasattr(part, "field")):
        value = str(part.value).lower() if isinstance(part.value, bool) else f"{part.value}"
        made[f"field{n}"], made[f"op{n}"], made[f"value{n}"] = part.field, part.op.value, value
