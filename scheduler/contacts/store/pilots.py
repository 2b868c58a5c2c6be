"""What a pilot's page compares: steps, drops and answers of a touchpoint by unit."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from questionnaires.metrics.models import DailyCount, FunnelDay
from scheduler.contacts.models import Quota
from scheduler.contacts.rules.precision import Counts
from scheduler.contacts.rules.quotas import pilot_scope


@dataclass
class UnitRow:
    """One unit in charge."""

    unit_id: UUID
    invited: int = 0
    completed: int = 0
    counts: Counts = field(default_factory=Counts)
    drops: dict[str, int] = field(default_factory=dict)


def by_unit(session: Session, touchpoint: str, indicator: str, first: date, last: date) -> list[UnitRow]:
    """A touchpoint's units in the days from `first`, `last` left out; two statements."""
    found: dict[UUID, UnitRow] = {}
    f, d = FunnelDay, DailyCount
    steps = (
        select(col(f.unit_id), col(f.step), col(f.code), func.sum(col(f.n)))
        .where(col(f.touchpoint) == touchpoint, col(f.day) >= first, col(f.day) < last)
        .where(col(f.step).in_(("invited", "completed", "dropped")))
        .group_by(col(f.unit_id), col(f.step), col(f.code))
    )
    for unit_id, step, code, n in session.execute(steps):
        row = found.setdefault(unit_id, UnitRow(unit_id))
        if step == "dropped":
            row.drops[code] = n
        else:
            setattr(row, step, n)
    answers = (
        select(col(d.unit_id), func.sum(col(d.low)), func.sum(col(d.mid)), func.sum(col(d.high)))
        .where(col(d.touchpoint) == touchpoint, col(d.indicator) == indicator, col(d.source) == "invited")
        .where(col(d.day) >= first, col(d.day) < last)
        .group_by(col(d.unit_id))
    )
    for unit_id, low, mid, high in session.execute(answers):
        found.setdefault(unit_id, UnitRow(unit_id)).counts = Counts(low, mid, high)
    return list(found.values())


def forget_count(session: Session, touchpoint: str) -> None:
    """A new pilot counts its invitations from the beginning."""
    session.execute(delete(Quota).where(col(Quota.scope) == pilot_scope(touchpoint)))
