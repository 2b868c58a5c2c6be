"""SQL that dashboards read: sums over the daily rows, so that no figure's cost grows with the number of answers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, select
from sqlmodel import Session, SQLModel, col

from portal.foundation.db import ids_in, keys_in
from portal.people.models import OrgUnit, UnitAncestor, UnitParent
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.metrics.funnel_models import FunnelClosed, FunnelTotal
from questionnaires.metrics.models import DIMENSIONS, NO_UNIT, DailyCount, DailyCut, DailyTotal, FunnelDay
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.tally import Tally


@dataclass(frozen=True, slots=True)
class Cut:
    """Whose answers are meant: nodes of the tree with all below them, optionally narrowed.

    `touchpoints` are those of a journey; segment and staff stand alone; `as_of` asks by the tree of that day for all days.
    """

    nodes: tuple[UUID, ...]
    source: str = "invited"
    purpose: str = "customer"
    touchpoint: str = ""
    channel: str = ""
    touchpoints: tuple[str, ...] = ()
    segment: str = ""
    staff: str = ""
    as_of: date | None = None

    @property
    def everything(self) -> bool:
        """Whether the whole bank is meant, answers of no unit among them."""
        return NO_UNIT in self.nodes

    @property
    def narrowed(self) -> dict[str, tuple[str, ...]]:
        """The dimensions that are asked for, each with its values."""
        touchpoints = (self.touchpoint,) if self.touchpoint else self.touchpoints
        given = {"touchpoint": touchpoints, "channel": (self.channel,), "segment": (self.segment,), "staff": (self.staff,)}
        return {name: values for name, values in given.items() if any(values)}


class DaySums(NamedTuple):
    """One day of one indicator, as answered and after upheld appeals."""

    day: date
    indicator: str
    tally: Tally
    adjusted: Tally


class CellSums(NamedTuple):
    """One child node's answers on one touchpoint and channel."""

    node_id: UUID
    touchpoint: str
    channel: str
    indicator: str
    tally: Tally


class DimensionSums(NamedTuple):
    """A node's answers of one value of a dimension."""

    node_id: UUID
    dimension: str
    value: str
    indicator: str
    tally: Tally


class FunnelSums(NamedTuple):
    """How many got to a step in the period, and in the one before."""

    step: str
    code: str
    now: int
    before: int


class Said(NamedTuple):
    """A response whose words may be shown."""

    id: UUID
    submitted_at: datetime
    unit_id: UUID | None
    touchpoint: str
    channel: str
    version_id: UUID
    person_id: UUID | None
    answers: dict[str, Any]


class Unit(NamedTuple):
    """A unit, what it is called and where it hangs today."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    kind: str
    parent_id: UUID | None


def units(session: Session, today: date) -> list[Unit]:
    """Every open unit with today's parent, by code."""
    hangs = and_(col(UnitParent.unit_id) == col(OrgUnit.id), col(UnitParent.valid_from) <= today, today < col(UnitParent.valid_to))
    columns = (col(OrgUnit.id), col(OrgUnit.code), col(OrgUnit.name_zh), col(OrgUnit.name_en), col(OrgUnit.kind), col(UnitParent.parent_id))
    query = select(*columns).outerjoin(UnitParent, hangs).where(col(OrgUnit.closed_at).is_(None)).order_by(col(OrgUnit.code))
    return [Unit(*row) for row in session.execute(query)]


def by_day(session: Session, cut: Cut, period: Period, indicators: Sequence[str]) -> list[DaySums]:
    """Sums per day and indicator; from the nodes' own rows, but where two dimensions or another day's tree are asked for."""
    model = model_of(cut)
    query = select(model.day, model.indicator, *_sums(model), *_sums(model, "adj_"))
    query = query.where(*_of_cut(model, cut, period), keys_in(model.indicator, indicators))
    rows = session.execute(query.group_by(model.day, model.indicator).order_by(model.day))
    return [DaySums(row[0], row[1], _tally(row[2:8]), _tally(row[8:])) for row in rows]


