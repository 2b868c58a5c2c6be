"""Reviews: who may decide is asked here and once more by the database."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import roster
from officers.points import awarding
from officers.work import settling
from officers.work.errors import WorkChanged, WorkRefused
from officers.work.models import CLASSES, Submission, Task
from officers.work.review_models import SubmissionReview
from officers.work.rules import reviewing as rules
from officers.work.rules.reviewing import Matter, Refusal, Round, Verdict
from officers.work.rules.states import ACCEPTED, WAITING, SubmissionState, SubmissionStep
from officers.work.store import claims as claim_store
from officers.work.store import reviews as store
from officers.work.store import tasks as task_store
from officers.work.submitting import INFO_WITHIN
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope

OBJECT, MOST_NOTE = "submission", 500
STEPS = {Verdict.APPROVE: SubmissionStep.APPROVE, Verdict.REJECT: SubmissionStep.REJECT, Verdict.DUPLICATE: SubmissionStep.DUPLICATE}
TOLD = {
    Verdict.APPROVE: "submission_approved",
    Verdict.REJECT: "submission_rejected",
    Verdict.DUPLICATE: "submission_duplicate",
}


@dataclass(frozen=True)
class Reviewer:
    """Who decides, and for the tasks of which units."""

    actor: Actor
    user_id: UUID
    scope: Scope


@dataclass(frozen=True)
class Decision:
    """What a reviewer says; of an approval quality and severity (1 the heaviest), of a refusal the reason's code."""

    verdict: Verdict
    quality: int | None = None
    severity: int | None = None
    kind: str | None = None
    reason: str = ""
    note: str = ""
    original: UUID | None = None


def matter_of(session: Session, submission: Submission, now: datetime) -> Matter:
    """A submission as the rules about persons see it."""
    officer = roster.find(session, submission.officer_id)
    assert officer is not None  # a submission has an officer
    managers = roster.manager_of(session, officer, now) if officer.kind == "staff" else set()
    inspected = submission.unit_id
    of_unit = task_store.managers_above(session, [inspected], now)[inspected] if inspected else frozenset()
    looks = store.of_submission(session, submission.id)
    deciders = {one.reviewer_id for one in looks if one.reviewer_id is not None and one.verdict != Verdict.NEED_INFO}
    said = store.comment(session, submission.id) is not None
    return Matter(officer.user_id, frozenset(managers), frozenset(deciders), of_unit, submission.comment_until, said)


def may_decide(session: Session, submission: Submission, user_id: UUID, now: datetime) -> Refusal | None:
    """Why this person may not decide on a submission now; None where they may."""
    matter = matter_of(session, submission, now)
    if refusal := rules.refuse_person(matter, user_id):
        return refusal
    return rules.refuse_yet(matter, now) if SubmissionState(submission.state) in WAITING else None


def held(session: Session, submission_id: UUID, reviewer: Reviewer, now: datetime, original: UUID | None = None) -> tuple[Submission, Task]:
    """A submission nobody else decides meanwhile; the officer's lock is taken first, as everywhere.

    original    what it is said to repeat: its author is held too, so that a verdict on the original and one on its repetition come
                one after the other, and the later of them pays the share
    Raises      NotFound, also outside the reviewer's units
    """
    found = claim_store.submission(session, submission_id)
    if found is None:
        raise NotFound
    roster.lock_all(session, claim_store.officers_beside(session, submission_id, original))
    if original is not None:
        claim_store.locked(session, original)  # read anew: its verdict may have come while we waited
    submission = claim_store.locked(session, submission_id)
    task = task_store.by_id(session, found.task_id)
    if submission is None or task is None or not unit_in_scope(session, reviewer.scope, task.unit_id, now):
        raise NotFound
    return submission, task


def take(session: Session, submission_id: UUID, reviewer: Reviewer, now: datetime) -> Submission:
    """Begin to look at a submission, so that two do not look at the same one; it may be taken over.

    Raises  NotFound, WorkRefused
    """
    submission, _task = held(session, submission_id, reviewer, now)
    if refusal := rules.refuse_person(matter_of(session, submission, now), reviewer.user_id):
        raise WorkRefused(refusal)
    if submission.state == SubmissionState.SUBMITTED:
        settling.move(submission, SubmissionStep.TAKE)
    submission.taken_by, submission.taken_at = reviewer.user_id, now
    session.flush()
    return submission


def decide(
    session: Session, submission_id: UUID, said: Decision, reviewer: Reviewer, now: datetime, revision: int | None = None
) -> Submission:
    """Take the first decision on a submission, or ask the officer for more.

    Raises  NotFound, InvalidInput naming the field, WorkRefused, WorkChanged where it changed since the page was opened
    """
    submission, task = held(session, submission_id, reviewer, now, said.original if said.verdict is Verdict.DUPLICATE else None)
    if revision is not None and revision != submission.revision:
        raise WorkChanged
    if SubmissionState(submission.state) not in WAITING:
        raise WorkRefused(Refusal.STATE)
    if refusal := may_decide(session, submission, reviewer.user_id, now):
        raise WorkRefused(refusal)
    if fields := _wrong(session, submission, said):
        raise InvalidInput(fields)
    if said.verdict is Verdict.NEED_INFO:
        return _ask(session, task, submission, said, reviewer, now)
    write_look(session, submission, Round.FIRST, said, reviewer, now)
    settling.move(submission, STEPS[said.verdict])
    _grade(submission, said, now)
    if said.verdict is Verdict.DUPLICATE:
        submission.duplicate_of = said.original
    session.flush()
    _follow(session, task, submission, said, reviewer, now)
    return submission


