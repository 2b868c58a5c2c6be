"""The list of cases: filtered, sorted, a page at a time; and the numbers beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlmodel import Session, col

from portal.foundation.db import keys_in
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.cases.models import OPEN as SETTLED_LEFT_OUT
from scheduler.cases.models import RESOLVED, Case
from scheduler.cases.rules.numbers import sought
from scheduler.cases.rules.states import OPEN_STATES, State

NOT_SETTLED = text(f"case_file.{SETTLED_LEFT_OUT}")
IS_RESOLVED = and_(text(f"case_file.{RESOLVED}"))
"""The very words of the partial indexes: a planner takes them only when it finds them in the query."""

IS_OPEN = and_(NOT_SETTLED, col(Case.state).in_(sorted(OPEN_STATES)))
VIEWS = ("open", "mine", "overdue", "resolved", "closed", "all")


@dataclass(frozen=True)
class Filter:
    """What the reader wants to see of what he may see."""

    scope: Scope
    now: datetime
    view: str = "open"
    me: UUID | None = None
    unit_id: UUID | None = None
    number: str = ""
    state: str = ""
    sort: str = ""
    kind: str = ""

    @property
    def order(self) -> str:
        """Open cases by their limit, the first to fall due on top; all others the newest first."""
        if self.view in ("open", "mine", "overdue") and self.sort in ("", "due", "-due"):
            return self.sort or "due"
        return "number" if self.sort == "number" else "-number"


def clause(wanted: Filter) -> ColumnElement[bool]:
    """The WHERE of a filter; the scope is always part of it."""
    parts: list[ColumnElement[bool]] = [in_scope(col(Case.unit_id), wanted.scope, wanted.now), _view(wanted)]
    if wanted.unit_id is not None:
        parts.append(in_scope(col(Case.unit_id), Scope(unit_ids=(wanted.unit_id,)), wanted.now))
    if wanted.number:
        parts.append(_numbered(wanted))
    if wanted.state:
        parts.append(col(Case.state) == wanted.state)
    if wanted.kind:
        parts.append(col(Case.kind) == wanted.kind)
    return and_(*parts)


def _numbered(wanted: Filter) -> ColumnElement[bool]:
    """The numbers that were typed; a beginning is a stretch of the index, in whatever order the database sorts its signs."""
    found = sought(wanted.number, wanted.now.date())
    if found.start:
        number = col(Case.number)
        return and_(number >= found.start, number <= found.start + "ZZ", number.startswith(found.start, autoescape=True))
    return keys_in(col(Case.number), found.numbers)


def _view(wanted: Filter) -> ColumnElement[bool]:
    return {
        "open": IS_OPEN,
        "mine": and_(IS_OPEN, col(Case.owner_id) == wanted.me),
        "overdue": and_(IS_OPEN, col(Case.due_at) <= wanted.now),
        "resolved": IS_RESOLVED,
        "closed": col(Case.state).in_([State.CLOSED, State.MERGED]),
    }.get(wanted.view, col(Case.state).is_not(None))


def page(session: Session, wanted: Filter, cursor: tuple[str, str] | None, limit: int) -> Sequence[Case]:
    """One page of cases after a cursor (sort value, number), one row more than asked where there is a next page."""
    query: Select[Any] = select(Case).where(clause(wanted))
    down = wanted.order.startswith("-")
    number = col(Case.number)
    if wanted.order.endswith("due"):
        due = col(Case.due_at)
        if cursor:
            at = datetime.fromisoformat(cursor[0])
            query = query.where(or_(due < at if down else due > at, and_(due == at, number > cursor[1])))
        query = query.order_by(due.desc() if down else due, number)
    else:
        if cursor:
            query = query.where(number < cursor[1] if down else number > cursor[1])
        query = query.order_by(number.desc() if down else number)
    return session.scalars(query.limit(limit + 1)).all()


def counts(session: Session, wanted: Filter) -> tuple[int, int]:
    """How many open cases are one's own, and how many are overdue; one statement, each part through its own partial index."""
    mine = select(func.count()).select_from(Case).where(clause(replace(wanted, view="mine"))).scalar_subquery()
    overdue = select(func.count()).select_from(Case).where(clause(replace(wanted, view="overdue"))).scalar_subquery()
    row = session.execute(select(mine, overdue)).one()
    return int(row[0]), int(row[1])


def due_today(session: Session, owner_id: UUID, until: datetime, limit: int) -> Sequence[Case]:
    """Open cases of one person that fall due by a moment, the most urgent first."""
    return session.scalars(
        select(Case).where(col(Case.owner_id) == owner_id, IS_OPEN, col(Case.due_at) <= until).order_by(col(Case.due_at)).limit(limit)
    ).all()