def by_node(session: Session, cut: Cut, nodes: Iterable[UUID], period: Period, indicators: Sequence[str]) -> dict[tuple[UUID, str], Tally]:
    """Sums of each of some nodes by indicator, narrowed by at most one dimension."""
    model = DailyCut if cut.narrowed else DailyTotal
    key = (col(model.node_id), col(model.indicator))
    query = select(*key, *_sums(model)).where(
        *_of_days(model, cut, period), *_narrowed(model, cut), keys_in(model.indicator, indicators), ids_in(model.node_id, nodes)
    )
    return {(row[0], row[1]): _tally(row[2:]) for row in session.execute(query.group_by(*key))}


def cells(session: Session, cut: Cut, children: Iterable[UUID], period: Period, indicators: Sequence[str]) -> list[DimensionSums]:
    """Sums of the cut's nodes by touchpoint, channel, segment and staff, each by itself, and of each child by touchpoint."""
    nodes = list(cut.nodes)
    below = [node for node in children if node not in nodes]
    query = _cells_of(cut, nodes, DIMENSIONS, period, indicators)
    if below:
        query = query.union_all(_cells_of(cut, below, ("touchpoint",), period, indicators))  # two parts, that each find their index
    return [DimensionSums(row[0], row[1], row[2], row[3], _tally(row[4:])) for row in session.execute(query)]


def _cells_of(cut: Cut, nodes: Iterable[UUID], dimensions: Iterable[str], period: Period, indicators: Sequence[str]) -> Any:
    key = (col(DailyCut.node_id), col(DailyCut.dimension), col(DailyCut.value), col(DailyCut.indicator))
    wanted = (ids_in(DailyCut.node_id, nodes), keys_in(DailyCut.dimension, dimensions), keys_in(DailyCut.indicator, indicators))
    return select(*key, *_sums(DailyCut)).where(*_of_days(DailyCut, cut, period), *wanted).group_by(*key)


def answers_by_day(
    session: Session, cut: Cut, nodes: Iterable[UUID], period: Period, indicators: Sequence[str]
) -> dict[tuple[UUID, str], dict[date, int]]:
    """How many answers each of some nodes has on each day by indicator, narrowed as the cut is."""
    found: dict[tuple[UUID, str], dict[date, int]] = {(node, name): {} for node in nodes for name in indicators}
    if len(cut.narrowed) > 1:
        for pair, days in _crossed_by_day(session, cut, {pair[0] for pair in found}, period, indicators):
            found[pair].update(days)
        return found
    model = DailyCut if cut.narrowed else DailyTotal
    key = (col(model.node_id), col(model.indicator), col(model.day))
    query = select(*key, func.sum(col(model.n))).where(
        *_of_days(model, cut, period),
        *_narrowed(model, cut),
        keys_in(model.indicator, indicators),
        ids_in(model.node_id, {pair[0] for pair in found}),
    )
    for node, indicator, day, n in session.execute(query.group_by(*key)):
        found[node, indicator][day] = int(n)
    return found


def _crossed_by_day(
    session: Session, cut: Cut, nodes: set[UUID], period: Period, indicators: Sequence[str]
) -> Iterator[tuple[tuple[UUID, str], dict[date, int]]]:
    """The same where two dimensions are asked for: one statement for the units, one for the whole bank where it is among them."""
    if NO_UNIT in nodes:
        for row in by_day(session, replace(cut, nodes=(NO_UNIT,)), period, indicators):
            yield (NO_UNIT, row.indicator), {row.day: row.tally.n}
    above = (
        col(UnitAncestor.unit_id) == col(DailyCount.unit_id),
        col(UnitAncestor.valid_from) <= col(DailyCount.day),
        col(DailyCount.day) < col(UnitAncestor.valid_to),
        ids_in(UnitAncestor.ancestor_id, nodes - {NO_UNIT}),
    )
    key: tuple[Any, ...] = (col(UnitAncestor.ancestor_id), col(DailyCount.indicator), col(DailyCount.day))
    query = (
        select(*key, func.sum(col(DailyCount.n)))
        .join(UnitAncestor, and_(*above))
        .where(*_of_days(DailyCount, cut, period), *_filtered(DailyCount, cut), keys_in(DailyCount.indicator, indicators))
    )
    if nodes - {NO_UNIT}:
        for node, indicator, day, n in session.execute(query.group_by(*key)):
            yield (node, indicator), {day: int(n)}


