"""Metric alarms, raised once a day when the night is over: rows that the room of cases turns into cases or messages."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.ids import new_id
from portal.foundation.jobs import Job
from questionnaires.metrics.models import NO_UNIT
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.periods import Period, day_of
from questionnaires.metrics.rules.tally import Tally
from questionnaires.reports.rules.alarms import Alarm, drop, flood, rate_collapse
from questionnaires.reports.store import alarms as store
from questionnaires.reports.store import sums
from questionnaires.reports.store.sums import Both

WEEK, BEFORE = 7, 56
LAG = 3
"""Whoever was invited in the last days may still answer: rates are compared without them."""
QUIET = timedelta(days=14)
"""An alarm about the same thing is not repeated within these days."""
GRACE = timedelta(hours=2)
NOTHING = Both(Tally(), Tally())
Raised = tuple[UUID, Alarm, Period]


def raise_alarms(ground: Ground, now: datetime) -> int:
    """Look at the days up to yesterday; how many alarms were raised. Safe to run twice: a day is looked at once."""
    yesterday = day_of(now - GRACE, ZoneInfo(ground.settings.zone)) - timedelta(days=1)
    with ground.reading() as session:
        found = [*_drops(session, yesterday), *_collapses(session, yesterday), *_floods(session, yesterday)]
        units = store.open_units(session)
        recent = store.recent(session, now - QUIET)
    fresh = [one for one in found if one[0] in units and (one[1].kind, one[0], one[1].indicator) not in recent]
    if not fresh:
        return 0
    with ground.writing() as session:
        return store.add(session, [_row(unit, alarm, period, now) for unit, alarm, period in fresh])


def _drops(session: Session, last: date) -> Iterable[Raised]:
    week = Period(last - timedelta(days=WEEK - 1), last)
    past = Period(week.first - timedelta(days=BEFORE), week.first - timedelta(days=1))
    kinds = [str(kind) for kind in Kind]
    here = store.nodes(session, week.first, week.last)
    now = sums.of_nodes(session, here, week.first, week.last, kinds)
    before = sums.of_nodes(session, here, past.first, past.last, kinds)
    for (node, indicator), both in now.items():
        alarm = drop(Kind(indicator), both.answered, before.get((node, indicator), NOTHING).answered)
        if alarm and node != NO_UNIT:
            yield node, alarm, week


def _collapses(session: Session, last: date) -> Iterable[Raised]:
    week = Period(last - timedelta(days=LAG + WEEK - 1), last - timedelta(days=LAG))
    past = Period(week.first - timedelta(days=BEFORE), week.first - timedelta(days=1))
    steps = ("invited", "completed")
    now, before = (sums.steps_of_units(session, some.first, some.last, steps) for some in (week, past))
    for unit in {unit for unit, _step in now}:
        alarm = rate_collapse(*(counts.get((unit, step), 0) for counts in (now, before) for step in steps))
        if alarm and unit != NO_UNIT:
            yield unit, alarm, week


def _floods(session: Session, last: date) -> Iterable[Raised]:
    days = [last - timedelta(days=n) for n in range(1, 29)]
    counts = sums.answers_per_day(session, days[-1], last, str(Kind.NPS))
    for node in {node for node, day in counts if day == last}:
        alarm = flood(counts[node, last], [counts.get((node, day), 0) for day in days])
        if alarm and node != NO_UNIT:
            yield node, alarm, Period(last, last)


def _row(unit: UUID, alarm: Alarm, period: Period, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "kind": alarm.kind,
        "unit_id": unit,
        "indicator": alarm.indicator,
        "first": period.first,
        "last": period.last,
        "value": alarm.value,
        "lower": alarm.lower,
        "upper": alarm.upper,
        "n": alarm.n,
        "before": alarm.before,
        "before_n": alarm.before_n,
        "facts": {},
        "raised_at": now,
        "followed_up_at": None,
        "case_id": None,
    }


JOBS = [Job("reports.alarms", timedelta(hours=1), raise_alarms, _l("Look for metric alarms"))]
