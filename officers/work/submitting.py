"""Handing in: the draft is kept, then everything is checked at once, then the clocks of review begin."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.people import bosses, roster
from officers.points import money
from officers.work import claims, photos, settling, told
from officers.work.errors import WorkRefused
from officers.work.models import Submission, Task, TaskClaim
from officers.work.rules import comparing, reviewing
from officers.work.rules.states import ClaimState, SubmissionState, SubmissionStep, after
from officers.work.store import claims as store
from officers.work.store import tasks as task_store
from portal.audit.trail import Actor, record
from portal.foundation.chance import chance
from portal.foundation.errors import InvalidInput, NotFound
from scheduler.cases.calendars import calendar_for
from scheduler.cases.store.units import calendars

INFO_WITHIN = timedelta(hours=48)
LEAST, MOST_TITLE, MOST_TEXT, MOST_NOTE, MOST_REPLY = 10, 120, 3000, 500, 2000


@dataclass(frozen=True)
class Written:
    """What an officer wrote: a title, words, what came of each step (done, note), scores of a comparison."""

    title: str = ""
    text: str = ""
    steps: tuple[tuple[bool, str], ...] = ()
    scores: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def work_of(session: Session, officer_id: UUID, claim_id: UUID) -> tuple[TaskClaim, Task, Submission]:
    """A claim of this officer with its task and what belongs to it.

    Raises  NotFound
    """
    claim = claims.own(session, officer_id, claim_id)
    task, submission = task_store.by_id(session, claim.task_id), store.submission_of(session, claim.id)
    if task is None or submission is None:
        raise NotFound
    return claim, task, submission


def save(session: Session, officer_id: UUID, claim_id: UUID, written: Written, now: datetime) -> Submission:
    """Keep the draft as it is; nothing need be complete.

    Raises  NotFound, InvalidInput for what is too long, WorkRefused where the time is over
    """
    roster.lock(session, officer_id)
    claim, _task, submission = work_of(session, officer_id, claim_id)
    if claim.state != ClaimState.RESERVED or now >= claim.due_at:
        raise WorkRefused(claims.NOT_YOURS)
    if fields := _too_long(written):
        raise InvalidInput(fields)
    submission.title, submission.text = written.title.strip(), written.text.strip()
    submission.steps = [{"done": done, "note": note.strip()} for done, note in written.steps]
    submission.scores = {dimension: dict(row) for dimension, row in written.scores.items()}
    session.flush()
    return submission


def _too_long(written: Written) -> dict[str, str]:
    fields = {}
    if len(written.title) > MOST_TITLE:
        fields["title"] = "too_long"
    if len(written.text) > MOST_TEXT:
        fields["text"] = "too_long"
    fields |= {f"note.{n}": "too_long" for n, (_done, note) in enumerate(written.steps) if len(note) > MOST_NOTE}
    return fields


def submit(session: Session, officer_id: UUID, claim_id: UUID, written: Written, now: datetime) -> Submission:
    """Hand in; a second time changes nothing and gives what was handed in.

    Raises  NotFound, InvalidInput naming what is missing, WorkRefused where the time is over or the day's cap is reached
    """
    roster.lock(session, officer_id)
    claim, task, submission = work_of(session, officer_id, claim_id)
    if submission.state != SubmissionState.DRAFT:
        return submission
    submission = save(session, officer_id, claim_id, written, now)
    if fields := missing(session, claim, task, submission):
        raise InvalidInput(fields)
    if not money.take_today(session, officer_id, "submissions", 1, now):
        raise WorkRefused("point_day_cap")
    store.move(session, claim.id, ClaimState.SUBMITTED.value, None)
    session.refresh(claim)
    _begin_review(session, task, submission, now)
    record(session, Actor("officer", str(officer_id)), "submission.submit", "submission", submission.id, now)
    number = photos.number(session, photos.owner_of(submission.id))
    if reviewing.by_itself(allowed=task.automatic, photos=number, approved_before=store.approved_before(session, officer_id)):
        settling.approve_by_itself(session, task, submission, now)
    return submission


def missing(session: Session, claim: TaskClaim, task: Task, submission: Submission) -> dict[str, str]:
    """What the task asks for and the submission does not hold, by field."""
    fields = {}
    if not submission.title:
        fields["title"] = "missing"
    if len(submission.text) < LEAST:
        fields["text"] = "too_short" if submission.text else "missing"
    for n in range(len(task.steps)):
        step = submission.steps[n] if n < len(submission.steps) else {"done": False, "note": ""}
        if not step["done"] and not step["note"]:
            fields[f"note.{n}"] = "step_done_or_why_not"
    held = photos.number(session, photos.owner_of(submission.id))
    if held < task.photos_min:
        fields["photos"] = "too_few_photos"
    if claim.invitation_id is not None and claim.invitation_id not in store.answered(session, [claim.invitation_id]):
        fields["questionnaire"] = "questionnaire_not_answered"
    if task.dimensions and any(comparing.OWN not in row or len(row) < 2 for row in _rows(task, submission)):
        fields["scores"] = "compare_with_one"
    return fields


def _rows(task: Task, submission: Submission) -> list[Mapping[str, int]]:
    return [submission.scores.get(one["code"], {}) for one in task.dimensions]


def _begin_review(session: Session, task: Task, submission: Submission, now: datetime) -> None:
    """Start the clocks: review's, and before it the inspected unit's time to comment."""
    inspected = submission.unit_id
    where = inspected or task.unit_id
    calendar = calendars(session, [where]).get(where, calendar_for(None, None))
    goal = after(SubmissionState(submission.state), SubmissionStep.SUBMIT)
    assert goal is not None  # it was a draft
    submission.state, submission.submitted_at = goal.value, now
    if inspected is not None:
        submission.comment_until = reviewing.comment_until(now, calendar)
    start_clock(submission, submission.comment_until or now, where, session)
    submission.second_wanted = reviewing.twice(chance("second-review", submission.id.hex))
    submission.revision += 1
    session.flush()
    if inspected is not None:
        facts = {"task_zh": task.title_zh, "task_en": task.title_en, "url": "/portal/officers/visits"}
        bosses.tell(session, inspected, bosses.VISIT, f"visit:{submission.id.hex}", facts, now)


def start_clock(submission: Submission, start: datetime, where: UUID, session: Session) -> None:
    """Let review's clock run from a moment on."""
    calendar = calendars(session, [where]).get(where, calendar_for(None, None))
    submission.review_from, submission.due_at = start, reviewing.due(start, calendar)
    submission.escalate_at, submission.escalated_at = reviewing.escalated(start, calendar), None


