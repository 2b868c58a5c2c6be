"""The pages of touchpoints: entered, shown, refused, switched; each in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from scheduler.touchpoints import store, touchpoints
from scheduler.touchpoints.models import Touchpoint
from tests.bank import Sample
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def entered(ground: Ground, sample: Sample) -> dict[str, str]:
    """What a designer fills in; journeys, events and a published questionnaire are there."""
    with ground.writing() as session:
        touchpoints.add_event_type(session, "loan.approved", "贷款审批", "Loan approved", {"amount": "number", "vip": "flag"})
        stages = touchpoints.add_journey(session, "loans", "贷款", "Loans", stages=[("loan-decision", "审批", "Decision")])
        asked = Questionnaire(
            code="q", title_zh="问卷", title_en="Loan survey", draft={}, status="published", created_at=NOON, updated_at=NOON
        )
        session.add(asked)
        session.flush()
        version = QuestionnaireVersion(questionnaire_id=asked.id, number=1, definition={}, content_hash="0" * 64, published_at=NOON)
        session.add(version)
        asked.current_version_id = version.id
        return {
            "code": "LOAN-1", "name_zh": "贷款审批", "name_en": "Loan decision", "short_zh": "", "short_en": "",
            "stage_id": str(stages["loan-decision"]), "event_type": "loan.approved", "questionnaire_id": str(asked.id), "class_": "high",
            "priority": "80", "delay_minutes": "120", "channel1": "sms", "channel2": "file", "channel3": "", "in_charge": "event_unit",
            "department_id": "", "rate_percent": "12.5", "tenure_days": "", "join": "all",
            "field0": "amount", "op0": "ge", "value0": "1000", "field1": "vip", "op1": "eq", "value1": "yes",
        }  # fmt: skip


def the_touchpoint(ground: Ground) -> Touchpoint:
    with ground.reading() as session:
        return session.exec(select(Touchpoint)).one()


def test_a_designer_makes_a_touchpoint_and_switches_it_on(ground: Ground, sign_in: SignIn, entered: dict[str, str]) -> None:
    client = sign_in("designer")
    answer = client.post("/portal/touchpoints/new", data=entered, follow_redirects=True)
    assert answer.status_code == 200
    made = the_touchpoint(ground)
    assert (made.class_, made.priority, made.delay_minutes, made.channels, made.rate) == ("high", 80, 120, ["sms", "file"], 0.125)
    assert made.filter == {"all": [{"field": "amount", "op": "ge", "value": 1000}, {"field": "vip", "op": "eq", "value": True}]}
    assert made.active is False
    client.post(f"/portal/touchpoints/{made.id}/on")
    assert the_touchpoint(ground).active is True
    page = client.get("/portal/touchpoints").text
    assert "Loan decision" in page
    assert "Loans" in page
    with ground.reading() as session:
        acts = [entry.act for entry in session.exec(select(AuditEntry).order_by("id"))]
    assert [act for act in acts if act.startswith("touchpoint.")] == ["touchpoint.add", "touchpoint.on"]


def test_what_was_kept_is_shown_again_and_saving_it_changes_nothing(ground: Ground, sign_in: SignIn, entered: dict[str, str]) -> None:
    client = sign_in("designer")
    client.post("/portal/touchpoints/new", data=entered)
    before = the_touchpoint(ground)
    page = client.get(f"/portal/touchpoints/{before.id}").text
    for piece in ('value="LOAN-1"', 'value="12.5', 'value="1000"', 'value="yes"'):
        assert piece in page
    client.post(f"/portal/touchpoints/{before.id}", data=entered)
    assert the_touchpoint(ground).model_dump() == before.model_dump()
    client.post(f"/portal/touchpoints/{before.id}", data={**entered, "code": "OTHER", "field0": "", "field1": "", "priority": "5"})
    after = the_touchpoint(ground)
    assert (after.code, after.filter, after.priority) == ("LOAN-1", None, 5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name_zh": ""}, "missing"),
        ({"priority": "101"}, "out_of_range"),
        ({"rate_percent": "101"}, "out_of_range"),
        ({"channel2": "sms"}, "not_one_of_the_words"),
        ({"in_charge": "department"}, "missing"),
        ({"code": "two words"}, "not_a_code"),
        ({"value0": "much"}, "not_a_number"),
        ({"value0": ""}, "value_missing"),
        ({"value1": "perhaps"}, "not_a_flag"),
        ({"field0": "shoe_size"}, "not_a_condition"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    ground: Ground, sign_in: SignIn, entered: dict[str, str], change: dict[str, str], words: str
) -> None:
    answer = sign_in("designer").post("/portal/touchpoints/new", data={**entered, **change})
    assert answer.status_code == 422
    with ground.reading() as session:
        assert store.lines(session) == []
    assert 'value="Loan decision"' in answer.text
    assert 'class="error"' in answer.text or 'class="note bad"' in answer.text


def test_a_code_is_given_once(ground: Ground, sign_in: SignIn, entered: dict[str, str]) -> None:
    client = sign_in("designer")
    client.post("/portal/touchpoints/new", data=entered)
    assert client.post("/portal/touchpoints/new", data=entered).status_code == 422


def test_a_touchpoint_without_a_published_questionnaire_stays_off(ground: Ground, sign_in: SignIn, entered: dict[str, str]) -> None:
    client = sign_in("designer")
    client.post("/portal/touchpoints/new", data=entered)
    with ground.writing() as session:
        session.exec(select(Questionnaire)).one().status = "paused"
    made = the_touchpoint(ground)
    client.post(f"/portal/touchpoints/{made.id}/on")
    assert the_touchpoint(ground).active is False


def test_a_filter_that_rows_cannot_show_is_kept_as_it_is(ground: Ground, sign_in: SignIn, entered: dict[str, str]) -> None:
    client = sign_in("designer")
    client.post("/portal/touchpoints/new", data=entered)
    nested: dict[str, Any] = {"not": {"field": "amount", "op": "lt", "value": 5}}
    with ground.writing() as session:
        session.exec(select(Touchpoint)).one().filter = nested
    made = the_touchpoint(ground)
    client.post(f"/portal/touchpoints/{made.id}", data={**entered, "priority": "7"})
    assert (the_touchpoint(ground).filter, the_touchpoint(ground).priority) == (nested, 7)


@pytest.mark.parametrize(
    ("role", "reads", "writes"), [("designer", 200, 302), ("approver", 200, 403), ("auditor", 200, 403), ("outlet_manager", 403, 403)]
)
def test_only_those_who_may_do(ground: Ground, sign_in: SignIn, entered: dict[str, str], role: str, reads: int, writes: int) -> None:
    client = sign_in(role)
    assert client.get("/portal/touchpoints").status_code == reads
    assert client.post("/portal/touchpoints/new", data=entered).status_code == writes


def test_the_list_says_what_to_do_where_it_is_empty(sign_in: SignIn) -> None:
    assert "New touchpoint" in sign_in("designer").get("/portal/touchpoints").text
