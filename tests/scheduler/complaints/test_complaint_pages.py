"""The pages of complaints: staff's, the customer's own, the library, the settings, and the API."""

import hashlib
import re
from html import unescape
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import select

from portal.people.models import ApiKey
from scheduler.cases.models import Case
from scheduler.complaints.library_models import LibraryEntry
from scheduler.complaints.models import Complaint
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64 + b"vide" + b"\x00" * 100


def text(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def rows(ground, model):
    with ground.reading() as session:
        return session.scalars(select(model)).all()


def test_a_customer_complains_by_link_and_sees_what_concerns_him_alone(sample, sign_in, client) -> None:
    assert client.get("/complain?unit=O1&lang=en").status_code == 200
    empty = client.post("/complain?unit=O1&lang=en", data={"words": "", "wish": "kept words"})
    assert (empty.status_code, "kept words" in text(empty)) == (422, True)
    bad = client.post("/complain?unit=O1&lang=en", data={"words": "x", "files": (BytesIO(b"MZ no"), "a.exe")})
    assert (bad.status_code, "can't be taken" in text(bad)) == (422, True)
    assert rows(sample.ground, Complaint) == []
    data = {
        "words": "The teller was rude.\nI waited an hour.",
        "name": "张晓明",
        "phone": "13812345617",
        "files": (BytesIO(MP4), "clip.mp4"),
    }
    page = text(client.post("/complain?unit=O1&lang=en", data=data))
    token = re.search(r"/complaints/([\w-]+)", page).group(1)
    [complaint], [case] = rows(sample.ground, Complaint), rows(sample.ground, Case)
    assert (case.unit_id, complaint.origin) == (sample.units["O1"], "link")
    manager, at = sign_in("outlet_manager", "O1"), f"/portal/complaints/{case.number}"
    shown = text(manager.get(at))
    assert "13812345617" not in shown
    assert "张晓明" not in shown
    assert "clip.mp4" in shown
    assert "13812345617" in text(manager.post(f"{at}/reveal"))
    file = re.search(r"/files/([0-9a-f-]{36})", shown).group(1)
    video = manager.get(f"{at}/files/{file}")
    assert (video.mimetype, video.data) == ("video/mp4", MP4)
    other = sign_in("outlet_manager", "O3")
    for path, method in (("", "get"), (f"/files/{file}", "get"), ("/accept", "post"), ("/reveal", "post"), ("/letter.pdf", "get")):
        assert getattr(other, method)(at + path).status_code == 404, path
    assert manager.post(f"{at}/accept").status_code == 302
    assert manager.post(f"{at}/decide", data={"outcome": "upheld", "decision": "kept words"}).status_code == 422
    codes = {"channel": "online", "business": "counter", "reason": "attitude"}
    assert manager.post(f"{at}/classify", data=codes).status_code == 302
    extend = manager.post(f"{at}/extend", data={"kind": "complex", "reason": "We look at the camera"})
    assert extend.status_code == 302
    assert (
        manager.post(f"{at}/recuse", data={"user": str(sample.user("case_handler", "O1")), "recusal": "INTERNAL a friend"}).status_code
        == 302
    )
    assert manager.post(f"{at}/decide", data={"outcome": "upheld", "decision": "We apologise.\nThe teller is trained."}).status_code == 302
    mine = text(client.get(f"/complaints/{token}?lang=en"))
    assert "We look at the camera" in mine
    assert "We apologise." in mine
    assert "INTERNAL" not in mine
    letter = client.get(f"/complaints/{token}/letter.pdf?lang=zh-Hans")
    assert (letter.mimetype, letter.data[:5]) == ("application/pdf", b"%PDF-")
    assert client.post(f"/complaints/{token}?lang=en", data={"act": "review", "grounds": ""}).status_code == 422
    assert client.post(f"/complaints/{token}?lang=en", data={"act": "review", "grounds": "Too little"}).status_code == 200
    assert client.post(f"/complaints/{token}?lang=en", data={"act": "withdraw"}).status_code == 409
    assert client.get("/complaints/nothing").status_code == 404
    branch = sign_in("outlet_manager", "B1")
    assert branch.post(f"{at}/review", data={"verdict": "kept", "review_decision": "It stands."}).status_code == 302
    assert "It stands." in text(client.get(f"/complaints/{token}?lang=en"))


def test_staff_take_a_complaint_down_and_the_month_adds_up(sample, sign_in) -> None:
    centre = sign_in("complaint_centre", "HO")
    bad = centre.post("/portal/complaints/new", data={"words": "", "wish": "kept words"})
    assert (bad.status_code, "kept words" in text(bad)) == (422, True)
    data = {"words": "退费迟迟不到账", "origin": "regulator", "regulator_ref": "R-7", "unit_id": str(sample.units["O1"]),
            "channel": "regulator",
            "business": "credit_card", "reason": "pricing", "received_on": "2026-06-11"}  # fmt: skip
    made = centre.post("/portal/complaints/new", data=data)
    assert made.status_code == 302
    assert sign_in("outlet_manager", "O3").post("/portal/complaints/new", data=data).status_code == 404
    assert "Regulator" in text(centre.get("/portal/complaints?view=&business=credit_card"))
    book = load_workbook(BytesIO(centre.get("/portal/complaints/return.xlsx?month=2026-06").data))
    lines = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == "All"]
    assert [row[1:5] for row in lines] == [(1, 0, 0, 1)] * 3
    assert book.worksheets[1].max_row == 2
    empty = load_workbook(BytesIO(centre.get("/portal/complaints/return.xlsx?month=nonsense").data))
    assert empty.worksheets[1].max_row == 1