def reply(session: Session, officer_id: UUID, submission_id: UUID, words: str, now: datetime) -> Submission:
    """Answer the reviewer's question, once, within 48 hours; the clock of review begins anew.

    Raises  NotFound, InvalidInput, WorkRefused
    """
    roster.lock(session, officer_id)
    submission = store.locked(session, submission_id)
    if submission is None or submission.officer_id != officer_id:
        raise NotFound
    goal = after(SubmissionState(submission.state), SubmissionStep.REPLY)
    if goal is None or submission.info_due_at is None or now >= submission.info_due_at:
        raise WorkRefused("submission_step_does_not_fit")
    if not 0 < len(words.strip()) <= MOST_REPLY:
        raise InvalidInput({"reply": "too_long" if words.strip() else "missing"})
    task = task_store.by_id(session, submission.task_id)
    assert task is not None  # a submission has a task
    submission.state, submission.reply, submission.replied_at = goal.value, words.strip(), now
    start_clock(submission, now, submission.unit_id or task.unit_id, session)
    submission.revision += 1
    session.flush()
    record(session, Actor("officer", str(officer_id)), "submission.reply", "submission", submission.id, now)
    return submission


def info_over(session: Session, submission_id: UUID, now: datetime) -> bool:
    """Nobody answered in time: the reviewer decides on what is there."""
    found = store.submission(session, submission_id)
    if found is None:
        return False
    roster.lock(session, found.officer_id)
    submission = store.locked(session, submission_id)
    if (
        submission is None
        or submission.state != SubmissionState.NEED_INFO
        or submission.info_due_at is None
        or submission.info_due_at > now
    ):
        return False
    task = task_store.by_id(session, submission.task_id)
    assert task is not None  # a submission has a task
    submission.state = SubmissionState.IN_REVIEW.value
    start_clock(submission, now, submission.unit_id or task.unit_id, session)
    submission.revision += 1
    told.tell(session, submission.officer_id, "info_over", task, now, told.page_of(submission.id))
    return True