def by_child(session: Session, cut: Cut, children: Iterable[UUID], period: Period, indicators: Sequence[str]) -> list[CellSums]:
    """Sums per child node, touchpoint and channel, whatever touchpoint and channel the cut names: the page offers the others."""
    tree_day = literal(cut.as_of) if cut.as_of else col(DailyCount.day)
    on_the_day = and_(
        col(UnitAncestor.unit_id) == col(DailyCount.unit_id),
        col(UnitAncestor.valid_from) <= tree_day,
        tree_day < col(UnitAncestor.valid_to),
        ids_in(UnitAncestor.ancestor_id, children),
    )
    key = (col(UnitAncestor.ancestor_id), col(DailyCount.touchpoint), col(DailyCount.channel), col(DailyCount.indicator))
    query = select(*key, *_sums(DailyCount)).join(UnitAncestor, on_the_day).group_by(*key)
    query = query.where(*_of_days(DailyCount, cut, period), keys_in(DailyCount.indicator, indicators))
    return [CellSums(row[0], row[1], row[2], row[3], _tally(row[4:])) for row in session.execute(query)]


def funnel(session: Session, cut: Cut, period: Period) -> list[FunnelSums]:
    """Steps and drops of the period, beside those of the period before it: summed days from the nodes' own rows, the others as they are,
    and all as they are where two dimensions or another day's tree are asked for."""
    first: Any = period.before().first
    of_days = [] if cut.everything else [_below(FunnelDay, cut.nodes, cut.as_of)]
    of_days += _filtered(FunnelDay, cut)
    if cut.as_of or len(cut.narrowed) > 1:
        query: Any = _steps(FunnelDay, period, first, period.last, *of_days)
    else:
        until = func.coalesce(select(col(FunnelClosed.until)).scalar_subquery(), first)
        [(name, values)] = cut.narrowed.items() or [("", ("",))]
        nodes = (NO_UNIT,) if cut.everything else cut.nodes
        of_cut = (col(FunnelTotal.dimension) == name, keys_in(FunnelTotal.value, values), ids_in(FunnelTotal.node_id, nodes))
        still_open = _steps(FunnelDay, period, case((until > first, until), else_=first), period.last, *of_days)
        query = still_open.union_all(_steps(FunnelTotal, period, first, period.last, *of_cut, col(FunnelTotal.day) < until))
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for step, code, now, before in session.execute(query):
        found[step, code][0] += int(now)
        found[step, code][1] += int(before)
    return [FunnelSums(*key, *sums) for key, sums in found.items()]


def _steps(model: Any, period: Period, first: Any, last: date, *where: ColumnElement[bool]) -> Select[Any]:
    inside, outside = (case((of_period, col(model.n)), else_=0) for of_period in (model.day >= period.first, model.day < period.first))
    query = select(col(model.step), col(model.code), func.sum(inside), func.sum(outside)).where(
        model.day >= first, model.day <= last, *where
    )
    return query.group_by(col(model.step), col(model.code))


def steps_of_units(session: Session, unit_ids: Iterable[UUID], period: Period) -> list[tuple[UUID, str, int]]:
    """Unit, step and how many got there; drops are left out."""
    key = (col(FunnelDay.unit_id), col(FunnelDay.step))
    query = select(*key, func.sum(col(FunnelDay.n))).where(
        ids_in(FunnelDay.unit_id, unit_ids), col(FunnelDay.day).between(period.first, period.last), col(FunnelDay.code) == ""
    )
    return [(row[0], row[1], int(row[2])) for row in session.execute(query.group_by(*key))]