def _wrong(session: Session, submission: Submission, said: Decision) -> dict[str, str]:
    fields: dict[str, str] = {}
    if said.verdict is Verdict.APPROVE:
        fields |= {name: "missing" for name in ("quality", "severity") if getattr(said, name) not in (1, 2, 3, 4)}
    if said.kind is not None and said.kind not in CLASSES:
        fields["kind"] = "not_one_of_the_words"
    if said.verdict in (Verdict.REJECT, Verdict.NEED_INFO):
        row = store.reason(session, said.reason)
        if row is None or not row.active or row.for_verdict != said.verdict.value:
            fields["reason"] = "missing"
    if len(said.note) > MOST_NOTE:
        fields["note"] = "too_long"
    if said.verdict is Verdict.DUPLICATE:
        original = claim_store.submission(session, said.original) if said.original else None
        if original is None or original.id == submission.id or original.submitted_at is None or original.state == "duplicate":
            fields["original"] = "unknown_submission"
        elif submission.submitted_at is not None and original.submitted_at > submission.submitted_at:
            fields["original"] = "original_is_newer"
    return fields


def write_look(session: Session, submission: Submission, turn: Round, said: Decision, reviewer: Reviewer, now: datetime) -> None:
    """Write one look at a submission, and its entry in the audit trail."""
    store.add(
        session,
        SubmissionReview(
            submission_id=submission.id, round=turn.value, reviewer_id=reviewer.user_id, verdict=said.verdict.value, quality=said.quality,
            severity=said.severity, reason=said.reason, note=said.note.strip(), at=now,
        ),
    )  # fmt: skip
    facts = {"verdict": said.verdict.value, "round": turn.value}
    record(session, reviewer.actor, "submission.review", OBJECT, submission.id, now, facts)


def _grade(submission: Submission, said: Decision, now: datetime) -> None:
    submission.quality, submission.severity, submission.kind = said.quality, said.severity, said.kind
    submission.reason, submission.note, submission.decided_at = said.reason, said.note.strip(), now


def _ask(session: Session, task: Task, submission: Submission, said: Decision, reviewer: Reviewer, now: datetime) -> Submission:
    """One round of questions; the officer has 48 hours."""
    if submission.question or submission.reason:
        raise WorkRefused(Refusal.ASKED_BEFORE)
    write_look(session, submission, Round.FIRST, said, reviewer, now)
    settling.move(submission, SubmissionStep.ASK_INFO)
    row = store.reason(session, said.reason)
    assert row is not None  # told missing else
    submission.question = said.note.strip() or row.code
    submission.reason, submission.info_due_at = said.reason, now + INFO_WITHIN
    session.flush()
    settling.tell(session, task, submission, "submission_need_info", now)
    return submission


def _follow(session: Session, task: Task, submission: Submission, said: Decision, reviewer: Reviewer, now: datetime) -> None:
    if said.verdict is Verdict.APPROVE:
        settling.pay(session, task, submission, reviewer.actor, now)
    elif said.verdict is Verdict.DUPLICATE and said.original is not None:
        original = claim_store.submission(session, said.original)
        assert original is not None  # told unknown else
        settling.pay_duplicate(session, submission, original, reviewer.actor, now)
    settling.tell(session, task, submission, TOLD[said.verdict], now)


def look_again(session: Session, submission_id: UUID, said: Decision, reviewer: Reviewer, now: datetime) -> None:
    """The second look at one in twenty: it changes nothing but tells how well reviewers agree.

    Raises  NotFound, InvalidInput, WorkRefused
    """
    submission, _task = held(session, submission_id, reviewer, now)
    looks = store.of_submission(session, submission.id)
    decided = any(one.round == Round.FIRST and one.verdict != Verdict.NEED_INFO for one in looks)
    if not submission.second_wanted or not decided or any(one.round == Round.SECOND for one in looks) or said.verdict is Verdict.NEED_INFO:
        raise WorkRefused(Refusal.NO_SECOND)
    if refusal := rules.refuse_person(matter_of(session, submission, now), reviewer.user_id):
        raise WorkRefused(refusal)
    if fields := _wrong(session, submission, said):
        raise InvalidInput(fields)
    write_look(session, submission, Round.SECOND, said, reviewer, now)


def revoke(session: Session, submission_id: UUID, reason: str, reviewer: Reviewer, now: datetime) -> Submission:
    """Take an approval back: its points and growth are clawed back.

    Raises  NotFound, InvalidInput without a reason, WorkRefused
    """
    submission, task = held(session, submission_id, reviewer, now)
    if SubmissionState(submission.state) not in ACCEPTED:
        raise WorkRefused(Refusal.STATE)
    matter = replace(matter_of(session, submission, now), deciders=frozenset())  # who approved may see the mistake himself
    if refusal := rules.refuse_person(matter, reviewer.user_id):
        raise WorkRefused(refusal)
    if not 0 < len(reason.strip()) <= 300:
        raise InvalidInput({"reason": "too_long" if reason.strip() else "missing"})
    settling.move(submission, SubmissionStep.REVOKE)
    submission.revoked_at, submission.revoked_by, submission.revoke_reason = now, reviewer.user_id, reason.strip()
    session.flush()
    awarding.claw_back(session, settling.source_of(submission.id), reviewer.actor, now)
    record(session, reviewer.actor, "submission.revoke", OBJECT, submission.id, now)
    settling.tell(session, task, submission, "submission_revoked", now)
    return submission
