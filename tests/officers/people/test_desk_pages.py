"""The desk of the programme's people through the client: campaigns, training, tiers, panel, groups; scopes."""

import io

import pytest
from sqlmodel import select

from officers.people import learning
from officers.people.door_models import OfficerCampaign
from officers.people.models import Officer
from officers.people.panel_models import OfficerGroup, TierVersion
from officers.people.rules.tiers import DEFAULT
from portal.people.rules.roles import Role
from tests.officers.people.world import come_in, officer

pytestmark = pytest.mark.sqlite_only


def one(ground, model):
    with ground.reading() as session:
        return session.scalars(select(model)).one()


def test_a_campaign_its_poster_its_places_and_its_funnel(sample, sign_in, app) -> None:
    desk = sign_in(Role.OFFICER_MANAGER)
    form = {
        "name_zh": "夏季招募",
        "name_en": "Summer",
        "unit_id": str(sample.units["B1"]),
        "starts_on": "2026-06-01",
        "ends_on": "2026-06-30",
    }
    form |= {"audience": "customer", "quota_unit": str(sample.units["O1"]), "quota_segment": "", "quota_places": "1"}
    wrong = desk.post("/portal/officers/recruitment/new", data={**form, "ends_on": "2026-05-01", "quota_places": "0"})
    assert wrong.status_code == 422
    assert "Summer" in wrong.text
    address = desk.post("/portal/officers/recruitment/new", data=form).location
    made = one(sample.ground, OfficerCampaign)
    assert address.endswith(str(made.id))
    poster = f"/officers/poster/{made.code}"
    assert app.test_client().get(poster).location == "/officers/join"
    assert desk.post(f"{address}/running").status_code == 302
    assert desk.post(f"{address}/running").status_code == 302
    for number in (1, 2):
        sample.customer(f"C{number}")
        browser = app.test_client()
        browser.get(poster)
        come_in(browser, sample, f"C{number}", f"{number}" * 16)
        answer = browser.post("/officers/join", data={"alias": f"Alias {number}", "grown": "1", "agreed": "1"})
        assert answer.status_code == (302 if number == 1 else 409)
    assert one(sample.ground, Officer).campaign_id == made.id
    assert one(sample.ground, OfficerCampaign).seen == 2
    page = desk.get(address).text
    assert "Unit O1" in page
    assert desk.get(f"{address}/poster.svg").mimetype == "image/svg+xml"
    assert desk.get(f"{address}/poster.png?save=1").mimetype == "image/png"
    assert desk.get("/portal/officers/recruitment").status_code == 200
    assert desk.get(f"{address}/edit").status_code == 200
    assert desk.post(f"{address}/edit", data={**form, "name_en": "Summer 2", "quota_places": "2"}).status_code == 302
    assert desk.post(f"{address}/ended").status_code == 302
    assert sign_in(Role.OFFICER_MANAGER, "B2").get(address).status_code == 404
    assert sign_in(Role.AUDITOR).post(f"{address}/ended").status_code == 403


def test_managers_decide_about_their_own_units_only(sample, sign_in) -> None:
    made = officer(sample, "Bamboo", customer="C1", state="applied", why="Queues")
    far = sign_in(Role.OFFICER_MANAGER, "B2")
    assert "Bamboo" not in far.get("/portal/officers/people").text
    assert far.get(f"/portal/officers/people/{made.id}").status_code == 404
    assert far.post(f"/portal/officers/people/{made.id}/approve").status_code == 404
    near = sign_in(Role.OFFICER_MANAGER, "B1")
    assert "Queues" in near.get(f"/portal/officers/people/{made.id}").text
    assert near.post(f"/portal/officers/people/{made.id}/reinstate", follow_redirects=True).status_code == 200
    for address in ("/portal/officers/people?cursor=x|y", "/portal/officers/people?q=bam&kind=customer&state=applied"):
        assert near.get(address).status_code == 200
    assert sign_in(Role.AUDITOR).post(f"/portal/officers/people/{made.id}/approve").status_code == 403


def test_the_training_is_data(sample, sign_in) -> None:
    desk = sign_in(Role.OFFICER_MANAGER)
    assert "as shipped" in desk.get("/portal/officers/training").text
    assert desk.get("/portal/officers/training/edit").status_code == 200
    form = {"title_zh": ["一", ""], "title_en": ["One", ""], "body_zh": ["正文", ""], "body_en": ["Text", ""], "text_zh": ["问", ""]}
    form |= {
        "text_en": ["Ask", ""],
        "options_zh": ["甲\n乙", ""],
        "options_en": ["A", ""],
        "right": ["2", ""],
        "pass_share": "100",
        "tries": "2",
    }
    wrong = desk.post("/portal/officers/training/edit", data=form)
    assert wrong.status_code == 422
    assert "正文" in wrong.text
    assert desk.post("/portal/officers/training/edit", data={**form, "options_en": ["A\nB", ""]}).status_code == 302
    with sample.ground.reading() as session:
        present = learning.present(session)
    assert (present.number, present.course.questions[0].right, present.course.pass_share) == (1, 1, 1)
    assert desk.post("/portal/officers/training/edit", data={"tries": "many"}).status_code == 422


def tier_form(**changes):
    tiers = DEFAULT.model_dump(mode="json")["tiers"]
    form = {name: [str(one[name]) for one in tiers] for name in ("code", "name_zh", "name_en", "threshold", "factor")}
    form |= {"benefits_zh": ["好"] * 4, "benefits_en": ["Good"] * 4, "approved_share": "60", "of_last": "20", "fraud_days": "90"}
    return {**form, "hold_share": "90", "hold_days": "100", "notice_days": "30", **changes}


