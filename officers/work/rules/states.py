"""The lives of a task, a claim and a submission: which step leads where."""

from collections.abc import Mapping
from enum import StrEnum


class TaskKind(StrEnum):
    """What officers are asked to do."""

    VISIT = "visit"
    USABILITY = "usability"
    COMPETITOR = "competitor"
    JOURNEY = "journey"
    INTERVIEW = "interview"
    SURVEY = "survey"
    CROWD = "crowd"


class TaskState(StrEnum):
    """Where a task stands."""

    DRAFT = "draft"
    IN_APPROVAL = "in_approval"
    PUBLISHED = "published"
    PAUSED = "paused"
    CLOSED = "closed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class TaskStep(StrEnum):
    """What people do with a task."""

    ASK = "ask"
    APPROVE = "approve"
    RETURN = "return"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"
    SETTLE = "settle"
    CANCEL = "cancel"


TASK_WAYS: Mapping[TaskStep, tuple[frozenset[TaskState], TaskState]] = {
    TaskStep.ASK: (frozenset({TaskState.DRAFT}), TaskState.IN_APPROVAL),
    TaskStep.APPROVE: (frozenset({TaskState.IN_APPROVAL}), TaskState.PUBLISHED),
    TaskStep.RETURN: (frozenset({TaskState.IN_APPROVAL}), TaskState.DRAFT),
    TaskStep.PAUSE: (frozenset({TaskState.PUBLISHED}), TaskState.PAUSED),
    TaskStep.RESUME: (frozenset({TaskState.PAUSED}), TaskState.PUBLISHED),
    TaskStep.CLOSE: (frozenset({TaskState.PUBLISHED, TaskState.PAUSED}), TaskState.CLOSED),
    TaskStep.SETTLE: (frozenset({TaskState.CLOSED}), TaskState.SETTLED),
    TaskStep.CANCEL: (frozenset({TaskState.DRAFT, TaskState.IN_APPROVAL, TaskState.PUBLISHED, TaskState.PAUSED}), TaskState.CANCELLED),
}


class ClaimState(StrEnum):
    """Where a claim stands; the first two are live."""

    RESERVED = "reserved"
    SUBMITTED = "submitted"
    RELEASED = "released"
    EXPIRED = "expired"


class SubmissionState(StrEnum):
    """Where a submission stands. `upheld`: the refusal stands after an appeal; `overturned`: it became an approval."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    NEED_INFO = "need_info"
    APPROVED = "approved"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    APPEALED = "appealed"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    REVOKED = "revoked"


S = SubmissionState
ACCEPTED = frozenset({S.APPROVED, S.OVERTURNED})
"""What was found to be good and still is."""
WAITING = frozenset({S.SUBMITTED, S.IN_REVIEW})
"""What a reviewer may decide."""


class SubmissionStep(StrEnum):
    """What happens to a submission."""

    SUBMIT = "submit"
    TAKE = "take"
    ASK_INFO = "ask_info"
    REPLY = "reply"
    APPROVE = "approve"
    REJECT = "reject"
    DUPLICATE = "duplicate"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    REVOKE = "revoke"


SUBMISSION_WAYS: Mapping[SubmissionStep, tuple[frozenset[S], S]] = {
    SubmissionStep.SUBMIT: (frozenset({S.DRAFT}), S.SUBMITTED),
    SubmissionStep.TAKE: (frozenset({S.SUBMITTED}), S.IN_REVIEW),
    SubmissionStep.ASK_INFO: (WAITING, S.NEED_INFO),
    SubmissionStep.REPLY: (frozenset({S.NEED_INFO}), S.IN_REVIEW),
    SubmissionStep.APPROVE: (WAITING, S.APPROVED),
    SubmissionStep.REJECT: (WAITING, S.REJECTED),
    SubmissionStep.DUPLICATE: (WAITING, S.DUPLICATE),
    SubmissionStep.APPEAL: (frozenset({S.REJECTED}), S.APPEALED),
    SubmissionStep.UPHOLD: (frozenset({S.APPEALED}), S.UPHELD),
    SubmissionStep.OVERTURN: (frozenset({S.APPEALED}), S.OVERTURNED),
    SubmissionStep.REVOKE: (ACCEPTED, S.REVOKED),
}


def task_after(state: TaskState, step: TaskStep) -> TaskState | None:
    """Where a step leads a task; None where it does not fit."""
    sources, goal = TASK_WAYS[step]
    return goal if state in sources else None


def after(state: SubmissionState, step: SubmissionStep) -> SubmissionState | None:
    """Where a step leads a submission; None where it does not fit."""
    sources, goal = SUBMISSION_WAYS[step]
    return goal if state in sources else None
