"""The order of the rules and the limits of each: one candidate, one policy, one verdict."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from scheduler.contacts.rules.decide import CHECKS, Rulebook
from scheduler.contacts.rules.facts import Candidate, PastContact, Person, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy, standard_policy
from scheduler.contacts.rules.reasons import Outcome, Rule
from tests.scheduler.contacts.making import LOAN, NOON, ago, candidate, past, person, policy

CASE = UUID(int=77)


def code_of(rules: ContactPolicy, one: Candidate, who: Person, now: datetime = NOON) -> str:
    return str(Rulebook(rules).weigh(one, who, now).code)


def test_the_checks_stand_in_the_order_of_the_rules() -> None:
    order = [list(Rule).index(rule) for rule, _ in CHECKS]
    assert order == sorted(order)


def test_whom_nothing_stands_against_is_asked_by_the_first_channel() -> None:
    verdict = Rulebook(standard_policy()).weigh(candidate(), person(), NOON)
    assert (verdict.outcome, verdict.channel, verdict.send_at) == (Outcome.SEND, "sms", NOON)
    assert verdict.probability == pytest.approx(0.98)


@pytest.mark.parametrize(("changes", "who", "code"), [
    ({"refused": "DUPLICATE"}, {"opted_out": frozenset({"all"})}, "DUPLICATE"),
    ({"touchpoint": Touchpoint("loan", live=False)}, {"consents": frozenset()}, "INACTIVE"),
    ({"touchpoint": Touchpoint("loan", channels=())}, {}, "INACTIVE"),
    ({"occurred_at": ago(hours=74), "received_at": ago(hours=1)}, {}, "STALE"),
    ({"occurred_at": ago(hours=73), "received_at": ago(hours=1)}, {}, "SEND"),
    ({"occurred_at": NOON + timedelta(minutes=6), "received_at": NOON}, {}, "FUTURE"),
    ({"occurred_at": NOON + timedelta(minutes=5), "received_at": NOON}, {}, "SEND"),
    ({}, {"customer_since": date(2026, 5, 17)}, "TENURE"),
    ({}, {"customer_since": date(2026, 5, 16)}, "SEND"),
    ({"touchpoint": Touchpoint("onboarding", tenure_days=0)}, {"customer_since": date(2026, 6, 15)}, "NO_CHANNEL"),
    ({}, {"birth_date": date(2012, 6, 16)}, "MINOR"),
    ({}, {"birth_date": date(2012, 6, 15)}, "SEND"),
    ({}, {"birth_date": date(2012, 6, 16), "guarded": frozenset({"survey"})}, "MINOR"),
    ({}, {"opted_out": frozenset({"survey"}), "consents": frozenset()}, "OPTED_OUT"),
    ({}, {"opted_out": frozenset({"panel"})}, "SEND"),
    ({}, {"consents": frozenset({"marketing"})}, "NO_CONSENT"),
    ({}, {"excluded_by": "staff of the regulator"}, "EXCLUDED"),
    ({}, {"open_cases": frozenset({CASE})}, "OPEN_CASE"),
    ({"case_id": CASE, "cls": "service"}, {"open_cases": frozenset({CASE})}, "SEND"),
    ({"case_id": CASE, "cls": "service"}, {"open_cases": frozenset({CASE, UUID(int=78)})}, "OPEN_CASE"),
    ({"holdout_chance": 0.0199}, {}, "HOLDOUT"),
    ({"holdout_chance": 0.02}, {}, "SEND"),
    ({"touchpoint": Touchpoint("drawn", channels=("sms",), rate=0.1), "sample_chance": 0.1}, {}, "NOT_SAMPLED"),
    ({"touchpoint": Touchpoint("drawn", channels=("sms",), rate=0.1), "sample_chance": 0.0999}, {}, "SEND"),
    ({"touchpoint": Touchpoint("zero is off", channels=("sms",), rate=0.0), "sample_chance": 0.99}, {}, "SEND"),
    ({"expires_at": NOON}, {}, "EXPIRED"),
    ({}, {"channels": frozenset({"wechat"})}, "NO_CHANNEL"),
])  # fmt: skip
def test_the_first_check_that_fails_names_the_reason(changes: dict[str, object], who: dict[str, object], code: str) -> None:
    assert code_of(standard_policy(), candidate(**changes), person(**who)) == code


def test_below_14_a_guardian_must_have_agreed_though_the_policy_names_no_age() -> None:
    child = person(birth_date=date(2012, 6, 16))
    assert code_of(policy(), candidate(), child) == "NO_CONSENT"
    assert code_of(policy(), candidate(), child._replace(guarded=frozenset({"survey"}))) == "SEND"
    assert code_of(policy(), candidate(), child, NOON + timedelta(days=1)) == "SEND"


@pytest.mark.parametrize(("history", "code"), [
    ([past(ago(days=29, hours=23), "loan", answered_at=ago(days=29))], "COOLDOWN_ANY_SENT"),
    ([past(ago(days=30), "loan", answered_at=ago(days=29))], "SEND"),
    ([past(ago(days=13), "loan")], "PENDING"),
    ([past(ago(days=14), "loan")], "COOLDOWN_ANY_SENT"),
    ([past(ago(days=40), answered_at=ago(days=39))], "COOLDOWN_SAME_SENT"),
    ([past(ago(days=90), answered_at=ago(days=89))], "COOLDOWN_SAME_ANSWERED"),
    ([past(ago(days=91), answered_at=ago(days=90))], "SEND"),
    ([past(ago(days=40), "loan", declined_at=ago(days=39))], "COOLDOWN_ANY_DECLINED"),
    ([past(None, answered_at=ago(days=5), channel="qr")], "COOLDOWN_SAME_ANSWERED"),
    ([past(ago(days=31), "loan", expired_at=ago(days=17)), past(ago(days=70), "loan", expired_at=ago(days=56))], "BACKOFF"),
    ([past(ago(days=31), "loan", expired_at=ago(days=17)), past(ago(days=170), "loan", answered_at=ago(days=169))], "SEND"),
    ([past(ago(hours=23), "loan", kind="notice")], "SEND"),
    ([past(ago(days=100 + 60 * n), "loan", answered_at=ago(days=99 + 60 * n)) for n in range(4)]
     + [past(ago(days=35 + n), "loan", answered_at=ago(days=34)) for n in range(2)], "CAP_INVITE_ANY_90D"),
])  # fmt: skip
def test_what_was_sent_before_stands_against_another_invitation(history: list[PastContact], code: str) -> None:
    assert code_of(standard_policy(), candidate(), person(*history)) == code


def test_a_cool_down_says_when_the_last_pause_ends() -> None:
    verdict = Rulebook(standard_policy()).weigh(candidate(), person(past(ago(days=20), answered_at=ago(days=19))), NOON)
    assert verdict.code == "COOLDOWN_ANY_SENT"
    assert verdict.evidence["next_at"] == (ago(days=19) + timedelta(days=90)).isoformat()


def test_a_touchpoint_lengthens_a_cool_down_but_never_shortens_it() -> None:
    rules = policy(cooldown={"any": {"sent": {"days": 30}}})
    who = person(past(ago(days=35), "loan"))
    longer = Touchpoint("longer", channels=("sms",), cooldowns={"any.sent": 40})
    assert code_of(rules, candidate(touchpoint=longer), who) == "COOLDOWN_ANY_SENT"
    shorter = Touchpoint("shorter", channels=("sms",), cooldowns={"any.sent": 10})
    assert code_of(rules, candidate(touchpoint=shorter), person(past(ago(days=25), "loan"))) == "COOLDOWN_ANY_SENT"


def test_a_rare_important_moment_needs_a_shorter_pause_and_no_back_off() -> None:
    rules = standard_policy()
    fortnight = person(past(ago(days=14), expired_at=ago(minutes=1)))
    assert code_of(rules, candidate(touchpoint=LOAN, cls="high"), fortnight) == "SEND"
    assert code_of(rules, candidate(touchpoint=LOAN, cls="normal"), fortnight) == "COOLDOWN_ANY_SENT"


def test_a_group_pause_holds_only_within_the_group() -> None:
    rules = policy(cooldown={"group": {"sent": {"days": 30}}})
    assert code_of(rules, candidate(touchpoint=LOAN), person(past(ago(days=1), "transfer"))) == "SEND"
    assert code_of(rules, candidate(touchpoint=LOAN), person(past(ago(days=1), "loan"))) == "COOLDOWN_GROUP_SENT"


def test_a_bypass_lifts_pauses_and_back_off_but_no_cap() -> None:
    rules = standard_policy()
    closed = person(past(ago(days=2), answered_at=ago(days=1)), bypass=True)
    assert code_of(rules, candidate(), closed) == "CAP_INVITE_SMS_7D"
    assert code_of(rules, candidate(), person(past(ago(days=8), answered_at=ago(days=7)), bypass=True)) == "SEND"


def test_email_caps_do_not_count_sms() -> None:
    rules = policy(caps=[{"channel": "email", "n": 1, "window": "7d"}])
    mail_only = Touchpoint("mail", channels=("email",))
    assert code_of(rules, candidate(touchpoint=mail_only), person(past(ago(days=1)))) == "SEND"
    assert code_of(rules, candidate(touchpoint=mail_only), person(past(ago(days=1), channel="email"))) == "CAP_INVITE_EMAIL_7D"
    assert code_of(rules, candidate(), person(past(ago(days=1), channel="email"))) == "SEND"


def test_weights_add_up_where_the_cap_says_so() -> None:
    rules = policy(caps=[{"n": 3, "window": "30d", "weighted": True}], weights={"sms": 2})
    assert code_of(rules, candidate(), person(past(ago(days=1), weight=1.0))) == "SEND"
    assert code_of(rules, candidate(), person(past(ago(days=1), weight=2.0))) == "CAP_INVITE_ANY_30D"


def test_a_cap_says_when_there_is_room_again() -> None:
    rules = policy(caps=[{"n": 2, "window": "90d"}])
    verdict = Rulebook(rules).weigh(candidate(), person(past(ago(days=10)), past(ago(days=40)), past(ago(days=80))), NOON)
    assert verdict.evidence["next_at"] == (ago(days=40) + timedelta(days=90)).isoformat()


def test_pairs_hold_one_way_or_both() -> None:
    one_way = policy(pairs=[{"first": "transfer", "then": "loan", "days": 14}])
    both = policy(pairs=[{"first": "transfer", "then": "loan", "days": 14, "either_way": True}])
    after_transfer, after_loan = person(past(ago(days=13), "transfer")), person(past(ago(days=13), "loan"))
    assert code_of(one_way, candidate(touchpoint=LOAN), after_transfer) == "PAIR"
    assert code_of(one_way, candidate(touchpoint=LOAN), person(past(ago(days=14), "transfer"))) == "SEND"
    assert code_of(one_way, candidate(), after_loan) == "SEND"
    assert code_of(both, candidate(), after_loan) == "PAIR"


def test_a_re_rating_is_put_off_by_the_sms_cap_and_never_dropped_by_it() -> None:
    asked_on_day_0 = person(past(ago(days=2), answered_at=ago(days=2)))
    verdict = Rulebook(standard_policy()).weigh(candidate(cls="service", case_id=CASE), asked_on_day_0, NOON)
    assert (verdict.outcome, verdict.until) == (Outcome.DEFER, ago(days=2) + timedelta(days=7))
    later = Rulebook(standard_policy()).weigh(candidate(cls="service", case_id=CASE), asked_on_day_0, ago(days=-5))
    assert later.outcome is Outcome.SEND


def test_a_re_rating_is_never_dropped_by_a_cap_but_by_its_own_end() -> None:
    rules = policy(caps=[{"channel": "sms", "n": 1, "window": "30d"}])
    one = candidate(cls="service")
    verdict = Rulebook(rules).weigh(one, person(past(ago(days=2))), NOON)
    assert verdict.until == one.expires_at
    assert code_of(rules, one, person(past(ago(days=2))), one.expires_at) == "EXPIRED"


def test_the_panel_has_caps_of_its_own() -> None:
    rules = policy(caps=[{"n": 1, "window": "90d"}, {"scope": "panel", "n": 1, "window": "7d"}], cooldown={"any": {"sent": {"days": 90}}})
    assert code_of(rules, candidate(cls="panel"), person(past(ago(days=1)))) == "SEND"
    assert code_of(rules, candidate(cls="panel"), person(past(ago(days=1), kind="panel"))) == "CAP_PANEL_ANY_7D"
    assert code_of(rules, candidate(), person(past(ago(days=1), kind="panel"))) == "SEND"


def test_without_a_policy_only_the_law_stands_against_asking() -> None:
    busy = person(*[past(ago(hours=n)) for n in range(9)])
    assert code_of(policy(), candidate(), busy) == "SEND"
    assert code_of(policy(), candidate(), busy._replace(consents=frozenset())) == "NO_CONSENT"


def test_quiet_hours_put_off_until_the_morning_of_the_customers_zone() -> None:
    night = datetime(2026, 6, 15, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai
    verdict = Rulebook(standard_policy()).weigh(candidate(due_at=night, expires_at=night + timedelta(days=9)), person(), night)
    assert (verdict.outcome, verdict.until) == (Outcome.DEFER, datetime(2026, 6, 16, 1, 0, tzinfo=UTC))


def test_days_off_put_off_only_where_the_touchpoint_keeps_them() -> None:
    off = frozenset({date(2026, 6, 15), date(2026, 6, 16)})
    keeps = Touchpoint("keeps", channels=("sms",), days_off={"cn": off})
    verdict = Rulebook(standard_policy()).weigh(candidate(touchpoint=keeps), person(), NOON)
    assert verdict.until == datetime(2026, 6, 17, 1, 0, tzinfo=UTC)
    assert code_of(standard_policy(), candidate(), person()) == "SEND"


@pytest.mark.parametrize(("preferred", "reach", "channel"), [
    (None, {"sms", "email"}, "sms"),
    ("email", {"sms", "email"}, "email"),
    ("email", {"sms"}, "sms"),
    ("wechat", {"sms", "email", "wechat"}, "sms"),
])  # fmt: skip
def test_the_customers_own_choice_goes_first_where_the_touchpoint_offers_it(preferred: str | None, reach: set[str], channel: str) -> None:
    verdict = Rulebook(standard_policy()).weigh(candidate(), person(channels=frozenset(reach), preferred=preferred), NOON)
    assert verdict.channel == channel
