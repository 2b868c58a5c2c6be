"""SQL that dashboards read: sums over the daily rows, so that no figure's cost grows with the number of answers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlmodel import Session, SQLModel, col

from portal.foundation.db import ids_in, keys_in
from portal.people.models import AttributeKind, OrgUnit, UnitAncestor, UnitParent
from portal.people.rules.attributes import SEGMENT
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.metrics.models import ALONE, DIMENSIONS, NO_UNIT, DailyCount, DailyCrossed, DailyCut, DailyTotal
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.sums import WEIGHED
from questionnaires.metrics.rules.tally import Tally
from questionnaires.metrics.rules.weights import Weighted


@dataclass(frozen=True, slots=True)
class Cut:
    """Whose answers are meant: nodes of the tree with all below them, optionally narrowed.

    `touchpoints` are those of a journey; what is in `ALONE` stands alone; `as_of` asks by the tree of that day for all days.
    """

    nodes: tuple[UUID, ...]
    source: str = "invited"
    purpose: str = "customer"
    touchpoint: str = ""
    channel: str = ""
    touchpoints: tuple[str, ...] = ()
    segment: str = ""
    product: str = ""
    version: str = ""
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
        given = {"touchpoint": touchpoints, "channel": (self.channel,), **{name: (getattr(self, name),) for name in ALONE}}
        return {name: values for name, values in given.items() if any(values)}

    @property
    def alone(self) -> bool:
        """Whether a dimension is asked for that combines with no other."""
        return any(getattr(self, name) for name in ALONE)

    def alone_by(self, name: str = "", value: str = "") -> "Cut":
        """The same by another dimension that stands alone, or by none of them."""
        changes: dict[str, Any] = dict.fromkeys(ALONE, "") | ({name: value} if name else {})
        return replace(self, **changes)


class DaySums(NamedTuple):
    """One day of one indicator, as answered and after upheld appeals; weighed where a cut's rows know it."""

    day: date
    indicator: str
    tally: Tally
    adjusted: Tally
    weighted: Weighted


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
    weighted: Weighted = Weighted()


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


class Version(NamedTuple):
    """A version (its id in hex) by its questionnaire's title and its number."""

    value: str
    title_zh: str
    title_en: str
    number: int


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
    return [Unit(*row) for row in session.execute(_units(today))]


def units_and_segments(session: Session, today: date) -> tuple[list[Unit], list[str]]:
    """The same, and the segments' names as they are declared: they come along with the top unit, since a page has few statements."""
    named = select(col(AttributeKind.options)).where(col(AttributeKind.code) == SEGMENT).scalar_subquery()
    rows = session.execute(_units(today).add_columns(case((col(UnitParent.parent_id).is_(None), named)))).all()
    return [Unit(*row[:-1]) for row in rows], next((row[-1] for row in rows if row[-1]), [])


def _units(today: date) -> Select[UUID, str, str, str, str, UUID | None]:
    hangs = and_(col(UnitParent.unit_id) == col(OrgUnit.id), col(UnitParent.valid_from) <= today, today < col(UnitParent.valid_to))
    columns = (col(OrgUnit.id), col(OrgUnit.code), col(OrgUnit.name_zh), col(OrgUnit.name_en), col(OrgUnit.kind), col(UnitParent.parent_id))
    return select(*columns).outerjoin(UnitParent, hangs).where(col(OrgUnit.closed_at).is_(None)).order_by(col(OrgUnit.code))


def by_day(session: Session, cut: Cut, period: Period, indicators: Sequence[str]) -> list[DaySums]:
    """Sums per day and indicator; from the nodes' own rows, but where another day's tree is asked for."""
    model = model_of(cut)
    query = select(model.day, model.indicator, *_sums(model), *_sums(model, "adj_"), *_weights(model))
    query = query.where(*_of_cut(model, cut, period), keys_in(model.indicator, indicators))
    rows = session.execute(query.group_by(model.day, model.indicator).order_by(model.day))
    return [DaySums(row[0], row[1], _tally(row[2:8]), _tally(row[8:14]), _weighted(row[14:])) for row in rows]


def by_node(session: Session, cut: Cut, nodes: Iterable[UUID], period: Period, indicators: Sequence[str]) -> dict[tuple[UUID, str], Tally]:
    """Sums of each of some nodes by indicator, by the tree of each day."""
    return {(row.node_id, row.indicator): row.tally for row in node_sums(session, cut, nodes, period, indicators)}


