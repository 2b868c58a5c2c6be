"""Approval routes: defaults hold until somebody sets others; a class without a route takes its subject's."""

import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput
from portal.people import approval
from portal.people.rules.roles import Role
from tests.conftest import NOON

WHO = Actor("user", "00000000-0000-0000-0000-000000000001")


@pytest.mark.parametrize(
    ("subject", "subject_class", "steps"),
    [
        ("questionnaire", "", [["approver"]]),
        ("questionnaire", "consumer_protection", [["approver"], ["compliance_officer"]]),
        ("questionnaire", "a class nobody named", [["approver"]]),
        ("policy", "", [["approver"], ["compliance_officer"]]),
        ("a subject nobody named", "", [["approver"]]),
    ],
)
def test_defaults_hold_where_nobody_set_a_route(db: Database, subject: str, subject_class: str, steps: list[list[str]]) -> None:
    with db.reading() as session:
        assert approval.steps_for(session, subject, subject_class) == steps


def test_a_route_that_was_set_holds_and_is_audited(db: Database) -> None:
    for roles in ([[Role.EXECUTIVE]], [[Role.APPROVER], [Role.EXECUTIVE, Role.COMPLIANCE_OFFICER, Role.EXECUTIVE]]):
        with db.writing() as session:
            approval.set_route(session, "questionnaire", "", roles, WHO, NOON)
    with db.reading() as session:
        assert approval.steps_for(session, "questionnaire", "x") == [[Role.APPROVER], [Role.EXECUTIVE, Role.COMPLIANCE_OFFICER]]
        assert approval.steps_for(session, "questionnaire", "consumer_protection") == [[Role.APPROVER], [Role.COMPLIANCE_OFFICER]]
        assert [entry.act for entry in session.exec(select(AuditEntry))] == ["approval_route.set"] * 2
        route = approval.route(session, "questionnaire", "")
        assert route is not None
        assert route.own


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([], "one_to_three_steps"),
        ([[Role.APPROVER], []], "one_to_three_steps"),
        ([[Role.APPROVER]] * 4, "one_to_three_steps"),
        ([[Role.AUDITOR]], "role_cannot_approve"),
    ],
)
def test_a_route_that_makes_no_sense_is_refused(db: Database, steps: list[list[Role]], code: str) -> None:
    with db.writing() as session, pytest.raises(InvalidInput) as refused:
        approval.set_route(session, "policy", "", steps, WHO, NOON)
    assert refused.value.fields == {"steps": code}