def test_tiers_are_tried_handed_in_and_put_into_force_by_another(sample, sign_in) -> None:
    officer(sample, "Bamboo", customer="C1", tier="gold")
    desk, second = sign_in(Role.OFFICER_MANAGER), sign_in(Role.EXECUTIVE)
    assert desk.get("/portal/officers/tiers/new").status_code == 200
    trial = desk.post("/portal/officers/tiers/new", data=tier_form(act="simulate"))
    assert "below what keeps their tier" in trial.text
    wrong = desk.post("/portal/officers/tiers/new", data=tier_form(threshold=["0", "500", "400", "x"]))
    assert wrong.status_code == 422
    assert 'value="500"' in wrong.text
    assert desk.post("/portal/officers/tiers/new", data=tier_form(factor=["1", "1", "1", "1.3"])).status_code == 422
    assert desk.post("/portal/officers/tiers/new", data=tier_form(threshold=["0", "500", "1500", "4000"])).status_code == 302
    made = one(sample.ground, TierVersion)
    assert "waits for a second person" in desk.get("/portal/officers/tiers").text
    desk.post(f"/portal/officers/tiers/{made.id}/approve")
    assert one(sample.ground, TierVersion).state == "submitted"
    second.post(f"/portal/officers/tiers/{made.id}/approve")
    assert one(sample.ground, TierVersion).state == "active"
    assert "1,500" in desk.get("/portal/officers/tiers").text


def test_groups_and_the_panel(sample, sign_in) -> None:
    officer(sample, "Bamboo", customer="C1", device="ios")
    desk = sign_in(Role.OFFICER_MANAGER)
    assert desk.post("/portal/officers/panel", data={"target": "0"}).status_code == 422
    assert desk.post("/portal/officers/panel", data={"target": "5", "device": "ios"}).status_code == 302
    assert "1 of 5" in desk.get("/portal/officers/panel").text
    assert desk.post("/portal/officers/groups", data={"code": "Pilot!", "name": ""}).status_code == 422
    rows = {"code": "ios", "name": "I", "kind": "conditions", "join": "all", "op0": "in"}
    for wrong in ({"field0": "salary", "value0": "1"}, {"field0": "device", "value0": "Nokia"}, {"field0": "device", "value0": ""}, {}):
        page = desk.post("/portal/officers/groups", data={**rows, **wrong})
        assert page.status_code == 422
        assert wrong.get("value0", "") in page.text
    address = desk.post("/portal/officers/groups", data={"code": "pilot", "name": "Pilot"}).location
    assert desk.post(f"{address}/add", data={"alias": "nobody"}).status_code == 422
    assert desk.post(f"{address}/add", data={"alias": "bamboo"}).status_code == 302
    file = {"file": (io.BytesIO(b"alias\nBamboo\nWho\n"), "a.csv")}
    read = desk.post(f"{address}/file", data=file, content_type="multipart/form-data").text
    assert "Line 3" in read
    assert desk.post(f"{address}/file", data={"file": (io.BytesIO(b"x\n"), "a.csv")}, content_type="multipart/form-data").status_code == 422
    made = one(sample.ground, Officer)
    assert desk.post(f"{address}/out/{made.id}").status_code == 302
    chosen = desk.post("/portal/officers/groups", data={**rows, "field0": "device", "value0": "iPhone, android"}).location
    page = desk.get(chosen).text
    assert "Bamboo" in page
    assert "iPhone, Android" in page
    assert desk.post(f"{address}/conditions", data={"field0": "device", "op0": "eq", "value0": "Android"}).status_code == 404
    assert desk.post(f"{chosen}/conditions", data={"field0": "device", "op0": "eq"}).status_code == 422
    assert desk.post(f"{chosen}/conditions", data={"field0": "device", "op0": "eq", "value0": "Android"}).status_code == 302
    assert "Bamboo" not in desk.get(chosen).text
    assert desk.get("/portal/officers/groups").status_code == 200
    assert desk.post(f"{address}/drop").status_code == 302
    assert one(sample.ground, OfficerGroup).code == "ios"


def test_what_is_the_whole_banks_is_read_only_in_a_branch(sample, sign_in) -> None:
    officer(sample, "Bamboo", customer="C1", unit="O1")
    officer(sample, "Far lotus", customer="C3", unit="O3")
    whole, branch = sign_in(Role.OFFICER_MANAGER), sign_in(Role.OFFICER_MANAGER, "B1")
    address = whole.post("/portal/officers/groups", data={"code": "pilot", "name": "Pilot"}).location
    for alias in ("Bamboo", "Far lotus"):
        assert whole.post(f"{address}/add", data={"alias": alias}).status_code == 302
    page = branch.get(address).text
    assert "Bamboo" in page
    assert "Far lotus" not in page
    assert "Put in" not in page
    whole.post("/portal/officers/tiers/new", data=tier_form())
    made = one(sample.ground, TierVersion)
    acts = ("panel", "groups", "tiers/new", "training/edit", f"tiers/{made.id}/approve", f"tiers/{made.id}/withdraw")
    for act in (*(f"/portal/officers/{name}" for name in acts), f"{address}/add", f"{address}/drop"):
        assert branch.post(act).status_code == 403, act
    for name in ("panel", "groups", "tiers", "training"):
        assert branch.get(f"/portal/officers/{name}").status_code == 200
    assert one(sample.ground, TierVersion).state == "submitted"