def node_sums(session: Session, cut: Cut, nodes: Iterable[UUID], period: Period, indicators: Sequence[str]) -> list[DimensionSums]:
    """The same with their weights, where rows by a dimension know them."""
    model = model_of(replace(cut, as_of=None))
    key = (model.node_id, model.indicator)
    query = select(*key, *_sums(model), *_weights(model)).where(
        *_of_days(model, cut, period), *_narrowed(model, cut), keys_in(model.indicator, indicators), ids_in(model.node_id, nodes)
    )
    return [DimensionSums(row[0], "", "", row[1], _tally(row[2:8]), _weighted(row[8:])) for row in session.execute(query.group_by(*key))]


def cells(session: Session, cut: Cut, children: Iterable[UUID], period: Period, indicators: Sequence[str]) -> list[DimensionSums]:
    """Sums of the cut's nodes by each dimension by itself, and of each child by touchpoint."""
    wanted = _cells_of(cut, cut.nodes, DIMENSIONS, period, indicators)
    if deeper := [node for node in children if node not in cut.nodes]:
        # No union: PostgreSQL would send for helpers to unite two parts, which costs more than reading them.
        wanted = or_(wanted, _cells_of(cut, deeper, ("touchpoint",), period, indicators))
    key = (col(DailyCut.node_id), col(DailyCut.dimension), col(DailyCut.value), col(DailyCut.indicator))
    rows = session.execute(select(*key, *_sums(DailyCut), *_weights(DailyCut)).where(wanted).group_by(*key))
    return [DimensionSums(row[0], row[1], row[2], row[3], _tally(row[4:10]), _weighted(row[10:])) for row in rows]


def _cells_of(cut: Cut, nodes: Iterable[UUID], dimensions: Iterable[str], period: Period, indicators: Sequence[str]) -> ColumnElement[bool]:
    """Every condition on each side of the "or": SQLite then finds each by the whole of the index."""
    wanted = (ids_in(DailyCut.node_id, nodes), keys_in(DailyCut.dimension, dimensions), keys_in(DailyCut.indicator, indicators))
    return and_(*_of_days(DailyCut, cut, period), *wanted)


def of_channel(session: Session, cut: Cut, children: Iterable[UUID], period: Period, indicators: Sequence[str]) -> list[DimensionSums]:
    """Sums of each child by touchpoint through the cut's channel, whatever touchpoint the cut names."""
    model = DailyCrossed
    key = (col(model.node_id), col(model.touchpoint), col(model.indicator))
    wanted = (ids_in(model.node_id, children), col(model.channel) == cut.channel, keys_in(model.indicator, indicators))
    query = select(*key, *_sums(model), *_weights(model)).where(*_of_days(model, cut, period), *wanted).group_by(*key)
    return [DimensionSums(row[0], "touchpoint", row[1], row[2], _tally(row[3:9]), _weighted(row[9:])) for row in session.execute(query)]


def answers_by_day(
    session: Session, cut: Cut, nodes: Iterable[UUID], period: Period, indicators: Sequence[str]
) -> dict[tuple[UUID, str], dict[date, int]]:
    """How many answers each of some nodes has on each day by indicator, narrowed as the cut is."""
    found: dict[tuple[UUID, str], dict[date, int]] = {(node, name): {} for node in nodes for name in indicators}
    model = model_of(replace(cut, as_of=None))
    key = (model.node_id, model.indicator, model.day)
    query = select(*key, func.sum(model.n)).where(
        *_of_days(model, cut, period),
        *_narrowed(model, cut),
        keys_in(model.indicator, indicators),
        ids_in(model.node_id, {pair[0] for pair in found}),
    )
    for node, indicator, day, n in session.execute(query.group_by(*key)):
        found[node, indicator][day] = int(n)
    return found


def answers_of_cuts(
    session: Session, cuts: Sequence[Cut], nodes: Iterable[UUID], period: Period, indicators: Sequence[str]
) -> dict[Cut, dict[tuple[UUID, str], dict[date, int]]]:
    """The same of several cuts that name one dimension each, in one statement."""
    found: dict[Cut, dict[tuple[UUID, str], dict[date, int]]] = {
        cut: {(node, name): {} for node in nodes for name in indicators} for cut in cuts
    }
    holding: dict[tuple[str, str], list[Cut]] = defaultdict(list)
    for cut in found:
        for name, values in cut.narrowed.items():
            for value in set(values):
                holding[name, value].append(cut)
    if not holding:
        return found
    model = DailyCut
    key = (col(model.dimension), col(model.value), col(model.node_id), col(model.indicator), col(model.day))
    asked = or_(*(and_(*_narrowed(model, cut)) for cut in found))
    wanted = (*_of_days(model, cuts[0], period), keys_in(model.indicator, indicators), ids_in(model.node_id, nodes), asked)
    for dimension, value, node, indicator, day, n in session.execute(select(*key, func.sum(col(model.n))).where(*wanted).group_by(*key)):
        for cut in holding[dimension, value]:
            days = found[cut][node, indicator]
            days[day] = days.get(day, 0) + int(n)
    return found


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


