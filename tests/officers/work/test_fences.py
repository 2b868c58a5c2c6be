"""What a review must not cross: units outside one's own, the inspected unit's manager, the verdict before a second look."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import col

from officers.people.models import Officer
from officers.points.models import PointEntry
from officers.work import erasing, photos, reviewing
from officers.work.errors import WorkRefused
from officers.work.models import Submission, Task
from officers.work.review_models import SubmissionReview
from officers.work.tasks import CellDraft
from portal.foundation.ground import Ground
from portal.people.models import UserRole
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON
from tests.officers.work.world import FINE, World, picture

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
FORM = {"kind": "visit", "title_zh": "暗访", "title_en": "A visit", "minutes": "10", "steps": "排队 | Queue", "cell.0.cap": "2"}
TASKS, REVIEWS = "/portal/officers/tasks", "/portal/officers/reviews"


@pytest.fixture
def world(sample: Sample) -> World:
    return World(sample)


def test_places_lie_within_the_editors_units_and_what_is_none_is_said(world: World, sign_in: SignIn, sample: Sample) -> None:
    own, near, whole = {**FORM, "unit_id": str(sample.units["B1"])}, sign_in(Role.OFFICER_MANAGER, "B1"), sign_in(Role.OFFICER_MANAGER)
    for desk, unit in ((near, sample.units["O3"]), (near, uuid4()), (whole, uuid4())):
        refused = desk.post(f"{TASKS}/new", data={**own, "cell.0.unit": str(unit)})
        assert refused.status_code == 422
        assert "Outside the units you are responsible for." in refused.text
    good = {**own, "cell.0.unit": str(sample.units["O1"])}
    wrong = {"unit_id": str(uuid4())}, {"touchpoint": "x" * 61}, {"tier": "nowhere"}, {"opens_at": "0001-01-01T00:00"}
    for changes in wrong:
        assert near.post(f"{TASKS}/new", data={**good, **changes}).status_code == 422
    assert world.rows(Task) == []
    assert near.post(f"{TASKS}/new", data=good).status_code == 302
    (task,) = world.rows(Task)
    assert near.post(f"{TASKS}/{task.id}/edit", data={**good, "revision": "²"}).status_code == 302


def test_who_runs_the_inspected_unit_never_sees_the_visitor_at_the_desk(
    world: World, sign_in: SignIn, sample: Sample, ground: Ground
) -> None:
    task = world.task(CellDraft(unit_id=sample.units["O3"], cap=1), kind="visit", photos_min=1, photos_max=1)
    found = world.hand_in(world.officer("O1", staff=True, alias="Green bamboo"), task, pictures=(picture(),))
    photos.make_waiting(ground, NOON)
    both, page = sample.user(Role.OFFICER_MANAGER, "B2"), f"{REVIEWS}/{found}"
    with ground.writing() as session:
        session.add(UserRole(user_id=both, role=Role.OUTLET_MANAGER.value, unit_id=sample.units["B2"]))
        session.add(UserRole(user_id=both, role=Role.OFFICER_MANAGER.value, unit_id=sample.units["HO"]))
    desk, other = sign_in(Role.OFFICER_MANAGER, "B2"), sign_in(Role.OFFICER_MANAGER)
    assert "Green bamboo" in other.get(REVIEWS).text
    assert "Green bamboo" in other.get(page).text
    assert desk.get(page).status_code == 404
    assert desk.post(f"{page}/take").status_code == 404
    world.decide(found, now=NOON + timedelta(days=9))
    for tab in ("", "done"):
        assert "Green bamboo" not in desk.get(f"{REVIEWS}?tab={tab}").text
    by = reviewing.Reviewer(world.reviewer().actor, both, world.reviewer().scope)
    with pytest.raises(WorkRefused) as told, ground.writing() as session:
        reviewing.revoke(session, found, "Mine", by, NOON + timedelta(days=9))
    assert told.value.code == "review_of_inspected_unit"


def test_a_second_look_is_blind_and_odd_bytes_are_no_error(world: World, sign_in: SignIn, ground: Ground) -> None:
    found = world.hand_in(world.officer(), world.task())
    desk, page = sign_in(Role.OFFICER_MANAGER), f"{REVIEWS}/{found}"
    right = {"verdict": "approve", "quality": "3", "severity": "2", "note": "Fine\x00", "kind": "pain_point\x00"}
    assert desk.post(f"{page}/decide", data={**right, "revision": "²"}).status_code == 302
    assert desk.post(f"{page}/revoke", data={"reason": "\x00"}).status_code == 422
    second, state = sign_in(Role.ADMINISTRATOR), re.compile(r">\s*approved\s*<")
    for address in (page, f"{REVIEWS}?tab=done"):
        assert state.search(second.get(address).text)
    _want_second(ground, found)
    for address in (page, f"{REVIEWS}?tab=second"):
        read = second.get(address).text
        assert "The queue machine" in read
        assert not state.search(read)


def _want_second(ground: Ground, found: UUID) -> None:
    with ground.writing() as session:
        session.execute(update(Submission).where(col(Submission.id) == found).values(second_wanted=True))


def test_who_is_forgotten_leaves_no_words_of_reviewers_behind(world: World, ground: Ground) -> None:
    officer = world.officer("O1")
    found = world.hand_in(officer, world.task())
    world.decide(found, replace(FINE, note="He told me of his mother"))
    with ground.writing() as session:
        reviewing.revoke(session, found, "His own words", world.reviewer(Role.ADMINISTRATOR), NOON + timedelta(hours=2))
        assert erasing.erase(session, [session.get_one(Officer, officer).customer_id], NOON) == 1
    assert [(one.note, str(one.verdict)) for one in world.rows(SubmissionReview)] == [("", "approve")]
    row = world.read(found)
    assert (row.title, row.note, row.question, row.revoke_reason) == ("", "", "", "–")
    assert all("reason" not in one.factors for one in world.rows(PointEntry))
