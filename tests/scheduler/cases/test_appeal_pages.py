"""The pages of score appeals: from the list of low scores to the decision, with evidence."""

from html import unescape
from io import BytesIO

import pytest

from questionnaires.metrics import jobs as metric_jobs
from scheduler.cases.appeals_models import ScoreAppeal
from tests.scheduler.cases.desk import Desk

pytestmark = pytest.mark.sqlite_only
PDF = b"%PDF-1.4 a log of the night"


def text(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def test_an_appeal_goes_from_the_outlet_to_the_level_above(desk: Desk, sign_in) -> None:
    desk.answer("C1", score=2, answers={"more": "slow"})
    desk.answer("C2", score=1, unit="O3")
    metric_jobs.roll_up(desk.sample.ground, desk.sample.ground.now())
    manager, judge = sign_in("outlet_manager", "O1"), sign_in("appeal_judge", "B1")
    page = text(manager.get("/portal/appeals/open"))
    assert page.count("/portal/appeals/new/") == 1
    address = page.split('href="/portal/appeals/new/')[1].split('"')[0]
    refused = manager.post(f"/portal/appeals/new/{address}", data={"argument": "kept words", "files": (BytesIO(b"MZ"), "a.exe")})
    assert refused.status_code == 422
    assert "This kind of file" in text(refused)
    empty = manager.post(f"/portal/appeals/new/{address}", data={"argument": "kept words"})
    assert (empty.status_code, "kept words" in text(empty)) == (422, True)
    data = {"reason": "outside_control", "argument": "The core system was down.", "files": (BytesIO(PDF), "log.pdf")}
    made = manager.post(f"/portal/appeals/new/{address}", data=data)
    assert made.status_code == 302
    shown = text(judge.get(made.location))
    assert "The core system was down." in shown
    file = shown.split("/files/")[1].split('"')[0]
    sent = judge.get(f"{made.location}/files/{file}")
    assert (sent.data, sent.headers["Content-Disposition"][:10]) == (PDF, "attachment")
    assert sign_in("outlet_manager", "O3").get(made.location).status_code == 404
    assert sign_in("outlet_manager", "O3").get(f"{made.location}/files/{file}").status_code == 404
    assert manager.post(f"{made.location}/decide", data={"verdict": "upheld", "decision": "x"}).status_code == 403
    assert judge.post(f"{made.location}/decide", data={"verdict": "", "decision": "x"}).status_code == 422
    assert sign_in("appeal_judge", "O1").post(f"{made.location}/decide", data={"verdict": "upheld", "decision": "x"}).status_code == 409
    assert judge.post(f"{made.location}/decide", data={"verdict": "upheld", "decision": "Seen in the log."}).status_code == 302
    assert "Seen in the log." in text(manager.get(made.location))
    assert "Upheld" in text(manager.get("/portal/appeals"))
    assert "Unit O1" in text(sign_in("complaint_centre", "HO").get("/portal/appeals/numbers"))
    assert desk.all(ScoreAppeal)[0].left_out == 1


def test_a_page_is_only_for_those_who_may_see_the_unit(desk: Desk, sign_in) -> None:
    desk.answer("C1", score=2)
    manager = sign_in("outlet_manager", "O1")
    address = text(manager.get("/portal/appeals/open")).split('href="/portal/appeals/new/')[1].split('"')[0]
    other = sign_in("outlet_manager", "O3")
    assert other.get(f"/portal/appeals/new/{address}").status_code == 404
    assert other.post(f"/portal/appeals/new/{address}", data={"reason": "abuse", "argument": "x"}).status_code == 404
    made = manager.post(f"/portal/appeals/new/{address}", data={"reason": "abuse", "argument": "x"}).location
    assert other.post(f"{made}/withdraw").status_code == 404
    assert manager.post(f"{made}/withdraw").status_code == 302
    assert manager.post(f"{made}/withdraw").status_code == 409
