"""Claims and what is handed in for them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlmodel import Session, col

from officers.work.models import Submission, Task, TaskClaim
from officers.work.review_models import SubmissionAppeal, UnitComment
from portal.foundation.db import dialect_of, ids_in, insert_rows
from questionnaires.answering.models import Invitation, Response

SHOWN = 100
QUIET = {"synchronize_session": False}


def add(session: Session, row: Mapping[str, Any], submission: Mapping[str, Any]) -> None:
    """A claim with the draft that belongs to it."""
    insert_rows(session, TaskClaim, [row])
    insert_rows(session, Submission, [submission])


def add_invitation(session: Session, row: Mapping[str, Any]) -> None:
    """The link to the questionnaire of a claim."""
    insert_rows(session, Invitation, [row])


def live_of(session: Session, task_id: UUID, officer_id: UUID) -> TaskClaim | None:
    """The live claim of an officer on a task."""
    rows = select(TaskClaim).where(
        col(TaskClaim.task_id) == task_id, col(TaskClaim.officer_id) == officer_id, col(TaskClaim.state).in_(("reserved", "submitted"))
    )
    return session.scalars(rows).one_or_none()


def live_tasks(session: Session, officer_id: UUID) -> set[UUID]:
    """The tasks that an officer has a live claim on."""
    rows = select(col(TaskClaim.task_id)).where(
        col(TaskClaim.officer_id) == officer_id, col(TaskClaim.state).in_(("reserved", "submitted"))
    )
    return set(session.scalars(rows))


def expired(session: Session, officer_id: UUID, since: datetime) -> list[datetime]:
    """When claims of an officer expired."""
    rows = select(col(TaskClaim.ended_at)).where(
        col(TaskClaim.officer_id) == officer_id, col(TaskClaim.state) == "expired", col(TaskClaim.ended_at) > since
    )
    return [one for one in session.scalars(rows) if one is not None]


def by_id(session: Session, claim_id: UUID) -> TaskClaim | None:
    """A claim, read anew."""
    query = select(TaskClaim).where(col(TaskClaim.id) == claim_id).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def move(session: Session, claim_id: UUID, state: str, now: datetime | None) -> bool:
    """Take a claim out of its reservation; False where that was done already."""
    statement = update(TaskClaim).where(col(TaskClaim.id) == claim_id, col(TaskClaim.state) == "reserved")
    return _changed(session, statement.values(state=state, ended_at=now))


def extend(session: Session, claim: TaskClaim, until: datetime, now: datetime) -> bool:
    """Give a claim more time, once; its questionnaire's link too."""
    statement = update(TaskClaim).where(
        col(TaskClaim.id) == claim.id, col(TaskClaim.state) == "reserved", col(TaskClaim.extended_at).is_(None)
    )
    if not _changed(session, statement.values(due_at=until, extended_at=now)):
        return False
    end_link(session, claim.invitation_id, until)
    return True


def end_link(session: Session, invitation_id: UUID | None, at: datetime) -> None:
    """The moment from which a questionnaire can't be answered any more."""
    if invitation_id is not None:
        session.execute(update(Invitation).where(col(Invitation.id) == invitation_id).values(expires_at=at))


def _changed(session: Session, statement: Any) -> bool:
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount == 1  # type: ignore[attr-defined,no-any-return]


class Due(NamedTuple):
    """A claim whose time is over."""

    id: UUID
    officer_id: UUID


def due(session: Session, now: datetime, limit: int) -> list[Due]:
    """Claims whose time is over, the oldest first."""
    rows = select(col(TaskClaim.id), col(TaskClaim.officer_id)).where(col(TaskClaim.state) == "reserved", col(TaskClaim.due_at) <= now)
    return [Due(*row) for row in session.execute(rows.order_by(col(TaskClaim.due_at)).limit(limit))]


def submission_of(session: Session, claim_id: UUID) -> Submission | None:
    """What belongs to a claim."""
    return session.scalars(select(Submission).where(col(Submission.claim_id) == claim_id)).one_or_none()


