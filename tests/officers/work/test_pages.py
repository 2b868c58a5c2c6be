"""The pages: a task is written, approved, claimed, handed in with photos, asked about, decided; what is wrong is said beside its field."""

import io
import re
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from officers.work import photos
from officers.work.models import Submission, Task, TaskClaim
from officers.work.tasks import CellDraft
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.officers.work.world import FINE, World, picture

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
FORM = {
    "kind": "usability", "title_zh": "大字版转账", "title_en": "Transfer in large text", "about_zh": "用大字版转一笔账", "minutes": "10",
    "steps": "登录 | Log in\n转账 | Send", "photos_min": "1", "photos_max": "2", "cell.0.cap": "2", "cell.0.city": "上海,杭州",
}  # fmt: skip
WRITTEN = {"title": "Too small", "text": "The button to confirm is cut off in large text.", "done.0": "1", "note.1": "The page was blank"}


@pytest.fixture
def world(sample: Sample) -> World:
    return World(sample)


def _many_pixels(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def test_a_task_is_written_in_a_form_and_approved_by_another(world: World, sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    wrong = designer.post("/portal/officers/tasks/new", data={**FORM, "minutes": "soon", "title_zh": ""})
    assert wrong.status_code == 422
    assert "Transfer in large text" in wrong.text
    for field in (
        {"kind": "visit", "unit_id": str(sample.units["HO"])},
        {"unit_id": ""},
        {"unit_id": str(sample.units["HO"]), "steps": ""},
    ):
        assert designer.post("/portal/officers/tasks/new", data={**FORM, **field}).status_code == 422
    meant = {"audience.device": ["ios", "android"], "cell.0.device": "android", "audience.kind": "customer"}
    made = designer.post("/portal/officers/tasks/new", data={**FORM, **meant, "unit_id": str(sample.units["HO"])})
    assert made.status_code == 302
    page = designer.get(made.location).text
    assert ("iPhone, Android" in page, "Android · 上海, 杭州" in page, "Customer officer" in page) == (True, True, True)
    assert designer.get(f"{made.location}/edit").text.count('value="ios" checked') == 1
    (task,) = world.rows(Task)
    assert task.steps[1] == {"zh": "转账", "en": "Send"}
    form = designer.get(f"/portal/officers/tasks/{task.id}/edit").text
    assert "上海, 杭州" in form
    assert designer.post(f"/portal/officers/tasks/{task.id}/ask").status_code == 302
    assert designer.post(f"/portal/officers/tasks/{task.id}/approval/approve").status_code == 403
    manager = sign_in(Role.OFFICER_MANAGER)
    assert manager.post(f"/portal/officers/tasks/{task.id}/approval/return", data={"reason": ""}).status_code == 422
    assert manager.post(f"/portal/officers/tasks/{task.id}/approval/approve").status_code == 302
    assert "published" in manager.get(f"/portal/officers/tasks/{task.id}").text
    assert "Transfer in large text" in manager.get("/portal/officers/tasks?state=published&kind=usability").text


def test_an_officer_claims_writes_and_hands_in(world: World, sign_in: SignIn, ground: Ground, clock: FixedClock) -> None:
    officer = world.officer("O1", staff=True, city="上海")
    task = world.task(photos_min=1, photos_max=2, about_zh="看看")
    zone = sign_in(Role.CASE_HANDLER, "O1")
    assert "Transfer" in zone.get("/officers/tasks").text
    assert "Claim a place" in zone.get(f"/officers/tasks/{task}").text
    place = zone.post(f"/officers/tasks/{task}/claim").location
    assert zone.post(f"/officers/tasks/{task}/claim").status_code == 409  # a second tap
    missing = zone.post(place, data={"do": "submit", "title": "Too small"})
    assert missing.status_code == 422
    assert "Too small" in missing.text
    for content, name, words in ((_many_pixels(10_000, 6_000), "a.png", "pixel"), (b"\0\0\0\x18ftypheic" + b"\0" * 40, "a.heic", "HEIC")):
        refused = zone.post(place, data={**WRITTEN, "do": "save", "photos": (io.BytesIO(content), name)})
        assert refused.status_code == 422
        assert words.lower() in refused.text.lower()
    kept = zone.post(place, data={**WRITTEN, "do": "save", "photos": (io.BytesIO(picture(1)), "one.jpg")})
    assert kept.status_code == 302
    assert zone.post(place, data={**WRITTEN, "photos": (io.BytesIO(picture(1)), "again.jpg")}).status_code == 422
    assert "being prepared" in zone.get(place).text
    assert photos.make_waiting(ground, NOON) == 1
    shown = re.search(r'src="(/officers/tasks/claims/[^"]+thumb=1)"', zone.get(place).text)
    assert shown is not None
    assert zone.get(shown[1]).data.startswith(b"\xff\xd8")
    done = zone.post(place, data={**WRITTEN, "do": "submit"})
    assert done.status_code == 302
    assert "Nothing for you to do" in zone.get(done.location).text
    assert zone.post(place, data={**WRITTEN, "do": "save"}).status_code == 409
    (submission,) = world.rows(Submission)
    assert (submission.officer_id, submission.state) == (officer, "submitted")
    _asked_and_decided(world, sign_in, zone, submission.id, ground)


def _asked_and_decided(world: World, sign_in: SignIn, zone: FlaskClient, submission: UUID, ground: Ground) -> None:
    desk, page = sign_in(Role.OFFICER_MANAGER), f"/portal/officers/reviews/{submission}"
    assert "Too small" in desk.get("/portal/officers/reviews").text
    assert "no time in the photo" in desk.get(page).text
    assert desk.post(f"{page}/take").status_code == 302
    assert desk.post(f"{page}/decide", data={"verdict": "approve", "quality": "9"}).status_code == 422
    assert desk.post(f"{page}/decide", data={"verdict": "maybe"}).status_code == 422
    asked = desk.post(f"{page}/decide", data={"verdict": "need_info", "reason_ask": "more_photo", "note": "The whole page, please"})
    assert asked.status_code == 302
    own = f"/officers/tasks/submissions/{submission}"
    assert "The whole page, please" in zone.get(own).text
    assert zone.post(f"{own}/reply", data={"reply": ""}).status_code == 422
    answer = {"reply": "Here it is.", "photos": (io.BytesIO(picture(2)), "two.jpg")}
    assert zone.post(f"{own}/reply", data=answer).status_code == 302
    assert photos.make_waiting(ground, NOON) == 1
    assert desk.post(f"{page}/decide", data={"verdict": "approve", "quality": "3", "severity": "2", "revision": "1"}).status_code == 409
    assert desk.post(f"{page}/decide", data={"verdict": "approve", "quality": "3", "severity": "2"}).status_code == 302
    assert "Thank you" in zone.get(own).text
    assert desk.post(f"{page}/decide", data={"verdict": "reject", "reason_reject": "unclear"}).status_code == 409
    tied = desk.post(f"{page}/issue", data={"unit_id": str(world.sample.units["O2"])})
    assert tied.status_code == 302
    assert world.read(submission).issue_id is not None
    assert desk.post(f"{page}/revoke", data={"reason": ""}).status_code == 422
    assert desk.post(f"{page}/revoke", data={"reason": "A copy"}).status_code == 302
    assert "A copy" in zone.get(own).text


def test_whoever_is_not_the_officer_sees_nothing_of_his_work(world: World, sign_in: SignIn) -> None:
    world.officer("O1", staff=True)
    other = world.officer("O2")
    task = world.task()
    claim = world.claim(other, task)
    zone = sign_in(Role.CASE_HANDLER, "O1")
    for address in (f"/officers/tasks/claims/{claim}", f"/officers/tasks/submissions/{claim}"):
        assert zone.get(address).status_code == 404
    assert zone.post(f"/officers/tasks/claims/{claim}/release").status_code == 404
    assert [row.state for row in world.rows(TaskClaim)] == ["reserved"]


def test_an_appeal_goes_its_way_through_the_pages(world: World, sign_in: SignIn, clock: FixedClock) -> None:
    from officers.work.reviewing import Decision
    from officers.work.rules.reviewing import Verdict

    officer = world.officer("O1", staff=True)
    found = world.hand_in(officer, world.task())
    world.decide(found, Decision(Verdict.REJECT, reason="unclear", note="Which page?"))
    clock.forward(timedelta(hours=2))
    zone, judge = sign_in(Role.CASE_HANDLER, "O1"), sign_in(Role.APPEAL_JUDGE)
    own, page = f"/officers/tasks/submissions/{found}", f"/portal/officers/reviews/{found}"
    assert "Which page?" in zone.get(own).text
    assert zone.post(f"{own}/appeal", data={"text": ""}).status_code == 422
    assert zone.post(f"{own}/appeal", data={"text": "The first one."}).status_code == 302
    assert "Too small" not in judge.get("/portal/officers/reviews?tab=appeals").text
    assert sign_in(Role.OFFICER_MANAGER).post(f"{page}/judge", data={"verdict": "reject", "note": "No"}).status_code == 409
    assert judge.post(f"{page}/judge", data={"verdict": "approve", "note": "Yes"}).status_code == 422
    right = {"verdict": "approve", "note": "He is right.", "quality": "2", "severity": "3"}
    assert judge.post(f"{page}/judge", data=right).status_code == 302
    assert "He is right." in zone.get(own).text


def test_the_inspected_unit_reads_and_comments_without_learning_who(world: World, sign_in: SignIn, sample: Sample, ground: Ground) -> None:
    officer = world.officer("O1", staff=True, alias="Green bamboo")
    task = world.task(CellDraft(unit_id=sample.units["O3"], cap=1), kind="visit", photos_min=1, photos_max=1)
    found = world.hand_in(officer, task, pictures=(picture(),))
    photos.make_waiting(ground, NOON)
    unit = sign_in(Role.OUTLET_MANAGER, "O3")
    pages = [unit.get("/portal/officers/visits").text, unit.get(f"/portal/officers/visits/{found}").text]
    for page in pages:
        assert "The queue machine" in page
        for name in ("Green bamboo", str(officer), "Unit O1", "case_handler O1"):
            assert name not in page
    assert unit.get(re.findall(r'src="(/portal/officers/visits/[^"]+)"', pages[1])[0]).status_code == 200
    assert sign_in(Role.OUTLET_MANAGER, "O2").get(f"/portal/officers/visits/{found}").status_code == 404
    assert unit.post(f"/portal/officers/visits/{found}", data={"text": "x" * 1001}).status_code == 422
    assert unit.post(f"/portal/officers/visits/{found}", data={"text": "Repaired at noon."}).status_code == 302
    assert unit.post(f"/portal/officers/visits/{found}", data={"text": "Again"}).status_code == 409
    world.decide(found, FINE, NOON + timedelta(hours=1))
    assert "Repaired at noon." in sign_in(Role.OFFICER_MANAGER).get(f"/portal/officers/reviews/{found}").text
