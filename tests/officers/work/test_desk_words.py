"""The desk's reasons are edited by whoever answers for the programme; managers of units are told of what waits for them."""

import pytest

from officers.people import hours
from officers.work.review_models import ReviewReason
from officers.work.tasks import CellDraft
from portal.audit.trail import Actor
from portal.people.rules.roles import Role
from scheduler.cases.notice_models import StaffNotice
from tests.conftest import NOON
from tests.officers.work.world import World

pytestmark = pytest.mark.sqlite_only
GOOD = {"name_zh": "照片模糊", "name_en": "The photo is blurred", "advice_zh": "请重拍", "advice_en": "Take it again"}


def test_reasons_are_worded_added_and_retired_but_never_the_last(sample, sign_in) -> None:
    world = World(sample)
    boss, address = sign_in(Role.OFFICER_MANAGER), "/portal/officers/reviews/reasons"
    assert "Photos are missing" in boss.get(address).text
    for change in ({"code": "Not so"}, {"code": "no_proof"}, {"name_zh": ""}, {"advice_en": "x" * 301}, {"for_verdict": "praise"}):
        answer = boss.post(f"{address}/new", data={"code": "blurred", "for_verdict": "reject", **GOOD, **change})
        assert answer.status_code == 422
        assert "Take it again" in answer.text or "advice_en" in change
    assert boss.post(f"{address}/new", data={"code": "blurred", "for_verdict": "reject", **GOOD}).status_code == 302
    assert boss.post(f"{address}/blurred/edit", data={**GOOD, "name_en": "Nothing can be seen"}).status_code == 302
    assert boss.get(f"{address}/blurred/edit").status_code == 200
    assert boss.get(f"{address}/none/edit").status_code == 404
    officer = world.officer()
    found = world.hand_in(officer, world.task())
    assert "Nothing can be seen" in boss.get(f"/portal/officers/reviews/{found}").text
    refusing = [row.code for row in world.rows(ReviewReason) if row.for_verdict == "reject"]
    for code in refusing:
        assert boss.post(f"{address}/{code}/off").status_code == 302
    left = [row.code for row in world.rows(ReviewReason) if row.active and row.for_verdict == "reject"]
    assert left == refusing[-1:], "the last one stays"
    assert boss.post(f"{address}/{refusing[0]}/on").status_code == 302
    moderator = sign_in(Role.MODERATOR)
    assert moderator.get(address).status_code == 200
    assert moderator.post(f"{address}/blurred/off").status_code == 403


def test_managers_of_units_are_told_of_visits_and_of_hours(sample, ground) -> None:
    world = World(sample)
    there, above = sample.user(Role.OUTLET_MANAGER, "O2"), sample.user(Role.OUTLET_MANAGER, "B1")
    visit = world.task(CellDraft(cap=3, unit_id=sample.units["O2"]), kind="visit")
    world.hand_in(world.officer("O3"), visit)
    staff = world.officer("O1", staff=True, hours=False)
    with ground.writing() as session:
        hours.ask(session, staff, 8, Actor.system("test"), NOON, "Asia/Shanghai")
    told = {(row.user_id, row.what) for row in world.rows(StaffNotice)}
    assert told == {(there, "officer_visit"), (above, "officer_hours")}, "the nearest manager, nobody else"
