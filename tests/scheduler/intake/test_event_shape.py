"""What one event must look like, and that a refusal never repeats what was sent."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from scheduler.intake.events import EventIn, Problem, parse_event, parse_event_text

GOOD: dict[str, Any] = {"event_id": "E1", "event_type": "loan.approved", "customer_ref": "C1", "occurred_at": "2026-06-15T12:00:00+08:00"}


def event(**changes: Any) -> EventIn:
    found = parse_event({**GOOD, **changes})
    assert isinstance(found, EventIn)
    return found


def test_a_good_event_is_read_with_its_time_in_utc() -> None:
    assert event().occurred_at == datetime(2026, 6, 15, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"amount": 12}, "unknown_field", "amount"),
        ({"13800138000": 1}, "unknown_field", None),
        ({"occurred_at": "2026-06-15T12:00:00"}, "naive_time", "occurred_at"),
        ({"occurred_at": "yesterday"}, "not_a_time", "occurred_at"),
        ({"occurred_at": 1_780_000_000}, "not_a_time", "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "time_out_of_range", "occurred_at"),
        ({"event_id": 17}, "not_text", "event_id"),
        ({"event_type": "campaign.wave"}, "own_event_type", "event_type"),
        ({"event_type": "case.resolved"}, "own_event_type", "event_type"),
        ({"event_id": ""}, "blank_or_padded", "event_id"),
        ({"customer_ref": "C1 "}, "blank_or_padded", "customer_ref"),
        ({"customer_ref": "C\x00"}, "control_character", "customer_ref"),
        ({"unit": "U" * 101}, "too_long", "unit"),
        ({"attributes": {"note": "x" * 1_000_000}}, "too_large", "attributes"),
        ({"attributes": {"n": 10**15}}, "number_out_of_range", "attributes"),
        ({"attributes": {"n": 10**400}}, "number_out_of_range", "attributes"),
        ({"attributes": {"n": float("nan")}}, "number_out_of_range", "attributes"),
        ({"attributes": {"n": {"deep": 1}}}, "invalid_attribute", "attributes"),
        ({"attributes": {"n": "a\x00"}}, "control_character", "attributes"),
        ({"attributes": {"": 1}}, "invalid_attribute_name", "attributes"),
        ({"attributes": {str(n): n for n in range(101)}}, "too_many_attributes", "attributes"),
        ({"attributes": None}, "invalid_attribute", "attributes"),
    ],
)
def test_a_bad_event_is_refused_by_code_and_field(change: dict[str, Any], code: str, field: str | None) -> None:
    assert parse_event({**GOOD, **change}) == Problem(code=code, field=field)


@pytest.mark.parametrize("raw", [None, 5, "E1", [], [GOOD]])
def test_what_is_no_object_is_refused(raw: object) -> None:
    assert parse_event(raw) == Problem(code="not_an_object")


def test_a_missing_field_is_named() -> None:
    assert parse_event({"event_id": "E1", "event_type": "t", "customer_ref": "C1"}) == Problem(code="missing", field="occurred_at")


@pytest.mark.parametrize("text", [b"", b"{", b'{"event_id": "\\ud800"}', b"[" * 300 + b"]" * 300, b"\xff\xfe"])
def test_text_that_is_no_json_is_malformed(text: bytes) -> None:
    assert parse_event_text(text) == Problem(code="malformed_json")


def test_a_refusal_does_not_repeat_the_input() -> None:
    found = parse_event({**GOOD, "customer_ref": "6222 0200 1234 5678 901" * 9})
    assert "6222" not in str(found)


@pytest.mark.parametrize(
    "change",
    [
        {"occurred_at": "2026-06-15T04:00:00Z"},
        {"occurred_at": "2026-06-15T04:00:00.000+00:00"},
        {"attributes": {"b": None}},
        {"unit": None},
    ],
)
def test_another_spelling_of_the_same_event_has_the_same_digest(change: dict[str, Any]) -> None:
    assert event(**change).digest() == event().digest()


def test_the_order_of_attributes_and_a_whole_float_make_no_difference() -> None:
    one, other = event(attributes={"a": 1, "b": [2.0, "x"]}), event(attributes={"b": [2, "x"], "a": 1.0})
    assert one.digest() == other.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"customer_ref": "C2"},
        {"occurred_at": "2026-06-15T12:00:01+08:00"},
        {"unit": "O1"},
        {"attributes": {"a": 1}},
        {"attributes": {"a": "1"}},
        {"attributes": {"a": True}},
    ],
)
def test_another_value_has_another_digest(change: dict[str, Any]) -> None:
    others = [event(), event(attributes={"a": 2})]
    assert event(**change).digest() not in [other.digest() for other in others]


def test_an_attribute_cannot_pass_itself_off_as_a_field_of_the_event() -> None:
    assert event(unit="O1", attributes={"unit": "O2"}).facts()["unit"] == "O1"


def test_the_limit_is_on_the_whole_event() -> None:
    attributes = {f"a{n}": "x" * 200 for n in range(90)}
    assert parse_event({**GOOD, "attributes": attributes}) == Problem(code="too_large", field="attributes")
    assert isinstance(parse_event_text(json.dumps({**GOOD, "attributes": {"a": "x" * 15_000}}).encode()), EventIn)
