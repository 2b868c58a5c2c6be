"""Every parser of what comes from outside: whatever it is given it takes, or refuses in words; it never falls over."""

import json
import os
import random
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from portal.foundation import conditions
from portal.foundation.delimited.errors import LayoutInvalid
from portal.foundation.errors import SoundingsError
from portal.people.customer_records import CustomerRecord
from portal.people.provisioning import UserIn
from questionnaires.logic.definition import Definition
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.delivery.provider_api import ReceiptIn, TextIn
from scheduler.intake.batch import JSON, LINES, read_batch
from scheduler.intake.events import parse_event
from scheduler.intake.layout.shape import parse_layout
from tests.portal.mutations import bent, mutated
from tests.questionnaires.answering.conftest import FIVE

TIMES = 5_000 if os.environ.get("SOUNDINGS_DEEP") else 250
EVENT = {
    "event_id": "e-1", "event_type": "counter.visit", "customer_ref": "C-1", "occurred_at": "2026-06-15T10:00:00+08:00", "unit": "O1",
    "staff": "S1", "channel": "counter", "transaction_ref": "t-1", "attributes": {"amount": 12.5, "kind": "loan", "tags": ["a", "b"]},
}  # fmt: skip
EITHER = [{"field": "kind", "op": "in", "value": ["a", "b"]}, {"not": {"field": "x", "op": "present"}}]
CONDITION = {"all": [{"field": "nps", "op": "le", "value": 6}, {"any": EITHER}]}
LAYOUT = {
    "file": {"delimiter": ",", "encoding": "utf-8", "header": True},
    "event": {
        "type": "counter.visit", "event_id": "{id}", "customer_ref": "{customer}", "occurred_at": "{day} {time}",
        "occurred_at_format": "%Y-%m-%d %H:%M", "timezone": "Asia/Shanghai", "unit": "{unit}", "attributes": ["amount"],
    },
    "where": [{"column": "kind", "op": "eq", "value": "loan"}],
    "require": [{"column": "id", "op": "present", "reason": "no id"}],
}  # fmt: skip
POLICY = {
    "cooldown": {"any": {"sent": {"days": 7}}},
    "quiet_hours": {"from": "21:00", "until": "08:00"},
    "frequency": {"month": {"most": 2}},
}
RECEIPT = {"key": "019a9b7e-0000-7000-8000-000000000003", "status": "delivered", "at": "2026-11-20T10:00:00+08:00", "reason": "ok"}
TEXT = {"id": "1", "from": "+8613800000001", "text": "9", "at": "2026-11-20T10:00:00+08:00"}
CUSTOMER = {"ref": "C-1", "phone": "+8613800000001", "birth_date": "1980-01-01", "attributes": {"tier": "gold"}, "tags": [{"tag": "vip"}]}
WORDS = ("all", "any", "not", "field", "op", "value", "file", "event", "where", "pages", "questions", "type", "cooldown", "ref", "login")
USER = {"login": "li.na", "name": "李娜", "unit": "O1", "groups": ["a"], "active": True}


def refused(error: Exception) -> bool:
    """Whether an error is a refusal in words rather than a fall; `ValueError` is what the parsers of conditions promise."""
    return isinstance(error, (SoundingsError, ValidationError, LayoutInvalid)) or type(error) is ValueError


def fallen(parse: Callable[[Any], object], given: Any) -> Exception | None:
    """The error by which a parser fell over; None where it took or refused what it was given."""
    try:
        parse(given)
    except Exception as error:
        return None if refused(error) else error
    return None


DOCUMENTS: dict[str, tuple[Any, Callable[[Any], object]]] = {
    "event": (EVENT, parse_event),
    "condition": (CONDITION, lambda raw: conditions.holds(conditions.parse(raw), {"nps": 3, "kind": "a"})),
    "layout": (LAYOUT, parse_layout),
    "policy": (POLICY, ContactPolicy.model_validate),
    "definition": (FIVE, Definition.from_json),
    "receipt": (RECEIPT, ReceiptIn.model_validate),
    "text message": (TEXT, TextIn.model_validate),
    "customer": (CUSTOMER, CustomerRecord.model_validate),
    "user": (USER, UserIn.model_validate),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_almost_right_document_is_taken_or_refused(name: str) -> None:
    document, parse = DOCUMENTS[name]
    luck = random.Random(name)
    for turn in range(TIMES):
        given = mutated(document, luck)
        fell = fallen(parse, given)
        assert fell is None, f"{name}, turn {turn}: {fell!r} for {str(given)[:400]}"


def _policy_text(text: bytes) -> object:
    try:
        return ContactPolicy.model_validate(tomllib.loads(text.decode("utf-8", "replace")))
    except tomllib.TOMLDecodeError:
        return None


BODIES: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "events": (json.dumps([EVENT, EVENT]).encode(), lambda body: read_batch(JSON, body)),
    "lines of events": ((json.dumps(EVENT) + "\n").encode() * 3, lambda body: read_batch(LINES[0], body)),
    "policy": (b'salt = "x"\n[cooldown.any.sent]\ndays = 7\n', _policy_text),
}


@pytest.mark.parametrize("name", BODIES)
def test_bytes_that_are_almost_right_are_taken_or_refused(name: str) -> None:
    body, parse = BODIES[name]
    luck = random.Random(name)
    for turn in range(TIMES):
        given = bent(body, luck)
        fell = fallen(parse, given)
        assert fell is None, f"{name}, turn {turn}: {fell!r} for {given[:400]!r}"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(sorted(EVENT)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=TIMES // 10, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(given_=JSON_VALUES)
def test_any_document_at_all_is_taken_or_refused(name: str, given_: Any) -> None:
    assert fallen(DOCUMENTS[name][1], given_) is None


@pytest.mark.parametrize("name", BODIES)
@settings(max_examples=TIMES // 10, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=200) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_at_all_are_taken_or_refused(name: str, body: bytes) -> None:
    assert fallen(BODIES[name][1], body) is None
