"""The club's pages through the client: what officers and staff do, and what is refused beside its field."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlmodel import select

from officers.club import activities, jobs, pictures, places
from officers.club.models import Activity
from officers.club.rules import door as doors
from officers.club.store import activities as store
from officers.club.store import places as place_store
from officers.work import photos
from portal.foundation.ids import new_id
from portal.people.rules.roles import Role
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire
from tests.conftest import NOON
from tests.officers.club.world import HOUR, TOPIC, World
from tests.officers.work.world import picture
from tests.scheduler.cases.desk import add_questionnaire

pytestmark = pytest.mark.sqlite_only
FORM = {
    "title": "Open day", "text": "Come", "way": "branch", "address": "Hall", "starts_at": "2026-06-20T10:00", "ends_at": "2026-06-20T12:00",
    "sign_up_until": "2026-06-20T09:00", "capacity": "2", "waiting_most": "2", "early_minutes": "30", "late_minutes": "60",
    "code_kind": "rotating", "pays": "1",
}  # fmt: skip


def test_an_activity_from_the_desk_to_the_points(world: World, enter, sign_in, clock) -> None:
    desk, [ann, bob, cid] = sign_in(Role.OFFICER_MANAGER), world.officers(3)
    form = FORM | {"unit_id": str(world.sample.units["O1"])}
    wrong = desk.post("/portal/officers/activities/new", data=form | {"capacity": "-1", "ends_at": "2026-06-20T09:00", "link": "http://x"})
    assert wrong.status_code == 422
    assert wrong.text.count('aria-invalid="true"') == 3
    assert "Open day" in wrong.text
    made = desk.post("/portal/officers/activities/new", data=form)
    path = made.location
    key = path.rsplit("/", 1)[1]
    reader = enter(ann)
    assert reader.get(f"/officers/activities/{key}").status_code == 404, "a draft"
    assert desk.post(f"{path}/publish").status_code == 302
    assert "Open day" in reader.get("/officers/activities").text
    assert "Open day" in reader.get("/officers/activities/calendar?month=2026-06").text
    assert "Open day" in reader.get("/officers").text
    for one in (ann, bob, cid):
        assert enter(one).post(f"/officers/activities/{key}/sign-up").status_code == 302
    assert "number 1 on the waiting list" in enter(cid).get(f"/officers/activities/{key}").text
    assert enter(ann).post(f"/officers/activities/{key}/give-up").status_code == 302
    assert "You have a seat" in enter(cid).get("/officers/notices").text
    with world.ground.reading() as session:
        door = activities.door(store.by_id(session, key_of(key)))
    clock.at(door.starts_at)
    shown = desk.get(f"{path}/door").text
    code = doors.code(door, door.starts_at)
    assert f"{code[:3]} {code[3:]}" in shown
    assert desk.get(f"{path}/door.svg").mimetype == "image/svg+xml"
    assert enter(cid).post(f"/officers/activities/{key}/check-in", data={"code": "12"}).status_code == 422
    assert enter(cid).post(f"/officers/activities/{key}/check-in", data={"code": code}).status_code == 302
    assert enter(ann).post(f"/officers/activities/{key}/check-in", data={"code": code}).status_code == 409
    assert desk.post(f"{path}/check-in/{bob.id}").status_code == 302
    clock.at(door.starts_at + 3 * HOUR)
    jobs.settle_activities(world.ground, clock.now())
    assert desk.get(path).text.count("Points awarded") == 2
    assert "Points awarded" in desk.get(f"{path}/places.csv").text
    poster = desk.get(f"{path}/poster.pdf")
    assert poster.data.startswith(b"%PDF")
    file = enter(cid).get(f"/officers/activities/{key}/activity.ics").text
    assert "SUMMARY:Open day\r\n" in file


def key_of(text):
    from uuid import UUID

    return UUID(text)


def test_a_called_off_activity_tells_why(world: World, enter, sign_in) -> None:
    activity, [ann] = world.activity(), world.officers(1)
    desk, path = sign_in(Role.OFFICER_MANAGER), f"/portal/officers/activities/{activity.id}"
    enter(ann).post(f"/officers/activities/{activity.id}/sign-up")
    assert desk.post(f"{path}/call-off", data={"reason": " "}).status_code == 422
    assert desk.post(f"{path}/call-off", data={"reason": "Storm"}).status_code == 302
    assert "Storm" in enter(ann).get(f"/officers/activities/{activity.id}").text
    assert "Storm" in enter(ann).get("/officers/notices").text
    assert desk.get(f"{path}/edit").status_code == 200
    assert desk.post(f"{path}/publish").status_code == 302


def test_a_manager_of_another_unit_does_not_know_of_it(world: World, sign_in) -> None:
    activity = world.activity()
    other = sign_in(Role.OUTLET_MANAGER, "O3")
    path = f"/portal/officers/activities/{activity.id}"
    assert [other.get(path + tail).status_code for tail in ("", "/edit", "/door", "/poster.pdf", "/places.csv")] == [404] * 5
    assert "Open day" not in other.get("/portal/officers/activities").text
    assert other.post(f"{path}/call-off", data={"reason": "x"}).status_code == 404


def test_pictures_of_an_activity_are_for_those_who_may_see_it(world: World, enter, sign_in) -> None:
    [ann], [far] = world.officers(1, "O1"), world.officers(1, "O3")
    activity = world.activity(only_unit_id=world.sample.units["O1"])
    with world.ground.writing() as session:
        pictures.keep(session, world.ground.keys, "activity", activity.id, [picture(1)], None, NOON)
    photos.make_waiting(world.ground, NOON)
    with world.ground.reading() as session:
        [key] = pictures.of(session, "activity", activity.id)
    path, desk = f"/officers/club/pictures/{key}/thumb", f"/portal/officers/activities/pictures/{key}/thumb"
    assert enter(ann).get(path).mimetype.startswith("image/")
    assert enter(far).get(path).status_code == 404, "of another unit"
    assert sign_in(Role.OFFICER_MANAGER).get(desk).status_code == 200
    assert sign_in(Role.OUTLET_MANAGER, "O3").get(desk).status_code == 404
    with world.ground.writing() as session:
        session.get(Activity, activity.id).state = "draft"
    assert enter(ann).get(path).status_code == 404, "a draft"
    form = FORM | {"unit_id": str(world.sample.units["O1"]), "only_unit_id": "00000000-0000-4000-8000-000000000000"}
    assert sign_in(Role.OFFICER_MANAGER).post("/portal/officers/activities/new", data=form).status_code == 422


def test_pictures_of_a_post_show_blurred_and_where_their_post_shows(world: World, enter, sign_in) -> None:
    world.topic()
    [ann, bob] = world.officers(2)
    writer, reader, desk = enter(ann), enter(bob), sign_in(Role.MODERATOR)
    form = {"topic": TOPIC, "title": "Queue", "text": "Look"}
    many = {**form, "photos": [(BytesIO(picture(n)), f"{n}.jpg") for n in range(5)]}
    assert writer.post("/officers/club/new", data=many).status_code == 422
    assert writer.post("/officers/club/new", data={**form, "photos": (BytesIO(b"<svg/>"), "x.svg")}).status_code == 422
    made = writer.post("/officers/club/new", data={**form, "photos": (BytesIO(picture(1)), "queue.jpg")})
    assert "/pictures/" not in writer.get(made.location).text, "not before faces and numbers are blurred"
    photos.make_waiting(world.ground, NOON)
    [path] = set(re.findall(r"/officers/club/pictures/[0-9a-f-]+/shown", writer.get(made.location).text))
    assert (writer.get(path).mimetype, reader.get(path).status_code) == ("image/jpeg", 404), "it waits"
    key = made.location.rsplit("/", 1)[1]
    assert re.search(r"/portal/officers/board/pictures/[0-9a-f-]+/", desk.get("/portal/officers/board").text)
    desk.post(f"/portal/officers/board/{key}", data={"act": "approve", "seen": "waiting"})
    assert reader.get(path).status_code == 200
    desk.post(f"/portal/officers/board/{key}", data={"act": "hide", "seen": "shown", "reason": "x"})
    assert [reader.get(path).status_code, writer.get(path).status_code] == [404, 404]


def test_a_post_from_writing_to_moderation(world: World, enter, sign_in) -> None:
    world.topic()
    [ann, bob] = world.officers(2)
    desk, writer, reader = sign_in(Role.MODERATOR), enter(ann), enter(bob)
    wrong = writer.post("/officers/club/new", data={"topic": "none", "title": "", "text": "kept words"})
    assert wrong.status_code == 422
    assert "kept words" in wrong.text
    made = writer.post("/officers/club/new", data={"topic": TOPIC, "title": "Queue", "text": "Too long"})
    assert "Waits for a moderator" in writer.get(made.location).text
    assert reader.get(made.location).status_code == 404
    page = desk.get("/portal/officers/board").text
    assert "First post" in page
    key = made.location.rsplit("/", 1)[1]
    assert desk.post(f"/portal/officers/board/{key}", data={"act": "hide", "seen": "waiting"}).status_code == 422
    assert desk.post(f"/portal/officers/board/{key}", data={"act": "approve", "seen": "waiting"}).status_code == 302
    assert desk.post(f"/portal/officers/board/{key}", data={"act": "hide", "seen": "waiting", "reason": "x"}).status_code == 302
    assert "Queue" in reader.get("/officers/club").text, "the second moderator was too late"
    assert reader.post(f"/officers/club/posts/{key}/like", data={"like": "1"}).status_code == 302
    assert reader.post(f"/officers/club/posts/{key}/comments", data={"text": ""}).status_code == 422
    assert reader.post(f"/officers/club/posts/{key}/report", data={"reason": ""}).status_code == 422
    assert reader.post(f"/officers/club/posts/{key}/report", data={"reason": "rude"}).status_code == 302
    assert "rude" in desk.get("/portal/officers/board").text
    assert reader.post(f"/officers/club/posts/{key}/withdraw").status_code == 404, "only one's own"
    assert writer.post(f"/officers/club/posts/{key}/withdraw").status_code == 302
    assert "You took it back." in writer.get("/officers/club/mine").text
    assert desk.post(f"/portal/officers/board/{key}", data={"act": "approve", "seen": "hidden"}).status_code == 302
    assert "You took it back." in writer.get("/officers/club/mine").text, "nobody else puts it back"
    assert desk.post("/portal/officers/board/words", data={"words": "spam\nscam"}).status_code == 302
    assert desk.post("/portal/officers/board/words", data={"words": ""}).status_code == 422
    assert desk.post("/portal/officers/board/words/drop", data={"word": "spam"}).status_code == 302
    assert desk.post("/portal/officers/board/topics", data={"code": TOPIC, "name_zh": "心", "name_en": "T"}).status_code == 422


def test_articles_badges_streak_and_leaderboard(world: World, enter, sign_in, clock) -> None:
    [ann] = world.officers(1)
    desk, reader = sign_in(Role.OFFICER_MANAGER), enter(ann)
    text = {"kind": "news", "title": "Month", "text": "<p>So <script>alert(1)</script><b>far</b></p>", "must_read": "1", "pinned": "1"}
    assert desk.post("/portal/officers/articles/new", data=text | {"title": ""}).status_code == 422
    path = desk.post("/portal/officers/articles/new", data=text).location
    key = path.rsplit("/", 1)[1]
    assert reader.get(f"/officers/club/articles/{key}").status_code == 404
    desk.post(f"{path}/publish")
    page = reader.get(f"/officers/club/articles/{key}").text
    assert "<b>far</b>" in page
    assert "alert(1)" not in page
    assert "Month" in reader.get("/officers/club").text
    assert reader.post(f"/officers/club/articles/{key}/confirm").status_code == 302
    assert "1 of 1 active officers" in desk.get(path).text
    assert desk.post(f"{path}/edit", data=text | {"title": "Other", "revision": "1"}).status_code == 302
    assert desk.post(f"{path}/edit", data=text | {"title": "Third", "revision": "1"}).status_code == 409
    rule = {"code": "reader", "name_zh": "读者", "name_en": "Reader", "measure": "articles", "least": "1", "icon": "star", "active": "1"}
    assert desk.post("/portal/officers/badges/new", data=rule | {"least": "0", "code": "Ä"}).status_code == 422
    assert desk.post("/portal/officers/badges/new", data=rule).status_code == 302
    assert desk.post("/portal/officers/badges/new", data=rule).status_code == 422
    assert [jobs.award_badges(world.ground, NOON) for _twice in range(2)] == [1, 0]
    assert "A new badge: Reader" in reader.get("/officers/notices").text
    assert "Reader" in reader.get("/officers/club/badges").text
    for _twice in range(2):
        reader.post("/officers/club/look-in")
    assert "1 days in a row" in reader.get("/officers/club").text
    clock.forward(timedelta(days=1))
    reader.post("/officers/club/look-in")
    assert "2 days in a row" in reader.get("/officers/club").text
    for board in ("all", "tier", "unit", "none"):
        assert reader.get(f"/officers/club/leaderboard?board={board}&cursor=x").status_code == 200


def test_the_feedback_survey_is_one_link_for_those_who_came(world: World, enter) -> None:
    activity, [ann] = world.activity(), world.officers(1)
    with world.ground.writing() as session:
        places.sign_up(session, activity.id, ann, NOON)
    assert enter(ann).post(f"/officers/activities/{activity.id}/feedback").status_code == 404
    with world.ground.writing() as session:
        place_store.step(session, activity.id, ann.id, "enrolled", {"state": "checked_in", "checked_in_at": NOON})
    path = f"/officers/activities/{activity.id}/feedback"
    assert enter(ann).post(path).status_code == 404, "no questionnaire was chosen"
    version = new_id()
    with world.ground.writing() as session:
        add_questionnaire(session, world.sample, version)
        paper = session.scalars(select(Questionnaire)).one()
        paper.status, paper.current_version_id = "published", version
        session.get(Activity, activity.id).questionnaire_id = paper.id
    links = {enter(ann).post(path).location for _again in range(2)}
    assert len(links) == 1, "the same link whenever it is asked for"
    with world.ground.reading() as session:
        [invited] = session.scalars(select(Invitation)).all()
    assert (invited.purpose, invited.version_id, invited.customer_id) == ("officer", version, None)
    assert links.pop().startswith(f"{world.ground.settings.effective_public_url}/s/")


def test_the_dashboard_and_its_file(world: World, sign_in) -> None:
    world.officers(2)
    manager = sign_in(Role.OUTLET_MANAGER, "B1").get("/portal/officers/dashboard.csv").text
    assert "Active officers,2" in manager
    assert "Active officers,0" in sign_in(Role.OUTLET_MANAGER, "O3").get("/portal/officers/dashboard.csv").text
    desk = sign_in(Role.OFFICER_MANAGER)
    assert desk.get("/portal/officers/dashboard?from=2026-01-01&to=2026-06-01").status_code == 200
    assert desk.get("/portal/officers/dashboard?from=9999-99-99&to=nonsense").status_code == 200
    assert "Active officers,2" in desk.get("/portal/officers/dashboard.csv").text
    assert "/portal/officers/dashboard" in desk.get("/portal/").text
