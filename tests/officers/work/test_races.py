"""Eight processes at once: one live claim for an officer and task, never more places than there are, one submission, one decision."""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing import get_context
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from officers.points.models import PointEntry
from officers.work import claims, reviewing, submitting
from officers.work.errors import WorkRefused
from officers.work.models import Submission, TaskCell, TaskClaim
from officers.work.review_models import SubmissionReview
from officers.work.reviewing import Reviewer
from officers.work.tasks import CellDraft
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON
from tests.officers.work.world import FINE, WORDS, World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
PROCESSES = 8
CONTEXT = get_context("fork")


def _at_once(ground: Ground, act: Callable[..., None], each: list[tuple[object, ...]]) -> None:
    """Let one process act for each tuple, all released at the same moment."""
    ground.db.close()
    gate = CONTEXT.Barrier(len(each))
    running = [CONTEXT.Process(target=_one, args=(gate, ground, act, arguments)) for arguments in each]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0] * len(each)


def _one(gate: object, ground: Ground, act: Callable[..., None], arguments: tuple[object, ...]) -> None:
    own = replace(ground, db=Database(ground.db.url))
    with closing(own.db):
        gate.wait()  # type: ignore[attr-defined]
        act(own, *arguments)


def _claim(ground: Ground, officer: UUID, task: UUID, times: int) -> None:
    for _ in range(times):
        with suppress(WorkRefused), ground.writing() as session:
            claims.take(session, ground.keys, officer, task, NOON)


def test_one_live_claim_and_no_place_too_many(ground: Ground, sample: Sample) -> None:
    world = World(sample)
    wide, narrow = world.task(CellDraft(cap=50)), world.task(CellDraft(cap=3), title_en="Narrow")
    officers = [world.officer("O1", alias=f"racer {n}") for n in range(PROCESSES)]
    _at_once(ground, _claim, [(officers[0], wide, 3)] * PROCESSES)
    assert [row.task_id for row in world.rows(TaskClaim)] == [wide]
    _at_once(ground, _claim, [(one, narrow, 2) for one in officers])
    assert sorted((row.used, row.cap) for row in world.rows(TaskCell)) == [(1, 50), (3, 3)]
    assert len([row for row in world.rows(TaskClaim) if row.task_id == narrow]) == 3


def _submit(ground: Ground, officer: UUID, claim: UUID) -> None:
    with ground.writing() as session:
        submitting.submit(session, officer, claim, WORDS, NOON)


def _decide(ground: Ground, submission: UUID, reviewer: Reviewer) -> None:
    with suppress(WorkRefused, IntegrityError), ground.writing() as session:
        reviewing.decide(session, submission, FINE, reviewer, NOON)


def test_a_submission_is_handed_in_and_decided_once(ground: Ground, sample: Sample) -> None:
    world = World(sample)
    officer, task = world.officer(), world.task()
    claim = world.claim(officer, task)
    _at_once(ground, _submit, [(officer, claim)] * PROCESSES)
    (submission,) = world.rows(Submission)
    reviewers = [world.reviewer(role) for role in (Role.OFFICER_MANAGER, Role.ADMINISTRATOR)] * (PROCESSES // 2)
    _at_once(ground, _decide, [(submission.id, one) for one in reviewers])
    assert len(world.rows(SubmissionReview)) == 1
    assert len(world.rows(PointEntry)) == 1
