"""Figures of one place and period: the estimates, how they compare with the period before, and the trend."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlmodel import Session

from questionnaires.metrics.asked import Asked, Place
from questionnaires.metrics.counting import WEIGHED_ANSWERS
from questionnaires.metrics.privacy import OPEN, Around
from questionnaires.metrics.rules.compare import Verdict, difference, verdict
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.periods import DAILY_UP_TO, LENGTHS, Period, last_days, shortest, steps, week_of, whole_period
from questionnaires.metrics.rules.tally import Tally, figure, mean_of, top_share
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW, Visibility, visibility
from questionnaires.metrics.rules.weights import Weighted, enough, weighted_figure
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store import weighing
from questionnaires.metrics.store.reading import DaySums
from questionnaires.metrics.store.weighing import DayWeighted

MAIN = tuple(str(kind) for kind in Kind)
TREND_WEEKS = 26


@dataclass(frozen=True)
class Figure:
    """One indicator's figure with all that must stand beside it.

    `estimate` is weighed by the chance of being asked where `weighted` is there, `unweighted` never is; `adjusted` is the
    figure after upheld appeals, where there were any. Where it is `hidden` nothing but n is told.
    """

    indicator: str
    kind: Kind
    tally: Tally
    estimate: Estimate
    mean: Estimate
    top: Estimate
    gap: Estimate
    verdict: Verdict
    unweighted: Estimate = field(default_factory=Estimate.nothing)
    weighted: Weighted | None = None
    adjusted: Estimate | None = None
    n: int = 0
    hidden: bool = False

    @property
    def visibility(self) -> Visibility:
        """How it may be shown."""
        return Visibility.HIDDEN if self.hidden else visibility(self.n)

    @property
    def split(self) -> Tally:
        """Low, middle and high as the figure counts them."""
        return self.weighted.effective if self.weighted and not self.hidden else self.tally

    @property
    def effective_n(self) -> int:
        """How many equally weighed answers would say as much."""
        return round(self.weighted.effective_n) if self.weighted else self.n


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
    weighted: Sequence[DayWeighted] = ()
    around: Around = OPEN
    before: Period | None = None
    """What to compare with; the period of the same length just before where it is not said."""
    others: Mapping[str, Tally] = field(default_factory=dict)
    """Answers of others to compare with, in place of an earlier period."""
    coarse: bool = False

    def tally(self, indicator: str, period: Period) -> Tally:
        """An indicator's answers in a period."""
        chosen = (row.tally for row in self.rows if row.indicator == indicator and period.first <= row.day <= period.last)
        return sum(chosen, Tally())

    def weight(self, indicator: str, period: Period) -> Weighted | None:
        """The same weighed; None where most of it is not weighed (yet)."""
        chosen = (row.sums for row in self.weighted if row.indicator == indicator and period.first <= row.day <= period.last)
        return enough(sum(chosen, Weighted()), self.tally(indicator, period).n)

    def figure(self, indicator: str) -> Figure:
        """An indicator's figure in the period, against the period before, last year or others."""
        tally, weighted = self.tally(indicator, self.period), self.weight(indicator, self.period)
        if self.around.hides(indicator, self.period) or indicator in self.around.siblings:
            return hidden_figure(indicator, tally.n)
        before = self.before or self.period.before()
        there = self.others[indicator] if self.others else self.tally(indicator, before)
        there_weighted = None if self.others else self.weight(indicator, before)
        if not self.others and self.around.hides(indicator, before):
            there, there_weighted = Tally(), None
        found = compared(indicator, tally, there, weighted, there_weighted)
        adjusted = self.adjusted(indicator)
        # Both figures tell what those left out said: below case rights only where these are many.
        fewer = tally.n - adjusted.n
        tells = fewer > 0 and adjusted.n >= HIDDEN_BELOW and (not self.coarse or fewer >= HIDDEN_BELOW)
        return replace(found, adjusted=figure(found.kind, adjusted)) if tells else found

    def adjusted(self, indicator: str) -> Tally:
        """An indicator's answers in the period after upheld appeals."""
        rows = (row.adjusted for row in self.rows if row.indicator == indicator and self.period.first <= row.day <= self.period.last)
        return sum(rows, Tally())

    def trend(self, indicator: str) -> list[Point]:
        """Points by day where most days have enough answers, else by week over half a year.

        It begins with the first answer; a day or week that has only just begun, without any, is left out.
        """
        by_day = self._by_day(indicator)
        counts = {day: tally.n for day, tally in by_day.items()}
        points = [self._point(indicator, part, by_day) for part in trend_steps(self.period, counts, coarse=self.coarse)]
        first = next((number for number, point in enumerate(points) if point.estimate.n), len(points))
        last = len(points) if points and points[-1].estimate.n else len(points) - 1
        return points[first:last]

    def _point(self, indicator: str, part: Period, by_day: Mapping[date, Tally]) -> Point:
        kind, tally = kind_of(indicator) or Kind.NPS, sum((by_day[day] for day in part if day in by_day), Tally())
        if tally.n < HIDDEN_BELOW or (self.coarse and self.around.hides(indicator, part)):
            return Point(part, Estimate.nothing(tally.n))
        weighted = self.weight(indicator, part)
        return Point(part, weighted_figure(kind, weighted) if weighted else figure(kind, tally))

    def _by_day(self, indicator: str) -> dict[date, Tally]:
        by_day: dict[date, Tally] = defaultdict(Tally)
        for row in self.rows:
            if row.indicator == indicator:
                by_day[row.day] += row.tally
        return by_day


