"""Gripe campaigns, contests with a jury, expectation surveys, and awards that two people decide."""

from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy.exc import IntegrityError

from officers.ideas import campaigns
from officers.ideas.campaign_models import ExcellenceAward, IdeaCampaign, Prize
from officers.ideas.campaigns import CampaignRefused, NotOnTheJury
from officers.ideas.rules.contest import rank
from officers.ideas.submitting import IdeaRefused
from officers.points.models import PointEntry
from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_ids
from scheduler.cases.notice_models import StaffNotice
from tests.officers.ideas.world import Ideas

DESK, JURY, AWARDS = "/portal/officers/campaign-desk", "/portal/officers/jury", "/portal/officers/awards"


def text(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def judge(ideas: Ideas, code: str, idea, role: str, *marks: int) -> None:
    with ideas.sample.ground.writing() as session:
        given = {f"c{n}": mark for n, mark in enumerate(marks, 1)}
        campaigns.judge(session, code, idea.id, given, ideas.sample.user(role, "HO"), ideas.now)


def test_a_contest_is_judged_ranked_and_paid_and_no_author_sits_on_the_jury(ideas: Ideas) -> None:
    officer = ideas.officer("case_handler", "O2")
    jury = [ideas.sample.user("analyst", "HO"), ideas.sample.user("designer", "HO")]
    code = ideas.campaign("BEST", "contest", criteria=[("Use", 60), ("Cost", 40)], prizes=[("First", 150), ("Second", 100)], jury=jury)
    with pytest.raises(IdeaRefused, match="on_the_jury"):
        ideas.submit(by=ideas.staff("analyst", "HO"), campaign=code)
    best = ideas.open("The best", ideas.staff("case_handler", "O2"), campaign=code)
    other = ideas.open("The other", ideas.customer("C1"), campaign=code)
    judge(ideas, code, best, "analyst", 9, 8)
    judge(ideas, code, best, "designer", 7, 6)
    judge(ideas, code, other, "analyst", 1, 1)
    judge(ideas, code, other, "analyst", 5, 5)
    with pytest.raises(NotOnTheJury):
        judge(ideas, code, best, "executive", 5, 5)
    with pytest.raises(InvalidInput):
        judge(ideas, code, best, "analyst", 11, 5)
    with pytest.raises(CampaignRefused):
        ideas.move(code, "publish", "too early")
    ideas.move(code, "end")
    with pytest.raises(IdeaRefused, match="campaign_is_over"):
        ideas.submit(campaign=code)
    ideas.move(code, "publish", "The chair won.")
    won = {row.idea_id: (row.place, row.score) for row in ideas.all(Prize)}
    assert won == {best.id: (1, 7.6), other.id: (2, 5.0)}
    assert [(row.officer_id, row.amount) for row in ideas.all(PointEntry)] == [(officer, 150)]
    with pytest.raises(CampaignRefused):
        judge(ideas, code, best, "analyst", 1, 1)


def test_equal_scores_share_a_place_and_unfinished_cards_do_not_count() -> None:
    a, b, c, d, juror = new_ids(5)
    marks = {a: {juror: {"x": 8, "y": 4}}, b: {juror: {"x": 4, "y": 8}}, c: {juror: {"x": 2, "y": 2}}, d: {juror: {"x": 9}}}
    found = {one.idea_id: one.place for one in rank(marks, {"x": 50, "y": 50})}
    assert found == {a: 1, b: 1, c: 3}


def test_an_award_needs_two_others_in_the_service_and_in_the_table(ideas: Ideas) -> None:
    from officers.ideas import excellence
    from officers.ideas.excellence import AwardRefused, Nomination
    from portal.audit.trail import Actor
    from portal.people.rules.roles import EVERYTHING

    who = {role: ideas.sample.user(role, "HO") for role in ("case_handler", "officer_manager", "administrator", "executive")}
    actors = {role: Actor("user", str(user)) for role, user in who.items()}
    new = Nomination("staff", "Kind beyond duty", "He stayed.", ideas.sample.units["O1"], ideas.sample.user("outlet_manager", "O1"))
    with ideas.sample.ground.writing() as session:
        award = excellence.nominate(session, new, actors["officer_manager"], ideas.now)

    def decide(role: str, yes: bool = True, why: str = "") -> ExcellenceAward:
        with ideas.sample.ground.writing() as session:
            return excellence.decide(session, award.id, yes, why, actors[role], EVERYTHING, ideas.now)

    with pytest.raises(AwardRefused):
        decide("officer_manager")  # who nominated
    assert decide("administrator").state == "confirmed"
    with pytest.raises(AwardRefused):
        decide("administrator")  # the same person twice
    with pytest.raises(InvalidInput):
        decide("executive", False)
    assert decide("executive").state == "given"
    assert [row.what for row in ideas.all(StaffNotice)] == ["award_given"]
    with pytest.raises(IntegrityError), ideas.sample.ground.writing() as session:
        session.get(ExcellenceAward, award.id).second_by = who["administrator"]  # type: ignore[union-attr]


@pytest.mark.sqlite_only
def test_pages_of_campaigns_juries_and_awards(ideas: Ideas, sign_in, client) -> None:
    desk, day = sign_in("officer_manager", "HO"), ideas.now.date()
    assert desk.post(f"{DESK}/new", data={"kind": "contest", "code": "?", "criterion": "Use", "weight": "x"}).status_code == 422
    form = {
        "kind": "gripe", "code": "APP-2026", "title": "What annoys you in the app?", "theme": "Say it all", "for_customers": "1",
        "unit_id": str(ideas.sample.units["HO"]), "starts_on": str(day), "ends_on": str(day + timedelta(days=14)),
    }  # fmt: skip
    made = desk.post(f"{DESK}/new", data=form)
    assert made.status_code == 302
    assert desk.post(f"{DESK}/new", data=form).status_code == 422
    assert client.get("/i/?c=APP-2026").status_code == 200
    assert "What annoys you" not in text(client.get("/i/?c=APP-2026"))  # a draft
    assert desk.post(f"{made.location}/publish", data={"result": "x"}).status_code == 409
    assert desk.post(f"{made.location}/open").status_code == 302
    assert "What annoys you" in text(client.get("/i/?c=APP-2026"))
    assert "/i/?c=APP-2026" in desk.get(made.location).text
    assert desk.get(f"{made.location}/poster.png").data.startswith(b"\x89PNG")
    assert client.post("/i/?c=APP-2026", data={"title": "It logs me out", "sure": "1"}).status_code == 200
    staff = sign_in("case_handler", "O1")
    assert staff.get("/portal/officers/campaigns/NOTHING").status_code == 404
    ideas.open("Too many pop-ups", ideas.customer("C2"), campaign="APP-2026")
    page = text(staff.get("/portal/officers/campaigns/APP-2026"))
    assert ("Too many pop-ups" in page, "It logs me out" in page) == (True, False)
    assert "APP-2026" in text(staff.get("/portal/officers/ideas/new?campaign=APP-2026"))
    desk.post(f"{made.location}/end")
    assert desk.post(f"{made.location}/publish", data={"result": ""}).status_code == 422
    desk.post(f"{made.location}/publish", data={"result": "Fewer pop-ups from July on"})
    assert "Fewer pop-ups from July on" in text(staff.get("/portal/officers/campaigns/APP-2026"))
    result = text(client.get("/i/?c=APP-2026"))
    assert ("Fewer pop-ups from July on" in result, "Too many pop-ups" in result, "It logs me out" in result) == (True, True, False)
    ideas.campaign("BEST", "contest", criteria=[("Use", 100)], prizes=[("First", 30)], jury=[ideas.sample.user("case_handler", "O1")])
    entry = ideas.open("An entry", ideas.customer("C3"), campaign="BEST")
    assert "An entry" in text(staff.get(f"{JURY}/BEST"))
    assert desk.get(f"{JURY}/BEST").status_code == 404
    assert staff.post(f"{JURY}/BEST/{entry.id}", data={"m-c1": "12"}).status_code == 422
    assert staff.post(f"{JURY}/BEST/{entry.id}", data={"m-c1": "9"}).status_code == 302
    assert "9" in text(desk.get(f"{DESK}/BEST"))
    assert [row.state for row in ideas.all(IdeaCampaign)] == ["published", "running"]
    unit = str(ideas.sample.units["O1"])
    assert staff.post(f"{AWARDS}/new", data={"kind": "team", "team": "", "unit_id": unit}).status_code == 422
    sent = {"kind": "team", "team": "The counter of O1", "title": "Calm on payday", "reason": "They were.", "unit_id": unit}
    assert staff.post(f"{AWARDS}/new", data=sent).status_code == 302
    [award] = ideas.all(ExcellenceAward)
    assert "Calm on payday" in text(desk.get(f"{AWARDS}?state=nominated"))
    assert "Calm on payday" not in text(staff.get(f"{AWARDS}?state=nominated"))
    assert desk.post(f"{AWARDS}/{award.id}", data={"act": "no", "why_not": ""}).status_code == 422
    assert desk.post(f"{AWARDS}/{award.id}", data={"act": "yes"}).status_code == 302
    assert sign_in("executive", "HO").post(f"{AWARDS}/{award.id}", data={"act": "yes"}).status_code == 302
    assert "Calm on payday" in text(staff.get(AWARDS))
