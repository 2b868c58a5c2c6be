"""The customer's own page of his case, what he is told, his second opinion; files; his past in one query."""

from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from PIL import Image

from portal.people.models import Customer
from scheduler.cases import entries, jobs, links
from scheduler.cases.models import Case, CaseStep
from scheduler.cases.notice_models import CaseTelling, StaffNotice
from scheduler.cases.rules.states import Step
from scheduler.cases.work_models import CaseAttachment, CaseTask
from scheduler.delivery.models import Message
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk

pytestmark = pytest.mark.sqlite_only
SECRET = "内部备注：客户情绪激动"


def text(answer) -> str:
    """A page's text."""
    return unescape(answer.get_data(as_text=True))


def token(desk: Desk, case: Case) -> str:
    """The token of a case's page."""
    with desk.sample.ground.writing() as session:
        return links.token_of(session, desk.sample.ground.keys, case.id, NOON)[0]


def test_the_customers_page_shows_process_and_result_and_nothing_from_inside(desk: Desk, client, clock) -> None:
    case = desk.case(answers={"more": "三次都不合格"}, staff="S07")
    at = f"/c/{token(desk, case)}?lang=en"
    assert client.get("/c/nobody-has-this").status_code == 404
    page = text(client.get(at))
    assert case.number in page
    assert "Counter service" in page
    for step in (Step.ACCEPT, Step.NOTE, Step.CONTACT, Step.WAIT, Step.CONTINUE, Step.ESCALATE):
        desk.take(case, step, note=SECRET)
        clock.forward(timedelta(hours=1))
    with desk.sample.ground.writing() as session:
        held = session.get(Case, case.id)
        entries.add(session, held, "guidance", NOON, note=SECRET)
        entries.title_of("told_inside", lambda _told: SECRET)
        entries.add(session, held, "told_inside", NOON)
        session.add(CaseTask(case_id=case.id, words=SECRET, promised=True, created_at=NOON))
    desk.take(case, Step.RESOLVE, done=SECRET, note=SECRET, result="我们已补发清单，并简化了手续。")
    page = text(client.get(at))
    assert "We spoke with you." in page
    assert "我们已补发清单" in page
    for hidden in (SECRET, "S07", "outlet_manager", "三次都不合格", "process", "Escalated", str(case.id)):
        assert hidden not in page, hidden
    answer = client.get(at)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Result" not in text(client.get(at.replace("lang=en", "lang=zh-Hans")))
    merged = desk.case("C2")
    other = desk.case("C2", unit="O2")
    link = token(desk, merged)
    desk.take(merged, Step.MERGE, desk.above(), into=str(other.id))
    assert other.number in text(client.get(f"/c/{link}"))


def test_a_customer_is_told_once_and_the_message_holds_no_link(desk: Desk) -> None:
    case = desk.case()
    assert [row.what for row in desk.all(CaseTelling)] == ["opened"]
    with desk.sample.ground.writing() as session:
        session.get(Customer, case.customer_id).phone_enc = desk.sample.ground.keys.encrypt("+8613800138000")
    assert [jobs.tell_customers(desk.sample.ground, NOON), jobs.tell_customers(desk.sample.ground, NOON)] == [1, 0]
    [step] = desk.all(CaseStep, lambda row: row.act == "told")
    messages = desk.all(Message)
    assert step.facts["reached"] is bool(messages)
    for message in messages:
        assert message.template == "notice_case_opened"
        assert message.facts["page"]["id"] == str(case.id)
        assert token(desk, case) not in str(message.facts)


def test_a_low_second_opinion_reopens_and_pressure_is_told_to_the_level_above(desk: Desk, sign_in, clock) -> None:
    above = desk.sample.user("outlet_manager", "B1")
    case = desk.to_resolved(desk.case(score=2))
    clock.forward(timedelta(days=2))
    desk.answer(score=10, source="rerate", answers={"asked_to_change": True})
    desk.follow_up()
    case = desk.fresh(case)
    assert (case.state, case.score, case.rerated_score, case.recovered) == ("closed", 2, 10, True)
    assert [one.user_id for one in desk.all(StaffNotice, lambda one: one.facts.get("why") == "pressure")] == [above]
    confided = "somebody asked for another score"
    assert confided in text(sign_in("outlet_manager", "B1").get(f"/portal/cases/{case.number}"))
    assert confided not in text(sign_in("outlet_manager", "O1").get(f"/portal/cases/{case.number}"))
    second = desk.to_resolved(desk.case("C2", score=1))
    clock.forward(timedelta(days=1))
    desk.answer("C2", score=3, source="rerate")
    desk.follow_up()
    second = desk.fresh(second)
    assert (second.state, second.reopened, second.recovered, second.first_resolved_at is None) == ("reopened", 1, False, False)


def test_files_are_sealed_made_anew_and_shown_only_within_the_scope(desk: Desk, sign_in) -> None:
    case, client = desk.case(), sign_in("outlet_manager", "O1")
    at = f"/portal/cases/{case.number}/files"
    picture = BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "JPEG", exif=b"Exif\x00\x00GPS secret")
    assert client.post(at, data={"file": (BytesIO(b"#!/bin/sh"), "run.pdf")}).status_code == 422
    assert client.post(at, data={}).status_code == 422
    assert client.post(at, data={"file": (BytesIO(picture.getvalue()), "../柜台\u202e.jpg")}).status_code == 302
    [row] = desk.all(CaseAttachment)
    assert (row.state, row.media) == ("waiting", "image/jpeg")
    assert client.get(f"{at}/{row.id}").status_code == 404
    assert jobs.make_pictures(desk.sample.ground, NOON) == 1
    shown = client.get(f"{at}/{row.id}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert b"secret" not in shown.data
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "柜台.jpg" in text(client.get(f"/portal/cases/{case.number}"))
    assert sign_in("outlet_manager", "O3").get(f"{at}/{row.id}").status_code == 404
    assert "柜台".encode() not in row.name_enc


def test_an_erased_customers_words_leave_his_cases(desk: Desk) -> None:
    from scheduler.cases import erasing

    case = desk.to_resolved(desk.case())
    token(desk, case)
    with desk.sample.ground.writing() as session:
        assert erasing.export(session, case.customer_id)[0]["number"] == case.number
        assert erasing.erase(session, [case.customer_id], NOON) == 1
    fresh = desk.fresh(case)
    assert (fresh.remedy, fresh.result, fresh.state) == (None, "", "resolved")


def test_the_report_counts_by_unit_and_cause(desk: Desk, sign_in, clock) -> None:
    desk.to_resolved(desk.case("C1", unit="O1"))
    desk.case("C2", unit="O3")
    page = text(sign_in("complaint_centre", "HO").get("/portal/case-report"))
    assert "100 %" in page
    mine = text(sign_in("outlet_manager", "O1").get("/portal/case-report?from=2026-06-01&to=2026-06-30"))
    assert "By root cause" in mine
    assert sign_in("outlet_manager", "O1").get(f"/portal/case-report?unit={desk.sample.units['O3']}").status_code == 404
    assert sign_in("outlet_manager", "O1").get("/portal/case-report?from=x&to=1999-01-01&kind=nothing").status_code == 200
