"""An upheld score appeal: scores leave the adjusted figure in the transaction of the decision; the figure as answered keeps them."""

from collections.abc import Iterable
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from questionnaires.metrics.counting import Ancestors, Daily
from questionnaires.metrics.rules.sums import Sums, band
from questionnaires.metrics.store import appeals as store
from questionnaires.metrics.store import counting
from questionnaires.metrics.store.appeals import Appealed


def leave_out(session: Session, response_ids: Iterable[UUID], appeal_id: UUID, zone: ZoneInfo) -> int:
    """Leave responses out of the adjusted figures; returns how many scores changed. Safe to run twice.

    A response that is not counted yet is only marked: the count leaves it out by itself.
    """
    counting.hold_tree(session)
    found = store.held(session, list(response_ids))
    open_ones = [one for one in found if one.left_out_by is None]
    store.mark(session, {one.response.id for one in open_ones}, appeal_id)
    _change(session, open_ones, -1, zone)
    return len(open_ones)


def put_back(session: Session, appeal_id: UUID, zone: ZoneInfo) -> int:
    """Take back what an appeal left out; returns how many scores changed. Safe to run twice."""
    counting.hold_tree(session)
    found = [one for one in store.held(session, store.responses_of(session, appeal_id)) if one.left_out_by == appeal_id]
    store.unmark(session, appeal_id)
    _change(session, found, 1, zone)
    return len(found)


def _change(session: Session, scores: Iterable[Appealed], sign: int, zone: ZoneInfo) -> None:
    daily = Daily(zone)
    for one in scores:
        if one.counted and not one.response.test:
            daily.change(one.response, one.indicator, adjusted_half(one.indicator, one.value, sign))
    if daily.counts:
        daily.add(session, Ancestors(counting.placements(session, daily.units())))


def adjusted_half(indicator: str, value: float, sign: int) -> Sums:
    """What the adjusted half of a row gains (+1) or loses (-1) with one score."""
    low, mid, high = band(indicator, value)
    return Sums(
        adj_n=sign,
        adj_sum=sign * value,
        adj_sum2=sign * value * value,
        adj_low=sign * low,
        adj_mid=sign * mid,
        adj_high=sign * high,
    )