def latest(session: Session, cut: Cut, start: datetime, end: datetime, today: date, limit: int) -> list[Said]:
    """The newest submitted responses of the cut; units by today's tree, since whoever reads does so by today's rights."""
    query = select(*(getattr(Response, name) for name in Said._fields)).where(
        col(Response.submitted_at) >= start,
        col(Response.submitted_at) < end,
        col(Response.source) == cut.source,
        col(Response.purpose) == cut.purpose,
        col(Response.test).is_(False),
        *filtered(Response, cut),
    )
    if not cut.everything:
        hangs = (col(UnitAncestor.valid_from) <= today, today < col(UnitAncestor.valid_to))
        units_below = select(col(UnitAncestor.unit_id)).where(ids_in(UnitAncestor.ancestor_id, cut.nodes), *hangs)
        query = query.where(col(Response.unit_id).in_(units_below))
    return [Said(*row) for row in session.execute(query.order_by(col(Response.submitted_at).desc()).limit(limit))]


def scores(session: Session, ids: Iterable[UUID]) -> list[tuple[UUID, str, float]]:
    """Response, indicator and value."""
    query = select(col(Score.response_id), col(Score.indicator), col(Score.value)).where(ids_in(Score.response_id, ids))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def definitions(session: Session, version_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The published definitions of some versions."""
    query = select(col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition)).where(ids_in(QuestionnaireVersion.id, version_ids))
    return {row[0]: row[1] for row in session.execute(query)}


def versions(session: Session, version_ids: Iterable[UUID]) -> list[Version]:
    """What some versions are called, by title and number."""
    columns = (col(QuestionnaireVersion.id), col(Questionnaire.title_zh), col(Questionnaire.title_en), col(QuestionnaireVersion.number))
    query = select(*columns).join(Questionnaire, col(Questionnaire.id) == col(QuestionnaireVersion.questionnaire_id))
    ordered = query.where(ids_in(QuestionnaireVersion.id, version_ids)).order_by(col(Questionnaire.code), col(QuestionnaireVersion.number))
    return [Version(row[0].hex, *row[1:]) for row in session.execute(ordered)]


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
    if cut.as_of:
        return DailyCount
    if len(cut.narrowed) > 1:
        return DailyCrossed
    return DailyCut if cut.narrowed else DailyTotal


def _of_days(model: Any, cut: Cut, period: Period) -> list[ColumnElement[bool]]:
    return [model.day.between(period.first, period.last), model.purpose == cut.purpose, model.source == cut.source]


def _of_cut(model: Any, cut: Cut, period: Period) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = _of_days(model, cut, period)
    if model is not DailyCount:
        return [*found, *_narrowed(model, cut), ids_in(model.node_id, cut.nodes)]
    found += filtered(model, cut)
    return found if cut.everything else [*found, below(model, cut.nodes, cut.as_of)]


def _narrowed(model: Any, cut: Cut) -> list[ColumnElement[bool]]:
    """The dimensions that the cut names, as the rows of nodes know them."""
    if model is DailyCrossed:
        return filtered(model, cut)
    if model is not DailyCut:
        return []
    (name, values), *_more = cut.narrowed.items()
    return [col(DailyCut.dimension) == name, keys_in(model.value, values)]


def filtered(model: Any, cut: Cut) -> list[ColumnElement[bool]]:
    """What the cut is narrowed to, as far as the table knows it; answers know their version by its id."""
    found = [keys_in(getattr(model, name), values) for name, values in cut.narrowed.items() if hasattr(model, name)]
    if cut.version and hasattr(model, "version_id"):
        found.append(model.version_id == UUID(cut.version))
    return found


def below(model: type[SQLModel], nodes: Iterable[UUID], as_of: date | None = None) -> ColumnElement[bool]:
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


def _weights(model: Any) -> tuple[ColumnElement[Any], ...]:
    return tuple(func.sum(getattr(model, name)) for name in ("w_n", *WEIGHED)) if model in (DailyCut, DailyCrossed) else ()


def _tally(row: Sequence[Any]) -> Tally:
    return Tally(int(row[0]), float(row[1]), float(row[2]), int(row[3]), int(row[4]), int(row[5]))


def _weighted(row: Sequence[Any]) -> Weighted:
    return Weighted(int(row[0]), *(float(number) for number in row[1:])) if row else Weighted()
