"""The figure of an issue or programme, from the daily rows."""

from uuid import UUID

from sqlmodel import Session

from questionnaires.metrics.models import NO_UNIT
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.tally import Tally
from questionnaires.metrics.store.reading import Cut, by_day
from scheduler.improvement.rules.proof import Window


def tally(session: Session, unit_id: UUID | None, touchpoint: str, indicator: str, window: Window) -> Tally:
    """Invited customers' answers of a unit with all below it (none: the whole bank), at one touchpoint or all."""
    cut = Cut((unit_id or NO_UNIT,), touchpoint=touchpoint)
    rows = by_day(session, cut, Period(window.first, window.last), [indicator])
    return sum((row.tally for row in rows), Tally())
