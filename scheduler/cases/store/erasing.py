"""What goes out of the cases of erased customers."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from scheduler.cases.appeals_models import ScoreAppeal
from scheduler.cases.models import Case, CaseStep
from scheduler.cases.notice_models import CaseLink
from scheduler.cases.work_models import CaseTask

QUIET = {"synchronize_session": False}


def cases_of(session: Session, customer_ids: Iterable[UUID]) -> list[UUID]:
    """The cases of some customers, those of complaints apart: their room empties them when their period is over."""
    ours = select(col(Case.id)).where(ids_in(col(Case.customer_id), customer_ids), col(Case.kind) != "complaint")
    return list(session.scalars(ours))


def empty(session: Session, case_ids: Sequence[UUID]) -> int:
    """Free words, fields and the customer's link are gone; returns how many cases changed."""
    ours = update(Case).where(ids_in(col(Case.id), case_ids)).values(remedy=None, result="", title="", fields={})
    changed = session.execute(ours.execution_options(**QUIET)).rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
    session.execute(update(CaseTask).where(ids_in(col(CaseTask.case_id), case_ids)).values(words="–").execution_options(**QUIET))
    notes = update(CaseStep).where(ids_in(col(CaseStep.case_id), case_ids), col(CaseStep.note) != "").values(note="")
    session.execute(notes.execution_options(**QUIET))  # the one change that the guard of the timeline lets through
    appeals = update(ScoreAppeal).where(ids_in(col(ScoreAppeal.case_id), case_ids)).values(argument="–", decision="")
    session.execute(appeals.execution_options(**QUIET))
    session.execute(delete(CaseLink).where(ids_in(col(CaseLink.case_id), case_ids)).execution_options(**QUIET))
    return int(changed)


def exported(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """What the bank keeps of a customer's cases."""
    rows = session.execute(
        select(col(Case.number), col(Case.kind), col(Case.state), col(Case.opened_at), col(Case.closed_at), col(Case.result)).where(
            col(Case.customer_id) == customer_id
        )
    )
    names = ("number", "kind", "state", "opened_at", "closed_at", "result")
    return [dict(zip(names, row, strict=True)) for row in rows]
