"""Alert rules in words: fields, comparisons, and a condition as a sentence."""

from collections.abc import Mapping
from typing import Any

from portal.foundation.conditions import AllOf, AnyOf, Condition, Not, Op, Test, parse
from portal.foundation.i18n import _, _l
from questionnaires.metrics.naming import CHANNEL_NAMES, SHORT_KINDS, SOURCE_NAMES

NUMBERS = ("nps", "csat", "ces", "stars", "low_run", "mood", "value", "n")
FIELDS = (
    "nps",
    "csat",
    "ces",
    "stars",
    "low_run",
    "topic",
    "mood",
    "segment",
    "product",
    "channel",
    "source",
    "q.call_me",
    "kind",
    "indicator",
    "value",
    "n",
)
ALARMS = {"drop": _l("Drop"), "rate": _l("Response rate collapsed"), "flood": _l("Flood of answers")}
NAMED: Mapping[str, Mapping[str, object]] = {
    "channel": CHANNEL_NAMES,
    "source": SOURCE_NAMES,
    "kind": ALARMS,
    "indicator": {str(kind): name for kind, name in SHORT_KINDS.items()},
}
"""Values that are codes, with their words."""
OPS = (Op.LE, Op.GE, Op.EQ, Op.NE, Op.CONTAINS)


def field_text(field: str) -> str:
    """A field's name."""
    known = {
        "nps": _("NPS"),
        "csat": _("CSAT"),
        "ces": _("CES"),
        "stars": _("Stars of a review"),
        "channel": _("Channel"),
        "source": _("Source"),
        "product": _("Product"),
        "segment": _("Segment"),
        "touchpoint": _("Touchpoint"),
        "low_run": _("Low answers in a row"),
        "topic": _("Topic of the words"),
        "mood": _("Mood of the words (-1 to 1)"),
        "q.call_me": _("Would rather be called"),
        "kind": _("Alarm: kind"),
        "indicator": _("Alarm: indicator"),
        "value": _("Alarm: figure"),
        "n": _("Alarm: answers"),
        "language": _("Language"),
    }
    return str(known.get(field, field.removeprefix("q.")))


def op_text(op: Op) -> str:
    """A comparison."""
    known = {
        Op.LE: _("at most"),
        Op.GE: _("at least"),
        Op.LT: _("below"),
        Op.GT: _("above"),
        Op.EQ: _("is"),
        Op.NE: _("is not"),
        Op.IN: _("is one of"),
        Op.NOT_IN: _("is none of"),
        Op.CONTAINS: _("contains"),
        Op.STARTS: _("begins with"),
        Op.PRESENT: _("is answered"),
        Op.ABSENT: _("is not answered"),
    }
    return str(known[op])


def routing_sentence(routing: dict[str, Any], units: Mapping[str, str]) -> str:
    """Whose case it is, in a sentence; `units` are names by id."""
    parts = []
    if routing.get("by_topic"):
        parts.append(_("by topic"))
    if routing.get("by_product"):
        parts.append(_("by product"))
    unit = routing.get("unit")
    parts.append(units.get(str(unit), _("one unit")) if unit else _("the unit in charge"))
    said = [str(_("goes to: %(where)s", where=", ".join(str(part) for part in parts)))]
    if routing.get("unit_cap"):
        said.append(str(_("beyond %(n)s open cases to the level above", n=routing["unit_cap"])))
    if routing.get("person_cap"):
        said.append(str(_("at most %(n)s open cases a person", n=routing["person_cap"])))
    if routing.get("merging") == "never":
        said.append(str(_("every answer is a case of its own")))
    elif routing.get("merging") == "unit":
        said.append(str(_("joins any open case of the customer at the unit")))
    return "; ".join(said)


def sentence(raw: dict[str, Any]) -> str:
    """A stored condition as a sentence."""
    return _words(parse(raw))


def _value(field: str, value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return "" if value is None else str(NAMED.get(field, {}).get(f"{value}", value))


def _words(condition: Condition) -> str:
    if isinstance(condition, Test):
        value = condition.value
        shown = ", ".join(_value(condition.field, one) for one in value) if isinstance(value, tuple) else _value(condition.field, value)
        return " ".join(part for part in (field_text(condition.field), op_text(condition.op), shown) if part)
    if isinstance(condition, Not):
        return str(_("not (%(inner)s)", inner=_words(condition.not_)))
    parts, joint = (condition.all, _("and")) if isinstance(condition, AllOf) else (condition.any, _("or"))
    return f" {joint} ".join(f"({_words(part)})" if isinstance(part, AllOf | AnyOf) and len(parts) > 1 else _words(part) for part in parts)
