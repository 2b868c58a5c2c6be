"""Policies as files, as canonical text, and in sentences."""

import pytest

from scheduler.contacts.rules.policy import ContactPolicy, from_toml, standard_policy
from scheduler.contacts.rules.sentences import sentences


def test_a_policy_file_has_one_table_a_rule() -> None:
    rules = from_toml("[cooldown.any.sent]\ndays = 7\n")
    assert rules.cooldown_days("any", "sent").days == 7
    assert rules.cooldown_days("same", "sent").days == 0
    assert rules.caps == ()


@pytest.mark.parametrize("text", [
    "[cooldown.any.sent]\ndays = -1\n",
    "[cooldown.all.sent]\ndays = 1\n",
    "[cooldwon.any.sent]\ndays = 1\n",
    "[cooldown.any.sent]\ndays = nan\n",
    "[[caps]]\nn = 1\nwindow = '1w'\n",
    "[[caps]]\nn = 1\nwindow = '7d'\n[[caps]]\nn = 2\nwindow = '7d'\n",
    "[quiet_hours]\nstart = '25:00'\nend = '09:00'\n",
    "[holdout]\nshare = 1.5\n",
    "not = [toml",
])  # fmt: skip
def test_a_policy_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_toml(text)


def test_the_same_limits_have_the_same_hash_however_they_are_written() -> None:
    one = from_toml("[pending]\ndays = 14\n[holdout]\nshare = 0.02\n")
    two = ContactPolicy.model_validate({"holdout": {"share": 0.02}, "pending": {"days": 14.0}})
    assert one.hash() == two.hash()
    assert one.hash() != standard_policy().hash()
    assert ContactPolicy.model_validate_json(one.canonical()) == one


def test_the_codes_of_caps_name_scope_channel_and_window() -> None:
    assert [cap.code for cap in standard_policy().caps] == [
        "CAP_INVITE_ANY_24H", "CAP_INVITE_ANY_90D", "CAP_INVITE_ANY_365D", "CAP_INVITE_SMS_7D", "CAP_MESSAGE_ANY_90D",
    ]  # fmt: skip


def test_a_policy_speaks_in_sentences() -> None:
    said = [one.text % one.facts for one in sentences(standard_policy())]
    assert "At most 2 invitations per customer in 90 days." in said
    assert "2 % of customers are never asked, for comparison." in said
    assert "Nothing is sent from 21:00 to 09:00 by the customer's clock; it waits." in said
    assert "Unanswered invitations in a row lengthen the pause: 30 → 60 → 120 → 180 days." in said


def test_a_rule_that_is_off_says_nothing() -> None:
    assert [one.rule for one in sentences(from_toml("[pending]\ndays = 0\n"))] == ["R4"]
