"""What the check of cases reads: holds and loads held against the cases themselves."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlmodel import Session, col

from scheduler.cases.models import Case
from scheduler.cases.rules.states import OPEN_STATES
from scheduler.cases.store.holds import KIND
from scheduler.contacts.models import ContactHold, UnitLoad

OPEN = sorted(OPEN_STATES)


def open_without_hold(session: Session) -> Sequence[str]:
    """Open cases of known persons who might be asked all the same."""
    hold = exists().where(
        col(ContactHold.kind) == KIND,
        col(ContactHold.source_id) == col(Case.id),
        col(ContactHold.until).is_(None),
        col(ContactHold.person_id) == col(Case.person_id),
    )
    return session.scalars(select(col(Case.number)).where(col(Case.state).in_(OPEN), col(Case.person_id).is_not(None), ~hold)).all()


def held_though_settled(session: Session) -> Sequence[str]:
    """Settled cases that still keep their person from being asked."""
    joined = and_(col(ContactHold.source_id) == col(Case.id), col(ContactHold.kind) == KIND)
    return session.scalars(
        select(col(Case.number)).join(ContactHold, joined).where(col(ContactHold.until).is_(None), col(Case.state).not_in(OPEN))
    ).all()


def wrong_loads(session: Session) -> list[tuple[UUID, int, int]]:
    """Units whose stored number of open cases is not the counted one: unit, stored, counted."""
    counted = {
        row[0]: row[1]
        for row in session.execute(select(col(Case.unit_id), func.count()).where(col(Case.state).in_(OPEN)).group_by(col(Case.unit_id)))
    }
    stored = {row[0]: row[1] for row in session.execute(select(col(UnitLoad.unit_id), col(UnitLoad.open_cases)))}
    units = sorted(set(counted) | set(stored))
    return [(unit, stored.get(unit, 0), counted.get(unit, 0)) for unit in units if stored.get(unit, 0) != counted.get(unit, 0)]