def latest(session: Session, cut: Cut, start: datetime, end: datetime, today: date, limit: int) -> list[Said]:
    """The newest submitted responses of the cut; units by today's tree, since whoever reads does so by today's rights."""
    query = select(*(getattr(Response, name) for name in Said._fields)).where(
        col(Response.submitted_at) >= start,
        col(Response.submitted_at) < end,
        col(Response.source) == cut.source,
        col(Response.purpose) == cut.purpose,
        col(Response.test).is_(False),
        *_filtered(Response, cut),
    )
    if not cut.everything:
        hangs = (col(UnitAncestor.valid_from) <= today, today < col(UnitAncestor.valid_to))
        below = select(col(UnitAncestor.unit_id)).where(ids_in(UnitAncestor.ancestor_id, cut.nodes), *hangs)
        query = query.where(col(Response.unit_id).in_(below))
    return [Said(*row) for row in session.execute(query.order_by(col(Response.submitted_at).desc()).limit(limit))]


def scores(session: Session, ids: Iterable[UUID]) -> list[tuple[UUID, str, float]]:
    """Response, indicator and value."""
    query = select(col(Score.response_id), col(Score.indicator), col(Score.value)).where(ids_in(Score.response_id, ids))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def definitions(session: Session, version_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The published definitions of some versions."""
    query = select(col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition)).where(ids_in(QuestionnaireVersion.id, version_ids))
    return {row[0]: row[1] for row in session.execute(query)}


def sources(session: Session, cut: Cut, period: Period) -> list[tuple[str, int]]:
    """How many scores each source gave on the cut's nodes, so that a page can say what stands beside."""
    query = select(col(DailyTotal.source), func.sum(col(DailyTotal.n))).where(
        col(DailyTotal.day).between(period.first, period.last),
        col(DailyTotal.purpose) == cut.purpose,
        ids_in(DailyTotal.node_id, cut.nodes),
    )
    return [(row[0], int(row[1])) for row in session.execute(query.group_by(col(DailyTotal.source)))]


def model_of(cut: Cut) -> Any:
    """The table that a cut's sums stand in."""
    if cut.as_of or len(cut.narrowed) > 1:
        return DailyCount
    return DailyCut if cut.narrowed else DailyTotal


def _of_days(model: Any, cut: Cut, period: Period) -> list[ColumnElement[bool]]:
    return [model.day.between(period.first, period.last), model.purpose == cut.purpose, model.source == cut.source]


def _of_cut(model: Any, cut: Cut, period: Period) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = _of_days(model, cut, period)
    if model is not DailyCount:
        return [*found, *_narrowed(model, cut), ids_in(model.node_id, cut.nodes)]
    found += _filtered(model, cut)
    return found if cut.everything else [*found, _below(model, cut.nodes, cut.as_of)]


def _narrowed(model: Any, cut: Cut) -> list[ColumnElement[bool]]:
    """One dimension's values, where the cut names them."""
    if model is not DailyCut:
        return []
    (name, values), *_more = cut.narrowed.items()
    return [col(DailyCut.dimension) == name, keys_in(model.value, values)]


def _filtered(model: Any, cut: Cut) -> list[ColumnElement[bool]]:
    """The cut's touchpoints, channel, segment and staff, where it names them and the table knows them."""
    return [keys_in(getattr(model, name), values) for name, values in cut.narrowed.items() if hasattr(model, name)]


def _below(model: type[SQLModel], nodes: Iterable[UUID], as_of: date | None = None) -> ColumnElement[bool]:
    """The row's unit hung below one of the nodes on the row's day (or on another), or was one of them."""
    table: Any = model
    day = literal(as_of) if as_of else table.day
    return exists().where(
        col(UnitAncestor.unit_id) == table.unit_id,
        ids_in(UnitAncestor.ancestor_id, nodes),
        col(UnitAncestor.valid_from) <= day,
        day < col(UnitAncestor.valid_to),
    )


def _sums(model: Any, half: str = "") -> tuple[ColumnElement[Any], ...]:
    return tuple(func.sum(getattr(model, half + name)) for name in ("n", "sum", "sum2", "low", "mid", "high"))


def _tally(row: Sequence[Any]) -> Tally:
    return Tally(int(row[0]), float(row[1]), float(row[2]), int(row[3]), int(row[4]), int(row[5]))
