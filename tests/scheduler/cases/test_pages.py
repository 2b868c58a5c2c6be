"""The pages of cases: what is shown to whom, and what their forms do."""

import hashlib
import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.audit.models import AuditEntry
from portal.people.models import ApiKey, Customer, User
from scheduler.cases.checks import check_cases
from scheduler.cases.models import AlertRule, Case
from scheduler.cases.rules.states import Step
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk

pytestmark = pytest.mark.sqlite_only

MANAGER = ("outlet_manager", "O1")


def text(answer) -> str:
    """A page's text."""
    return unescape(answer.get_data(as_text=True))


def test_the_list_shows_the_units_own_cases_only(desk: Desk, sign_in) -> None:
    mine, other = desk.case("C1", unit="O1"), desk.case("C2", unit="O3")
    page = text(sign_in(*MANAGER).get("/portal/cases"))
    assert mine.number in page
    assert other.number not in page
    assert other.number in text(sign_in("complaint_centre", "HO").get("/portal/cases"))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["", "/note", "/reveal"])
def test_a_case_of_another_outlet_is_not_there(desk: Desk, sign_in, method, path) -> None:
    other = desk.case("C2", unit="O3")
    if (method, path) in (("post", ""), ("get", "/reveal")):
        return
    answer = getattr(sign_in(*MANAGER), method)(f"/portal/cases/{other.number}{path}")
    assert answer.status_code == 404
    assert desk.acts(other) == ["answered", "opened"]


@pytest.mark.parametrize(
    ("role", "unit", "seen", "form"),
    [
        ("outlet_manager", "O1", 200, 200),
        ("outlet_manager", "B1", 200, 200),
        ("case_handler", "O1", 200, 200),
        ("case_handler", "O2", 404, 404),
        ("outlet_manager", "B2", 404, 404),
        ("complaint_centre", "HO", 200, 200),
        ("auditor", "HO", 200, 403),
        ("executive", "HO", 200, 403),
        ("designer", "HO", 403, 403),
        ("moderator", "HO", 403, 403),
    ],
)
def test_who_may_see_and_who_may_work(desk: Desk, sign_in, role, unit, seen, form) -> None:
    case = desk.case(unit="O1")
    client: FlaskClient = sign_in(role, unit)
    assert client.get(f"/portal/cases/{case.number}").status_code == seen
    assert client.get(f"/portal/cases/{case.number}/note").status_code == form
    refused = client.post(f"/portal/cases/{case.number}/accept", data={"revision": "1"})
    assert refused.status_code == (302 if form == 200 else form)


def test_nobody_reads_cases_without_signing_in(desk: Desk, client) -> None:
    case = desk.case()
    assert client.get(f"/portal/cases/{case.number}").status_code == 302
    assert client.get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize(
    ("language", "title", "button"),
    [
        ("en", "Counter service: Asked for papers again", "Accept the case"),
        ("zh-Hans", "多次补交材料", 'action="/portal/cases/'),
    ],
)
def test_a_case_shows_what_the_customer_said(desk: Desk, sign_in, language, title, button) -> None:
    case = desk.case(answers={"nps": 3, "why": ["papers"], "more": "三次都不合格 <b>", "may_call": True, "call_time": "noon"})
    with desk.sample.ground.writing() as session:
        session.get(User, desk.sample.user(*MANAGER)).language = language
    answer = sign_in(*MANAGER).get(f"/portal/cases/{case.number}")
    page = text(answer)
    assert title in page
    assert button in page
    assert "三次都不合格 &lt;b&gt;" in answer.get_data(as_text=True)
    assert "noon" in page


def test_other_cases_of_the_customer_are_shown_within_the_readers_scope(desk: Desk, sign_in) -> None:
    case, near, far = desk.case(unit="O1"), desk.case(unit="O2"), desk.case(unit="O3")
    page = text(sign_in("outlet_manager", "B1").get(f"/portal/cases/{case.number}"))
    assert near.number in page
    assert far.number not in page


def test_two_cases_of_one_customer_are_merged(desk: Desk, sign_in) -> None:
    case, near = desk.case(unit="O1"), desk.case(unit="O2")
    client, at = sign_in("outlet_manager", "B1"), f"/portal/cases/{near.number}"
    assert near.number != case.number
    assert case.number in text(client.get(f"{at}/merge"))
    assert client.post(f"{at}/merge", data={"into": str(near.id), "note": "same matter", "revision": "1"}).status_code == 409
    assert client.post(f"{at}/merge", data={"into": str(case.id), "note": "same matter", "revision": "1"}).status_code == 302
    assert (desk.fresh(near).state, desk.fresh(near).merged_into) == ("merged", case.id)
    assert desk.acts(case)[-1] == "merged_in"
    assert check_cases(desk.sample.ground).violations == []