def test_the_code_list_the_limits_and_the_experts_are_set_here(sample, sign_in) -> None:
    centre = sign_in("complaint_centre", "HO")
    assert "Credit card" in text(centre.get("/portal/case-library/settings"))
    assert centre.post("/portal/case-library/settings/codes", data={"file": (BytesIO(b"no"), "a.xlsx")}).status_code == 422
    book = Workbook()
    book.active.append(["kind", "code", "parent", "name_zh", "name_en", "words", "unit"])
    book.active.append(["business", "gold", "", "贵金属", "Gold", "黄金,gold", "B2"])
    out = BytesIO()
    book.save(out)
    sheet = {"file": (BytesIO(out.getvalue()), "a.xlsx")}
    assert centre.post("/portal/case-library/settings/codes", data=sheet).status_code == 302
    made = centre.post("/portal/complaints/new", data={"words": "My gold bar is too light"})
    assert made.status_code == 302
    [case] = rows(sample.ground, Case)
    assert case.unit_id == sample.units["B2"]
    limits = {"simple_days": "20", "complex_days": "10", "extension_days": "30", "review_within_days": "30", "review_days": "30",
              "alike_days": "30", "day_kind": "working"}  # fmt: skip
    assert centre.post("/portal/case-library/settings/limits", data=limits).status_code == 422
    assert centre.post("/portal/case-library/settings/limits", data={**limits, "complex_days": "40"}).status_code == 302
    expert = str(sample.user("compliance_officer", "HO"))
    assert centre.post("/portal/case-library/settings/experts", data={"user": expert, "topics": "gold"}).status_code == 302
    asked = centre.post(f"{made.location}/expert", data={"expert": expert, "question": "Is it gold?"})
    assert asked.status_code == 302
    officer = sign_in("compliance_officer", "HO")
    opinion = re.search(r"/opinions/([0-9a-f-]{36})", text(officer.get(made.location))).group(1)
    assert centre.post(f"{made.location}/opinions/{opinion}", data={"opinion": "x"}).status_code == 404
    assert officer.post(f"{made.location}/opinions/{opinion}", data={"opinion": "It is."}).status_code == 302


def test_a_library_entry_is_published_by_a_second_person_and_looked_at_again(sample, sign_in) -> None:
    writer, chief = sign_in("outlet_manager", "O1"), sign_in("complaint_centre", "HO")
    assert writer.post("/portal/case-library/new", data={"title": "kept words"}).status_code == 422
    data = {"kind": "playbook", "title": "Card swallowed", "situation": "At night", "handling": "Apologise first",
            "review_on": "2026-12-31",
            "root_cause": "system"}  # fmt: skip
    at = writer.post("/portal/case-library/new", data=data).location
    assert sign_in("designer", "HO").get(at).status_code == 404
    assert writer.post(f"{at}/publish").status_code == 409
    assert chief.post(f"{at}/publish").status_code == 302
    assert "Apologise first" in text(sign_in("designer", "HO").get(at))
    assert chief.post(f"{at}/crown", data={"quarter": "nonsense"}).status_code == 422
    assert chief.post(f"{at}/crown", data={"quarter": "2026-Q2"}).status_code == 302
    assert "Best of 2026-Q2" in text(chief.get("/portal/case-library?view=best&cause=system&q=Card"))
    assert writer.post(f"{at}/look", data={"review_on": "2020-01-01"}).status_code == 422
    assert writer.post(f"{at}/look", data={"review_on": "2027-01-31"}).status_code == 302
    assert chief.post(f"{at}/retire").status_code == 302
    assert [one.state for one in rows(sample.ground, LibraryEntry)] == ["retired"]


def test_programs_send_complaints_once_and_read_them_without_persons(sample, client) -> None:
    with sample.ground.writing() as session:
        digest = hashlib.sha256(b"secret").digest()
        session.add(ApiKey(name="crm", key_hash=digest, prefix="s", scopes=["complaints.write", "complaints.read"], created_at=NOON))
    head = {"Authorization": "Bearer secret"}
    one = {"reference": "A-1", "words": "转账失败", "unit": "O1", "phone": "13812345617", "name": "张晓明"}
    first, again = (client.post("/api/v1/complaints", json=one, headers=head) for _ in range(2))
    assert (first.status_code, again.status_code, first.json["number"]) == (201, 200, again.json["number"])
    assert client.post("/api/v1/complaints", json={**one, "reference": "A-2", "unit": "no"}, headers=head).status_code == 422
    many = {"complaints": [one, {"reference": "A-3", "words": "x"}, {"reference": "A-4"}]}
    told = client.post("/api/v1/complaints", json=many, headers=head).json
    assert (told["received"], told["taken"], told["known"], [bad["reference"] for bad in told["refused"]]) == (3, 1, 1, ["A-4"])
    listed = client.get("/api/v1/complaints?limit=1", headers=head)
    assert listed.json["next_cursor"]
    assert "13812345617" not in text(listed)
    assert client.post("/api/v1/complaints", json=one).status_code == 401
