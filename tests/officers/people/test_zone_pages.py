"""The zone through the client: from the door to the first tier, leave, leaving; who is kept out."""

from datetime import timedelta

import pytest
from sqlmodel import select

from officers.people import learning
from officers.people.models import Officer, OfficerNotice
from portal.people.models import Consent
from portal.people.rules.roles import Role
from tests.officers.people.world import come_in, officer, ticket

pytestmark = pytest.mark.sqlite_only
APPLICATION = {"alias": "Bamboo", "grown": "1", "agreed": "1", "city": "Jiangzhou", "device": "ios", "age_band": "30-44"}


def one(ground, model=Officer):
    with ground.reading() as session:
        return session.scalars(select(model)).one()


def right_answers() -> dict[str, str]:
    return {f"q{place}": str(question.right) for place, question in enumerate(learning.built_in().questions)}


def test_a_customer_applies_is_taken_on_learns_and_begins(client, sample, sign_in, clock) -> None:
    customer = sample.customer("C1", consent=False, language="en")
    client.set_cookie("lang", "en")
    assert "Apply: it takes two minutes" in client.get("/officers/join").text
    assert client.get("/officers").location == "/officers/log-in?next=/officers"
    come_in(client, sample, "C1")
    assert client.get("/officers").location == "/officers/join"
    wrong = client.post("/officers/join", data={"alias": "官方客服"})
    assert wrong.status_code == 422
    assert "18" in wrong.text
    assert "官方客服" in wrong.text
    assert client.post("/officers/join", data=APPLICATION).location == "/officers"
    made = one(sample.ground)
    assert (made.state, made.kind, made.customer_id, made.notice_version, made.language) == (
        "applied",
        "customer",
        customer.id,
        "2026-1",
        "en",
    )
    consent = one(sample.ground, Consent)
    assert (consent.purpose, consent.notice_version) == ("officer", "2026-1")
    assert "Your application is with us" in client.get("/officers").text
    assert client.get("/officers/growth").location == "/officers"
    assert client.post("/officers/leave").status_code == 403
    desk = sign_in(Role.OFFICER_MANAGER)
    assert "Bamboo" in desk.get("/portal/officers/people?state=applied").text
    assert desk.post(f"/portal/officers/people/{made.id}/reject", data={"reason": " "}).status_code == 422
    assert desk.post(f"/portal/officers/people/{made.id}/approve").status_code == 302
    assert "Begin the training" in client.get("/officers").text
    failed = client.post("/officers/training", data={"q0": "0"})
    assert failed.status_code == 422
    assert "Not right" in failed.text
    assert client.post("/officers/training", data=right_answers()).location == "/officers"
    assert one(sample.ground).state == "active"
    home = client.get("/officers").text
    assert "Explorer" in home
    assert "You are taken on" in home
    assert "You are taken on" in client.get("/officers/notices").text
    assert one(sample.ground, OfficerNotice).read_at == clock.now()
    assert "All tiers" in client.get("/officers/growth").text
    shown = desk.get(f"/portal/officers/people/{made.id}").text
    assert "Passed the training" in shown


def test_the_profile_leave_and_leaving(client, sample, clock) -> None:
    made = officer(sample, "Bamboo", customer="C1")
    other = officer(sample, "Willow", customer="C2")
    come_in(client, sample, "C1")
    profile = {"alias": "Pine", "language": "zh-Hans", "channel": "sms", "device": "android", "age_band": "", "city": "海州"}
    assert client.post("/officers/me", data={**profile, "alias": "willow"}).status_code == 422
    assert client.post("/officers/me", data={**profile, "channel": "pigeon"}).status_code == 422
    assert client.post("/officers/me", data=profile).status_code == 302
    assert 'lang="zh-Hans"' in client.get("/officers/me").text
    assert client.post("/officers/leave", data={"back_on": "2020-01-01"}).status_code == 422
    assert client.post("/officers/leave", data={"back_on": "2026-06-20"}).status_code == 302
    assert client.get("/officers").status_code == 200
    assert client.post("/officers/back").status_code == 302
    assert client.post("/officers/quit").location == "/officers/join"
    assert client.get("/officers").location.startswith("/officers/log-in")
    with sample.ground.reading() as session:
        assert session.get(Officer, made.id).state == "retired"
        assert session.get(Officer, other.id).state == "active"
        assert session.scalars(select(Consent).where(Consent.purpose == "officer")).one().withdrawn_at == clock.now()


