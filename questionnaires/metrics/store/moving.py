"""SQL that compares the organisation's tree with the one under the totals."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, except_, select
from sqlmodel import Session, SQLModel, col

from portal.foundation.db import dialect_of, ids_in, insert_rows
from portal.people.models import UnitAncestor
from questionnaires.metrics.models import CountedPlacement

Placement = tuple[UUID, UUID, date, date]
"""Unit, a unit above it (or itself), first day, first day no more."""
NAMES = ("unit_id", "ancestor_id", "valid_from", "valid_to")


def differences(session: Session) -> tuple[list[Placement], list[Placement]]:
    """Placements that the totals do not know yet, and those they know but which hold no more."""
    return _without(session, UnitAncestor, CountedPlacement), _without(session, CountedPlacement, UnitAncestor)


def counted(session: Session, unit_ids: Iterable[UUID]) -> list[Placement]:
    """How some units are placed under the totals."""
    return _of(session, CountedPlacement, unit_ids)


def actual(session: Session, unit_ids: Iterable[UUID]) -> list[Placement]:
    """How some units are placed by the organisation."""
    return _of(session, UnitAncestor, unit_ids)


def replace(session: Session, unit_ids: Iterable[UUID], rows: Sequence[Placement]) -> None:
    """The totals know some units' new places from now on."""
    session.execute(delete(CountedPlacement).where(ids_in(CountedPlacement.unit_id, unit_ids)).execution_options(synchronize_session=False))
    if rows:
        insert_rows(session, CountedPlacement, [dict(zip(NAMES, row, strict=True)) for row in rows])


def hold_tree_alone(session: Session) -> None:
    """Wait until nobody counts, and let nobody count until this transaction ends; on SQLite the writer is alone anyway."""
    if dialect_of(session) == "postgresql":
        session.connection().exec_driver_sql("LOCK TABLE counted_placement IN EXCLUSIVE MODE")


def _columns(model: type[SQLModel]) -> list[Any]:
    return [col(getattr(model, name)) for name in NAMES]


def _without(session: Session, here: type[SQLModel], there: type[SQLModel]) -> list[Placement]:
    return [_placement(row) for row in session.execute(except_(select(*_columns(here)), select(*_columns(there))))]


def _of(session: Session, model: Any, unit_ids: Iterable[UUID]) -> list[Placement]:
    return [_placement(row) for row in session.execute(select(*_columns(model)).where(ids_in(model.unit_id, unit_ids)))]


def _placement(row: Sequence[Any]) -> Placement:
    return row[0], row[1], row[2], row[3]
