"""Many cases at once with a second person for closings; a person's own filters, day, notices and deputy."""

from html import unescape

import pytest

from scheduler.cases.checks import check_cases
from scheduler.cases.notice_models import StaffAbsence, StaffNotice
from scheduler.cases.rules.states import Step
from scheduler.cases.work_models import CaseBulk, CaseFilter
from tests.scheduler.cases.desk import Desk

pytestmark = pytest.mark.sqlite_only
MANAGER = ("outlet_manager", "O1")


def text(answer) -> str:
    """A page's text."""
    return unescape(answer.get_data(as_text=True))


def test_a_mass_closing_waits_for_a_second_person(desk: Desk, sign_in) -> None:
    cases = [desk.to_resolved(desk.case(ref)) for ref in ("C1", "C2")]
    still_new, elsewhere = desk.case("C3"), desk.to_resolved(desk.case("C4", unit="O3"), desk.doer("complaint_centre", "HO"))
    mine = sign_in(*MANAGER)
    numbers = [one.number for one in (*cases, still_new, elsewhere)]
    assert mine.post("/portal/cases/bulk", data={"act": "close", "id": numbers, "note": "all settled"}).status_code == 302
    [row] = desk.all(CaseBulk)
    assert (row.state, len(row.case_ids)) == ("waiting", 3)
    assert [desk.fresh(one).state for one in cases] == ["resolved", "resolved"]
    refused = mine.post(f"/portal/cases/bulk/{row.id}/approve")
    assert refused.status_code == 409
    assert "second person" in text(refused)
    above = sign_in("outlet_manager", "B1")
    assert cases[0].number in text(above.get("/portal/cases/bulk"))
    assert above.post(f"/portal/cases/bulk/{row.id}/approve").status_code == 302
    assert [desk.fresh(one).state for one in (*cases, still_new, elsewhere)] == ["closed", "closed", "new", "resolved"]
    [row] = desk.all(CaseBulk)
    assert (row.done, row.refused) == (2, [{"number": still_new.number, "code": "case_step_not_now"}])
    assert above.post(f"/portal/cases/bulk/{row.id}/approve").status_code == 404
    assert check_cases(desk.sample.ground).violations == []


def test_many_cases_are_given_to_one_person_at_once(desk: Desk, sign_in) -> None:
    cases, handler = [desk.case(ref) for ref in ("C1", "C2")], desk.sample.user("case_handler", "O1")
    client = sign_in(*MANAGER)
    page = text(client.get("/portal/cases"))
    assert "data-bulk" in page
    client.post("/portal/cases/bulk", data={"act": "assign", "id": [one.number for one in cases], "owner": str(handler)})
    assert {desk.fresh(one).owner_id for one in cases} == {handler}
    told = desk.all(StaffNotice, lambda one: one.user_id == handler and one.what == "assigned")
    assert len(told) == 2
    assert all(one.urgent for one in told)
    nothing = client.post("/portal/cases/bulk", data={"act": "assign"}, follow_redirects=True)
    assert "Choose at least one case" in text(nothing) or nothing.status_code == 200


def test_a_filter_is_kept_under_a_name(desk: Desk, sign_in) -> None:
    desk.case()
    client = sign_in(*MANAGER)
    client.post("/portal/cases/filters", data={"name": "Late ones", "view": "overdue", "kind": "low_score"})
    [kept] = desk.all(CaseFilter)
    assert kept.query == {"view": "overdue", "kind": "low_score"}
    assert "Late ones" in text(client.get("/portal/cases"))
    other = sign_in("case_handler", "O1")
    assert "Late ones" not in text(other.get("/portal/cases"))
    other.post(f"/portal/cases/filters/{kept.id}/drop")
    assert len(desk.all(CaseFilter)) == 1
    client.post(f"/portal/cases/filters/{kept.id}/drop")
    assert desk.all(CaseFilter) == []


def test_my_day_shows_what_is_mine_and_a_deputy_is_told_in_my_place(desk: Desk, sign_in, clock) -> None:
    handler, manager = desk.sample.user("case_handler", "O1"), desk.sample.user(*MANAGER)
    client = sign_in("case_handler", "O1")
    wrong = client.post("/portal/my-day/away", data={"first": "2026-06-20", "last": "2026-06-19", "deputy": str(manager)})
    assert wrong.status_code == 422
    assert "2026-06-20" in text(wrong)
    assert desk.all(StaffAbsence) == []
    assert client.post("/portal/my-day/away", data={"first": "2026-06-15", "last": "2026-06-16", "deputy": str(manager)}).status_code == 302
    case = desk.take(desk.case(), Step.ASSIGN, owner=str(handler))
    [notice] = desk.all(StaffNotice, lambda one: one.what == "assigned")
    assert (notice.user_id, notice.stands_in_for, notice.case_id) == (manager, handler, case.id)
    client = sign_in(*MANAGER)
    page = text(client.get("/portal/my-day"))
    assert case.number in page
    assert "as deputy" in page
    client.post("/portal/my-day/read")
    assert desk.all(StaffNotice, lambda one: one.user_id == manager and one.read_at is None) == []