def test_a_case_is_worked_on_through_its_forms(desk: Desk, sign_in) -> None:
    case, client = desk.case(answers={"nps_reason": "x"}), sign_in(*MANAGER)
    at = f"/portal/cases/{case.number}"
    assert client.post(f"{at}/accept", data={"revision": "1"}).status_code == 302
    assert client.post(f"{at}/contact", data={"outcome": "reached", "note": "said sorry", "revision": "2"}).status_code == 302
    assert (
        client.post(f"{at}/resolve", data={"root_cause": "outlet.waiting", "done": "a second counter", "revision": "3"}).status_code == 302
    )
    page = text(client.get(at))
    assert "Root cause: Waiting" in page
    assert "said sorry" in page
    assert client.post(f"{at}/close", data={"revision": "4"}).status_code == 302
    assert desk.fresh(case).state == "closed"


@pytest.mark.parametrize(
    ("step", "data", "status", "words"),
    [
        ("contact", {"revision": "2"}, 409, "Please say how the call ended."),
        ("contact", {"revision": "2", "outcome": "reached"}, 409, "Please write a note."),
        ("contact", {"revision": "1", "outcome": "reached", "note": "kept words"}, 409, "kept words"),
        ("resolve", {"revision": "2", "root_cause": "nonsense", "done": "x"}, 409, "This step does not fit the case's present state."),
        ("close", {"revision": "2"}, 409, "This step does not fit the case's present state."),
        ("transfer", {"revision": "2", "unit": "nonsense", "note": "x"}, 409, "Please choose the unit."),
        ("nonsense", {}, 404, ""),
    ],
)
def test_a_form_that_is_refused_says_why_and_keeps_what_was_typed(desk: Desk, sign_in, step, data, status, words) -> None:
    case = desk.take(desk.case(), Step.ACCEPT)
    answer = sign_in(*MANAGER).post(f"/portal/cases/{case.number}/{step}", data=data)
    assert answer.status_code == status
    assert words in text(answer)
    assert desk.fresh(case).revision == 2


def test_a_transfer_to_another_outlet_takes_the_case_away(desk: Desk, sign_in) -> None:
    case, client = desk.case(), sign_in(*MANAGER)
    data = {"unit": str(desk.sample.units["O3"]), "note": "his account is there", "revision": "1"}
    answer = client.post(f"/portal/cases/{case.number}/transfer", data=data)
    assert answer.headers["Location"] == "/portal/cases"
    assert client.get(f"/portal/cases/{case.number}").status_code == 404
    assert sign_in("outlet_manager", "O3").get(f"/portal/cases/{case.number}").status_code == 200


def test_the_customer_is_masked_until_somebody_looks_and_that_is_recorded(desk: Desk, sign_in, keys) -> None:
    case = desk.case()
    with desk.sample.ground.writing() as session:
        customer = session.get(Customer, case.customer_id)
        customer.name_enc, customer.phone_enc = keys.encrypt("张晓明"), keys.encrypt("+8613812345617")
    client, at = sign_in(*MANAGER), f"/portal/cases/{case.number}"
    page = text(client.get(at))
    assert "138 **** **17" in page
    assert "张**" in page
    assert "13812345617" not in page
    page = text(client.post(f"{at}/reveal"))
    assert "+8613812345617" in page
    assert "张晓明" in page
    assert "13812345617" not in text(client.get(at))
    [entry] = desk.all(AuditEntry, lambda row: row.act == "case.reveal")
    assert entry.object_id == str(case.id)
    assert sign_in("auditor", "HO").post(f"{at}/reveal").status_code == 403


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", "AB"),
        ("?view=mine", ""),
        ("?view=overdue", "A"),
        ("?view=resolved", "C"),
        ("?view=all", "ABC"),
        ("?q=0002", "B"),
        ("?q=9999", ""),
        ("?unit={O2}", "B"),
        ("?unit=nonsense", "AB"),
        ("?view=nonsense&sort=nonsense&cursor=nonsense", "AB"),
        ("?sort=-due", "AB"),
    ],
)
def test_filters_are_kept_in_the_address(desk: Desk, sign_in, clock, query, seen) -> None:
    cases = {"A": desk.case("C1", unit="O1")}
    clock.forward(timedelta(hours=5))
    cases["B"] = desk.case("C2", unit="O2")
    cases["C"] = desk.to_resolved(desk.case("C3", unit="O1"))
    page = text(sign_in("outlet_manager", "B1").get("/portal/cases" + query.format(**desk.sample.units)))
    assert "".join(letter for letter, case in cases.items() if f">{case.number}<" in page) == seen


