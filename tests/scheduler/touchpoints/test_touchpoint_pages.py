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
            "department_id": "", "circle": "", "rate_percent": "12.5", "tenure_days": "", "join": "all",
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


MORE = {
    "group": "loans", "expires_hours": "96", "starts_on": "2026-06-01", "ends_on": "2026-06-30", "reminders": "2", "reminder_hours": "48",
    "same_sent": "120", "any_declined": "180",
}  # fmt: skip


def test_limits_are_kept_and_shown_again(ground: Ground, sign_in: SignIn, entered: dict[str, str], sample: Sample) -> None:
    client = sign_in("designer")
    client.post("/portal/touchpoints/new", data={**entered, **MORE, "units": [str(sample.units["B1"])]})
    made = the_touchpoint(ground)
    assert (made.group, made.expires_hours, made.reminders, made.reminder_hours) == ("loans", 96, 2, 48)
    assert made.cooldown == {"same.sent": 120, "any.declined": 180}
    assert made.units == [str(sample.units["B1"])]
    assert made.starts_at is not None
    assert made.ends_at is not None
    assert [one.isoformat() for one in (made.starts_at, made.ends_at)] == ["2026-05-31T16:00:00+00:00", "2026-06-30T16:00:00+00:00"]
    page = client.get(f"/portal/touchpoints/{made.id}").text
    for piece in ('value="2026-06-30"', 'value="96"', 'value="180"', 'value="loans"'):
        assert piece in page
    with ground.reading() as session:
        (heard,) = store.all_listening(session)
    assert heard.unit_codes == {"B1", "O1", "O2"}
    assert heard.expires_after is not None
    assert heard.expires_after.days == 4


def test_rows_of_a_group_are_joined_the_other_way(ground: Ground, sign_in: SignIn, entered: dict[str, str]) -> None:
    client = sign_in("designer")
    rows = {
        "field0": "vip", "op0": "eq", "value0": "yes", "field1": "amount", "op1": "ge", "value1": "1000", "group1": "A",
        "field2": "channel", "op2": "in", "value2": "app, counter", "group2": "A",
    }  # fmt: skip
    client.post("/portal/touchpoints/new", data={**entered, **rows})
    made = the_touchpoint(ground)
    assert made.filter == {
        "all": [
            {"field": "vip", "op": "eq", "value": True},
            {"any": [{"field": "amount", "op": "ge", "value": 1000}, {"field": "channel", "op": "in", "value": ["app", "counter"]}]},
        ]
    }
    page = client.get(f"/portal/touchpoints/{made.id}").text
    assert 'value="app, counter"' in page
    client.post(f"/portal/touchpoints/{made.id}", data={**entered, **rows})
    assert the_touchpoint(ground).filter == made.filter


@pytest.mark.parametrize(
    "change",
    [{"starts_on": "2026-07-01", "ends_on": "2026-06-01"}, {"expires_hours": "1"}, {"expires_hours": "0"}, {"reminders": "3"},
     {"units": "nowhere"}, {"starts_on": "soon"}, {"same_sent": "-1"}, {"group": "g" * 41}],
)  # fmt: skip
def test_limits_that_make_no_sense_are_refused(ground: Ground, sign_in: SignIn, entered: dict[str, str], change: dict[str, str]) -> None:
    answer = sign_in("designer").post("/portal/touchpoints/new", data={**entered, **change})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    with ground.reading() as session:
        assert store.lines(session) == []
