"""SQL of the funnel's days that are over: sums for every node, days that changed afterwards."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, delete, except_, func, insert, literal, select, type_coerce, update
from sqlalchemy.types import Uuid
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from questionnaires.metrics.funnel_models import BETWEEN, CROSSED, FunnelClosed, FunnelLate, FunnelTotal
from questionnaires.metrics.models import NO_UNIT, CountedPlacement, FunnelDay

DIMENSIONS: dict[str, tuple[str, ...]] = {"": (), "touchpoint": ("touchpoint",), "channel": ("channel",), "crossed": CROSSED}
"""What a day is summed by, and the columns that its value is made of."""
KEY = ("node_id", "dimension", "day", "value", "step", "code")


def closed_until(session: Session) -> date:
    """The first day that is not summed yet; its row stays locked until this transaction ends: one sums at a time."""
    session.execute(upsert_for(session)(FunnelClosed).values(id=1, until=date.min).on_conflict_do_nothing())
    return session.scalars(select(col(FunnelClosed.until)).with_for_update()).one()


def first_day(session: Session, since: date, before: date) -> date | None:
    """The first day of the funnel from one day on and before another."""
    return session.scalar(select(func.min(col(FunnelDay.day))).where(col(FunnelDay.day) >= since, col(FunnelDay.day) < before))


def any_left(session: Session, before: date) -> bool:
    """Whether there is a day that is over and not summed yet."""
    until = session.scalar(select(col(FunnelClosed.until))) or date.min
    return first_day(session, until, before) is not None


def changed(session: Session, first: date, end: date) -> list[date]:
    """Days of which something came in since they were summed: the sums of the whole bank are other ones."""
    days = (col(FunnelDay.day) >= first, col(FunnelDay.day) < end)
    there = select(col(FunnelDay.day), func.sum(col(FunnelDay.n))).where(*days).group_by(col(FunnelDay.day))
    whole = (col(FunnelTotal.node_id) == NO_UNIT, col(FunnelTotal.dimension) == "", col(FunnelTotal.day) >= first)
    sums = select(col(FunnelTotal.day), func.sum(col(FunnelTotal.n))).where(*whole).group_by(col(FunnelTotal.day))
    summed = {row[0]: row[1] for row in session.execute(sums)}
    return [row[0] for row in session.execute(there) if summed.get(row[0]) != row[1]]


def close(session: Session, until: date) -> None:
    """Pages read the sums for all days before this one."""
    session.execute(update(FunnelClosed).values(until=until))


def sum_day(session: Session, day: date) -> None:
    """Make a day's sums anew, whatever is there."""
    session.execute(delete(FunnelTotal).where(col(FunnelTotal.day) == day))
    for dimension in DIMENSIONS:
        for whole in (True, False):
            session.execute(insert(FunnelTotal).from_select([*KEY, "n"], _sums(dimension, [col(FunnelDay.day) == day], whole=whole)))


def note(session: Session, days: Iterable[date]) -> None:
    """Days that something came in for late. An update, not nothing, where one is noted already: it waits for whoever sums it now."""
    rows = [{"day": day, "times": 1} for day in sorted(set(days))]
    if rows:
        line = upsert_for(session)(FunnelLate)
        session.execute(line.on_conflict_do_update(index_elements=["day"], set_={"times": col(FunnelLate.times) + 1}), rows)


def note_between(session: Session, first: date, end: date) -> None:
    """All summed days from one day on and before another: the tree under them changed."""
    query = select(col(FunnelTotal.day)).where(col(FunnelTotal.day) >= first, col(FunnelTotal.day) < end).distinct()
    note(session, session.scalars(query).all())


def late(session: Session) -> list[date]:
    """The days that wait to be summed again."""
    return list(session.scalars(select(col(FunnelLate.day)).order_by(col(FunnelLate.day))))


def forget_late(session: Session, day: date) -> None:
    """A day is being summed; what comes in from here on is noted anew."""
    session.execute(delete(FunnelLate).where(col(FunnelLate.day) == day))


def open_all(session: Session) -> None:
    """Every day is to be summed again."""
    for model in (FunnelTotal, FunnelClosed, FunnelLate):
        session.execute(delete(model))


def differences(session: Session, before: date | None = None) -> list[tuple[dict[str, Any], int]]:
    """Rows of closed days that differ from the days themselves, by their key: +1 missing or other, -1 too many.

    before  later days are left out: what came in for them is summed with the next look
    """
    closed = session.scalar(select(col(FunnelClosed.until)))
    if closed is None:
        return []
    until = min(closed, before or closed)
    over = [col(FunnelDay.day) < until, col(FunnelDay.day).not_in(select(col(FunnelLate.day)))]
    stored = select(*(col(getattr(FunnelTotal, name)) for name in (*KEY, "n"))).where(
        col(FunnelTotal.day).not_in(select(col(FunnelLate.day))), col(FunnelTotal.day) < until
    )
    truth = [_sums(dimension, over, whole=whole) for dimension in DIMENSIONS for whole in (True, False)]
    every: Select[Any] = select(*_columns(truth))
    found = [(_row(row), 1) for row in session.execute(except_(every, stored))]
    return [*found, *((_row(row), -1) for row in session.execute(except_(stored, every)))]


def _columns(parts: Sequence[Select[Any]]) -> list[Any]:
    union = parts[0].union_all(*parts[1:]).subquery()
    return [union.c[name] for name in (*KEY, "n")]


def _row(row: Sequence[Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in zip((*KEY, "n"), row, strict=True)}


def _sums(dimension: str, where: Sequence[Any], *, whole: bool) -> Any:
    """Sums by node, or of the whole bank, in the order of the columns; by one dimension, or by none."""
    parts = [col(getattr(FunnelDay, name)) for name in DIMENSIONS[dimension]]
    value: Any = literal("") if not parts else parts[0] if len(parts) == 1 else parts[0] + BETWEEN + parts[1]
    node = type_coerce(literal(NO_UNIT, Uuid()), Uuid()) if whole else col(CountedPlacement.ancestor_id)
    key = [node, literal(dimension), col(FunnelDay.day), value, col(FunnelDay.step), col(FunnelDay.code)]
    named = [part.label(name) for part, name in zip(key, KEY, strict=True)]
    query: Any = select(*named, func.sum(col(FunnelDay.n)).label("n")).where(*where)
    if not whole:
        hung = (col(CountedPlacement.valid_from) <= col(FunnelDay.day), col(FunnelDay.day) < col(CountedPlacement.valid_to))
        query = query.join(CountedPlacement, and_(col(CountedPlacement.unit_id) == col(FunnelDay.unit_id), *hung))
        query = query.group_by(col(CountedPlacement.ancestor_id))
    for part in parts:
        query = query.where(part != "").group_by(part)
    return query.group_by(col(FunnelDay.day), col(FunnelDay.step), col(FunnelDay.code))
