"""Figures of one place and period: the estimates, how they compare with the period before, and the trend."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from questionnaires.metrics.asked import Asked, Place
from questionnaires.metrics.rules.compare import Verdict, difference, verdict
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.periods import DAILY_UP_TO, LENGTHS, Period, last_days, shortest, steps, week_of
from questionnaires.metrics.rules.tally import Tally, figure, mean_of, top_share
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW, Visibility, visibility
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store.reading import DaySums

MAIN = tuple(str(kind) for kind in Kind)
TREND_WEEKS = 26


@dataclass(frozen=True)
class Figure:
    """One indicator's figure with all that must stand beside it."""

    indicator: str
    kind: Kind
    tally: Tally
    estimate: Estimate
    mean: Estimate
    top: Estimate
    gap: Estimate
    verdict: Verdict

    @property
    def visibility(self) -> Visibility:
        """How it may be shown."""
        return visibility(self.tally.n)


@dataclass(frozen=True)
class Point:
    """One day or week of a trend; the estimate is empty where too few answered."""

    period: Period
    estimate: Estimate


@dataclass(frozen=True)
class Series:
    """All daily sums that a page needs, read at once."""

    period: Period
    rows: Sequence[DaySums]

    def tally(self, indicator: str, period: Period) -> Tally:
        """An indicator's answers in a period."""
        chosen = (row.tally for row in self.rows if row.indicator == indicator and period.first <= row.day <= period.last)
        return sum(chosen, Tally())

    def figure(self, indicator: str) -> Figure:
        """An indicator's figure in the period, against the period before."""
        return compared(indicator, self.tally(indicator, self.period), self.tally(indicator, self.period.before()))

    def trend(self, indicator: str) -> list[Point]:
        """Points by day where most days have enough answers, else by week over half a year.

        It begins with the first answer; a day or week that has only just begun, without any, is left out.
        """
        kind = kind_of(indicator) or Kind.NPS
        by_day = self._by_day(indicator)
        points = [_point(kind, part, by_day) for part in trend_steps(self.period, {day: tally.n for day, tally in by_day.items()})]
        first = next((number for number, point in enumerate(points) if point.estimate.n), len(points))
        last = len(points) if points[-1].estimate.n else len(points) - 1
        return points[first:last]

    def _by_day(self, indicator: str) -> dict[date, Tally]:
        by_day: dict[date, Tally] = defaultdict(Tally)
        for row in self.rows:
            if row.indicator == indicator:
                by_day[row.day] += row.tally
        return by_day


def _point(kind: Kind, part: Period, by_day: Mapping[date, Tally]) -> Point:
    tally = sum((by_day[day] for day in part if day in by_day), Tally())
    return Point(part, figure(kind, tally) if tally.n >= HIDDEN_BELOW else Estimate.nothing(tally.n))


def compared(indicator: str, now: Tally, before: Tally) -> Figure:
    """A figure and its verdict; too few answers on either side allow none."""
    kind = kind_of(indicator) or Kind.NPS
    gap = difference(kind, now, before) if min(now.n, before.n) >= HIDDEN_BELOW else Estimate.nothing(min(now.n, before.n))
    return Figure(indicator, kind, now, figure(kind, now), mean_of(kind, now), top_share(now), gap, verdict(gap))


def trend_steps(period: Period, answers: Mapping[date, int]) -> list[Period]:
    """Days for a month or less of which two thirds (there are weekends) have ten answers, else whole weeks of half a year or more."""
    parts = steps(period)
    enough = sum(answers.get(day, 0) >= HIDDEN_BELOW for day in period)
    if period.days <= DAILY_UP_TO and 3 * enough >= 2 * period.days:
        return parts
    start = min(period.first, trend_start(period))
    return steps_by_week(Period(week_of(start), period.last))


def trend_start(period: Period) -> date:
    """The Monday half a year before the period's end."""
    return week_of(period.last) - timedelta(weeks=TREND_WEEKS - 1)


def steps_by_week(period: Period) -> list[Period]:
    """Whole weeks from the period's Monday; the last ends with the period."""
    mondays = range(0, period.days, 7)
    starts = [period.first + timedelta(days=number) for number in mondays]
    return [Period(start, min(start + timedelta(days=6), period.last)) for start in starts]


def read_series(session: Session, place: Place, asked: Asked, today: date, indicators: Sequence[str] = MAIN) -> Series:
    """Choose the period and read its sums, those of the period before, and half a year for the trend.

    One statement; two where the period is to be chosen and either the cut is narrowed or the longest is needed.
    """
    if not asked.automatic:
        period = asked.fixed_period(today)
        return Series(period, store.by_day(session, place.cut, whole(period), indicators))
    year = last_days(today, LENGTHS[-1])
    rows = store.by_day(session, place.uncut(), year, indicators)
    known = Series(year, rows)
    period = shortest(today, lambda some: known.tally(asked.indicator, some).n)
    if place.cut != place.uncut() or whole(period).first < year.first:
        rows = store.by_day(session, place.cut, whole(period), indicators)
    return Series(period, rows)


def whole(period: Period) -> Period:
    """All the days that a page about a period needs."""
    return Period(min(period.before().first, trend_start(period), week_of(period.first)), period.last)
