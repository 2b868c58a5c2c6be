"""The inspected unit's word on a visit, before it counts. Who was there is not told: neither name, alias nor unit."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.work.errors import WorkRefused
from officers.work.models import Submission
from officers.work.rules.states import WAITING, SubmissionState
from officers.work.store import claims as claim_store
from officers.work.store import reviews as store
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope

MOST = 1000


def seen(session: Session, submission_id: UUID, scope: Scope, now: datetime) -> Submission:
    """A visit at a unit of the scope.

    Raises  NotFound
    """
    found = claim_store.submission(session, submission_id)
    if found is None or found.unit_id is None or found.submitted_at is None or not unit_in_scope(session, scope, found.unit_id, now):
        raise NotFound
    return found


def open_for(submission: Submission, now: datetime) -> bool:
    """Whether the unit may still say something."""
    until = submission.comment_until
    return SubmissionState(submission.state) in WAITING and until is not None and now < until


def say(session: Session, submission_id: UUID, words: str, scope: Scope, actor: Actor, user_id: UUID, now: datetime) -> None:
    """Comment on a visit, once; no words mean that there is nothing to add.

    Raises  NotFound, InvalidInput, WorkRefused where the time is over or the unit has spoken
    """
    submission = seen(session, submission_id, scope, now)
    if not open_for(submission, now):
        raise WorkRefused("unit_comment_too_late")
    if len(words.strip()) > MOST:
        raise InvalidInput({"text": "too_long"})
    if not store.put_comment(session, {"submission_id": submission.id, "user_id": user_id, "text": words.strip(), "at": now}):
        raise WorkRefused("unit_comment_given")
    record(session, actor, "submission.unit_comment", "submission", submission.id, now)
