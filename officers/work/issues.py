"""From accepted work to the improvement register: open an issue or join one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.work.models import Submission
from officers.work.rules.states import ACCEPTED, SubmissionState
from officers.work.store import reviews as store
from officers.work.store import tasks as task_store
from portal.foundation.errors import InvalidInput
from scheduler.improvement import register
from scheduler.improvement.hooks import Named
from scheduler.improvement.register import Editor, NewIssue
from scheduler.improvement.rules.states import UNSETTLED


def tie(session: Session, submission: Submission, number: str, unit_id: UUID | None, who: Editor, now: datetime) -> UUID:
    """Tie accepted work to the issue of a number; without one a new issue is found, in the charge of `unit_id`. Gives the issue's id.

    Raises  InvalidInput for a number that is none, or where the submission is not accepted or tied already
    """
    if SubmissionState(submission.state) not in ACCEPTED or submission.issue_id is not None:
        raise InvalidInput({"number": "submission_cannot_be_tied"})
    if number.strip():
        issue = store.issue_by_number(session, number.strip()[:20])
        if issue is None or issue.state not in UNSETTLED:
            raise InvalidInput({"number": "unknown_issue"})
    else:
        task = task_store.by_id(session, submission.task_id)
        assert task is not None  # a submission has a task
        new = NewIssue(
            submission.title, submission.kind or "pain_point", unit_id, submission.text, submission.severity or 3,
            touchpoint=task.touchpoint, measured_unit_id=submission.unit_id,
        )  # fmt: skip
        issue = register.find(session, new, who, now)
    register.tie(session, issue.id, "submission", submission.id, who, now)
    submission.issue_id = issue.id
    session.flush()
    return issue.id


def named(session: Session, ids: Sequence[UUID]) -> dict[UUID, Named]:
    """Submissions as the register shows them: by their title, never by their officer."""
    return {one.id: Named(one.title, f"/portal/officers/reviews/{one.id}") for one in store.of_ids(session, ids)}
