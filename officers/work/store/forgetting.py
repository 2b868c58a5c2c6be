"""The SQL of forgetting what reviewers wrote about an officer's submissions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from officers.work.models import Submission
from officers.work.review_models import SubmissionReview
from portal.foundation.db import ids_in


def forget_notes(session: Session, officer_ids: Sequence[UUID]) -> int:
    """Empty the notes beside verdicts, the one change that their guard lets through; verdicts stay. Returns how many."""
    theirs = select(col(Submission.id)).where(ids_in(col(Submission.officer_id), officer_ids))
    noted = update(SubmissionReview).where(col(SubmissionReview.submission_id).in_(theirs), col(SubmissionReview.note) != "")
    done: Any = session.execute(noted.values(note="").execution_options(synchronize_session=False))
    return int(done.rowcount)