def submission(session: Session, submission_id: UUID) -> Submission | None:
    """A submission."""
    return session.get(Submission, submission_id)


def locked(session: Session, submission_id: UUID) -> Submission | None:
    """A submission that nobody else changes until the transaction ends, read anew."""
    query = select(Submission).where(col(Submission.id) == submission_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if dialect_of(session) == "postgresql" else query).one_or_none()


class Mine(NamedTuple):
    """A line of an officer's own work."""

    claim: TaskClaim
    task: Task
    submission: Submission


def of_officer(session: Session, officer_id: UUID, limit: int = SHOWN) -> list[Mine]:
    """An officer's claims with what belongs to them, the newest first."""
    rows = session.execute(
        select(TaskClaim, Task, Submission)
        .join(Task, col(Task.id) == col(TaskClaim.task_id))
        .join(Submission, col(Submission.claim_id) == col(TaskClaim.id))
        .where(col(TaskClaim.officer_id) == officer_id)
        .order_by(col(TaskClaim.claimed_at).desc(), col(TaskClaim.id).desc())
        .limit(limit)
    )
    return [Mine(*row) for row in rows]


def answered(session: Session, invitation_ids: Iterable[UUID | None]) -> set[UUID]:
    """Which of some links were answered to the end."""
    wanted = {one for one in invitation_ids if one is not None}
    rows = select(col(Invitation.id)).where(ids_in(col(Invitation.id), wanted), col(Invitation.submitted_at).is_not(None))
    return set(session.scalars(rows))


def responses(session: Session, invitation_ids: Iterable[UUID | None]) -> dict[UUID, Response]:
    """The answers behind some links, by the invitation's id."""
    wanted = {one for one in invitation_ids if one is not None}
    rows = select(Response).where(ids_in(col(Response.invitation_id), wanted), col(Response.submitted_at).is_not(None))
    return {row.invitation_id: row for row in session.scalars(rows) if row.invitation_id is not None}


def invitation(session: Session, invitation_id: UUID) -> Invitation | None:
    """The link of a claim."""
    return session.get(Invitation, invitation_id)


def claim_of_invitation(session: Session, invitation_id: UUID) -> UUID | None:
    """The claim that a questionnaire's link belongs to."""
    return session.scalar(select(col(TaskClaim.id)).where(col(TaskClaim.invitation_id) == invitation_id))


def approved_before(session: Session, officer_id: UUID, but: UUID | None = None) -> int:
    """How many submissions of an officer were approved."""
    rows = select(func.count()).where(col(Submission.officer_id) == officer_id, col(Submission.state).in_(("approved", "overturned")))
    return int(session.scalar(rows.where(col(Submission.id) != but) if but else rows) or 0)


def record(session: Session, officer_ids: Iterable[UUID], last: int) -> dict[UUID, tuple[int, int]]:
    """Of each officer's last decided submissions, how many there are and how many approved."""
    number = func.row_number().over(partition_by=col(Submission.officer_id), order_by=col(Submission.decided_at).desc()).label("number")
    good = col(Submission.state).in_(("approved", "overturned"))
    ranked = select(col(Submission.officer_id), good.label("good"), number).where(
        ids_in(col(Submission.officer_id), set(officer_ids)), col(Submission.decided_at).is_not(None),
        col(Submission.state).in_(("approved", "overturned", "rejected", "upheld", "revoked", "appealed")),
    ).subquery()  # fmt: skip
    found: dict[UUID, tuple[int, int]] = {}
    for officer, fine, _n in session.execute(select(ranked).where(ranked.c.number <= last)):
        every, approved = found.get(officer, (0, 0))
        found[officer] = (every + 1, approved + bool(fine))
    return found


