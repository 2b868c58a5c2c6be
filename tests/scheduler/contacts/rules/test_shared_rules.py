"""R7, R8, R12 for companies, R13 for good, R14 with calendars, R16 for staff, and the stored probability: the pure part."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.contacts.rules.arbitrate import decide_person
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate, PastContact, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy, from_toml, standard_policy
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.room import Rest, Room
from scheduler.contacts.rules.sections import Reminders
from scheduler.contacts.rules.validation import Known, problems_of
from scheduler.contacts.rules.walk import Track, walk_all
from scheduler.contacts.standing import days_off_by_calendar
from tests.scheduler.contacts.making import LOAN, NOON, SHANGHAI, ago, candidate, past, person, policy

UNIT, OTHER = UUID(int=5), UUID(int=6)
TODAY = NOON.astimezone(SHANGHAI).date()


def _codes(rules: ContactPolicy, several: Sequence[Candidate], room: Room, at: datetime = NOON) -> list[str]:
    """Each of another person, one after the other."""
    book = Rulebook(rules)
    return [str(decide_person(book, [one], person(ref=f"C{n}", shared=room), at)[0][1].code) for n, one in enumerate(several)]


@pytest.mark.parametrize(("quota", "codes"), [
    ({"n": 2}, ["SEND", "SEND", "QUOTA", "QUOTA"]),
    ({"n": 1, "by": ["touchpoint"]}, ["SEND", "SEND", "QUOTA", "QUOTA"]),
    ({"n": 1, "by": ["unit"]}, ["SEND", "QUOTA", "SEND", "QUOTA"]),
    ({"n": 1, "touchpoint": "loan"}, ["SEND", "SEND", "SEND", "QUOTA"]),
    ({"n": 1, "unit": "U5"}, ["SEND", "QUOTA", "SEND", "SEND"]),
    ({"n": 1, "segment": "wealth"}, ["SEND", "SEND", "SEND", "SEND"]),
    ({"n": 0}, ["SEND"] * 4),
])  # fmt: skip
def test_a_quota_counts_apart_what_it_is_told_to(quota: dict[str, object], codes: list[str]) -> None:
    room = Room(SHANGHAI, unit_ids={"U5": UNIT})
    several = [
        candidate(1, in_charge=UNIT),
        candidate(2, LOAN, in_charge=UNIT),
        candidate(3, in_charge=OTHER),
        candidate(4, LOAN, in_charge=OTHER),
    ]
    assert _codes(policy(quotas=[quota]), several, room) == codes


def test_a_quota_begins_anew_with_the_banks_day_and_a_re_rating_takes_no_place() -> None:
    room, rules = Room(SHANGHAI), policy(quotas=[{"n": 1}])
    assert _codes(rules, [candidate(1, cls="service"), candidate(2), candidate(3), candidate(4, cls="service")], room) == [
        "SEND", "SEND", "QUOTA", "SEND",
    ]  # fmt: skip
    assert _codes(rules, [candidate(5)], room, NOON + timedelta(hours=12)) == ["SEND"]
    assert room.taken == {("invites", TODAY): 1, ("invites", TODAY + timedelta(days=1)): 1}


def test_completes_fill_a_quota_when_they_come_and_not_before() -> None:
    room, rules = Room(SHANGHAI), policy(quotas=[{"what": "completes", "n": 1}])
    room.expect(NOON + timedelta(hours=1), ("completes",))
    assert _codes(rules, [candidate(1)], room) == ["SEND"]
    assert _codes(rules, [candidate(2)], room, NOON + timedelta(hours=1)) == ["QUOTA"]


def test_the_money_of_a_channel_ends_and_a_channel_without_a_price_has_no_end() -> None:
    rules = policy(budgets=[{"channel": "sms", "cents": 12}], costs={"sms": 5})
    mail = Touchpoint("mail", channels=("email",))
    assert _codes(rules, [candidate(1), candidate(2), candidate(3), candidate(4, mail)], Room(SHANGHAI)) == [
        "SEND",
        "SEND",
        "BUDGET",
        "SEND",
    ]


def test_low_classes_rest_where_a_unit_has_too_many_cases_until_the_rest_ends_by_itself() -> None:
    rules = policy(workload={"capacity": 5})
    room = Room(SHANGHAI, rests={UNIT: [Rest(ago(days=5), NOON + timedelta(seconds=1))]})
    several = [candidate(1, in_charge=UNIT), candidate(2, in_charge=UNIT, cls="high"), candidate(3, in_charge=OTHER)]
    assert _codes(rules, several, room) == ["WORKLOAD", "SEND", "SEND"]
    assert _codes(rules, several[:1], room, NOON + timedelta(seconds=1)) == ["SEND"]


def test_a_cap_holds_for_all_contact_persons_of_a_company_together() -> None:
    company: list[PastContact] = []
    rules = policy(caps=[{"n": 1, "window": "24h"}])
    first, second = person(ref="C1", companies=(company,)), person(ref="C2", companies=(company,))
    assert decide_person(Rulebook(rules), [candidate(1)], first, NOON)[0][1].outcome is Outcome.SEND
    verdict = decide_person(Rulebook(rules), [candidate(2)], second, NOON)[0][1]
    assert (verdict.code, verdict.evidence["of"]) == ("CAP_INVITE_ANY_24H", "company")
    alone = policy(caps=[{"n": 1, "window": "24h", "per": "person"}])
    assert decide_person(Rulebook(alone), [candidate(2)], second, NOON)[0][1].outcome is Outcome.SEND


def test_a_pair_for_good_excludes_in_either_order() -> None:
    rules = policy(pairs=[{"first": "transfer", "then": "loan", "never": True}])
    book = Rulebook(rules)
    assert book.weigh(candidate(1, LOAN), person(past(ago(days=3_000), "transfer")), NOON).code == "PAIR"
    assert book.weigh(candidate(1), person(past(ago(days=3_000), "loan")), NOON).code == "PAIR"
    assert book.look_back >= timedelta(days=3_650)


GOLDEN, MADE_UP, SATURDAY = date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 17)
"""The first day of Golden Week, and a Saturday that is worked for it."""


@pytest.mark.parametrize(("calendar", "weekends", "day", "off"), [
    ("cn", False, GOLDEN, True), ("cn", False, SATURDAY, False), ("cn", True, SATURDAY, True), ("cn", True, MADE_UP, False),
    ("weekdays", True, MADE_UP, True), ("weekdays", True, GOLDEN, False), ("every_day", True, GOLDEN, False),
])  # fmt: skip
def test_days_off_follow_the_units_calendar_with_the_days_that_china_works(calendar: str, weekends: bool, day: date, off: bool) -> None:
    keeps = Touchpoint("keeps", channels=("sms",), days_off=days_off_by_calendar(weekends))
    noon = datetime.combine(day, time(12), SHANGHAI)
    one = candidate(1, keeps, due_at=noon, expires_at=noon + timedelta(days=15))
    verdict = Rulebook(policy(quiet_hours={"start": "21:00", "end": "09:00"})).weigh(one, person(calendar=calendar), noon)
    assert (verdict.outcome is Outcome.DEFER) == off


def test_golden_weeks_events_are_asked_where_no_touchpoint_says_otherwise() -> None:
    noon = datetime.combine(GOLDEN, time(12), SHANGHAI)
    one = candidate(1, due_at=noon, occurred_at=noon, received_at=noon, expires_at=noon + timedelta(days=10))
    assert Rulebook(standard_policy()).weigh(one, person(), noon).outcome is Outcome.SEND


def test_staff_are_asked_by_the_channels_of_their_work_alone() -> None:
    rules = policy()
    assert Rulebook(rules).weigh(candidate(cls="staff"), person(), NOON).channel == "email"
    assert Rulebook(rules).weigh(candidate(cls="staff"), person(channels=frozenset({"sms"})), NOON).code == "NO_CHANNEL"


def test_a_pilot_asks_only_its_first_n_and_only_its_units() -> None:
    first = Touchpoint("first", channels=("sms",), pilot_first=2)
    room = Room(SHANGHAI)
    assert _codes(policy(), [candidate(n, first) for n in range(3)], room) == ["SEND", "SEND", "PILOT"]
    there = Touchpoint("there", channels=("sms",), pilot_units=frozenset({UNIT}))
    assert _codes(policy(), [candidate(1, there, unit_id=UNIT), candidate(2, there, unit_id=OTHER)], room) == ["SEND", "PILOT"]


def test_the_probability_is_holdout_times_rate_times_what_was_observed() -> None:
    rules = policy(holdout={"share": 0.1}, sampling={"rate": 0.5}, quotas=[{"n": 5}], arbitration={"minutes": 60})
    book, room = Rulebook(rules), Room(SHANGHAI)
    found = []
    for number in range(20):
        who = person(ref=f"C{number}", shared=room)
        group = [candidate(2 * number, cell="transfer"), candidate(2 * number + 1, LOAN, cls="high", cell="loan")]
        found.append(dict(decide_person(book, group, who, NOON))[group[0]])
    assert found[0].probability == pytest.approx(0.45)
    assert found[1].probability == pytest.approx(0.45 * 1 / 2), "the first transfer was outranked"
    seen = room.observed["transfer"]
    assert (seen.reached, seen.fitting, seen.passed, seen.sent) == (20, 5, 5, 0)
    assert found[-1].probability == pytest.approx(0.45 * (6 / 20) * (1 / 6))


@given(st.permutations(range(6)), st.integers(1, 3))
def test_in_simulated_time_whoever_comes_first_takes_the_place_whatever_the_order_of_the_file(order: list[int], n: int) -> None:
    book = Rulebook(policy(quotas=[{"n": n}]))
    dues = [NOON + timedelta(minutes=7 * number) for number in range(6)]

    def sent(people: Sequence[int]) -> set[str]:
        room = Room(SHANGHAI)
        tracks = {number: Track(book, [candidate(number, due_at=dues[number])], person(ref=f"C{number}", shared=room)) for number in people}
        return {step.candidate.event_id for _, steps in walk_all(tracks) for step in steps if step.verdict.outcome is Outcome.SEND}

    assert sent(order) == sent(range(6)) == {f"E{number:04d}" for number in range(n)}


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 12))
def test_a_smaller_quota_never_lets_more_through(n: int, less: int, used: int) -> None:
    def code(limit: int) -> str:
        return _codes(policy(quotas=[{"n": limit}]), [candidate()], Room(SHANGHAI, used={("invites", TODAY): used}))[0]

    assert not (code(n) == "QUOTA" and code(min(n, less)) == "SEND")


KNOWN = Known(frozenset({"transfer", "loan"}), frozenset({"U1"}), frozenset({"sms", "file"}))


@pytest.mark.parametrize(("text", "rule", "field", "code"), [
    ("[reminders]\ncount = 1\n[[caps]]\nscope = 'message'\nn = 1\nwindow = '90d'\n", "R12", "caps.0.n", "cap_below_reminder"),
    ("[[pairs]]\nfirst = 'loan'\nthen = 'mortgage'\ndays = 3\n", "R13", "pairs.0.then", "unknown_touchpoint"),
    ("[[quotas]]\nn = 3\nunit = 'U9'\n", "R7", "quotas.0.unit", "unknown_unit"),
    ("[[caps]]\nchannel = 'pigeon'\nn = 3\nwindow = '7d'\n", "R12", "caps.0.channel", "unknown_channel"),
    ("[[budgets]]\nchannel = 'sms'\ncents = 3\n", "R7", "budgets.0.channel", "budget_without_cost"),
])  # fmt: skip
def test_a_policy_that_contradicts_itself_names_the_rule(text: str, rule: str, field: str, code: str) -> None:
    (problem,) = problems_of(from_toml(text), KNOWN)
    assert (problem.rule, problem.field, problem.code) == (rule, field, code)


def test_the_shipped_policy_contradicts_nothing_and_leaves_room_for_its_reminder() -> None:
    assert problems_of(standard_policy(), KNOWN) == []
    assert standard_policy().reminders == Reminders(count=1, after_hours=72)


@pytest.mark.parametrize(
    "text", ["[quiet_hours]\nstart = '21:00'\nend = '09:00'\nzone = 'Mars/Olympus'\n", "[[pairs]]\nfirst = 'a'\nthen = 'b'\n"]
)
def test_a_zone_that_does_not_exist_and_a_pair_without_an_end_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|pair"):
        from_toml(text)
