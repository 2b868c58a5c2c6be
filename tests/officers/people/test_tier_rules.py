"""Tiers by table: up at once, down slowly; gates; leave."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officers.people.rules import states
from officers.people.rules.ages import age, band, problem
from officers.people.rules.alias import problem as alias_problem
from officers.people.rules.states import WAYS, Act
from officers.people.rules.tiers import DEFAULT, Facts, Gate, Record, Scheme, closed_gates, monthly, rise
from officers.people.rules.training import next_try
from tests.conftest import NOON

DAY = timedelta(days=1)
GOLD = Facts("gold", NOON - 200 * DAY, None, 1200, True, Record(20, 12))
WARNED = GOLD._replace(growth=899, notice_at=NOON - 30 * DAY)


@pytest.mark.parametrize(
    ("change", "tier", "word"),
    [
        ({}, "gold", ""),
        ({"growth": 3000}, "diamond", "up"),
        ({"growth": 2999}, "gold", ""),
        ({"tier": "explorer", "growth": 1000}, "gold", "up"),
        ({"growth": 3000, "record": Record(20, 11)}, "gold", ""),
        ({"growth": 3000, "record": Record(5, 3)}, "diamond", "up"),
        ({"growth": 3000, "record": Record()}, "diamond", "up"),
        ({"growth": 3000, "record": Record(20, 20, NOON - 89 * DAY)}, "gold", ""),
        ({"growth": 3000, "record": Record(20, 20, NOON - 90 * DAY)}, "diamond", "up"),
        ({"growth": 3000, "trained": False}, "gold", ""),
        ({"growth": 900}, "gold", ""),
        ({"growth": 899}, "gold", "notice"),
        ({"growth": 0, "on_leave": True}, "gold", ""),
        ({"growth": 3000, "on_leave": True}, "gold", ""),
        ({"tier": "gone", "growth": 0}, "gone", ""),
        ({"tier": "explorer", "growth": 0}, "explorer", ""),
    ],
)
def test_the_monthly_check(change, tier, word) -> None:
    assert monthly(GOLD._replace(**change), DEFAULT, NOON) == (tier, word)


@pytest.mark.parametrize(
    ("change", "tier", "word"),
    [
        ({}, "silver", "down"),
        ({"growth": 0}, "silver", "down"),
        ({"notice_at": NOON - 30 * DAY + timedelta(seconds=1)}, "gold", ""),
        ({"since": NOON - 100 * DAY}, "silver", "down"),
        ({"since": NOON - 100 * DAY + timedelta(seconds=1)}, "gold", ""),
        ({"growth": 900}, "gold", "kept"),
        ({"growth": 3000}, "diamond", "up"),
        ({"on_leave": True}, "gold", ""),
    ],
)
def test_who_was_warned_moves_down_one_step_and_never_sooner(change, tier, word) -> None:
    assert monthly(WARNED._replace(**change), DEFAULT, NOON) == (tier, word)


@given(st.integers(0, 10_000), st.sampled_from([one.code for one in DEFAULT.tiers]), st.integers(0, 20), st.booleans())
@settings(max_examples=60)
def test_rising_never_lowers_and_needs_every_gate(growth: int, tier: str, approved: int, trained: bool) -> None:
    facts = Facts(tier, NOON, None, growth, trained, Record(20, approved))
    found = rise(facts, DEFAULT, NOON)
    assert DEFAULT.place(found.tier) >= DEFAULT.place(tier)
    assert not (found.word and closed_gates(facts, DEFAULT, NOON))
    assert (Gate.APPROVED in closed_gates(facts, DEFAULT, NOON)) == (approved < 12)


@pytest.mark.parametrize(
    "change",
    [
        {"tiers": []},
        {"tiers": [DEFAULT.tiers[1]]},
        {"tiers": [DEFAULT.tiers[0], DEFAULT.tiers[2], DEFAULT.tiers[1]]},
        {"tiers": [DEFAULT.tiers[0], DEFAULT.tiers[1], DEFAULT.tiers[1]]},
        {"tiers": [{**DEFAULT.tiers[0].model_dump(), "factor": "1.21"}]},
        {"tiers": [{**DEFAULT.tiers[0].model_dump(), "factor": "1.1"}, {**DEFAULT.tiers[1].model_dump(), "factor": "1"}]},
        {"approved_share": 1.1},
        {"notice_days": -1},
    ],
)
def test_tiers_that_do_not_hold_together_are_refused(change) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Scheme.model_validate({**DEFAULT.model_dump(), **change})


def test_each_step_follows_only_its_own_states() -> None:
    assert {act: before for act, (before, _) in WAYS.items()}[Act.SUSPEND] == ("active", "paused")
    for act, (before, then) in WAYS.items():
        assert then not in before
        assert [states.after(state, act) for state in before] == [then] * len(before)
    assert states.after("retired", Act.ACTIVATE) is None
    assert states.open_to("retired") == [Act.APPLY]
    assert states.open_to("suspended", states.BY_DESK) == [Act.REINSTATE, Act.RETIRE]


@given(st.lists(st.sampled_from(list(Act)), max_size=12))
@settings(max_examples=60)
def test_nobody_is_active_without_having_been_taken_on_and_trained(acts: list[Act]) -> None:
    state, seen = "applied", {"applied"}
    for act in acts:
        then = states.after(state, act)
        if then is None:
            continue
        if then == "applied":
            seen = set()
        state = then
        seen.add(state)
        assert state not in ("active", "paused", "suspended") or {"approved", "training"} <= seen


@pytest.mark.parametrize(
    ("alias", "code"),
    [
        ("青竹", None), ("Bamboo 7", None), ("竹·影", None), ("a", "alias_length"), ("x" * 17, "alias_length"),
        ("<b>hi</b>", "alias_letters"),
        (" hi", "alias_letters"), ("call 138 12345", "alias_number"), ("江州银行", "alias_word"), ("Off_icial", "alias_word"),
        ("小傻逼", "alias_word"), ("李小明", "alias_real_name"), ("我是李小明", "alias_real_name"), ("小明", "alias_real_name"),
        ("secret plan", "alias_word"),
    ],
)  # fmt: skip
def test_an_alias_is_short_decent_and_not_the_real_name(alias, code) -> None:
    assert alias_problem(alias, ["李小明"], ["secret"]) == code


def test_officers_are_grown_up() -> None:
    today = NOON.date()
    assert age(today.replace(year=2008), today) == 18
    assert problem(today.replace(year=2008), False, today) is None
    assert problem(today.replace(year=2008) + DAY, True, today) == "under_age"
    assert problem(None, False, today) == "age_not_declared"
    assert problem(None, True, today) is None
    assert [band(years) for years in (17, 18, 29, 30, 44, 45, 59, 60, 99)] == [
        "",
        "18-29",
        "18-29",
        "30-44",
        "30-44",
        "45-59",
        "45-59",
        "60+",
        "60+",
    ]


def test_three_tries_a_day() -> None:
    course = type("C", (), {"tries": 3})()
    moments = [NOON - timedelta(hours=1), NOON - timedelta(hours=2), NOON - timedelta(hours=23)]
    assert next_try(course, moments[:2], NOON) is None
    assert next_try(course, moments, NOON) == NOON + timedelta(hours=1)
    assert next_try(course, moments, NOON + timedelta(hours=1)) is None
