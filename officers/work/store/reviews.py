"""Reviews, appeals, units' comments, canned reasons, and the desk's queue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlmodel import Session, col

from officers.people.models import Officer
from officers.work.models import Submission, Task
from officers.work.review_models import ReviewReason, SubmissionAppeal, SubmissionReview, UnitComment
from officers.work.store import tasks
from portal.foundation.db import ids_in, upsert_for
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.improvement.models import Issue

PAGE = 50
WAITING = ("submitted", "in_review")


def add(session: Session, review: SubmissionReview) -> SubmissionReview:
    """Write a look at a submission; it is never changed afterwards."""
    session.add(review)
    session.flush()
    return review


def of_submission(session: Session, submission_id: UUID) -> list[SubmissionReview]:
    """All looks at a submission, in their order."""
    rows = select(SubmissionReview).where(col(SubmissionReview.submission_id) == submission_id)
    return list(session.scalars(rows.order_by(col(SubmissionReview.at), col(SubmissionReview.id))))


def appeal(session: Session, submission_id: UUID) -> SubmissionAppeal | None:
    """The appeal against a refusal."""
    return session.get(SubmissionAppeal, submission_id)


def appeals_used(session: Session, officer_id: UUID, since: datetime) -> int:
    """An officer's appeals since a moment that were not won."""
    rows = select(func.count()).where(
        col(SubmissionAppeal.officer_id) == officer_id, col(SubmissionAppeal.filed_at) > since,
        func.coalesce(col(SubmissionAppeal.outcome), "") != "overturned",
    )  # fmt: skip
    return int(session.scalar(rows) or 0)


def approvals(session: Session, officer_id: UUID, since: datetime) -> int:
    """An officer's approvals since a moment."""
    rows = select(func.count()).where(
        col(Submission.officer_id) == officer_id, col(Submission.decided_at) > since, col(Submission.state).in_(("approved", "overturned"))
    )
    return int(session.scalar(rows) or 0)


def comment(session: Session, submission_id: UUID) -> UnitComment | None:
    """What the inspected unit said."""
    return session.get(UnitComment, submission_id)


def put_comment(session: Session, row: Mapping[str, Any]) -> bool:
    """Keep a unit's word; False where it has spoken already."""
    made = upsert_for(session)(UnitComment).values(**row).on_conflict_do_nothing().returning(UnitComment.submission_id)
    return session.execute(made).first() is not None


def reasons(session: Session, verdict: str = "", *, retired: bool = False) -> Sequence[ReviewReason]:
    """Reasons to choose from, in their order."""
    rows = select(ReviewReason).order_by(col(ReviewReason.position))
    rows = rows.where(col(ReviewReason.for_verdict) == verdict) if verdict else rows
    return session.scalars(rows if retired else rows.where(col(ReviewReason.active).is_(True))).all()


def reason(session: Session, code: str) -> ReviewReason | None:
    """One reason."""
    return session.get(ReviewReason, code)


