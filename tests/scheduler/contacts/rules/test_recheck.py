"""What is looked at once more before every attempt, and every rule evaluated for the page."""

from datetime import UTC, datetime

from scheduler.contacts.rules.arbitrate import decide_person
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.explain import State, as_of, explain
from scheduler.contacts.rules.facts import Touchpoint
from scheduler.contacts.rules.policy import standard_policy
from scheduler.contacts.rules.reasons import Rule
from scheduler.contacts.rules.recheck import Recheck, recheck
from tests.scheduler.contacts.making import LOAN, NOON, TRANSFER, ago, candidate, past, person, policy

BOOK = Rulebook(standard_policy())


def test_what_was_fine_and_still_is_goes_on() -> None:
    assert recheck(BOOK, candidate(), "invite", "sms", person(), NOON) == Recheck()


def test_an_opt_out_a_closed_questionnaire_or_a_lost_channel_releases() -> None:
    assert recheck(BOOK, candidate(), "invite", "sms", person(opted_out=frozenset({"all"})), NOON).release == "OPTED_OUT"
    assert recheck(BOOK, candidate(touchpoint=Touchpoint("loan", live=False)), "invite", "sms", person(), NOON).release == "INACTIVE"
    mail_only = candidate(touchpoint=Touchpoint("loan", channels=("email",)))
    assert recheck(BOOK, mail_only, "invite", "sms", person(), NOON).release == "INACTIVE"
    assert recheck(BOOK, candidate(), "invite", "sms", person(channels=frozenset({"email"})), NOON).release == "OPTED_OUT"


def test_a_cap_that_has_filled_releases_and_only_puts_a_re_rating_off() -> None:
    full = person(past(ago(hours=3), "loan"))
    assert recheck(BOOK, candidate(), "invite", "sms", full, NOON).release == "CAP_INVITE_ANY_24H"
    assert recheck(BOOK, candidate(cls="service"), "invite", "sms", full, NOON).until is not None


def test_cool_downs_are_not_looked_at_again() -> None:
    assert recheck(BOOK, candidate(), "invite", "sms", person(past(ago(days=8), "loan")), NOON) == Recheck()


def test_quiet_hours_put_a_late_message_off() -> None:
    night = datetime(2026, 6, 15, 14, 0, tzinfo=UTC)
    assert recheck(BOOK, candidate(), "invite", "sms", person(), night).until == datetime(2026, 6, 16, 1, 0, tzinfo=UTC)


def test_every_rule_has_a_row_and_the_first_that_fails_is_the_reason() -> None:
    who = person(past(ago(days=40), answered_at=ago(days=39)), consents=frozenset())
    rows = explain(BOOK, candidate(), who, NOON)
    assert [row.rule for row in rows] == list(Rule)
    failed = [(row.rule, row.code) for row in rows if row.state is State.FAIL]
    assert failed == [(Rule.LAWFUL, "NO_CONSENT"), (Rule.COOLDOWN, "COOLDOWN_SAME_SENT")]
    by_rule = {row.rule: row for row in rows}
    assert by_rule[Rule.QUOTA].state is State.OFF
    assert by_rule[Rule.ARBITRATION].state is State.NOT_REACHED
    assert by_rule[Rule.CAPS].facts["counts"][1] == {"code": "CAP_INVITE_ANY_90D", "used": 1, "n": 2, "days": 90.0}


def test_who_was_outranked_sees_by_whom() -> None:
    loser = candidate(2)
    group = dict(decide_person(Rulebook(policy(arbitration={"minutes": 60})), [candidate(1, LOAN, cls="high"), loser], person(), NOON))
    rows = {row.rule: row for row in explain(BOOK, loser, person(), NOON, group[loser])}
    assert rows[Rule.ARBITRATION].facts["touchpoint"] == "loan"
    assert rows[Rule.RESERVE].state is State.NOT_REACHED


def test_history_as_it_was_leaves_out_what_came_later() -> None:
    answered_today = past(ago(days=2), answered_at=NOON)
    assert as_of([answered_today], ago(days=1))[0].answered_at is None
    assert as_of([answered_today], NOON)[0].answered_at == NOON


def test_a_code_of_one_transfer_is_that_of_the_shared_touchpoint() -> None:
    assert candidate().touchpoint is TRANSFER
