"""What cases tell the contact policy: who must not be asked now (R4), and how many cases a unit has open (R8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, upsert_for
from portal.foundation.ids import new_id
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.contacts.models import ContactHold, UnitLoad

KIND = "open_case"


def hold(session: Session, cases: Sequence[tuple[UUID, UUID]], now: datetime) -> None:
    """No invitation to these persons while their case (person, case) is open."""
    fixed = {"kind": KIND, "from_at": now, "until": None, "owner_id": None, "reason": ""}
    insert_rows(
        session, ContactHold, [{"id": new_id(), "person_id": person_id, "source_id": case_id, **fixed} for person_id, case_id in cases]
    )


def release(session: Session, case_ids: Iterable[UUID], now: datetime) -> None:
    """The cases are settled: their persons may be asked again."""
    session.execute(
        update(ContactHold)
        .where(col(ContactHold.kind) == KIND, ids_in(col(ContactHold.source_id), case_ids), col(ContactHold.until).is_(None))
        .values(until=now)
    )


def hold_again(session: Session, case_ids: Iterable[UUID]) -> None:
    """The cases were reopened."""
    session.execute(
        update(ContactHold).where(col(ContactHold.kind) == KIND, ids_in(col(ContactHold.source_id), case_ids)).values(until=None)
    )


def change_load(session: Session, changes: Mapping[UUID, int], now: datetime) -> None:
    """Add to the number of open cases of units; in the order of their ids, so that two transactions never wait for each other."""
    rows = [{"unit_id": unit, "open_cases": max(0, change), "changed_at": now} for unit, change in sorted(changes.items()) if change > 0]
    if rows:
        insert = upsert_for(session)(UnitLoad).values(rows)
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["unit_id"], set_={"open_cases": UnitLoad.open_cases + insert.excluded.open_cases, "changed_at": now}
            )
        )
    for unit, change in sorted(changes.items()):
        if change < 0:
            session.execute(
                update(UnitLoad).where(col(UnitLoad.unit_id) == unit).values(open_cases=UnitLoad.open_cases + change, changed_at=now)
            )


def load(session: Session, scope: Scope, now: datetime) -> int:
    """How many cases are open in a scope; one row a unit, however many cases there are."""
    total = select(func.coalesce(func.sum(UnitLoad.open_cases), 0)).where(in_scope(col(UnitLoad.unit_id), scope, now))
    return int(session.scalar(total) or 0)
