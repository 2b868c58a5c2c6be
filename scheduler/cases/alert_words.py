"""Alert rules in words: fields, comparisons, and a condition as a sentence."""

from typing import Any

from portal.foundation.conditions import AllOf, AnyOf, Condition, Not, Op, Test, parse
from portal.foundation.i18n import _

NUMBERS = ("nps", "csat", "ces")
FIELDS = (*NUMBERS, "channel", "source", "product", "segment")
OPS = (Op.LE, Op.GE, Op.EQ, Op.NE)


def field_text(field: str) -> str:
    """A field's name."""
    known = {
        "nps": _("NPS"),
        "csat": _("CSAT"),
        "ces": _("CES"),
        "channel": _("Channel"),
        "source": _("Source"),
        "product": _("Product"),
        "segment": _("Segment"),
        "touchpoint": _("Touchpoint"),
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


def sentence(raw: dict[str, Any]) -> str:
    """A stored condition as a sentence."""
    return _words(parse(raw))


def _words(condition: Condition) -> str:
    if isinstance(condition, Test):
        value = condition.value
        shown = ", ".join(str(one) for one in value) if isinstance(value, tuple) else "" if value is None else f"{value}"
        return " ".join(part for part in (field_text(condition.field), op_text(condition.op), shown) if part)
    if isinstance(condition, Not):
        return str(_("not (%(inner)s)", inner=_words(condition.not_)))
    parts, joint = (condition.all, _("and")) if isinstance(condition, AllOf) else (condition.any, _("or"))
    return f" {joint} ".join(f"({_words(part)})" if isinstance(part, AllOf | AnyOf) and len(parts) > 1 else _words(part) for part in parts)
