"""SQL of scores that an upheld appeal leaves out of the adjusted figure."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from questionnaires.answering.models import Response, Score
from questionnaires.metrics.store.counting import Waiting


class Appealed(NamedTuple):
    """One score of a response that is argued about."""

    response: Waiting
    counted: bool
    indicator: str
    value: float
    left_out_by: UUID | None


def held(session: Session, response_ids: Sequence[UUID]) -> list[Appealed]:
    """The scores of some responses; the responses are held, so that the count runs before or after, never between."""
    columns = [getattr(Response, name) for name in Waiting._fields]
    query = select(*columns, col(Response.counted_at).is_not(None)).where(ids_in(Response.id, response_ids))
    rows = {row[0]: row for row in session.execute(query.order_by(col(Response.id)).with_for_update())}
    scores = select(col(Score.response_id), col(Score.indicator), col(Score.value), col(Score.left_out_by))
    found = session.execute(scores.where(ids_in(Score.response_id, list(rows))))
    return [Appealed(Waiting(*rows[one[0]][:-1]), bool(rows[one[0]][-1]), one[1], one[2], one[3]) for one in found]


def responses_of(session: Session, appeal_id: UUID) -> list[UUID]:
    """The responses that an appeal left out."""
    return list(session.scalars(select(col(Score.response_id)).where(col(Score.left_out_by) == appeal_id).distinct()))


def mark(session: Session, response_ids: Collection[UUID], appeal_id: UUID) -> None:
    """Leave out what nobody left out before."""
    change = update(Score).where(ids_in(Score.response_id, response_ids), col(Score.left_out_by).is_(None))
    session.execute(change.values(left_out_by=appeal_id).execution_options(synchronize_session=False))


def unmark(session: Session, appeal_id: UUID) -> None:
    """Nothing is left out by this appeal any more."""
    change = update(Score).where(col(Score.left_out_by) == appeal_id).values(left_out_by=None)
    session.execute(change.execution_options(synchronize_session=False))
