"""Candidates of one customer that compete, and those that follow each other."""

from datetime import timedelta

import pytest

from scheduler.contacts.rules.arbitrate import decide_person, rank
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate, Touchpoint
from scheduler.contacts.rules.reasons import Outcome
from tests.scheduler.contacts.making import LOAN, NOON, TRANSFER, ago, candidate, past, person, policy

WINDOW = {"arbitration": {"minutes": 60}}


@pytest.mark.parametrize(("first", "second", "by"), [
    (candidate(2, cls="service", priority=0), candidate(1, cls="high", priority=100), "class"),
    (candidate(2, priority=60), candidate(1, priority=50), "priority"),
    (candidate(2, scarcity=0.5), candidate(1, scarcity=0.1), "scarcity"),
    (candidate(2, occurred_at=ago(minutes=50)), candidate(1, occurred_at=ago(minutes=60)), "newest"),
    (candidate(1), candidate(2), "event_id"),
    (candidate(1, LOAN), candidate(1, TRANSFER), "touchpoint"),
])  # fmt: skip
def test_the_more_important_goes_first(first: Candidate, second: Candidate, by: str) -> None:
    assert rank(first) < rank(second)
    found = dict(decide_person(Rulebook(policy(**WINDOW)), [second, first], person(), NOON))
    assert found[first].outcome is Outcome.SEND
    assert (found[second].outcome, found[second].winner_id, found[second].evidence["by"]) == (Outcome.OUTRANKED, first.id, by)


def test_those_that_fail_keep_their_own_code_and_let_the_next_win() -> None:
    rules = policy(**WINDOW, cooldown={"same": {"sent": {"days": 90}}})
    important, other = candidate(1, LOAN, cls="high"), candidate(2)
    found = dict(decide_person(Rulebook(rules), [important, other], person(past(ago(days=3), "loan")), NOON))
    assert found[important].code == "COOLDOWN_SAME_SENT"
    assert found[other].outcome is Outcome.SEND


def test_what_is_put_off_only_moves_and_outranks_nobody() -> None:
    rules = policy(**WINDOW, caps=[{"channel": "sms", "n": 1, "window": "7d"}])
    rerating = candidate(1, cls="service")
    by_mail = candidate(2, Touchpoint("mail", channels=("email",)))
    found = dict(decide_person(Rulebook(rules), [rerating, by_mail], person(past(ago(days=3), "loan")), NOON))
    assert found[rerating].outcome is Outcome.DEFER
    assert found[by_mail].outcome is Outcome.SEND


def test_without_a_window_each_stands_alone_and_sees_what_was_just_sent() -> None:
    rules = policy(cooldown={"any": {"sent": {"days": 1}}})
    early, late = candidate(1, due_at=ago(minutes=10)), candidate(2, due_at=ago(minutes=5), priority=99)
    found = dict(decide_person(Rulebook(rules), [late, early], person(), NOON))
    assert found[early].outcome is Outcome.SEND
    assert (found[late].outcome, found[late].code) == (Outcome.DROP, "COOLDOWN_ANY_SENT")


def test_the_winner_is_sent_when_it_is_due_and_not_before() -> None:
    soon = candidate(1, due_at=NOON + timedelta(minutes=40))
    found = dict(decide_person(Rulebook(policy(**WINDOW)), [soon, candidate(2, priority=1)], person(), NOON))
    assert found[soon].send_at == NOON + timedelta(minutes=40)


def test_the_winner_names_its_rivals() -> None:
    winner, rival = candidate(1, cls="high"), candidate(2)
    found = dict(decide_person(Rulebook(policy(**WINDOW)), [winner, rival], person(), NOON))
    assert found[winner].evidence["rivals"] == [str(rival.id)]
