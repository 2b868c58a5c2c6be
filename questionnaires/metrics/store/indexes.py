"""SQL of index trees, indicators and imported figures."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in, upsert_for
from questionnaires.metrics.index_models import ImportedFigure, IndexTree, Indicator
from questionnaires.metrics.rules.periods import Period


def all_trees(session: Session) -> list[IndexTree]:
    """Every version of every tree, oldest first."""
    return list(session.scalars(select(IndexTree).order_by(col(IndexTree.code), col(IndexTree.version))))


def latest(session: Session, code: str) -> IndexTree | None:
    """The newest version of a tree."""
    return session.scalars(
        select(IndexTree).where(col(IndexTree.code) == code).order_by(col(IndexTree.version).desc()).limit(1)
    ).one_or_none()


def version(session: Session, code: str, number: int) -> IndexTree | None:
    """One version of a tree."""
    return session.scalars(select(IndexTree).where(col(IndexTree.code) == code, col(IndexTree.version) == number)).one_or_none()


def on(session: Session, code: str, day: date) -> IndexTree | None:
    """The version in force on a day."""
    query = select(IndexTree).where(col(IndexTree.code) == code, col(IndexTree.effective_from) <= day)
    return session.scalars(query.order_by(col(IndexTree.version).desc()).limit(1)).one_or_none()


def indicators(session: Session) -> list[Indicator]:
    """The bank's own indicators."""
    return list(session.scalars(select(Indicator).order_by(col(Indicator.code))))


def imported(session: Session, unit_id: UUID, period: Period, names: Sequence[str]) -> list[ImportedFigure]:
    """The newest imported figure of each indicator whose days touch a period."""
    query = select(ImportedFigure).where(
        col(ImportedFigure.unit_id) == unit_id,
        keys_in(ImportedFigure.indicator, names),
        col(ImportedFigure.first) <= period.last,
        col(ImportedFigure.last) >= period.first,
    )
    found = {row.indicator: row for row in session.scalars(query.order_by(col(ImportedFigure.last), col(ImportedFigure.first)))}
    return list(found.values())


def newest(session: Session, unit_ids: Iterable[UUID], limit: int) -> list[ImportedFigure]:
    """The figures that came in last, of some units."""
    query = select(ImportedFigure).where(ids_in(ImportedFigure.unit_id, unit_ids))
    return list(session.scalars(query.order_by(col(ImportedFigure.imported_at).desc(), col(ImportedFigure.last).desc()).limit(limit)))


def put_figures(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write imported figures; those of the same indicator, unit and days are replaced."""
    insert = upsert_for(session)(ImportedFigure)
    changed = {name: insert.excluded[name] for name in ("value", "n", "origin", "imported_by", "imported_at")}
    session.execute(insert.on_conflict_do_update(index_elements=["indicator", "unit_id", "first", "last"], set_=changed), list(rows))
