"""Claims, handing in, reviews, appeals: the use cases, and the guards of the database behind them."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from officers.points import balances
from officers.work import appealing, claims, commenting, jobs, reviewing, submitting, tasks
from officers.work.errors import WorkRefused
from officers.work.models import TaskCell, TaskClaim
from officers.work.review_models import SubmissionReview
from officers.work.reviewing import Decision
from officers.work.rules.reviewing import Verdict
from officers.work.rules.states import TaskStep
from officers.work.store import reviews as review_store
from officers.work.tasks import CellDraft
from portal.foundation.db import insert_rows
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people.models import UserRole
from portal.people.rules.roles import EVERYTHING, Role
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.officers.work.world import FINE, WORDS, World, picture

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NO = Decision(Verdict.REJECT, reason="unclear", note="Which outlet?")


@pytest.fixture
def world(sample: Sample) -> World:
    return World(sample)


def _refused(code: str) -> "pytest.RaisesExc[WorkRefused]":
    return pytest.raises(WorkRefused, check=lambda error: error.code == code)


def test_nobody_approves_his_own_task(world: World, ground: Ground) -> None:
    task = world.task(publish=False)
    author, another = world.editor(Role.DESIGNER), world.editor()
    with ground.writing() as session:
        tasks.take_step(session, task, TaskStep.ASK, author, NOON)
    with _refused("task_own_approval"), ground.writing() as session:
        tasks.take_step(session, task, TaskStep.APPROVE, author, NOON)
    with ground.writing() as session:
        tasks.take_step(session, task, TaskStep.RETURN, another, NOON, "Which channel?")
        tasks.take_step(session, task, TaskStep.ASK, author, NOON)
        tasks.take_step(session, task, TaskStep.APPROVE, another, NOON)
    for author_too in ("created_by", "asked_by"):
        with pytest.raises(DBAPIError), ground.writing() as session:
            session.connection().exec_driver_sql(f"UPDATE task SET approved_by = {author_too}")


def test_a_claim_is_one_and_its_place_comes_back(world: World, ground: Ground, clock: FixedClock) -> None:
    task, officer, other = world.task(CellDraft(cap=1)), world.officer("O1"), world.officer("O2")
    claim = world.claim(officer, task)
    with _refused("task_already_claimed"):
        world.claim(officer, task)
    with _refused("task_full"):
        world.claim(other, task)
    with ground.writing() as session:
        assert claims.extend(session, officer, claim, NOON + HOUR).due_at == NOON + timedelta(hours=144)
    with _refused("claim_extended_before"), ground.writing() as session:
        claims.extend(session, officer, claim, NOON + HOUR)
    with ground.writing() as session:
        claims.release(session, officer, claim, NOON + HOUR)
    second = world.claim(other, task, NOON + HOUR)
    assert jobs.expire_claims(ground, NOON + HOUR + timedelta(hours=72)) == 1
    assert jobs.expire_claims(ground, NOON + HOUR + timedelta(hours=72)) == 0
    assert {row.id: row.state for row in world.rows(TaskClaim)} == {claim: "released", second: "expired"}
    assert [row.used for row in world.rows(TaskCell)] == [0]
    with pytest.raises(DBAPIError), ground.writing() as session:
        session.connection().exec_driver_sql("UPDATE task_cell SET used = 2")


@pytest.mark.sqlite_only
def test_whoever_lets_three_places_expire_waits_a_week(world: World, ground: Ground) -> None:
    task, officer = world.task(hours=1), world.officer()
    now = NOON
    for _ in range(3):
        world.claim(officer, task, now)
        now += 2 * HOUR
        jobs.expire_claims(ground, now)
    with _refused("claims_paused"):
        world.claim(officer, task, now)
    assert world.claim(officer, task, now + 7 * DAY)


def test_staff_need_hours_and_never_visit_their_own_place_nor_their_managers(world: World, ground: Ground, sample: Sample) -> None:
    manager = sample.user(Role.OUTLET_MANAGER, "O1")
    with ground.writing() as session:  # he manages O2 as well
        session.add(UserRole(user_id=manager, role="outlet_manager", unit_id=sample.units["O2"]))
    cells = [CellDraft(unit_id=sample.units[code], cap=3) for code in ("O1", "O2", "O3")]
    task = world.task(*cells, kind="visit")
    officer = world.officer("O1", staff=True)
    lazy = world.officer("O3", staff=True, hours=False)
    with _refused("task_hours_not_agreed"):
        world.claim(lazy, task)
    ids = {row.unit_id: row.id for row in world.rows(TaskCell)}
    for code, why in (("O1", "task_at_own_unit"), ("O2", "task_under_own_manager")):
        with _refused(why):
            world.claim(officer, task, cell=ids[sample.units[code]])
        row = {"task_id": task, "cell_id": ids[sample.units[code]], "officer_id": officer, "unit_id": sample.units[code]}
        with pytest.raises(DBAPIError, match="nobody works"), ground.writing() as session:
            insert_rows(session, TaskClaim, [TaskClaim(**row, claimed_at=NOON, due_at=NOON + HOUR).model_dump()])
    claim = world.claim(officer, task)
    assert {row.id: row.unit_id for row in world.rows(TaskClaim)} == {claim: sample.units["O3"]}


def test_work_is_handed_in_asked_about_and_approved_with_points(world: World, ground: Ground) -> None:
    task, officer = world.task(budget=100), world.officer()
    claim = world.claim(officer, task)
    with pytest.raises(InvalidInput) as wrong, ground.writing() as session:
        submitting.submit(session, officer, claim, submitting.Written("", "short", ((True, ""),)), NOON)
    assert wrong.value.fields == {"title": "missing", "text": "too_short", "note.1": "step_done_or_why_not"}
    with ground.writing() as session:
        found = submitting.submit(session, officer, claim, WORDS, NOON).id
        assert submitting.submit(session, officer, claim, WORDS, NOON).id == found  # a second tap
    world.decide(found, Decision(Verdict.NEED_INFO, reason="more_detail", note="Which branch?"))
    assert world.read(found).info_due_at == NOON + HOUR + timedelta(hours=48)
    with ground.writing() as session:
        submitting.reply(session, officer, found, "The one at the river.", NOON + DAY)
    with _refused("review_asked_before"):
        world.decide(found, Decision(Verdict.NEED_INFO, reason="more_detail"), NOON + DAY)
    world.decide(found, FINE, NOON + DAY)
    assert world.read(found).state == "approved"
    with ground.reading() as session:
        held = balances.of(session, officer, NOON + DAY)
    assert held.pending > 0
    with ground.writing() as session:
        reviewing.revoke(session, found, "Copied from another officer", world.reviewer(), NOON + 2 * DAY)
    with ground.reading() as session:
        held = balances.of(session, officer, NOON + 9 * DAY)
    assert (world.read(found).state, held.pending, held.spendable) == ("revoked", 0, 0)


@pytest.mark.sqlite_only
def test_a_question_that_nobody_answers_goes_back_to_the_reviewer(world: World, ground: Ground) -> None:
    found = world.hand_in(officer := world.officer(), world.task())
    world.decide(found, Decision(Verdict.NEED_INFO, reason="more_detail"))
    late = NOON + HOUR + timedelta(hours=48)
    with _refused("submission_step_does_not_fit"), ground.writing() as session:
        submitting.reply(session, officer, found, "Too late", late)
    jobs.move_on(ground, late)
    assert world.read(found).state == "in_review"
    jobs.move_on(ground, late + 10 * DAY)
    assert world.read(found).escalated_at == late + 10 * DAY
    world.decide(found, FINE, late + 10 * DAY)


def test_a_reviewer_is_neither_the_submitter_nor_his_manager_in_service_and_database(world: World, ground: Ground, sample: Sample) -> None:
    officer = world.officer("O1", staff=True)
    found = world.hand_in(officer, world.task())
    own, manager = world.reviewer(Role.CASE_HANDLER, "O1"), world.reviewer(Role.OUTLET_MANAGER, "B1")
    for who, code, words in ((own, "review_own_submission", "own work"), (manager, "review_own_staff", "a manager")):
        with _refused(code):
            world.decide(found, by=who)
        with pytest.raises(DBAPIError, match=words), ground.writing() as session:
            _write(session, found, who.user_id)
    with pytest.raises(DBAPIError, match="a person must look"), ground.writing() as session:
        _write(session, found, None)
    world.decide(found)
    with pytest.raises(DBAPIError), ground.writing() as session:  # nobody decides twice
        _write(session, found, world.reviewer().user_id, "appeal")
    with pytest.raises(DBAPIError, match="append-only"), ground.writing() as session:
        session.connection().exec_driver_sql("UPDATE submission_review SET note = 'x'")


def _write(session: object, submission: UUID, reviewer: UUID | None, turn: str = "first") -> None:
    row = SubmissionReview(submission_id=submission, round=turn, reviewer_id=reviewer, verdict="approve", quality=2, severity=2, at=NOON)
    session.add(row)  # type: ignore[attr-defined]
    session.flush()  # type: ignore[attr-defined]


def test_an_appeal_is_judged_by_another_and_a_lost_place_comes_back(world: World, ground: Ground) -> None:
    task, officer = world.task(), world.officer()
    found = world.hand_in(officer, task)
    world.decide(found, NO)
    with ground.writing() as session:
        appealing.file(session, officer, found, "It is the outlet at the river.", NOON + 72 * HOUR)
    with _refused("review_appeal_already"), ground.writing() as session:
        appealing.file(session, officer, found, "Again", NOON + 72 * HOUR)
    with _refused("review_twice_by_one"), ground.writing() as session:
        appealing.judge(session, found, FINE, "No", world.reviewer(), NOON + 80 * HOUR)
    judge = world.reviewer(Role.ADMINISTRATOR)
    with ground.writing() as session:
        appealing.judge(session, found, FINE, "The officer is right.", judge, NOON + 80 * HOUR)
    assert world.read(found).state == "overturned"
    late = world.hand_in(other := world.officer("O2"), task)
    world.decide(late, NO)
    with _refused("review_appeal_too_late"), ground.writing() as session:
        appealing.file(session, other, late, "Please", NOON + 73 * HOUR)
    assert [row.used for row in world.rows(TaskCell)] == [2]
    jobs.move_on(ground, NOON + 74 * HOUR)
    jobs.move_on(ground, NOON + 74 * HOUR)
    assert [row.used for row in world.rows(TaskCell)] == [1]


@pytest.mark.sqlite_only
def test_a_duplicate_is_paid_a_share_once_the_first_is_accepted(world: World, ground: Ground) -> None:
    task, officers = world.task(), [world.officer("O1"), world.officer("O2")]
    first, second = (world.hand_in(one, task, NOON + n * timedelta(minutes=1)) for n, one in enumerate(officers))
    again = world.hand_in(officers[0], world.task(title_en="Another"), NOON + HOUR)
    with pytest.raises(InvalidInput):
        world.decide(first, Decision(Verdict.DUPLICATE, original=second))  # the other came later
    world.decide(second, Decision(Verdict.DUPLICATE, original=first))
    world.decide(again, Decision(Verdict.DUPLICATE, original=first), NOON + 2 * HOUR)
    with ground.reading() as session:
        assert [balances.of(session, one, NOON + 2 * HOUR).pending for one in officers] == [0, 0]
    world.decide(first, FINE, NOON + 3 * HOUR)
    with ground.reading() as session:
        own, share = (balances.of(session, one, NOON + 3 * HOUR).pending for one in officers)
    assert own > share > 0


@pytest.mark.sqlite_only
def test_the_inspected_unit_speaks_first_and_never_learns_who_was_there(world: World, ground: Ground, sample: Sample) -> None:
    task = world.task(CellDraft(unit_id=sample.units["O3"], cap=2), kind="visit", photos_min=1, photos_max=3)
    found = world.hand_in(world.officer(), task, pictures=(picture(),))
    with _refused("review_unit_may_comment"):
        world.decide(found)
    with _refused("review_of_inspected_unit"):
        world.decide(found, by=world.reviewer(Role.OUTLET_MANAGER, "B2"))
    manager = sample.user(Role.OUTLET_MANAGER, "O3")
    actor = world.reviewer(Role.OUTLET_MANAGER, "O3").actor
    with ground.writing() as session:
        commenting.say(session, found, "The machine was repaired at noon.", EVERYTHING, actor, manager, NOON + HOUR)
    with _refused("unit_comment_given"), ground.writing() as session:
        commenting.say(session, found, "And again", EVERYTHING, actor, manager, NOON + HOUR)
    world.decide(found, now=NOON + 2 * HOUR)


@pytest.mark.sqlite_only
def test_what_needs_no_person_is_approved_by_itself_but_never_the_first(world: World, ground: Ground) -> None:
    officer = world.officer()
    first = world.hand_in(officer, world.task(automatic=True))
    assert world.read(first).state == "submitted"
    world.decide(first)
    second = world.hand_in(officer, world.task(automatic=True), NOON + 2 * HOUR)
    assert world.read(second).state == "approved"
    with pytest.raises(InvalidInput):
        world.task(automatic=True, photos_max=1)


def test_a_second_look_tells_how_well_reviewers_agree(world: World, ground: Ground) -> None:
    found = world.hand_in(world.officer(), world.task())
    world.decide(found)
    with ground.writing() as session:
        row = review_store.select(review_store.Submission)  # the draw is by chance; here it is drawn
        session.scalars(row).one().second_wanted = True
    with _refused("review_twice_by_one"), ground.writing() as session:
        reviewing.look_again(session, found, NO, world.reviewer(), NOON + 2 * HOUR)
    with ground.writing() as session:
        reviewing.look_again(session, found, NO, world.reviewer(Role.ADMINISTRATOR), NOON + 2 * HOUR)
    with ground.reading() as session:
        assert review_store.pairs(session) == [("approve", "reject")]
        assert review_store.counts(session, EVERYTHING, NOON).second == 0
    assert world.read(found).state == "approved"


@pytest.mark.sqlite_only
def test_a_closed_task_takes_no_claim_and_is_settled_when_all_is_decided(world: World, ground: Ground) -> None:
    task = world.task(closes_at=NOON + DAY)
    found = world.hand_in(world.officer(), task)
    jobs.move_on(ground, NOON + DAY)
    with _refused("task_not_open"):
        world.claim(world.officer("O2"), task, NOON + DAY)
    with _refused("task_has_undecided"), ground.writing() as session:
        tasks.take_step(session, task, TaskStep.SETTLE, world.editor(), NOON + DAY)
    world.decide(found, now=NOON + DAY)
    with ground.writing() as session:
        assert tasks.take_step(session, task, TaskStep.SETTLE, world.editor(), NOON + DAY).state == "settled"
        assert session.scalars(select(TaskCell.used)).all() == [1]
