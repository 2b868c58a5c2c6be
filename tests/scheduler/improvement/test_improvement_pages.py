"""The pages of the register, of meetings and of programmes."""

from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import select

from scheduler.improvement.models import Issue, IssueAction, Meeting, Programme

pytestmark = pytest.mark.sqlite_only


def text(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def rows(ground, model):
    with ground.reading() as session:
        return session.scalars(select(model)).all()


def test_an_issue_from_the_form_to_the_plan(sample, sign_in, clock) -> None:
    client, today = sign_in("outlet_manager", "O1"), clock.now().date()
    unit = str(sample.units["O1"])
    bad = client.post("/portal/issues/new", data={"title": "", "description": "kept words", "unit_id": unit, "case": ""})
    assert (bad.status_code, "kept words" in text(bad)) == (422, True)
    unknown = client.post("/portal/issues/new", data={"title": "A", "kind": "pain_point", "unit_id": unit, "case": "GD-1"})
    assert unknown.status_code == 422
    assert rows(sample.ground, Issue) == []
    made = client.post("/portal/issues/new", data={"title": "Papers asked for twice", "kind": "pain_point", "unit_id": unit})
    at = made.location
    assert client.post(f"{at}/analyse", data={"analysis": ""}).status_code == 422
    assert client.post(f"{at}/analyse", data={"analysis": "Two lists", "revision": "9"}).status_code == 409
    assert client.post(f"{at}/analyse", data={"analysis": "Two lists", "revision": "1"}).status_code == 302
    assert client.post(f"{at}/fix", data={"lasting_measure": "x"}).status_code == 409
    assert client.post(f"{at}/actions", data={"what": "x", "due_on": "nonsense"}).status_code == 422
    data = {"what": "Write one list", "owner": str(sample.user("outlet_manager", "O1")), "due_on": str(today)}
    assert client.post(f"{at}/actions", data=data).status_code == 302
    [action] = rows(sample.ground, IssueAction)
    assert client.post(f"/portal/issues/actions/{action.id}/done").status_code == 302
    page = text(client.get(at))
    assert all(words in page for words in ("Two lists", "Write one list", "Set the plan"))
    assert client.post(f"{at}/verify", data={}).status_code == 404  # an outlet's manager verifies nothing
    other = sign_in("outlet_manager", "O3")
    assert [other.get(at).status_code, other.post(f"{at}/plan", data={}).status_code] == [404, 404]
    assert sign_in("auditor", "HO").get(at).status_code == 200
    for step in ("analyse", "plan", "fix", "verify", "reopen", "decline"):
        assert client.get(f"{at}/{step}").status_code == 200
    assert "Papers asked for twice" in text(client.get("/portal/issues?state=analysed&kind=pain_point&q=Papers"))
    assert "Papers asked for twice" not in text(client.get("/portal/issues?state=open&kind=nuisance&cursor=nonsense"))


def test_a_programme_gathers_issues_and_meetings_on_one_page(sample, sign_in, clock) -> None:
    lead, today = sign_in("analyst", "HO"), clock.now().date()
    unit = str(sample.units["HO"])
    assert lead.post("/portal/improvement/programmes/new", data={"code": "?", "target": "x"}).status_code == 422
    data = {
        "code": "WAIT-26", "name": "Shorter waits", "goal": "Nobody waits longer than ten minutes", "unit_id": unit, "target": "45",
        "owner_id": str(sample.user("analyst", "HO")), "indicator": "nps", "starts_on": str(today - timedelta(days=9)),
        "ends_on": str(today + timedelta(days=80)), "units": [unit],
    }  # fmt: skip
    made = lead.post("/portal/improvement/programmes/new", data=data)
    assert made.status_code == 302
    assert lead.post("/portal/improvement/programmes/new", data=data).status_code == 422
    [programme] = rows(sample.ground, Programme)
    issue = {"title": "Too few counters at noon", "kind": "nuisance", "unit_id": unit, "programme_id": str(programme.id)}
    assert lead.post("/portal/issues/new", data=issue).status_code == 302
    planned = lead.post(
        "/portal/improvement/meetings", data={"title": "June", "held_on": str(today), "unit_id": unit, "programme_id": str(programme.id)}
    )
    assert len(rows(sample.ground, Meeting)) == 1
    [found] = rows(sample.ground, Issue)
    assert "Too few counters" in text(lead.get(planned.location))
    assert lead.post(f"{planned.location}/minutes", data={"minutes": ""}).status_code == 422
    kept = lead.post(f"{planned.location}/minutes", data={"minutes": "We met.", f"decision-{found.id}": "Two more at noon"})
    assert kept.status_code == 302
    assert lead.post(f"{planned.location}/actions", data={"what": "x"}).status_code == 422
    page = text(lead.get(planned.location))
    assert "Two more at noon" in page
    assert "Decided in a meeting" in text(lead.get(f"/portal/issues/{found.number}"))
    assert "Too few counters" in text(lead.get(made.location))
    report = lead.get(f"{made.location}/report.pdf")
    assert (report.mimetype, report.data[:5], report.data.count(b"/Type /Page\n")) == ("application/pdf", b"%PDF-", 1)
    assert lead.post(f"{made.location}/end", data={"conclusion": ""}).status_code == 422
    assert lead.post(f"{made.location}/end", data={"conclusion": "Noon matters."}).status_code == 302
    assert sign_in("outlet_manager", "O3").get(made.location).status_code == 404
