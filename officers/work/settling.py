"""What follows a verdict: state, award, notice, and what was found to repeat it; claw-back on revocation."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import roster
from officers.people.rules.tiers import Record
from officers.points import awarding, rulebooks
from officers.points.awarding import Award
from officers.work import told
from officers.work.models import Submission, Task
from officers.work.review_models import SubmissionReview
from officers.work.rules.states import ACCEPTED, SubmissionState, SubmissionStep, after
from officers.work.store import claims as store
from officers.work.store import reviews as review_store
from officers.work.store import tasks as task_store
from portal.audit.trail import Actor

LAST = 20
MIDDLE_QUALITY, LIGHTEST = 2, 4


def source_of(submission_id: UUID) -> str:
    """What awards for a submission are filed under."""
    return f"submission:{submission_id}"


def move(submission: Submission, step: SubmissionStep) -> bool:
    """Put a submission into the state that a step leads to; False where it does not fit."""
    goal = after(SubmissionState(submission.state), step)
    if goal is None:
        return False
    submission.state, submission.revision = goal.value, submission.revision + 1
    return True


def approve_by_itself(session: Session, task: Task, submission: Submission, now: datetime) -> None:
    """An approval without a person, where the rules allow one."""
    move(submission, SubmissionStep.APPROVE)
    submission.quality, submission.severity, submission.decided_at = MIDDLE_QUALITY, LIGHTEST, now
    review_store.add(
        session,
        SubmissionReview(submission_id=submission.id, round="first", verdict="approve", quality=MIDDLE_QUALITY, severity=LIGHTEST, at=now),
    )
    session.flush()
    pay(session, task, submission, Actor.system("work"), now)
    tell(session, task, submission, "submission_approved", now)


def pay(session: Session, task: Task, submission: Submission, actor: Actor, now: datetime) -> None:
    """The first part of the award for an accepted submission, and what waited for it: the share of those who saw the same."""
    facts = {"severity": submission.severity, "quality": submission.quality, "task": str(task.id)}
    awarding.award(session, Award(submission.officer_id, "submission", source_of(submission.id), "first", facts, actor=actor), now)
    for one in store.duplicates_of(session, submission.id):
        pay_duplicate(session, one, submission, actor, now)


def pay_duplicate(session: Session, duplicate: Submission, original: Submission, actor: Actor, now: datetime) -> None:
    """A share for whoever saw the same thing, once the original is accepted; the rules say whether and how much."""
    if SubmissionState(original.state) not in ACCEPTED or original.officer_id == duplicate.officer_id:
        return
    facts = {"severity": original.severity, "original": source_of(original.id), "task": str(duplicate.task_id)}
    awarding.award(session, Award(duplicate.officer_id, "duplicate", source_of(duplicate.id), "whole", facts, actor=actor), now)


def tell(session: Session, task: Task, submission: Submission, code: str, now: datetime) -> None:
    """Tell the officer how it stands."""
    days = str(rulebooks.seen(session, now).book.pending_days)
    told.tell(session, submission.officer_id, code, task, now, told.page_of(submission.id), days=days)


def give_place_back(session: Session, submission_id: UUID, now: datetime) -> bool:
    """Give back the place of a submission that was refused for good."""
    submission = store.submission(session, submission_id)
    if submission is None:
        return False
    roster.lock(session, submission.officer_id)
    claim = store.by_id(session, submission.claim_id)
    if claim is None or not store.settle(session, submission.id, now):
        return False
    return task_store.give_place_back(session, claim.cell_id)


def records(session: Session, officer_ids: Iterable[UUID], _now: datetime) -> dict[UUID, Record]:
    """What the growth gates ask of officers' work: the last 20 decided submissions, and the last revocation."""
    wanted = set(officer_ids)
    counted = store.record(session, wanted, LAST)
    revoked = store.fraud(session, wanted)
    return {one: Record(*counted.get(one, (0, 0)), revoked.get(one)) for one in wanted if one in counted or one in revoked}