def fraud(session: Session, officer_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When a submission of each officer was last revoked."""
    rows = select(col(Submission.officer_id), func.max(col(Submission.revoked_at))).where(
        ids_in(col(Submission.officer_id), set(officer_ids)), col(Submission.revoked_at).is_not(None)
    )
    return {officer: at for officer, at in session.execute(rows.group_by(col(Submission.officer_id))) if at is not None}


def infos_over(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Submissions whose officer let the time for an answer pass."""
    rows = select(col(Submission.id)).where(col(Submission.state) == "need_info", col(Submission.info_due_at) <= now)
    return list(session.scalars(rows.order_by(col(Submission.info_due_at)).limit(limit)))


def to_settle(session: Session, before: datetime, limit: int) -> Sequence[Submission]:
    """Refused submissions that nobody can appeal against any more, and whose place is not given back."""
    late = (col(Submission.state).in_(("upheld", "duplicate"))) | (
        (col(Submission.state) == "rejected") & (col(Submission.decided_at) <= before)
    )
    rows = select(Submission).where(late, col(Submission.settled_at).is_(None))
    return session.scalars(rows.order_by(col(Submission.decided_at)).limit(limit)).all()


def settle(session: Session, submission_id: UUID, now: datetime) -> bool:
    """Mark the place as given back; False where that was done."""
    statement = update(Submission).where(col(Submission.id) == submission_id, col(Submission.settled_at).is_(None))
    return _changed(session, statement.values(settled_at=now))


def to_escalate(session: Session, now: datetime, limit: int) -> Sequence[Submission]:
    """Submissions that nobody decided in five working days."""
    rows = select(Submission).where(
        col(Submission.state).in_(("submitted", "in_review")), col(Submission.escalate_at) <= now, col(Submission.escalated_at).is_(None)
    )
    return session.scalars(rows.order_by(col(Submission.escalate_at)).limit(limit)).all()


def officers_beside(session: Session, submission_id: UUID, original: UUID | None) -> set[UUID]:
    """Whose points a verdict on a submission may touch: its own officer, those who repeated it, and the author of what it repeats."""
    ours = {submission_id, original} - {None}
    rows = select(col(Submission.officer_id)).where(col(Submission.id).in_(ours) | (col(Submission.duplicate_of) == submission_id))
    return set(session.scalars(rows))


def duplicates_of(session: Session, submission_id: UUID) -> Sequence[Submission]:
    """What was found to repeat a submission."""
    rows = select(Submission).where(col(Submission.duplicate_of) == submission_id, col(Submission.state) == "duplicate")
    return session.scalars(rows.order_by(col(Submission.id))).all()


def undecided(session: Session, task_id: UUID) -> int:
    """How many claims and submissions of a task are still on their way."""
    open_ones = ("submitted", "in_review", "need_info", "appealed")
    waiting = select(func.count()).where(col(Submission.task_id) == task_id, col(Submission.state).in_(open_ones))
    reserved = select(func.count()).where(col(TaskClaim.task_id) == task_id, col(TaskClaim.state) == "reserved")
    return int(session.scalar(waiting) or 0) + int(session.scalar(reserved) or 0)


def of_ids(session: Session, ids: Iterable[UUID]) -> Sequence[TaskClaim]:
    """Claims by id."""
    return session.scalars(select(TaskClaim).where(ids_in(col(TaskClaim.id), set(ids)))).all()


def forget(session: Session, officer_ids: Iterable[UUID]) -> int:
    """Empty the words of officers' submissions and appeals, and what was said to them about these; gives how many submissions."""
    wanted = list(officer_ids)
    theirs = select(col(Submission.id)).where(ids_in(col(Submission.officer_id), wanted))
    empty: dict[str, Any] = {"title": "", "text": "", "reply": "", "steps": [], "scores": {}, "note": "", "question": ""}
    empty["revoke_reason"] = case((col(Submission.revoke_reason) == "", ""), else_="–")
    session.execute(update(UnitComment).where(col(UnitComment.submission_id).in_(theirs)).values(text="").execution_options(**QUIET))
    done = session.execute(update(Submission).where(ids_in(col(Submission.officer_id), wanted)).values(**empty).execution_options(**QUIET))
    session.execute(update(SubmissionAppeal).where(ids_in(col(SubmissionAppeal.officer_id), wanted)).values(text="", answer=""))
    return int(done.rowcount)  # type: ignore[attr-defined]
