"""Cases and their timelines, one by one and in sets."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, upsert_for
from portal.foundation.ids import new_id
from portal.people.rules.masking import mask_text
from scheduler.cases.models import Case, CaseNumber, CaseStep
from scheduler.cases.rules.states import OPEN_STATES, State

OPEN = sorted(OPEN_STATES)


def add_cases(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Many new cases."""
    insert_rows(session, Case, rows)


def add_steps(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Lines of timelines."""
    insert_rows(session, CaseStep, rows)


def take_numbers(session: Session, day: date, count: int) -> range:
    """The next numbers of a day; two processes get different ones."""
    insert = upsert_for(session)(CaseNumber).values(day=day, last=count)
    statement = insert.on_conflict_do_update(index_elements=["day"], set_={"last": CaseNumber.last + count}).returning(CaseNumber.last)
    last: int = session.execute(statement).scalar_one()
    return range(last - count + 1, last + 1)


def lock(session: Session, case_id: UUID) -> Case | None:
    """A case, held until the transaction ends."""
    fresh = select(Case).where(col(Case.id) == case_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def by_id(session: Session, case_id: UUID) -> Case | None:
    """A case."""
    return session.get(Case, case_id)


def by_number(session: Session, number: str) -> Case | None:
    """A case by the number people say on the phone."""
    return session.scalars(select(Case).where(col(Case.number) == number)).one_or_none()


def steps_of(session: Session, case_id: UUID) -> Sequence[CaseStep]:
    """A case's timeline, oldest first."""
    return session.scalars(select(CaseStep).where(col(CaseStep.case_id) == case_id).order_by(col(CaseStep.at), col(CaseStep.id))).all()


def open_of_persons(session: Session, person_ids: Iterable[UUID]) -> Sequence[Case]:
    """The open cases of some persons, oldest first; ask after their locks are held."""
    return session.scalars(
        select(Case)
        .where(ids_in(col(Case.person_id), person_ids), col(Case.state).in_(OPEN))
        .order_by(col(Case.opened_at), col(Case.number))
    ).all()


def finished_of_persons(session: Session, person_ids: Iterable[UUID]) -> Sequence[Case]:
    """Resolved and closed cases of some persons, the newest first, held: a re-rating may reopen one."""
    return session.scalars(
        select(Case)
        .where(ids_in(col(Case.person_id), person_ids), col(Case.state).in_([State.RESOLVED, State.CLOSED]))
        .order_by(col(Case.resolved_at).desc(), col(Case.number))
        .with_for_update()
    ).all()


def claim_marks(session: Session, now: datetime, limit: int) -> Sequence[Case]:
    """Cases whose clock has something to tell, held; rows of another process are left to it."""
    return session.scalars(
        select(Case).where(col(Case.next_mark_at) <= now).order_by(col(Case.next_mark_at)).limit(limit).with_for_update(skip_locked=True)
    ).all()


def step_row(
    case_id: UUID, at: datetime, act: str, *, actor_id: UUID | None = None, facts: dict[str, Any] | None = None, note: str = ""
) -> dict[str, Any]:
    """One line of a timeline, ready to be inserted; numbers and addresses in its words are masked, for they are kept in the clear."""
    return {
        "id": new_id(),
        "case_id": case_id,
        "at": at,
        "actor_kind": "system" if actor_id is None else "user",
        "actor_id": actor_id,
        "act": act,
        "facts": facts or {},
        "note": mask_text(note),
    }


def rekey(session: Session, old: UUID, new: UUID, _shard: int) -> int:
    """The cases of one person are another's: they were found to be one."""
    ours = update(Case).where(col(Case.person_id) == old).values(person_id=new).execution_options(synchronize_session=False)
    return int(session.execute(ours).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