def hidden_figure(indicator: str, n: int) -> Figure:
    """A figure of which only n is told."""
    nothing = Estimate.nothing(n)
    kind = kind_of(indicator) or Kind.NPS
    return Figure(indicator, kind, Tally(), nothing, nothing, nothing, Estimate.nothing(), Verdict.UNKNOWN, nothing, n=n, hidden=True)


def compared(
    indicator: str, now: Tally, before: Tally, weighted: Weighted | None = None, weighted_before: Weighted | None = None
) -> Figure:
    """A figure and its verdict; too few answers on either side allow none. Weighed answers are compared by their effective n."""
    kind = kind_of(indicator) or Kind.NPS
    plain = figure(kind, now)
    if weighted and (weighted_before or not before.n):
        here, there = weighted.effective, weighted_before.effective if weighted_before else Tally()
    else:
        here, there = (weighted.effective if weighted else now), before
    comparable = min(now.n, before.n) >= HIDDEN_BELOW and min(here.n, there.n) > 1
    gap = difference(kind, here, there) if comparable else Estimate.nothing(min(now.n, before.n))
    estimate = weighted_figure(kind, weighted) if weighted else plain
    basis = weighted.effective if weighted else now
    mean, top = replace(mean_of(kind, basis), n=now.n), replace(top_share(basis), n=now.n)
    return Figure(indicator, kind, now, estimate, mean, top, gap, verdict(gap), plain, weighted, n=now.n)


def trend_steps(period: Period, answers: Mapping[date, int], *, coarse: bool = False) -> list[Period]:
    """Days for a month or less of which two thirds (there are weekends) have ten answers, else whole weeks of half a year or more."""
    parts = steps(period)
    well_answered = sum(answers.get(day, 0) >= HIDDEN_BELOW for day in period)
    if not coarse and period.days <= DAILY_UP_TO and 3 * well_answered >= 2 * period.days:
        return parts
    start = min(period.first, trend_start(period))
    weeks = steps_by_week(Period(week_of(start), period.last))
    return [week for week in weeks if week.days == 7] if coarse else weeks


def trend_start(period: Period) -> date:
    """The Monday half a year before the period's end."""
    return week_of(period.last) - timedelta(weeks=TREND_WEEKS - 1)


def steps_by_week(period: Period) -> list[Period]:
    """Whole weeks from the period's Monday; the last ends with the period."""
    mondays = range(0, period.days, 7)
    starts = [period.first + timedelta(days=number) for number in mondays]
    return [Period(start, min(start + timedelta(days=6), period.last)) for start in starts]


def read_series(
    session: Session, place: Place, asked: Asked, today: date, indicators: Sequence[str] = MAIN, *, coarse: bool = False
) -> Series:
    """Choose the period and read its sums, those of the period it is compared with, and half a year for the trend.

    One statement; two where the period is to be chosen and either the cut is narrowed or the longest is needed; one more
    for the weights where the cut is not narrowed: a cut's rows know them.
    coarse  only whole weeks and months
    """
    period, rows = _chosen(session, place, asked, today, indicators, coarse)
    before = year_before(period) if asked.against == "year" else period.before()
    days = whole(period, before)
    if rows is None or place.cut != place.uncut() or days.first < last_days(today, LENGTHS[-1]).first:
        rows = store.by_day(session, place.cut, days, indicators)
    weighted: Sequence[DayWeighted] = [DayWeighted(row.day, row.indicator, row.weighted) for row in rows]
    if not place.cut.narrowed and not place.cut.as_of and (place.cut.purpose, place.cut.source) == WEIGHED_ANSWERS:
        weighted = weighing.by_day(session, place.cut.nodes, days, indicators)
    return Series(period, rows, weighted, before=before, coarse=coarse)


def _chosen(
    session: Session, place: Place, asked: Asked, today: date, indicators: Sequence[str], coarse: bool
) -> tuple[Period, list[DaySums] | None]:
    """The period that was named, or the shortest with enough answers and the year that was read to find it."""
    if not asked.automatic:
        return asked.fixed_period(today, coarse=coarse), None
    latest = whole_period if coarse else last_days
    year = Period(min(last_days(today, LENGTHS[-1]).first, latest(today, LENGTHS[-1]).first), today)
    rows = store.by_day(session, place.uncut(), year, indicators)
    known = Series(year, rows)
    return shortest(today, lambda some: known.tally(asked.indicator, some).n, latest=latest), rows


def year_before(period: Period) -> Period:
    """The same days of the week a year earlier."""
    return Period(period.first - timedelta(weeks=52), period.last - timedelta(weeks=52))


def whole(period: Period, before: Period | None = None) -> Period:
    """All the days that a page about a period needs."""
    return Period(min((before or period.before()).first, trend_start(period), week_of(period.first)), period.last)
