"""What an event of a type may carry: its attributes, and what is wrong with those of one event."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}\Z")
TYPES = ("text", "number", "flag", "date")
MOST_ATTRIBUTES, MOST_VALUES = 60, 50
OWN_WAVES = "campaign.wave"
OWN_TYPES = frozenset({"case.resolved", OWN_WAVES})
"""Events that the product writes itself; they need no place in a bank's catalogue."""

MISSING, WRONG_TYPE, NOT_ALLOWED = "attribute_missing", "attribute_type", "attribute_value"


class Attribute(BaseModel):
    """One attribute of an event type.

    Shape   `values`: the texts or numbers that are allowed, none = all; `zh`, `en`: what it means, for designers
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=60)]
    type: Literal["text", "number", "flag", "date"] = "text"
    required: bool = False
    values: tuple[str, ...] = ()
    zh: Annotated[str, Field(max_length=100)] = ""
    en: Annotated[str, Field(max_length=100)] = ""


class Misfit(NamedTuple):
    """What is wrong with one attribute of an event; never its value."""

    name: str
    code: str


def shape_of(raw: Iterable[Mapping[str, Any]]) -> tuple[Attribute, ...]:
    """A stored schema, parsed."""
    return tuple(Attribute.model_validate(one) for one in raw)


def plain_shape(attributes: Mapping[str, str]) -> tuple[Attribute, ...]:
    """The schema that names and types alone make."""
    return tuple(Attribute.model_validate({"name": name, "type": kind}) for name, kind in attributes.items())


def problems_of_shape(shape: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The code of what is wrong with a written schema, by row and field such as `name2`; empty where all is well."""
    problems: dict[str, str] = {}
    seen: set[str] = set()
    if len(shape) > MOST_ATTRIBUTES:
        problems["shape"] = "too_many_attributes"
    for place, one in enumerate(shape):
        name, values = str(one.get("name") or ""), one.get("values") or ()
        if not NAME.match(name):
            problems[f"name{place}"] = "invalid_attribute_name"
        elif name in seen:
            problems[f"name{place}"] = "code_taken"
        seen.add(name)
        if one.get("type") not in TYPES:
            problems[f"type{place}"] = "not_one_of_the_words"
        elif values and one["type"] in ("flag", "date"):
            problems[f"values{place}"] = "values_need_text"
        elif len(values) > MOST_VALUES or any(len(value) > 60 for value in values):
            problems[f"values{place}"] = "too_long"
        elif one["type"] == "number" and any(_number(value) is None for value in values):
            problems[f"values{place}"] = "not_a_number"
        for language in ("zh", "en"):
            if len(str(one.get(language) or "")) > 100:
                problems[f"{language}{place}"] = "too_long"
    return problems


def misfits(shape: Iterable[Attribute], attributes: Mapping[str, Any]) -> list[Misfit]:
    """What does not fit; attributes that the schema does not name are no concern of it."""
    found = []
    for one in shape:
        held = attributes.get(one.name)
        if held is None or held == "":
            if one.required:
                found.append(Misfit(one.name, MISSING))
            continue
        for item in held if isinstance(held, list) else [held]:
            if code := _misfit(one, item):
                found.append(Misfit(one.name, code))
                break
    return found


def _misfit(attribute: Attribute, held: Any) -> str | None:
    if held is None:
        return None
    if not _is_of(attribute.type, held):
        return WRONG_TYPE
    if not attribute.values:
        return None
    if attribute.type == "number":
        return None if any(_number(value) == held for value in attribute.values) else NOT_ALLOWED
    return None if held in attribute.values else NOT_ALLOWED


def _is_of(kind: str, held: Any) -> bool:
    if kind == "number":
        return isinstance(held, int | float) and not isinstance(held, bool)
    if kind == "flag":
        return isinstance(held, bool)
    if kind == "date":
        return isinstance(held, str) and _is_date(held)
    return isinstance(held, str)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
