"""A group's conditions as rows that people read and fill in, and back: words on the page, codes in the database."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from officers.people import roster, words
from officers.people.rules.tiers import Scheme
from portal.foundation.conditions import Op
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _l, pick
from scheduler.touchpoints import filters
from scheduler.touchpoints import words as touchpoint_words
from scheduler.touchpoints.filters import Rows

LABELS = {
    "kind": _l("Kind of officer"), "tier": _l("Tier"), "unit": _l("Unit"), "city": _l("City"), "device": _l("Phone system"),
    "age_band": _l("Age"), "segment": _l("Segment"), "language": _l("Language"),
}  # fmt: skip
OPS = {op: touchpoint_words.OPS[op] for op in (Op.EQ, Op.NE, Op.IN, Op.CONTAINS, Op.PRESENT, Op.ABSENT)}
LANGUAGES = {"zh-Hans": "简体中文", "en": "English"}
TYPES = dict.fromkeys(roster.FIELDS, "text")

Known = Mapping[str, Mapping[str, str]]
"""By field the words of its codes; a field that is not in it takes any text."""


def known(scheme: Scheme, units: Iterable[Mapping[str, Any]]) -> Known:
    """What may be chosen, in the reader's language; `units` as a unit picker has them, with their codes."""
    return {
        "kind": _read(words.KINDS), "tier": {one.code: pick(one.name_zh, one.name_en) for one in scheme.tiers},
        "unit": {one["code"]: one["name"] for one in units}, "device": _read(words.DEVICES), "age_band": _read(words.AGE_BANDS),
        "language": LANGUAGES,
    }  # fmt: skip


def _read(labels: Mapping[str, Any]) -> dict[str, str]:
    return {code: str(label) for code, label in labels.items()}


def fields(choices: Known) -> list[dict[str, Any]]:
    """The fields as the editor of conditions offers them."""
    return [{"name": name, "label": LABELS[name], "values": list(choices.get(name, {}).values()), "plain": True} for name in roster.FIELDS]


def condition_of(form: Mapping[str, str], choices: Known) -> dict[str, Any] | None:
    """The conditions that the rows say, in codes; None for no row at all.

    Raises  InvalidInput naming `conditions` where a row is not complete, or a value is none of the field's
    """
    try:
        made = filters.condition_of(form, TYPES)
    except InvalidInput as error:
        raise InvalidInput({"conditions": error.fields["filter"]}) from error

    def code(name: str, value: Any) -> Any:
        codes = {word: known_code for known_code, word in choices[name].items()} if name in choices else {}
        if name in choices and value not in codes and value not in choices[name]:
            raise InvalidInput({"conditions": "not_one_of_the_words"})
        return codes.get(value, value)

    return _with(made, code) if made else None


def rows_of(condition: Mapping[str, Any] | None, choices: Known) -> Rows | None:
    """Stored conditions as rows in words; None where they say more than rows can show."""
    return filters.rows_of(_with(condition, lambda name, value: choices.get(name, {}).get(value, value)) if condition else None)


def _with(part: Mapping[str, Any], swap: Callable[[str, Any], Any]) -> dict[str, Any]:
    """The same conditions with other values."""
    if "field" not in part:
        return {key: [_with(one, swap) for one in inner] if isinstance(inner, list) else _with(inner, swap) for key, inner in part.items()}
    if "value" not in part:
        return dict(part)
    name, value = part["field"], part["value"]
    return {**part, "value": [swap(name, one) for one in value] if isinstance(value, list) else swap(name, value)}
