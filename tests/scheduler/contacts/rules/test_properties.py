"""What must hold whatever the figures are: T5, T6, T7, T9, T10."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.foundation.chance import chance
from scheduler.contacts.rules.arbitrate import decide_person
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate, PastContact
from scheduler.contacts.rules.policy import WHATS, WHOS, ContactPolicy, standard_policy
from scheduler.contacts.rules.quiet import quiet_hours
from scheduler.contacts.rules.reasons import Outcome
from tests.scheduler.contacts.making import LOAN, NOON, TRANSFER, ago, candidate, past, person, policy

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
hours_ago = st.integers(min_value=1, max_value=24 * 400)
contacts = st.builds(
    lambda hours, touchpoint, channel, answered: past(
        ago(hours=hours), touchpoint, channel=channel, answered_at=ago(hours=hours - 1) if answered else None
    ),
    hours_ago, st.sampled_from(["transfer", "loan"]), st.sampled_from(["sms", "email"]), st.booleans(),
)  # fmt: skip
histories = st.lists(contacts, max_size=8)
limits: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({
    "pending": st.builds(lambda days: {"days": days}, st.integers(0, 30)),
    "cooldown": st.builds(
        lambda a, b, c: {"any": {"sent": {"days": a}}, "same": {"sent": {"days": b}, "answered": {"days": c}}},
        st.integers(0, 60), st.integers(0, 120), st.integers(0, 120),
    ),
    "caps": st.lists(st.builds(
        lambda n, window, channel: {"n": n, "window": window, "channel": channel},
        st.integers(0, 3), st.sampled_from(["24h", "7d", "90d", "365d"]), st.sampled_from(["any", "sms"]),
    ), max_size=3, unique_by=lambda cap: (cap["window"], cap["channel"])),
    "backoff": st.builds(lambda days: {"days": days}, st.lists(st.integers(0, 90), max_size=3)),
})  # fmt: skip


def _tighten(limit: dict[str, Any], how: int) -> dict[str, Any]:
    """The same policy with one of its limits tightened."""
    changed = {**limit}
    if how == 0:
        changed["pending"] = {"days": limit["pending"]["days"] + 5}
    elif how == 1:
        changed["cooldown"] = {**limit["cooldown"], "any": {"sent": {"days": limit["cooldown"]["any"]["sent"]["days"] + 20}}}
    elif how == 2 and limit["caps"]:
        first, *rest = limit["caps"]
        changed["caps"] = [{**first, "n": max(1, (first["n"] or 2) - 1)}, *rest]
    return changed


@settings(deadline=None)  # a busy machine is no fault of the rules
@given(limits, histories, st.integers(0, 2))
def test_tightening_one_limit_never_turns_a_lone_drop_into_a_send(limit: dict[str, Any], history: list[PastContact], how: int) -> None:
    before = Rulebook(ContactPolicy.model_validate(limit)).weigh(candidate(), person(*history), NOON)
    after = Rulebook(ContactPolicy.model_validate(_tighten(limit, how))).weigh(candidate(), person(*history), NOON)
    assert not (before.outcome is Outcome.DROP and after.outcome is Outcome.SEND)


@given(histories)
def test_zero_is_off(history: list[PastContact]) -> None:
    zeros = {
        "eligible": {"tenure_days": 0, "min_age": 0, "stale_hours": 0, "future_minutes": 0},
        "holdout": {"share": 0}, "sampling": {"rate": 0}, "pending": {"days": 0}, "backoff": {"days": [0, 0]},
        "cooldown": {who: {what: {"days": 0} for what in WHATS} for who in WHOS},
        "caps": [{"n": 0, "window": "24h"}], "quiet_hours": {"start": "00:00", "end": "00:00"}, "arbitration": {"minutes": 0},
    }  # fmt: skip
    verdict = Rulebook(ContactPolicy.model_validate(zeros)).weigh(candidate(holdout_chance=0.0), person(*history), NOON)
    assert verdict.outcome is Outcome.SEND


@given(histories, st.permutations(range(4)))
def test_the_order_of_arrival_does_not_matter(history: list[PastContact], order: list[int]) -> None:
    rules = standard_policy()
    group = [
        candidate(1, occurred_at=ago(minutes=70)),
        candidate(2, occurred_at=ago(minutes=80), due_at=ago(minutes=-20)),
        candidate(3, LOAN, priority=40),
        candidate(4, LOAN, cls="high", occurred_at=ago(minutes=90)),
    ]
    straight = decide_person(Rulebook(rules), group, person(*history), NOON)
    mixed = decide_person(Rulebook(rules), [group[place] for place in order], person(*history), NOON)
    assert {one.id: verdict for one, verdict in straight} == {one.id: verdict for one, verdict in mixed}
    assert sum(verdict.outcome is Outcome.SEND for _, verdict in straight) <= 1


@given(st.integers(0, 3 * 365 * 86_400), st.sampled_from(ZONES), st.times(), st.times(), st.booleans())
def test_nothing_is_ever_put_off_into_quiet_hours(second: int, zone_name: str, start: time, end: time, off: bool) -> None:
    zone, now = ZoneInfo(zone_name), datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    days_off = frozenset({now.astimezone(zone).date()}) if off else frozenset()
    end_after = quiet_hours(start, end)
    until = end_after(now, zone, days_off)
    if until is not None:
        assert now < until <= now + timedelta(days=2, hours=2)
        assert end_after(until, zone, days_off) is None


@pytest.mark.parametrize(("zone", "now", "until"), [
    # Spring: 02:00 jumps to 03:00, the end at 02:30 never shows on the clock; the far side of the jump does.
    ("Europe/Berlin", datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    # Autumn: 02:30 shows twice; in the second hour it is quiet again until the second 02:30.
    ("Europe/Berlin", datetime(2026, 10, 25, 0, 10, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, 10, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
])  # fmt: skip
def test_quiet_hours_follow_the_clock_through_its_changes(zone: str, now: datetime, until: datetime) -> None:
    assert quiet_hours(time(22), time(2, 30))(now, ZoneInfo(zone), frozenset()) == until


def test_quiet_hours_are_half_open() -> None:
    quiet, shanghai = quiet_hours(time(21), time(9)), ZoneInfo("Asia/Shanghai")
    assert quiet(datetime(2026, 6, 15, 13, 0, tzinfo=UTC), shanghai, frozenset()) == datetime(2026, 6, 16, 1, 0, tzinfo=UTC)
    assert quiet(datetime(2026, 6, 15, 12, 59, 59, tzinfo=UTC), shanghai, frozenset()) is None
    assert quiet(datetime(2026, 6, 16, 1, 0, tzinfo=UTC), shanghai, frozenset({date(2026, 6, 17)})) is None


def _asked(rules: ContactPolicy, refs: list[str], period: str) -> set[str]:
    drawn = Rulebook(rules)
    return {
        ref for ref in refs
        if drawn.weigh(
            candidate(holdout_chance=chance("holdout", "salt", ref), sample_chance=chance("sample", "salt", "transfer", ref, period)),
            person(), NOON,
        ).outcome is Outcome.SEND
    }  # fmt: skip


def test_sampling_is_within_three_sigma_sticky_and_independent_of_the_holdout() -> None:
    refs = [f"C{number:05d}" for number in range(20_000)]
    drawn = _asked(policy(sampling={"rate": 0.15}), refs, "2026-06")
    assert abs(len(drawn) - 3_000) < 3 * (20_000 * 0.15 * 0.85) ** 0.5
    assert drawn == _asked(policy(sampling={"rate": 0.15}), refs, "2026-06"), "the same customer is not rolled again"
    assert drawn < _asked(policy(sampling={"rate": 0.3}), refs, "2026-06"), "a higher rate asks more, never others"
    both = _asked(policy(sampling={"rate": 0.15}, holdout={"share": 0.2}), refs, "2026-06")
    assert abs(len(both) - 0.8 * len(drawn)) < 3 * (len(drawn) * 0.8 * 0.2) ** 0.5


def _winner(order: tuple[Candidate, ...]) -> str:
    weighed = decide_person(Rulebook(standard_policy()), order, person(), NOON)
    return next(one.event_id for one, verdict in weighed if verdict.outcome is Outcome.SEND)


def test_every_order_of_four_gives_the_same_winner() -> None:
    rivals = [candidate(1), candidate(2, LOAN), candidate(3, LOAN, priority=60), candidate(4, TRANSFER, priority=10)]
    assert {_winner(order) for order in permutations(rivals)} == {"E0003"}
