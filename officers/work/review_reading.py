"""What the review desk shows: the queue, and one submission with all that speaks for and against it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import roster
from officers.people.models import Officer
from officers.work import photos, reviewing
from officers.work.models import Submission, Task, TaskClaim
from officers.work.review_models import ReviewReason, SubmissionAppeal, SubmissionReview, UnitComment
from officers.work.rules import taken
from officers.work.rules.reviewing import Round, Verdict
from officers.work.store import claims as store
from officers.work.store import reviews as review_store
from officers.work.store import tasks as task_store
from portal.people.models import OrgUnit
from questionnaires.answering import response_store
from questionnaires.answering.response_desk import Line, lines
from questionnaires.logic.definition import Definition
from scheduler.improvement.models import Issue


@dataclass(frozen=True)
class PhotoShown:
    """A photo with what its own data says of its time."""

    photo: photos.Shown
    timing: str


@dataclass(frozen=True)
class Page:
    """One submission as a reviewer sees it. Whoever looks a second time does not see what the first said."""

    submission: Submission
    task: Task
    claim: TaskClaim
    officer: Officer
    unit: OrgUnit | None
    photos: list[PhotoShown]
    answers: list[Line]
    looks: list[SubmissionReview]
    people: dict[UUID, str]
    appeal: SubmissionAppeal | None
    comment: UnitComment | None
    alike: list[Submission]
    reject: list[ReviewReason]
    ask: list[ReviewReason]
    issue: Issue | None
    approved_before: int
    why_not: str
    turn: str


def page(session: Session, submission: Submission, user_id: UUID, now: datetime) -> Page:
    """All that one submission's page shows to this person."""
    task, claim = task_store.by_id(session, submission.task_id), store.by_id(session, submission.claim_id)
    officer = roster.find(session, submission.officer_id)
    assert task is not None and claim is not None and officer is not None  # noqa: PT018  # a submission has them
    looks = review_store.of_submission(session, submission.id)
    turn = _turn(submission, looks)
    refusal = reviewing.may_decide(session, submission, user_id, now)
    blind = turn == Round.SECOND
    return Page(
        submission, task, claim, officer,
        task_store.unit_names(session, [submission.unit_id]).get(submission.unit_id) if submission.unit_id else None,
        _photos(session, submission, claim), _answers(session, task, claim), [] if blind else looks,
        task_store.user_names(session, [one.reviewer_id for one in looks if one.reviewer_id]),
        review_store.appeal(session, submission.id), review_store.comment(session, submission.id),
        list(review_store.alike(session, submission)), list(review_store.reasons(session, "reject")),
        list(review_store.reasons(session, "need_info")), session.get(Issue, submission.issue_id) if submission.issue_id else None,
        store.approved_before(session, officer.id, submission.id), refusal.value if refusal else "", turn,
    )  # fmt: skip


def _turn(submission: Submission, looks: list[SubmissionReview]) -> str:
    """Which look is due: the first, the second, the appeal's, or none."""
    if submission.state in ("submitted", "in_review"):
        return Round.FIRST.value
    if submission.state == "appealed":
        return Round.APPEAL.value
    by_person = any(one.round == Round.FIRST and one.verdict != Verdict.NEED_INFO and one.reviewer_id for one in looks)
    if submission.second_wanted and by_person and not any(one.round == Round.SECOND for one in looks):
        return Round.SECOND.value
    return ""


def _photos(session: Session, submission: Submission, claim: TaskClaim) -> list[PhotoShown]:
    sent = submission.replied_at or submission.submitted_at or claim.due_at
    return [
        PhotoShown(one, taken.timing(one.taken_at, claim.claimed_at, sent).value)
        for one in photos.listed(session, photos.owner_of(submission.id))
    ]


def _answers(session: Session, task: Task, claim: TaskClaim) -> list[Line]:
    found = store.responses(session, [claim.invitation_id])
    if task.version_id is None or claim.invitation_id not in found:
        return []
    definition = Definition.from_json(response_store.documents(session, [task.version_id])[task.version_id])
    return lines(definition, found[claim.invitation_id].answers, [])


def submission_of_owner(owner: str) -> UUID | None:
    """The submission that a photo's owner names."""
    kind, _, key = owner.partition(":")
    try:
        return UUID(key) if kind == "submission" else None
    except ValueError:
        return None
