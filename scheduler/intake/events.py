"""One event as it comes in, by the API or from a file: its shape, its limits, its digest."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError, from_json, to_json

from scheduler.touchpoints.rules.schema import OWN_TYPES

MAX_EVENT_BYTES = 16_384
MAX_NUMBER = 10**15
MAX_ATTRIBUTES = 100
FIRST_YEAR, LAST_YEAR = 1970, 2199

Scalar = str | int | float | bool | None
Attribute = Scalar | list[Scalar]


def _moment(value: object) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("not_a_time", "not a time") from None
    if not isinstance(value, datetime):
        raise PydanticCustomError("not_a_time", "not a time")
    if value.utcoffset() is None:
        raise PydanticCustomError("naive_time", "without a zone a time is anybody's guess")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("time_out_of_range", "no event of ours")
    return value.astimezone(UTC)


_CONTROL = re.compile("[\x00-\x1f\x7f]")


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL, and other control characters only hide that two ids differ."""
    if _CONTROL.search(text):
        raise PydanticCustomError("control_character", "a control character")
    if text != text.strip() or not text:
        raise PydanticCustomError("blank_or_padded", "blank, or blanks around it")
    return text


def _attributes(value: dict[str, Attribute]) -> dict[str, Attribute]:
    if len(value) > MAX_ATTRIBUTES:
        raise PydanticCustomError("too_many_attributes", "too many attributes")
    for key, held in value.items():
        if not 0 < len(key) <= 100 or "\x00" in key:
            raise PydanticCustomError("invalid_attribute_name", "not a name")
        for one in held if isinstance(held, list) else (held,):
            _check_scalar(one)
    return value


def _check_scalar(one: Scalar) -> None:
    if isinstance(one, str) and "\x00" in one:
        raise PydanticCustomError("control_character", "a control character")
    # "Not smaller" also catches NaN and infinity, which no database's JSON keeps.
    if isinstance(one, int | float) and not abs(one) < MAX_NUMBER:
        raise PydanticCustomError("number_out_of_range", "a number too large to compare")


Name = Annotated[str, Field(max_length=100), AfterValidator(_clean)]
Code = Annotated[str, Field(max_length=60), AfterValidator(_clean)]
Short = Annotated[str, Field(max_length=40), AfterValidator(_clean)]


class EventIn(BaseModel):
    """Something that happened to a customer. Unknown fields, naive times and oversized values are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    event_id: Name
    event_type: Code
    customer_ref: Name
    occurred_at: Annotated[
        datetime,
        BeforeValidator(_moment, json_schema_input_type=datetime),
        Field(description="ISO 8601 with an offset"),
    ]
    transaction_ref: Name | None = None
    unit: Code | None = None
    staff: Short | None = None
    channel: Short | None = None
    attributes: Annotated[dict[str, Attribute], AfterValidator(_attributes)] = {}

    def digest(self) -> bytes:
        """16 bytes over the parsed values, so that another spelling of the same event is the same event."""
        values = self.model_dump(exclude={"occurred_at"}, exclude_none=True)
        values["occurred_at"] = self.occurred_at.isoformat()
        values["attributes"] = {key: _canonical(held) for key, held in self.attributes.items() if held is not None}
        text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.blake2b(text.encode(), digest_size=16).digest()

    @property
    def counter(self) -> str | None:
        """The counter's code, which the bank sends as an attribute: a cut of the figures, no unit."""
        held = self.attributes.get("counter")
        return str(held) if isinstance(held, str | int) and not isinstance(held, bool) and 0 < len(str(held)) <= 40 else None

    def facts(self) -> dict[str, Any]:
        """What an event filter may read: the attributes, and the event's own fields, which win over an attribute of that name."""
        own = {"event_type": self.event_type, "unit": self.unit, "staff": self.staff, "channel": self.channel}
        return {**self.attributes, **own}


def _canonical(held: Attribute) -> Attribute:
    if isinstance(held, list):
        return [one for item in held if not isinstance(one := _canonical(item), list)]
    return int(held) if isinstance(held, float) and held.is_integer() else held


_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}\Z")

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_type": "not_text",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
}
_OURS = frozenset(
    {
        "not_a_time", "naive_time", "time_out_of_range", "control_character", "blank_or_padded",
        "too_many_attributes", "invalid_attribute_name", "number_out_of_range",
    }
)  # fmt: skip


class Problem(BaseModel):
    """What is wrong with one event: a code and the field, never the value."""

    code: str
    field: str | None = None


def parse_event(raw: object) -> EventIn | Problem:
    """One event from a parsed JSON value, or what is wrong with it; what the product tells itself nobody else may tell."""
    if not isinstance(raw, Mapping):
        return Problem(code="not_an_object")
    if len(to_json(raw)) > MAX_EVENT_BYTES:
        return Problem(code="too_large", field=_largest(raw))
    try:
        event = EventIn.model_validate(raw)
    except ValidationError as error:
        return _problem(error)
    return Problem(code="own_event_type", field="event_type") if event.event_type in OWN_TYPES else event


def parse_event_text(text: bytes) -> EventIn | Problem:
    """One event from JSON text, such as a line of NDJSON."""
    if len(text) > 4 * MAX_EVENT_BYTES:  # escapes may blow up a text sixfold, yet nobody sends sixteen kilobytes of them
        return Problem(code="too_large")
    try:
        raw = from_json(text)
    except ValueError:
        return Problem(code="malformed_json")
    return parse_event(raw)


def _problem(error: ValidationError) -> Problem:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    kind, where = first["type"], [str(part) for part in first["loc"]]
    field = where[0] if where else None
    code = kind if kind in _OURS else "invalid_attribute" if field == "attributes" else _CODES.get(kind, "invalid")
    return Problem(code=code, field=field if field and _PLAIN_NAME.match(field) else None)


def _largest(raw: Mapping[str, Any]) -> str | None:
    name = max(raw, key=lambda key: len(to_json(raw[key])), default="")
    return name if name in EventIn.model_fields else None
