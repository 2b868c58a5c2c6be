"""The rules of the officers' work, by tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officers.work.rules import appealing, audience, claiming, comparing, digits, prints, reviewing, taken
from officers.work.rules.claiming import Offer, Place, Refusal, Taker
from officers.work.rules.digits import Glyph
from officers.work.rules.reviewing import Matter
from officers.work.rules.states import SUBMISSION_WAYS, SubmissionState, SubmissionStep, TaskKind, TaskState, TaskStep, after, task_after
from tests.conftest import NOON

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNIT, OTHER, BOSS = UUID(int=1), UUID(int=2), UUID(int=3)
OFFER = Offer(TaskKind.VISIT, TaskState.PUBLISHED, None, NOON + DAY, None)
TAKER = Taker({"city": "上海", "kind": "staff"}, UNIT, frozenset({BOSS}), 1, staff=True, hours_agreed=True)
PLACE = Place(UUID(int=9), None, OTHER, frozenset(), 1)


@pytest.mark.parametrize(("offer", "taker", "reason"), [
    ({}, {}, None),
    ({"state": TaskState.PAUSED}, {}, Refusal.CLOSED),
    ({"opens_at": NOON + HOUR}, {}, Refusal.CLOSED),
    ({"closes_at": NOON}, {}, Refusal.CLOSED),
    ({}, {"already": True}, Refusal.ALREADY),
    ({"audience": {"all": [{"field": "city", "op": "in", "value": ["杭州"]}]}}, {}, Refusal.AUDIENCE),
    ({"audience": {"all": [{"field": "device", "op": "in", "value": ["ios"]}]}}, {}, Refusal.AUDIENCE),
    ({"tier": 2}, {}, Refusal.TIER),
    ({}, {"hours_agreed": False}, Refusal.HOURS),
    ({}, {"hours_agreed": False, "staff": False}, None),
    ({}, {"expired": [NOON - DAY] * 3}, Refusal.PAUSED),
])  # fmt: skip
def test_the_first_reason_against_a_claim_is_told(offer: dict[str, object], taker: dict[str, object], reason: Refusal | None) -> None:
    assert claiming.refuse(replace(OFFER, **offer), replace(TAKER, **taker), NOON) is reason  # type: ignore[arg-type]


@pytest.mark.parametrize(("place", "reason"), [
    ({}, None),
    ({"unit_id": UNIT}, Refusal.OWN_UNIT),
    ({"managers": frozenset({BOSS})}, Refusal.OWN_MANAGER),
    ({"left": 0}, Refusal.FULL),
    ({"condition": {"all": [{"field": "city", "op": "in", "value": ["北京"]}]}}, Refusal.AUDIENCE),
    ({"unit_id": None, "managers": frozenset({BOSS})}, None),
])  # fmt: skip
def test_a_place_is_refused_for_a_reason(place: dict[str, object], reason: Refusal | None) -> None:
    assert claiming.refuse_place(replace(PLACE, **place), TAKER) is reason  # type: ignore[arg-type]


def test_three_expired_claims_in_thirty_days_pause_for_seven() -> None:
    spans = [NOON - 29 * DAY - 23 * HOUR, NOON - DAY, NOON]
    assert claiming.paused_until(spans, NOON) == NOON + 7 * DAY
    assert claiming.paused_until(spans, NOON + 7 * DAY) is None
    assert claiming.paused_until([NOON - 30 * DAY, NOON - DAY, NOON], NOON) is None
    assert claiming.claim_time(TaskKind.VISIT, None) == 2 * HOUR
    assert claiming.claim_time(TaskKind.SURVEY, None) == 72 * HOUR
    assert claiming.claim_time(TaskKind.SURVEY, 5) == 5 * HOUR


def test_steps_lead_where_the_specification_says() -> None:
    way = [SubmissionStep.SUBMIT, SubmissionStep.TAKE, SubmissionStep.ASK_INFO, SubmissionStep.REPLY, SubmissionStep.REJECT]
    way += [SubmissionStep.APPEAL, SubmissionStep.OVERTURN, SubmissionStep.REVOKE]
    state: SubmissionState | None = SubmissionState.DRAFT
    for step in way:
        assert state is not None
        state = after(state, step)
    assert state is SubmissionState.REVOKED
    ends = {SubmissionState.REVOKED, SubmissionState.UPHELD, SubmissionState.DUPLICATE}
    assert all(after(end, step) is None for end in ends for step in SUBMISSION_WAYS)
    assert task_after(TaskState.DRAFT, TaskStep.APPROVE) is None
    assert task_after(TaskState.PAUSED, TaskStep.RESUME) is TaskState.PUBLISHED


@pytest.mark.parametrize(("matter", "reviewer", "reason"), [
    (Matter(BOSS, frozenset(), frozenset()), BOSS, reviewing.Refusal.OWN),
    (Matter(None, frozenset({BOSS}), frozenset()), BOSS, reviewing.Refusal.MANAGER),
    (Matter(None, frozenset(), frozenset(), frozenset({BOSS})), BOSS, reviewing.Refusal.INSPECTED),
    (Matter(None, frozenset(), frozenset({BOSS})), BOSS, reviewing.Refusal.AGAIN),
    (Matter(None, frozenset(), frozenset({OTHER})), BOSS, None),
])  # fmt: skip
def test_who_may_not_decide(matter: Matter, reviewer: UUID, reason: reviewing.Refusal | None) -> None:
    assert reviewing.refuse_person(matter, reviewer) is reason


def test_a_visit_waits_for_the_unit_and_photos_for_a_person() -> None:
    waits = Matter(None, frozenset(), frozenset(), comment_until=NOON + DAY)
    assert reviewing.refuse_yet(waits, NOON) is reviewing.Refusal.UNIT_MAY_COMMENT
    assert reviewing.refuse_yet(waits, NOON + DAY) is None
    assert reviewing.refuse_yet(replace(waits, commented=True), NOON) is None
    assert reviewing.by_itself(allowed=True, photos=0, approved_before=1)
    for against in ({"allowed": False}, {"photos": 1}, {"approved_before": 0}):
        assert not reviewing.by_itself(**{"allowed": True, "photos": 0, "approved_before": 1, **against})  # type: ignore[arg-type]


def test_kappa_of_a_known_table() -> None:
    pairs = [("a", "a")] * 20 + [("a", "r")] * 5 + [("r", "a")] * 10 + [("r", "r")] * 15
    found = reviewing.agreement(pairs)
    assert (found.n, found.equal, round(found.kappa or 0, 3)) == (50, 0.7, 0.4)
    assert reviewing.agreement([]).kappa is None
    assert reviewing.agreement([("a", "a")] * 5).kappa is None  # chance alone would agree as well


def test_appeals_are_few_and_soon() -> None:
    assert [appealing.allowance(n) for n in (0, 9, 10, 35)] == [2, 2, 3, 5]
    fine = {"rejected": True, "already": False, "decided_at": NOON, "now": NOON + DAY, "used": 1, "approvals": 0}
    for change, reason in (
        ({}, None),
        ({"now": NOON + 72 * HOUR}, appealing.Refusal.TOO_LATE),
        ({"used": 2}, appealing.Refusal.TOO_MANY),
        ({"used": 2, "approvals": 10}, None),
        ({"rejected": False}, appealing.Refusal.STATE),
        ({"already": True}, appealing.Refusal.ALREADY),
    ):
        assert appealing.refuse(**{**fine, **change}) is reason  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=12))
def test_every_print_within_twelve_bits_is_looked_up(value: int, flipped: set[int]) -> None:
    other = value ^ sum(1 << bit for bit in flipped)
    assert prints.distance(value, other) == len(flipped)
    wanted, found = prints.look_up(value), prints.bands(other)
    assert any(found[n] in set(wanted[n]) for n in range(prints.BANDS))


def test_prints_and_what_a_distance_means() -> None:
    assert [prints.likeness(n) for n in (0, 4, 5, 12, 13)] == [prints.Likeness.STRONG] * 2 + [prints.Likeness.WEAK] * 2 + [None]
    rising = list(range(9)) * 8
    assert prints.difference_hash(rising) == 2**64 - 1
    assert not prints.says_something(prints.difference_hash([128] * 72))
    assert sum(1 for _ in combinations(range(16), 2)) + 17 == len(prints.neighbours(0, 2))


@pytest.mark.parametrize(("spoken", "offset", "moment"), [
    ("2026:06:15 12:00:00", "", datetime(2026, 6, 15, 4, tzinfo=UTC)),
    ("2026:06:15 12:00:00", "+00:00", datetime(2026, 6, 15, 12, tzinfo=UTC)),
    ("2026:06:15 12:00:00\0", "-25:00", datetime(2026, 6, 15, 4, tzinfo=UTC)),
    ("0000:00:00 00:00:00", "", None),
    ("yesterday", "+08:00", None),
])  # fmt: skip
def test_the_time_in_a_photo_is_read_or_is_unknown(spoken: str, offset: str, moment: datetime | None) -> None:
    assert taken.read(spoken, offset, ZoneInfo("Asia/Shanghai")) == moment


def test_a_photo_belongs_between_claim_and_sending() -> None:
    for at, word in (
        (None, "time_unknown"),
        (NOON, "time_fits"),
        (NOON - HOUR, "time_before_claim"),
        (NOON + 2 * HOUR, "time_after_sending"),
    ):
        assert taken.timing(at, NOON, NOON + HOUR).value == word


def _row(starts: list[int], width: int = 10, height: int = 20, top: int = 0) -> list[Glyph]:
    return [Glyph(start, start + width, top, top + height) for start in starts]


def test_digits_are_known_by_their_rhythm() -> None:
    card = [15 * n + (8 if n > 3 else 0) + (8 if n > 7 else 0) + (8 if n > 11 else 0) for n in range(16)]
    words = [0, 11, 26, 33, 52, 60, 78, 84, 99, 118, 124, 139, 151]
    assert digits.windows(_row(card)) == [(0, 0, card[-1] + 10, 20)]
    assert digits.windows(_row([0, 40, 80, *[200 + x for x in card]]))[0][0] == 200
    assert digits.windows(_row(words)) == []
    assert digits.windows(_row([22 * n for n in range(14)], width=20)) == []  # Chinese characters are as wide as high
    assert digits.windows([Glyph(15 * n, 15 * n + 10, 0, 20 - 6 * (n % 2)) for n in range(16)]) == []  # letters differ in height
    assert digits.windows(_row(card[:10])) == []


def test_a_comparison_calls_a_gap_a_gap_only_when_it_is_one() -> None:
    rows = [{"steps": {"own": 2 + n % 2, "b1": 4 + n % 2}} for n in range(8)]
    (line,) = comparing.table(rows, ["steps"], ["own", "b1", "b2"])
    assert (line.standing, line.cells["own"].mean, line.cells["b2"].n) == ("behind", 2.5, 0)
    assert comparing.table(rows[:4], ["steps"], ["own", "b1"])[0].standing == "unknown"
    assert comparing.read({"score.0.0": "3", "score.0.1": ""}, ["steps"], ["own", "b1"]) == {"steps": {"own": 3}}
    for wrong in ("6", "0", "x", "-1", "3.5", "٣"):
        with pytest.raises(ValueError, match=r"score\.0\.0"):
            comparing.read({"score.0.0": wrong}, ["steps"], ["own"])


def test_an_audience_is_written_and_read_back() -> None:
    cuts = {"kind": ["staff"], "city": audience.values("上海、杭州, 宁波,宁波")}
    made = audience.condition(cuts)
    assert audience.cuts_of(made) == {"kind": ["staff"], "city": ["上海", "杭州", "宁波"]}
    assert audience.condition({"city": []}) is None