def test_a_suspended_officer_is_out_at_once_and_is_told_why(client, sample, sign_in, app) -> None:
    made = officer(sample, "Bamboo", customer="C1")
    come_in(client, sample, "C1")
    desk = sign_in(Role.OFFICER_MANAGER)
    assert desk.post(f"/portal/officers/people/{made.id}/suspend", data={"reason": "The same photo three times"}).status_code == 302
    assert client.get("/officers").location.startswith("/officers/log-in")
    assert app.test_client().get(f"/officers/enter?ticket={ticket(sample, 'C1', 'm' * 16)}").status_code == 403
    staff = sign_in(Role.CASE_HANDLER, "O1")
    mine = officer(sample, "Willow", user=(Role.CASE_HANDLER, "O1"))
    assert staff.get("/officers").status_code == 200
    desk.post(f"/portal/officers/people/{mine.id}/suspend", data={"reason": "Sold vouchers"})
    assert staff.get("/officers").location == "/officers/join"
    assert "Sold vouchers" in staff.get("/officers/join").text
    assert staff.post("/officers/join", data=APPLICATION).status_code == 409
    assert staff.post("/officers/leave").status_code == 403


def test_staff_apply_by_their_log_in_and_ask_for_task_hours(sample, sign_in) -> None:
    staff = sign_in(Role.CASE_HANDLER, "O1")
    assert staff.get("/officers").location == "/officers/join"
    assert staff.post("/officers/join", data={"alias": "case_handler O1", "agreed": "1"}).status_code == 422
    assert staff.post("/officers/join", data={"alias": "Willow", "agreed": "1"}).location == "/officers"
    assert staff.post("/officers/join", data={"alias": "Willow2", "agreed": "1"}).status_code == 409
    made = one(sample.ground)
    assert (made.kind, made.unit_id) == ("staff", sample.units["O1"])
    with sample.ground.writing() as session:
        session.get(Officer, made.id).state = "active"
    assert staff.post("/officers/hours", data={"hours": "0"}).status_code == 422
    assert staff.post("/officers/hours", data={"hours": "8"}).status_code == 302
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    assert "Waits for an answer" in manager.get("/portal/officers/hours").text
    assert manager.post(f"/portal/officers/hours/{made.id}", data={"act": "yes", "hours": "x"}).status_code == 422
    assert manager.post(f"/portal/officers/hours/{made.id}", data={"act": "yes", "hours": "8"}).status_code == 302
    assert sign_in(Role.OUTLET_MANAGER, "O3").post(f"/portal/officers/hours/{made.id}", data={"act": "no"}).status_code == 404


def test_the_frame_goes_away_inside_the_app_of_the_bank(client, sample) -> None:
    officer(sample, "Bamboo", customer="C1")
    come_in(client, sample, "C1")
    assert "zone-tabs" in client.get("/officers").text
    inside = client.get("/officers?embed=1").text
    assert "zone-tabs" not in inside
    assert "Where to" in inside
    assert "zone-tabs" not in client.get("/officers/me").text


def test_a_stranger_and_an_officer_of_another_kind_of_day(client, sample, clock) -> None:
    officer(sample, "Bamboo", customer="C1")
    come_in(client, sample, "C1")
    clock.forward(timedelta(hours=12))
    assert client.get("/officers").location.startswith("/officers/log-in")
    assert client.post("/officers/me").status_code == 401