def put_reasons(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add reasons; those that are there stay as they are."""
    for row in rows:
        session.execute(upsert_for(session)(ReviewReason).values(**row).on_conflict_do_nothing())


class Line(NamedTuple):
    """A line of the desk."""

    submission: Submission
    task: Task
    officer: Officer


def _lines(scope: Scope, now: datetime) -> Any:
    return (
        select(Submission, Task, Officer)
        .join(Task, col(Task.id) == col(Submission.task_id))
        .join(Officer, col(Officer.id) == col(Submission.officer_id))
        .where(in_scope(col(Task.unit_id), scope, now))
    )


def queue(session: Session, scope: Scope, now: datetime, tab: str = "", limit: int = PAGE, but: UUID | None = None) -> list[Line]:
    """What waits, the most urgent first: to be decided (the default), `info`, `appeals`, `second`, or `done`.

    but  a person who does not see the visits to units that he manages
    """
    rows = _lines(scope, now)
    rows = rows if but is None else rows.where(~tasks.manages(but, col(Submission.unit_id), now))
    state, due = col(Submission.state), col(Submission.due_at)
    if tab == "info":
        rows = rows.where(state == "need_info").order_by(col(Submission.info_due_at))
    elif tab == "appeals":
        rows = rows.where(state == "appealed").order_by(col(Submission.decided_at))
    elif tab == "second":
        rows = rows.where(_second_waits()).order_by(col(Submission.decided_at))
    elif tab == "done":
        rows = rows.where(col(Submission.decided_at).is_not(None)).order_by(col(Submission.decided_at).desc())
    else:
        rows = rows.where(state.in_(WAITING)).order_by(due, col(Submission.id))
    return [Line(*row) for row in session.execute(rows.limit(limit))]


def _second_waits() -> Any:
    seen = select(col(SubmissionReview.id)).where(
        col(SubmissionReview.submission_id) == col(Submission.id), col(SubmissionReview.round) == "second"
    )
    first = select(col(SubmissionReview.id)).where(
        col(SubmissionReview.submission_id) == col(Submission.id), col(SubmissionReview.round) == "first",
        col(SubmissionReview.verdict) != "need_info", col(SubmissionReview.reviewer_id).is_not(None),
    )  # fmt: skip
    return col(Submission.second_wanted).is_(True) & first.exists() & ~seen.exists()


class Counts(NamedTuple):
    """How much waits."""

    to_decide: int
    overdue: int
    escalated: int
    info: int
    appeals: int
    second: int


def counts(session: Session, scope: Scope, now: datetime, but: UUID | None = None) -> Counts:
    """The figures of the desk, in one statement; `but` as in the queue."""
    state = col(Submission.state)
    waiting = state.in_(WAITING)

    def number(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    late = waiting & (col(Submission.due_at) < now)
    rows = select(
        number(waiting), number(late), number(waiting & col(Submission.escalated_at).is_not(None)), number(state == "need_info"),
        number(state == "appealed"), number(_second_waits()),
    )  # fmt: skip
    asked = rows.select_from(Submission).join(Task, col(Task.id) == col(Submission.task_id)).where(
        in_scope(col(Task.unit_id), scope, now), state.in_((*WAITING, "need_info", "appealed")) | col(Submission.second_wanted).is_(True)
    )  # fmt: skip
    asked = asked if but is None else asked.where(~tasks.manages(but, col(Submission.unit_id), now))
    return Counts(*(int(one) for one in session.execute(asked).one()))


def visits(session: Session, scope: Scope, now: datetime, limit: int = PAGE) -> list[tuple[Submission, Task]]:
    """What officers saw at units of a scope, the newest first; who they are is not read."""
    rows = (
        select(Submission, Task)
        .join(Task, col(Task.id) == col(Submission.task_id))
        .where(
            in_scope(col(Submission.unit_id), scope, now), col(Submission.unit_id).is_not(None), col(Submission.submitted_at).is_not(None)
        )
        .order_by(col(Submission.submitted_at).desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(rows)]


def visits_to_comment(session: Session, scope: Scope, now: datetime) -> int:
    """How many visits a scope's units may still comment."""
    said = select(col(UnitComment.submission_id)).where(col(UnitComment.submission_id) == col(Submission.id)).exists()
    rows = select(func.count()).select_from(Submission).where(
        col(Submission.comment_until) > now, col(Submission.state).in_(WAITING), in_scope(col(Submission.unit_id), scope, now), ~said
    )  # fmt: skip
    return int(session.scalar(rows) or 0)


def comments(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """Which of some submissions have a unit's word."""
    return set(session.scalars(select(col(UnitComment.submission_id)).where(ids_in(col(UnitComment.submission_id), set(ids)))))


def pairs(session: Session, task_id: UUID | None = None, since: datetime | None = None) -> list[tuple[str, str]]:
    """First and second verdicts of submissions that were looked at twice."""
    second = select(SubmissionReview).where(col(SubmissionReview.round) == "second").subquery()
    rows = (
        select(col(SubmissionReview.verdict), second.c.verdict)
        .join(second, second.c.submission_id == col(SubmissionReview.submission_id))
        .where(col(SubmissionReview.round) == "first", col(SubmissionReview.verdict) != "need_info")
    )
    if task_id is not None:
        rows = rows.join(Submission, col(Submission.id) == col(SubmissionReview.submission_id)).where(col(Submission.task_id) == task_id)
    if since is not None:
        rows = rows.where(second.c.at > since)
    return [(one, other) for one, other in session.execute(rows)]


def by_state(session: Session, task_id: UUID) -> dict[str, int]:
    """How many submissions of a task are in each state."""
    rows = select(col(Submission.state), func.count()).where(col(Submission.task_id) == task_id).group_by(col(Submission.state))
    return {state: int(n) for state, n in session.execute(rows)}


def accepted(session: Session, task_id: UUID) -> Sequence[Submission]:
    """The accepted submissions of a task."""
    rows = select(Submission).where(col(Submission.task_id) == task_id, col(Submission.state).in_(("approved", "overturned")))
    return session.scalars(rows.order_by(col(Submission.decided_at))).all()


def alike(session: Session, submission: Submission, limit: int = 8) -> Sequence[Submission]:
    """Earlier submissions of the same task or unit that this one may repeat, the newest first."""
    same = col(Submission.task_id) == submission.task_id
    if submission.unit_id is not None:
        same = same | (col(Submission.unit_id) == submission.unit_id)
    rows = select(Submission).where(
        same, col(Submission.id) != submission.id, col(Submission.submitted_at) < submission.submitted_at,
        col(Submission.state).not_in(("draft", "rejected", "upheld", "revoked", "duplicate")),
    )  # fmt: skip
    return session.scalars(rows.order_by(col(Submission.submitted_at).desc()).limit(limit)).all()


def note_escalation(session: Session, submission_id: UUID, now: datetime) -> bool:
    """Mark that a submission was escalated; False where it was."""
    statement = update(Submission).where(col(Submission.id) == submission_id, col(Submission.escalated_at).is_(None))
    done = session.execute(statement.values(escalated_at=now).execution_options(synchronize_session=False))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def total(session: Session) -> tuple[int, int]:
    """How many submissions and reviews there are."""
    one = session.scalar(select(func.count()).select_from(Submission).where(col(Submission.submitted_at).is_not(None)))
    return int(one or 0), int(session.scalar(select(func.count()).select_from(SubmissionReview)) or 0)


def issues(session: Session, task_id: UUID) -> list[Issue]:
    """The issues that submissions of a task opened or joined."""
    tied = select(col(Submission.issue_id)).where(col(Submission.task_id) == task_id, col(Submission.issue_id).is_not(None))
    return list(session.scalars(select(Issue).where(col(Issue.id).in_(tied)).order_by(col(Issue.number))))


def issue_by_number(session: Session, number: str) -> Issue | None:
    """An issue by the number people say."""
    return session.scalars(select(Issue).where(col(Issue.number) == number)).one_or_none()


def of_ids(session: Session, ids: Iterable[UUID]) -> Sequence[Submission]:
    """Submissions by id."""
    return session.scalars(select(Submission).where(ids_in(col(Submission.id), set(ids)))).all()
