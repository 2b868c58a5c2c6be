"""The SQL of pilots."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, bindparam, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.foundation.queries import Query
from portal.people.models import UnitAncestor
from questionnaires.library.models import QuestionnaireVersion
from scheduler.touchpoints.pilot_models import Pilot


class RunningRow(NamedTuple):
    """A pilot that runs, as far as deciding and listening read it."""

    touchpoint: str
    unit_ids: list[str] | None
    first_n: int | None
    version_id: UUID | None
    rest_version_id: UUID | None


_RUNNING = Query(
    RunningRow,
    [col(getattr(Pilot, name)) for name in RunningRow._fields],
    lambda query: query.where(col(Pilot.state) == "running", col(Pilot.kind) == bindparam("kind", type_=String())),
)


class Running(NamedTuple):
    """A pilot that runs: its units with all below them (None: any), and how many it may ask in all (None: any number)."""

    pilot: RunningRow
    units: frozenset[UUID] | None

    def includes(self, *units: UUID | None) -> bool:
        """Whether one of these units takes part."""
        return self.units is None or any(unit in self.units for unit in units if unit is not None)

    def version_for(self, *units: UUID | None) -> UUID | None:
        """The version that is asked there; None where the pilot is not about versions."""
        return self.pilot.version_id if self.includes(*units) else self.pilot.rest_version_id


def running(session: Session, kind: str, today: date, touchpoints: Iterable[str] | None = None) -> dict[str, Running]:
    """The pilots of a kind by touchpoint: one statement, and one more where any runs in chosen units."""
    known = None if touchpoints is None else frozenset(touchpoints)
    pilots = [one for one in _RUNNING.rows(session, kind=kind) if known is None or one.touchpoint in known]
    below = units_below(session, [UUID(one) for pilot in pilots for one in pilot.unit_ids or ()], today)
    return {
        pilot.touchpoint: Running(
            pilot, None if pilot.unit_ids is None else frozenset().union(*(below.get(UUID(one), frozenset()) for one in pilot.unit_ids))
        )
        for pilot in pilots
    }


def units_below(session: Session, unit_ids: Iterable[UUID], today: date) -> dict[UUID, frozenset[UUID]]:
    """Units with all that hang below them on a day."""
    wanted = list(unit_ids)
    if not wanted:
        return {}
    a = UnitAncestor
    query = select(col(a.ancestor_id), col(a.unit_id)).where(
        ids_in(a.ancestor_id, wanted), col(a.valid_from) <= today, col(a.valid_to) > today
    )
    found: dict[UUID, set[UUID]] = {}
    for ancestor, unit in session.execute(query):
        found.setdefault(ancestor, set()).add(unit)
    return {ancestor: frozenset(units) for ancestor, units in found.items()}


def pilots(session: Session) -> list[Pilot]:
    """All pilots, those that run first, then the newest."""
    return list(session.scalars(select(Pilot).order_by((col(Pilot.state) != "running").asc(), col(Pilot.started_at).desc())))


def pilot(session: Session, pilot_id: UUID, *, lock: bool = False) -> Pilot | None:
    """One pilot; locked where it is about to change."""
    query = select(Pilot).where(col(Pilot.id) == pilot_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def is_running(session: Session, touchpoint: str, kind: str) -> bool:
    """Whether such a pilot runs already."""
    query = select(col(Pilot.id)).where(col(Pilot.touchpoint) == touchpoint, col(Pilot.kind) == kind, col(Pilot.state) == "running")
    return session.scalar(query) is not None


def versions(session: Session, questionnaire_id: UUID) -> list[QuestionnaireVersion]:
    """The published versions of a questionnaire, the newest first."""
    query = select(QuestionnaireVersion).where(
        col(QuestionnaireVersion.questionnaire_id) == questionnaire_id, col(QuestionnaireVersion.published_at).is_not(None)
    )
    return list(session.scalars(query.order_by(col(QuestionnaireVersion.number).desc())))
