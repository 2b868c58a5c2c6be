"""Review appeals of officers: within 72 hours, judged by somebody who has not decided on it before."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import roster
from officers.work import settling
from officers.work.errors import WorkRefused
from officers.work.models import Submission
from officers.work.review_models import SubmissionAppeal
from officers.work.reviewing import Decision, Reviewer, held, matter_of, write_look
from officers.work.rules import appealing as rules
from officers.work.rules import reviewing as review_rules
from officers.work.rules.reviewing import Round, Verdict
from officers.work.rules.states import SubmissionState, SubmissionStep
from officers.work.store import claims as claim_store
from officers.work.store import reviews as store
from officers.work.store import tasks as task_store
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound
from scheduler.cases.calendars import calendar_for
from scheduler.cases.store.units import calendars

MOST_TEXT, MOST_ANSWER = 1000, 500


def refusal(session: Session, submission: Submission, now: datetime) -> rules.Refusal | None:
    """Why the officer can't appeal now; None where they may."""
    since = now - rules.WINDOW
    return rules.refuse(
        rejected=submission.state == SubmissionState.REJECTED,
        already=store.appeal(session, submission.id) is not None,
        decided_at=submission.decided_at,
        now=now,
        used=store.appeals_used(session, submission.officer_id, since),
        approvals=store.approvals(session, submission.officer_id, since),
    )


def left(session: Session, officer_id: UUID, now: datetime) -> int:
    """How many appeals an officer has left."""
    since = now - rules.WINDOW
    return max(0, rules.allowance(store.approvals(session, officer_id, since)) - store.appeals_used(session, officer_id, since))


def file(session: Session, officer_id: UUID, submission_id: UUID, words: str, now: datetime) -> SubmissionAppeal:
    """Appeal against a refusal.

    Raises  NotFound, InvalidInput, WorkRefused
    """
    roster.lock(session, officer_id)
    submission = claim_store.locked(session, submission_id)
    if submission is None or submission.officer_id != officer_id:
        raise NotFound
    if why := refusal(session, submission, now):
        raise WorkRefused(why)
    if not 0 < len(words.strip()) <= MOST_TEXT:
        raise InvalidInput({"text": "too_long" if words.strip() else "missing"})
    task = task_store.by_id(session, submission.task_id)
    assert task is not None  # a submission has a task
    calendar = calendars(session, [task.unit_id]).get(task.unit_id, calendar_for(None, None))
    appeal = SubmissionAppeal(
        submission_id=submission.id, officer_id=officer_id, text=words.strip(), filed_at=now, due_at=review_rules.due(now, calendar)
    )
    session.add(appeal)
    settling.move(submission, SubmissionStep.APPEAL)
    session.flush()
    record(session, Actor("officer", str(officer_id)), "submission.appeal", "submission", submission.id, now)
    return appeal


def judge(session: Session, submission_id: UUID, said: Decision, answer: str, judge: Reviewer, now: datetime) -> SubmissionAppeal:
    """Decide on an appeal: approve (with quality and severity) or let the refusal stand.

    Raises  NotFound, InvalidInput, WorkRefused for whoever decided on it before, wrote it, or manages its author
    """
    submission, task = held(session, submission_id, judge, now)
    appeal = store.appeal(session, submission_id)
    if appeal is None or submission.state != SubmissionState.APPEALED:
        raise WorkRefused(review_rules.Refusal.STATE)
    if why := review_rules.refuse_person(matter_of(session, submission, now), judge.user_id):
        raise WorkRefused(why)
    fields = {} if 0 < len(answer.strip()) <= MOST_ANSWER else {"answer": "too_long" if answer.strip() else "missing"}
    won = said.verdict is Verdict.APPROVE
    if won:
        fields |= {name: "missing" for name in ("quality", "severity") if getattr(said, name) not in (1, 2, 3, 4)}
    if fields:
        raise InvalidInput(fields)
    final = said if won else Decision(Verdict.REJECT, reason=submission.reason)
    write_look(session, submission, Round.APPEAL, final, judge, now)
    if won:
        submission.quality, submission.severity, submission.kind = said.quality, said.severity, said.kind
    settling.move(submission, SubmissionStep.OVERTURN if won else SubmissionStep.UPHOLD)
    submission.decided_at = now
    appeal.outcome, appeal.answer, appeal.decided_at = "overturned" if won else "upheld", answer.strip(), now
    session.flush()
    if won:
        settling.pay(session, task, submission, judge.actor, now)
    settling.tell(session, task, submission, "appeal_won" if won else "appeal_lost", now)
    return appeal
