"""Alert rules: who meets them, who is in charge, who may switch them on."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from scheduler.cases.rules.alerts import (
    DEFAULT_CONDITION,
    AlertSpec,
    AnswerFacts,
    ApprovalRefusal,
    InCharge,
    Reason,
    Scored,
    Units,
    facts_of,
    meets,
    reason_for_none,
    refuse_approval,
    unit_in_charge,
)

A, B, C, D = (UUID(int=n) for n in range(1, 5))


@pytest.mark.parametrize(
    ("scores", "met"),
    [
        ([("nps", 6)], True),
        ([("nps", 7)], False),
        ([("nps", 0)], True),
        ([("csat", 2)], True),
        ([("csat", 3)], False),
        ([("ces", 3)], True),
        ([("ces", 4)], False),
        ([("nps", 9), ("csat", 1)], True),
        ([("nps", 9), ("csat", 5), ("ces", 7)], False),
        ([], False),
    ],
)
def test_the_shipped_rule(scores, met):
    facts = facts_of([Scored(metric, metric, value) for metric, value in scores], {}, {})
    assert meets(DEFAULT_CONDITION, facts) is met


def test_the_lowest_score_of_a_kind_counts_and_each_indicator_is_there_too():
    facts = facts_of([Scored("csat", "csat.counter", 5), Scored("csat", "csat.waiting", 2)], {"channel": "sms"}, {"why": "slow"})
    assert facts["csat"] == 2
    assert facts["csat.counter"] == 5
    assert facts["channel"] == "sms"
    assert facts["q.why"] == "slow"


@pytest.mark.parametrize(
    ("answer", "unit", "reason"),
    [
        (AnswerFacts(), A, None),
        (AnswerFacts(purpose="officer"), A, Reason.NOT_A_CUSTOMER),
        (AnswerFacts(source="self_chosen", knows_customer=False), A, Reason.NO_CONTACT),
        (AnswerFacts(source="self_chosen", knows_customer=True), A, None),
        (AnswerFacts(), None, Reason.NO_UNIT),
    ],
)
def test_why_an_answer_opens_no_case(answer, unit, reason):
    assert reason_for_none(answer, unit) is reason


@pytest.mark.parametrize(
    ("in_charge", "units", "unit"),
    [
        (InCharge.EVENT_UNIT, Units(A, B, C, D), A),
        (InCharge.ACCOUNT_UNIT, Units(A, B, C, D), B),
        (InCharge.DEPARTMENT, Units(A, B, C, D), C),
        (None, Units(A, B, C, D), A),
        (InCharge.EVENT_UNIT, Units(None, B, C, D), B),
        (InCharge.ACCOUNT_UNIT, Units(A, None, C, D), A),
        (InCharge.DEPARTMENT, Units(None, None, None, D), D),
        (InCharge.EVENT_UNIT, Units(), None),
    ],
)
def test_the_unit_in_charge_and_who_stands_in(in_charge, units, unit):
    assert unit_in_charge(in_charge, units) == unit


@pytest.mark.parametrize("condition", [{}, {"all": []}, {"field": "nps"}, {"field": "nps", "op": "le", "value": 6, "x": 1}])
def test_a_rule_that_reads_nothing_or_does_not_parse_is_refused(condition):
    with pytest.raises(ValidationError):
        AlertSpec(name_zh="低分", name_en="Low", condition=condition)


@pytest.mark.parametrize(
    ("waiting", "asked_by", "approver", "reason"),
    [
        (True, A, B, None),
        (True, A, A, ApprovalRefusal.SAME_PERSON),
        (False, A, B, ApprovalRefusal.NOT_WAITING),
    ],
)
def test_a_rule_runs_only_when_a_second_person_says_so(waiting, asked_by, approver, reason):
    assert refuse_approval(waiting=waiting, asked_by=asked_by, approver=approver) is reason
