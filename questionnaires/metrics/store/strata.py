"""SQL that weighs days by their strata: the nodes' weights are made from the units' rows, in sets, whatever the number of answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Uuid, and_, cast, delete, func, insert, literal, select, type_coerce, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import Session, col

from portal.foundation.db import insert_rows
from questionnaires.metrics.models import (
    NO_UNIT,
    PARTS,
    CountedPlacement,
    DailyCount,
    DailyCrossed,
    DailyCut,
    DailyPart,
    StratumWeight,
    WeightedDay,
)
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.sums import LIGHT, WEIGHED

BATCH = 5000
ROWS_AT_ONCE = 5000
"""So many rows of units are weighed in one transaction: some tenths of a second, in which nobody else counts."""
STAMPED = ("w_n", *WEIGHED)


def replace(session: Session, month: date, factors: Mapping[tuple[str, UUID, str], float]) -> None:
    """A month's strata (indicator, unit, touchpoint) have these factors."""
    session.execute(delete(StratumWeight).where(col(StratumWeight.month) == month))
    rows = [
        {"month": month, "unit_id": unit, "touchpoint": touchpoint, "indicator": indicator, "factor": factor}
        for (indicator, unit, touchpoint), factor in sorted(factors.items())
    ]
    for start in range(0, len(rows), BATCH):
        insert_rows(session, StratumWeight, rows[start : start + BATCH])


def portions(session: Session, period: Period, purpose: str, source: str) -> list[Period]:
    """Days that follow each other and have about `ROWS_AT_ONCE` rows together, so that all of the period are among them."""
    query = select(col(DailyCount.day), func.count()).where(
        col(DailyCount.day).between(period.first, period.last), col(DailyCount.purpose) == purpose, col(DailyCount.source) == source
    )
    found, first, rows = [], period.first, 0
    for day, n in session.execute(query.group_by(col(DailyCount.day)).order_by(col(DailyCount.day))):
        rows += n
        if rows >= ROWS_AT_ONCE and day < period.last:
            found.append(Period(first, day))
            first, rows = date.fromordinal(day.toordinal() + 1), 0
    return [*found, Period(first, period.last)]


def weigh(session: Session, month: date, days: Period, purpose: str, source: str) -> None:
    """Make the weights of some days of a month anew: of the nodes, of their cuts, and of touchpoints and channels crossed."""
    session.execute(delete(WeightedDay).where(_within(WeightedDay, days)))
    for model in (DailyCut, DailyCrossed):
        _forget(session, model, days)
    where = [_within(DailyCount, days), col(DailyCount.purpose) == purpose, col(DailyCount.source) == source]
    stamped = {"purpose": purpose, "source": source}
    for whole in (True, False):
        key = _key(DailyCount, whole=whole)
        made = _sums(DailyCount, month, key, where, join=not whole)
        session.execute(insert(WeightedDay).from_select([*key, "n", *WEIGHED], made))
        crossed = key | {"touchpoint": col(DailyCount.touchpoint), "channel": col(DailyCount.channel)}
        _stamp(session, DailyCrossed, _sums(DailyCount, month, crossed, where, join=not whole), crossed, stamped)
        for name in ("touchpoint", "channel"):
            cut = key | {"value": col(getattr(DailyCount, name))}
            _stamp(session, DailyCut, _sums(DailyCount, month, cut, where, join=not whole), cut, stamped | {"dimension": name})
        version = key | {"value": func.replace(cast(col(DailyCount.version_id), String()), "-", "")}
        made = _sums(DailyCount, month, version, where, join=not whole).group_by(col(DailyCount.version_id))
        _stamp(session, DailyCut, made, version, stamped | {"dimension": "version"})
    for name in PARTS:
        _weigh_part(session, month, days, name, stamped | {"dimension": name})


def _weigh_part(session: Session, month: date, days: Period, name: str, stamped: Mapping[str, str]) -> None:
    """Segments and products of every node; staff of their own unit only."""
    where, value = [_within(DailyPart, days), col(DailyPart.dimension) == name], {"value": col(DailyPart.value)}
    if name == "staff":
        own = {**_key(DailyPart, whole=True), "node_id": col(DailyPart.unit_id), **value}
        _stamp(session, DailyCut, _sums(DailyPart, month, own, where, join=False), own, stamped)
        return
    for whole in (True, False):
        key = _key(DailyPart, whole=whole) | value
        _stamp(session, DailyCut, _sums(DailyPart, month, key, where, join=not whole), key, stamped)


def _within(model: Any, days: Period) -> ColumnElement[bool]:
    return col(model.day).between(days.first, days.last)


def _key(model: Any, *, whole: bool) -> dict[str, Any]:
    """Day, node and indicator; `whole`: the node is the whole bank."""
    node = type_coerce(literal(NO_UNIT, Uuid()), Uuid()) if whole else col(CountedPlacement.ancestor_id)
    return {"day": model.day, "node_id": node, "indicator": model.indicator}


def _forget(session: Session, model: Any, days: Period) -> None:
    """Rows in which nothing is counted any more, since a unit was moved away; all others are stamped again."""
    stale = update(model).where(_within(model, days), col(model.n) == 0, col(model.w_n) != 0)
    session.execute(stale.values(dict.fromkeys(STAMPED, 0)).execution_options(synchronize_session=False))


def _sums(model: Any, month: date, key: Mapping[str, Any], where: Sequence[Any], *, join: bool) -> Select[Any]:
    """Rows of units with their strata's factors, summed by a key; `join`: once for each node above a unit that day."""
    factor = col(StratumWeight.factor)
    times: dict[str, Any] = {"n": 1, "w2": factor * factor}
    sums = [func.sum(times.get(name, factor) * getattr(model, name)).label(name) for name in LIGHT]
    stratum = (
        col(StratumWeight.month) == month,
        col(StratumWeight.unit_id) == model.unit_id,
        col(StratumWeight.touchpoint) == model.touchpoint,
        col(StratumWeight.indicator) == model.indicator,
    )
    named = [part.label(name) for name, part in key.items()]
    query = select(*named, *sums).select_from(model).join(StratumWeight, and_(*stratum)).where(*where)
    if join:
        hung = (col(CountedPlacement.valid_from) <= model.day, model.day < col(CountedPlacement.valid_to))
        query = query.join(CountedPlacement, and_(col(CountedPlacement.unit_id) == model.unit_id, *hung))
    return query.group_by(*(part for part in key.values() if isinstance(part, InstrumentedAttribute)))


def _stamp(session: Session, model: Any, made: Select[Any], key: Mapping[str, Any], fixed: Mapping[str, str]) -> None:
    """Write weights into the rows that whoever counted the answers made."""
    sums = made.subquery("made")
    same = [getattr(model, name) == sums.c[name] for name in key]
    same += [getattr(model, name) == value for name, value in fixed.items()]
    values = {"w_n": sums.c.n, **{name: sums.c[name] for name in WEIGHED}}
    session.execute(update(model).values(values).where(*same).execution_options(synchronize_session=False))
