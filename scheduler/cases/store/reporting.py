"""Figures of cases that opened in a time: one grouped read through the index of `opened_at`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy import case as sql_case
from sqlmodel import Session, col

from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.cases.models import Case
from scheduler.cases.rules.states import OPEN_STATES


@dataclass(frozen=True)
class Asked:
    """Which cases are counted: opened in [since, until), in a scope, of a kind or of all."""

    scope: Scope
    since: datetime
    until: datetime
    now: datetime
    kind: str = ""


@dataclass(frozen=True)
class Sums:
    """Counts of one group of cases.

    Shape   `contacted`, `resolved`: ever, of them `…_in_time`; `recovered` of `judged`: re-rated cases whose first score was low
    """

    opened: int = 0
    still_open: int = 0
    contacted: int = 0
    contacted_in_time: int = 0
    resolved: int = 0
    resolved_in_time: int = 0
    rerated: int = 0
    judged: int = 0
    recovered: int = 0
    reopened: int = 0
    escalated: int = 0


def _counted(condition: Any) -> Any:
    return func.coalesce(func.sum(sql_case((condition, 1), else_=0)), 0)


def _columns() -> list[Any]:
    return [
        func.count(),
        _counted(col(Case.state).in_(sorted(OPEN_STATES))),
        _counted(col(Case.first_contacted_at).is_not(None)),
        _counted(col(Case.contact_in_time).is_(True)),
        _counted(col(Case.first_resolved_at).is_not(None)),
        _counted(col(Case.resolved_in_time).is_(True)),
        _counted(col(Case.rerated_at).is_not(None)),
        _counted(col(Case.recovered).is_not(None)),
        _counted(col(Case.recovered).is_(True)),
        _counted(col(Case.reopened) > 0),
        _counted(col(Case.escalated) > 0),
    ]


def _where(asked: Asked) -> Any:
    parts = [col(Case.opened_at) >= asked.since, col(Case.opened_at) < asked.until, in_scope(col(Case.unit_id), asked.scope, asked.now)]
    return and_(*parts, *([col(Case.kind) == asked.kind] if asked.kind else []))


def totals(session: Session, asked: Asked) -> Sums:
    """All of them together."""
    return Sums(*session.execute(select(*_columns()).where(_where(asked))).one())


def by_unit(session: Session, asked: Asked) -> list[tuple[UUID, Sums]]:
    """By the unit in charge, the one with the most first."""
    rows = session.execute(
        select(col(Case.unit_id), *_columns()).where(_where(asked)).group_by(col(Case.unit_id)).order_by(func.count().desc())
    )
    return [(row[0], Sums(*row[1:])) for row in rows]


def by_cause(session: Session, asked: Asked) -> list[tuple[str | None, Sums]]:
    """By root cause; None for cases that have none yet."""
    rows = session.execute(
        select(col(Case.root_cause), *_columns()).where(_where(asked)).group_by(col(Case.root_cause)).order_by(func.count().desc())
    )
    return [(row[0], Sums(*row[1:])) for row in rows]


def by_kind(session: Session, asked: Asked) -> list[tuple[str, Sums]]:
    """By kind of case."""
    rows = session.execute(select(col(Case.kind), *_columns()).where(_where(asked)).group_by(col(Case.kind)).order_by(func.count().desc()))
    return [(row[0], Sums(*row[1:])) for row in rows]