@pytest.mark.parametrize("sort", ["due", "-due", "number", "-number"])
def test_pages_follow_one_another_without_loss(desk: Desk, sign_in, monkeypatch, sort) -> None:
    numbers = {desk.case(f"C{n}").number for n in range(7)}
    monkeypatch.setattr("scheduler.cases.listing.read_page.__defaults__", (3,))
    client, address, seen = sign_in(*MANAGER), f"/portal/cases?sort={sort}", []
    while address:
        page = text(client.get(address))
        seen += [number for number in numbers if f">{number}<" in page]
        links = re.findall(r'href="([^"]*cursor=[^"]*)"', page)
        address = links[-1] if links else ""
    assert sorted(seen) == sorted(numbers)


def test_the_list_asks_a_fixed_number_of_statements(desk: Desk, sign_in) -> None:
    client, engine = sign_in(*MANAGER), desk.sample.ground.db.engine

    def statements() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        assert client.get("/portal/cases").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    desk.case("C0")
    statements()  # the first of a minute notes that the person was here
    few = statements()
    for n in range(1, 12):
        desk.case(f"C{n}")
    assert statements() == few


def test_my_day_is_on_the_home_page(desk: Desk, sign_in) -> None:
    case = desk.take(desk.case(), Step.ACCEPT)
    assert case.owner_id == desk.sample.user(*MANAGER)
    later = text(sign_in(*MANAGER).get("/portal/"))
    assert "My cases due today" in later
    soon = desk.case("C2")
    desk.take(soon, Step.ASSIGN, owner=str(desk.sample.user(*MANAGER)))
    page = text(sign_in(*MANAGER).get("/portal/"))
    assert soon.number in page


def test_other_systems_read_cases_by_key(desk: Desk, client) -> None:
    case = desk.case()
    with desk.sample.ground.writing() as session:
        session.add(ApiKey(name="BI", prefix="k", key_hash=hashlib.sha256(b"secret").digest(), scopes=["cases.read"], created_at=NOON))
        session.add(ApiKey(name="other", prefix="o", key_hash=hashlib.sha256(b"other").digest(), scopes=["events.write"], created_at=NOON))
    body = client.get("/api/v1/cases?limit=1", headers={"Authorization": "Bearer secret"}).json
    assert [(row["number"], row["unit"], row["score"], row["state"]) for row in body["cases"]] == [(case.number, "O1", 3, "new")]
    assert "customer" not in str(body)
    assert client.get("/api/v1/cases", headers={"Authorization": "Bearer other"}).status_code == 403


def test_an_alert_rule_runs_when_a_second_person_says_so(desk: Desk, sign_in, clock) -> None:
    maker, second = sign_in("administrator", "HO"), sign_in("approver", "HO")
    form = {
        "name_zh": "柜面不满",
        "name_en": "Counter passives",
        "join": "all",
        "field0": "nps",
        "op0": "le",
        "value0": "8",
        "field1": "channel",
        "op1": "eq",
        "value1": "sms",
        "touchpoints": ["counter"],
    }
    assert maker.post("/portal/alert-rules/new", data=form).status_code == 302
    desk.answer("C1", score=8)
    desk.follow_up()
    page = text(second.get("/portal/alert-rules"))
    assert "NPS at most 8 and Channel is SMS" in page
    rule_id = next(row.id for row in desk.all(AlertRule) if row.code != "low_score")
    assert maker.post(f"/portal/alert-rules/{rule_id}/approve").status_code == 409
    assert second.post(f"/portal/alert-rules/{rule_id}/approve").status_code == 302
    clock.forward(timedelta(minutes=2))
    assert desk.case("C2", score=8).rule_id == rule_id
    assert maker.post(f"/portal/alert-rules/{rule_id}/off").status_code == 302
    desk.answer("C3", score=8)
    desk.follow_up()
    assert len(desk.all(Case)) == 1


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name_zh": "x", "name_en": "x"},
        {"name_zh": "x", "name_en": "x", "field0": "nps", "op0": "le", "value0": "six"},
        {"name_zh": "", "name_en": "x", "field0": "nps", "op0": "le", "value0": "6"},
    ],
)
def test_an_alert_rule_that_will_not_do_is_refused(desk: Desk, sign_in, form) -> None:
    assert sign_in("administrator", "HO").post("/portal/alert-rules/new", data=form).status_code == 422
