"""The SQL of journeys: their stages and touchpoints, and how many got how far at each of them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import UnitAncestor
from questionnaires.metrics.models import FunnelDay
from questionnaires.metrics.store.reading import Cut
from scheduler.touchpoints.models import Journey, Stage, Touchpoint


class Volume(NamedTuple):
    """How many at one touchpoint: candidates of events, invited, answered; and those not asked."""

    candidates: int = 0
    invited: int = 0
    completed: int = 0
    dropped: int = 0


def volumes(session: Session, cut: Cut, first: date, last: date) -> dict[str, Volume]:
    """Counts by touchpoint over some days, inside a part of the organisation; one statement."""
    query = select(col(FunnelDay.touchpoint), col(FunnelDay.step), func.sum(col(FunnelDay.n)))
    query = query.where(col(FunnelDay.day).between(first, last), col(FunnelDay.touchpoint) != "")
    if not cut.everything:
        query = query.where(exists().where(
            col(UnitAncestor.unit_id) == col(FunnelDay.unit_id), ids_in(UnitAncestor.ancestor_id, cut.nodes),
            col(UnitAncestor.valid_from) <= col(FunnelDay.day), col(FunnelDay.day) < col(UnitAncestor.valid_to),
        ))  # fmt: skip
    found: dict[str, dict[str, int]] = {}
    for touchpoint, step, n in session.execute(query.group_by(col(FunnelDay.touchpoint), col(FunnelDay.step))):
        found.setdefault(touchpoint, {})[step] = int(n)
    return {code: _volume(steps) for code, steps in found.items()}


def _volume(steps: dict[str, int]) -> Volume:
    return Volume(*(steps.get(name, 0) for name in ("candidates", "invited", "completed", "dropped")))


def drops(session: Session, cut: Cut, first: date, last: date, touchpoint: str = "") -> list[tuple[str, int]]:
    """Why candidates were not asked, the most frequent reason first; one statement."""
    query = select(col(FunnelDay.code), func.sum(col(FunnelDay.n))).where(
        col(FunnelDay.day).between(first, last), col(FunnelDay.code) != ""
    )
    if touchpoint:
        query = query.where(col(FunnelDay.touchpoint) == touchpoint)
    if not cut.everything:
        query = query.where(exists().where(
            col(UnitAncestor.unit_id) == col(FunnelDay.unit_id), ids_in(UnitAncestor.ancestor_id, cut.nodes),
            col(UnitAncestor.valid_from) <= col(FunnelDay.day), col(FunnelDay.day) < col(UnitAncestor.valid_to),
        ))  # fmt: skip
    rows = session.execute(query.group_by(col(FunnelDay.code)).order_by(func.sum(col(FunnelDay.n)).desc(), col(FunnelDay.code)))
    return [(row[0], int(row[1])) for row in rows]


def journey(session: Session, journey_id: UUID, *, lock: bool = False) -> Journey | None:
    """A journey; locked where its stages are about to change."""
    query = select(Journey).where(col(Journey.id) == journey_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def stages_of(session: Session, journey_id: UUID) -> list[Stage]:
    """A journey's stages in order."""
    query = select(Stage).where(col(Stage.journey_id) == journey_id)
    return list(session.scalars(query.order_by(col(Stage.position), col(Stage.code))))


def used_by(session: Session, stage_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many touchpoints stand on stages."""
    query = select(col(Touchpoint.stage_id), func.count()).where(ids_in(Touchpoint.stage_id, stage_ids)).group_by(col(Touchpoint.stage_id))
    return {row[0]: row[1] for row in session.execute(query) if row[0] is not None}


def number_journeys(session: Session, ids: Sequence[UUID]) -> None:
    """Write the order of journeys."""
    for place, one in enumerate(ids):
        session.execute(update(Journey).where(col(Journey.id) == one).values(position=place))


def number_stages(session: Session, journey_id: UUID, ids: Sequence[UUID]) -> None:
    """Write the order of a journey's stages; stages come along from other journeys."""
    for place, one in enumerate(ids):
        session.execute(update(Stage).where(col(Stage.id) == one).values(position=place, journey_id=journey_id))
