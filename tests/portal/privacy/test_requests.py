"""Customers ask for their data: on time, after their identity is certain, with a proof; what a law holds is told and shut."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.limits import limiter
from portal.people import consent, consent_store
from portal.people.models import Customer
from portal.people.rules.roles import Role
from portal.privacy import additions, holding, register, replaying, requests, retention
from portal.privacy.models import HeldRecord, LegalHold, Notice, PrivacyRequest, Purpose
from portal.privacy.rules.clocks import end_of_working_day, months_after
from questionnaires.analysis.models import Feedback, Verbatim
from questionnaires.answering.models import Response, Score
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.portal.privacy.links import link_for, version_of

pytestmark = pytest.mark.sqlite_only


def only(sample: Sample) -> PrivacyRequest:
    with sample.ground.reading() as session:
        return session.exec(select(PrivacyRequest)).one()


def sealed(sample: Sample, **texts: str) -> dict[str, bytes]:
    keys = sample.ground.keys
    found = {f"{name}_enc": keys.encrypt(text) for name, text in texts.items()}
    return found | ({"phone_index": keys.blind_index("phone", texts["phone"])} if "phone" in texts else {})


@pytest.mark.parametrize(
    ("at", "months", "then"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-11-22", -24, "2024-11-22"), ("2024-02-29", 12, "2025-02-28"), ("2026-12-05", 1, "2027-01-05")],
)
def test_months_end_with_the_shorter_month(at: str, months: int, then: str) -> None:
    assert months_after(datetime.fromisoformat(at).replace(tzinfo=UTC), months).date().isoformat() == then


def test_the_limit_is_the_end_of_the_fifteenth_working_day() -> None:
    monday = datetime(2026, 6, 15, 4, tzinfo=UTC)
    assert end_of_working_day(monday, 5, lambda day: day.weekday() < 5, UTC) == datetime(2026, 6, 23, tzinfo=UTC)
    due = requests.due_after(monday, "Asia/Shanghai")
    assert (due.isoformat()[:16], due.utcoffset()) == ("2026-07-08T00:00", timedelta(hours=8))  # 19 June is the dragon boat holiday


def test_a_request_without_a_link_waits_until_the_person_is_certain(
    client: FlaskClient, sample: Sample, sign_in: Callable[..., FlaskClient]
) -> None:
    sample.customer("A1", **sealed(sample, name="王小明", phone="+8613800000001"))
    assert client.get("/privacy/request").status_code == 200
    typed = {"kind": "correction", "name": "王小明", "contact": "+8613912345678", "words": ""}
    refused = client.post("/privacy/request", data=typed)
    assert refused.status_code == 422
    assert "+8613912345678" in refused.text
    answer = client.post("/privacy/request", data=typed | {"words": "我的号码变了"})
    assert (answer.status_code, answer.location.startswith("/privacy/requests/")) == (303, True)
    assert client.get(answer.location).status_code == 200
    one, desk = only(sample), sign_in(Role.COMPLIANCE_OFFICER)
    page = f"/portal/privacy/{one.id}"
    shown = desk.get(page).text
    assert "+8613912345678" not in shown
    assert "王小明" not in shown
    assert "+8613912345678" in desk.post(f"{page}/reveal").text
    assert desk.post(f"{page}/do", data={"phone": "+8613912345678"}).status_code == 409
    assert desk.post(f"{page}/identify", data={"how": "call_back", "ref": "nobody"}).status_code == 422
    assert desk.post(f"{page}/identify", data={"how": "call_back", "ref": "A1"}).status_code == 302
    assert desk.post(f"{page}/do", data={"phone": "12"}).status_code == 422
    assert desk.post(f"{page}/do", data={"phone": "+8613912345678", "reply": "已更正"}).status_code == 302
    one = only(sample)
    assert (one.state, one.proof["fields"], one.proof_hash) == ("done", ["phone"], requests.proof_hash(one.proof))
    assert "已更正" in client.get(answer.location).text
    with sample.ground.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.act == "privacy.request_done")).one()
        assert entry.facts == {"proof": one.proof_hash, "late": False}
        assert session.exec(select(AuditEntry.act).where(AuditEntry.act == "privacy_request.reveal")).all() == ["privacy_request.reveal"]
    assert sign_in(Role.OUTLET_MANAGER, "O1").get(page).status_code == 403


def test_a_copy_is_made_and_fetched_by_the_customer_alone(
    client: FlaskClient, sample: Sample, sign_in: Callable[..., FlaskClient], clock: FixedClock
) -> None:
    sample.customer("A1", **sealed(sample, name="王小明"))
    desk = sign_in(Role.COMPLAINT_CENTRE)
    form = {"kind": "copy", "origin": "staff", "name": "王小明", "contact": "w@example.com", "language": "zh-Hans"}
    filed = desk.post("/portal/privacy/new", data=form).text
    path = "/privacy/requests/" + filed.split("/privacy/requests/")[1].split('"')[0].split("<")[0].split()[0]
    one = only(sample)
    assert client.get(f"{path}/copy.json").status_code == 404
    desk.post(f"/portal/privacy/{one.id}/identify", data={"how": "id_card", "ref": "A1"})
    desk.post(f"/portal/privacy/{one.id}/do", data={})
    copy = client.get(f"{path}/copy.json")
    assert copy.headers["Cache-Control"] == "no-store"
    assert json.loads(copy.text)["customer"]["name"] == "王小明"
    clock.at(NOON + timedelta(days=30))
    assert client.get(f"{path}/copy.json").status_code == 404
    assert "copy.json" not in client.get(path).text
    additions.release(sample.ground, clock.now())
    assert only(sample).copy_enc is None
    clock.at(NOON)
    assert client.get("/privacy/requests/wrong").status_code == 404
    branch = sign_in(Role.COMPLAINT_CENTRE, "B1")
    assert branch.post("/portal/privacy/new", data=form).status_code == 200
    with sample.ground.reading() as session:
        assert session.exec(select(PrivacyRequest.unit_id).order_by(PrivacyRequest.number)).all()[1] == sample.units["B1"]
    assert f"/portal/privacy/{one.id}" in desk.get("/portal/privacy?state=over").text
    assert f"/portal/privacy/{one.id}" not in desk.get("/portal/privacy").text


def test_a_link_of_ones_own_is_enough_to_withdraw_and_to_file(sample: Sample, client: FlaskClient) -> None:
    customer = sample.customer("A1")
    token = link_for(sample, customer.id)
    assert 'value="withdraw"' in client.get(f"/s/{token}/data?lang=en").text
    assert client.post(f"/s/{token}/data?lang=en", data={"act": "withdraw"}).status_code == 200
    with sample.ground.reading() as session:
        standing = consent.standing(consent_store.consents_of(session, [customer.id]))
        assert [one.withdrawn_at for one in standing.values()] == [NOON]
    assert client.post(f"/s/{token}/data?lang=en", data={"kind": "deletion"}).status_code == 303
    assert (only(sample).state, only(sample).checked_how, only(sample).customer_id) == ("identified", "link", customer.id)
    assert client.get("/s/unknown/data").status_code == 404
    assert f"/s/{token}/data" in client.get(f"/s/{token}?do=privacy").text


def test_a_link_alone_opens_no_copy_and_its_time_ends(sample: Sample, client: FlaskClient, clock: FixedClock) -> None:
    customer = sample.customer("A1")
    token = link_for(sample, customer.id)
    assert client.post(f"/s/{token}/data", data={"kind": "copy"}).status_code == 303
    assert (only(sample).state, only(sample).checked_how, only(sample).customer_id) == ("received", "", customer.id)
    clock.at(NOON + timedelta(days=400))
    assert client.get(f"/s/{token}/data").status_code == 404


def test_somebody_files_ten_requests_an_hour_and_others_go_on(app: Flask, sample: Sample) -> None:
    app.config["RATELIMIT_ENABLED"] = limiter.enabled = True
    limiter.reset()
    try:
        client, form = app.test_client(), {"kind": "access", "name": "a", "contact": "b"}
        assert [client.post("/privacy/request", data=form).status_code for _n in range(11)] == [303] * 10 + [429]
        assert client.post("/privacy/request", data=form, environ_overrides={"REMOTE_ADDR": "10.0.0.9"}).status_code == 303
    finally:
        limiter.enabled = False
        limiter.reset()


def test_two_people_lay_and_lift_a_hold_and_nothing_is_deleted_meanwhile(
    sample: Sample, sign_in: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    customer = sample.customer("A1")
    one, other = sign_in(Role.COMPLIANCE_OFFICER), sign_in(Role.COMPLAINT_CENTRE)
    assert one.post("/portal/privacy/holds", data={"ref": "A1", "reason": "", "reference": "x"}).status_code == 422
    one.post("/portal/privacy/holds", data={"ref": "A1", "reason": "lawsuit", "reference": "(2026) 1号"})
    with sample.ground.reading() as session:
        hold = session.exec(select(LegalHold)).one()
    at = f"/portal/privacy/holds/{hold.id}"
    assert one.post(f"{at}/lay").status_code == 403
    assert other.post(f"{at}/lay").status_code == 302
    client.post("/privacy/request", data={"kind": "deletion", "name": "a", "contact": "b"})
    request = only(sample)
    one.post(f"/portal/privacy/{request.id}/identify", data={"how": "id_card", "ref": "A1"})
    assert one.post(f"/portal/privacy/{request.id}/do").status_code == 409
    with sample.ground.reading() as session:
        kept = session.get(Customer, customer.id)
        assert kept is not None
        assert kept.ref == "A1"
    other.post(f"{at}/ask_lift")
    assert other.post(f"{at}/lift").status_code == 403
    assert one.post(f"{at}/lift").status_code == 302
    assert one.post(f"/portal/privacy/{request.id}/do").status_code == 302
    with sample.ground.reading() as session:
        assert session.exec(select(HeldRecord)).all() == []
        gone = session.get(Customer, customer.id)
        assert gone is not None
        assert gone.erased_at == NOON
    assert only(sample).name_enc is None


def test_a_notice_is_written_by_one_and_published_by_another(
    sample: Sample, sign_in: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    writer, publisher = sign_in(Role.COMPLIANCE_OFFICER), sign_in(Role.APPROVER)
    assert writer.post("/portal/privacy/notices/new", data={"version": "2026 11"}).status_code == 422
    texts = {
        "version": "2026-11",
        "title_zh": "隐私告知",
        "title_en": "Notice",
        "body_zh": "我们只问服务。",
        "body_en": "We ask about service.",
    }
    answer = writer.post("/portal/privacy/notices/new", data=texts)
    assert answer.status_code == 302
    assert writer.get(answer.location).status_code == 200
    at = answer.location
    writer.post(f"{at}/submit")
    assert writer.post(f"{at}/publish").status_code == 403
    assert publisher.post(f"{at}/publish").status_code == 302
    assert writer.post(at, data=texts).status_code == 409
    assert "We ask about service." in client.get("/privacy/request?lang=en").text
    writer.post("/portal/privacy/purposes", data={"code": "panel", "name_zh": "体验官", "name_en": "Panel", "basis": "contract"})
    with sample.ground.reading() as session:
        assert session.exec(select(Notice.state)).one() == "published"
        assert session.exec(select(Purpose.name_en)).one() == "Panel"


def test_periods_the_register_and_the_assessment(sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    with sample.ground.writing() as session:
        assert register.load_shipped(session, NOON) == 5
        assert register.load_shipped(session, NOON) == 0
    officer = sign_in(Role.COMPLIANCE_OFFICER)
    assert officer.post("/portal/privacy/retention", data={"kind": "complaints", "months": "2"}).status_code == 422
    assert officer.post("/portal/privacy/retention", data={"kind": "complaints", "months": "²"}).status_code == 422
    assert officer.get("/portal/privacy?state=over&cursor=²").status_code == 200
    assert officer.get("/portal/privacy?state=over&cursor=" + "9" * 12).status_code == 200
    assert officer.post("/portal/privacy/retention", data={"kind": "answers", "months": "60"}).status_code == 404
    officer.post("/portal/privacy/retention", data={"kind": "complaints", "months": "120"})
    with sample.ground.reading() as session:
        assert retention.months(session, "complaints") == 120
    for page in ("", "/holds", "/notices", "/notices/new", "/retention", "/register", "/new"):
        assert officer.get(f"/portal/privacy{page}").status_code == 200, page
    text = officer.get("/portal/privacy/assessment.md").text
    assert "120 months" in text
    assert "AES-128-CBC" in text
    assert officer.get("/portal/privacy/register.csv").text.count("\n") >= 6


def test_words_of_requests_go_after_their_period(sample: Sample, client: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
    client.post("/privacy/request", data={"kind": "access", "name": "王小明", "contact": "w@example.com"})
    sign_in(Role.COMPLIANCE_OFFICER).post(f"/portal/privacy/{only(sample).id}/refuse", data={"reason": "not_customer"})
    assert retention.expire(sample.ground, NOON + timedelta(days=1000)) == 0
    assert only(sample).name_enc is not None
    assert retention.expire(sample.ground, NOON + timedelta(days=1120)) == 1
    assert (only(sample).name_enc, only(sample).state) == (None, "refused")


def test_words_of_answers_go_after_the_period_told_to_customers_and_scores_stay(sample: Sample) -> None:
    version = version_of(sample)
    with sample.ground.writing() as session:
        for day in (0, 1, 400):
            at = NOON - timedelta(days=800 - day)
            one = Response(version_id=version.id, started_at=at, submitted_at=at, answers={"nps": 3, "improve": "太慢了"})
            session.add(one)
            session.flush()
            session.add(Score(response_id=one.id, indicator="nps", value=3))
    assert retention.expire(sample.ground, NOON) == 2
    assert retention.expire(sample.ground, NOON) == 0
    with sample.ground.reading() as session:
        answers = session.exec(select(Response.answers).order_by(Response.submitted_at)).all()
        assert answers == [{"nps": 3}, {"nps": 3}, {"nps": 3, "improve": "太慢了"}]
        assert len(session.exec(select(Score)).all()) == 3


def test_under_a_hold_nothing_goes_by_age_or_replay_until_it_is_lifted(sample: Sample, tmp_path: Path) -> None:
    version, ground, old = version_of(sample), sample.ground, NOON - timedelta(days=800)
    people = [sample.customer("A1").id, sample.customer("A2").id]
    hold = held_by_two(sample, people[0])
    second = sample.user(Role.AUDITOR)
    with ground.writing() as session:
        session.add(hold)
        for n, customer_id in enumerate((*people, None)):
            words = {"nps": 3, "improve": "太慢了"}
            one = Response(version_id=version.id, customer_id=customer_id, started_at=old, submitted_at=old, answers=words)
            told = Feedback(channel="app", ref=str(n), customer_id=customer_id, said_at=old, words="慢", received_at=old, taken_by="api")
            session.add_all((one, told))
            session.flush()
            about = {"said_at": old, "day": old.date(), "words": "慢", "source": "response"}
            session.add(Verbatim(response_id=one.id, question="improve", **about))
            session.add(Verbatim(feedback_id=told.id, **about))
    assert retention.expire(ground, NOON) > 0
    assert words_left(sample) == (1, 2, 1)
    listed = tmp_path / "erasures.jsonl"
    refs = [ground.keys.blind_indexes("ref", ref)[0].hex() for ref in ("A1", "A2")]
    listed.write_text("".join(json.dumps({"ref": ref}) + "\n" for ref in refs))
    assert replaying.replay(ground, [listed], (), NOON) == (1, 1)
    with ground.writing() as session:
        hold = session.exec(select(LegalHold)).one()
        holding.decide(session, hold.id, "ask_lift", Actor("user", str(hold.asked_by)), NOON)
        holding.decide(session, hold.id, "lift", Actor("user", str(second)), NOON)
    retention.expire(ground, NOON)
    assert words_left(sample) == (0, 0, 0)


def held_by_two(sample: Sample, customer_id: UUID) -> LegalHold:
    """A hold in force."""
    one, other = sample.user(Role.COMPLIANCE_OFFICER), sample.user(Role.COMPLAINT_CENTRE)
    facts = {"reason": "lawsuit", "reference": "1", "asked_by": one, "asked_at": NOON, "approved_by": other, "approved_at": NOON}
    return LegalHold(customer_id=customer_id, state="in_force", **facts)


def words_left(sample: Sample) -> tuple[int, int, int]:
    """How many answers, verbatims and messages still have words."""
    with sample.ground.reading() as session:
        answers = sum("improve" in one for one in session.exec(select(Response.answers)))
        spoken = sum(bool(one) for one in session.exec(select(Verbatim.words)))
        return answers, spoken, sum(bool(one) for one in session.exec(select(Feedback.words)))
