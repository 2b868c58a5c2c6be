"""The SQL that fills verbatims, topics and word counts, in sets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table, delete, exists, false, func, not_, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, upsert_for
from portal.privacy import held_store
from questionnaires.analysis.models import Feedback, Verbatim, VerbatimTopic, WordWeek
from questionnaires.answering.models import Response
from questionnaires.metrics.unread_models import UnreadResponse


class Answered(NamedTuple):
    """A response whose words are to be read."""

    id: UUID
    version_id: UUID
    submitted_at: datetime
    unit_id: UUID | None
    touchpoint: str
    channel: str
    source: str
    purpose: str
    answers: dict[str, Any]


class Told(NamedTuple):
    """A piece of feedback whose words are to be read."""

    id: UUID
    said_at: datetime
    unit_id: UUID | None
    touchpoint: str
    channel: str
    words: str
    stars: int | None


class Kept(NamedTuple):
    """A verbatim that an older dictionary read."""

    id: UUID
    day: date
    unit_id: UUID | None
    touchpoint: str
    source: str
    purpose: str
    band: int | None
    value: float | None
    words: str


def anything(session: Session, number: int, since: date) -> bool:
    """Whether there are words to read, or to read again."""
    answers = exists(select(col(UnreadResponse.response_id)))
    told = exists(select(col(Feedback.id)).where(col(Feedback.read_at).is_(None)))
    again = exists(select(col(Verbatim.id)).where(col(Verbatim.read_with) < number, col(Verbatim.day) >= since))
    return bool(session.scalar(select(or_(answers, told, again))))


def responses(session: Session, ids: Iterable[UUID]) -> list[Answered]:
    """The responses of the queue."""
    return [
        Answered(*row)
        for row in session.execute(select(*(getattr(Response, name) for name in Answered._fields)).where(ids_in(Response.id, ids)))
    ]


def feedback(session: Session, limit: int) -> list[Told]:
    """Feedback that nobody has read, the oldest first."""
    query = select(*(getattr(Feedback, name) for name in Told._fields)).where(col(Feedback.read_at).is_(None))
    return [Told(*row) for row in session.execute(query.order_by(col(Feedback.id)).limit(limit))]


def still_unread(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the responses that are this process's to read, held until the end of the transaction."""
    query = select(col(UnreadResponse.response_id)).where(ids_in(UnreadResponse.response_id, ids))
    return set(session.scalars(query.with_for_update(skip_locked=True)))


def take_feedback(session: Session, ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Mark feedback as read; those that were this process's to mark."""
    query = (
        update(Feedback).where(ids_in(Feedback.id, ids), col(Feedback.read_at).is_(None)).values(read_at=now).returning(col(Feedback.id))
    )
    return set(session.scalars(query.execution_options(synchronize_session=False)))


def old_readings(session: Session, number: int, since: date, limit: int) -> list[Kept]:
    """Verbatims that an older dictionary read, the newest first."""
    query = select(*(getattr(Verbatim, name) for name in Kept._fields)).where(col(Verbatim.read_with) < number, col(Verbatim.day) >= since)
    return [Kept(*row) for row in session.execute(query.order_by(col(Verbatim.day).desc(), col(Verbatim.id)).limit(limit))]


def put_again(session: Session, moods: Mapping[int, Sequence[UUID]], topics: Sequence[Mapping[str, Any]], number: int) -> None:
    """Write a new reading in place of the old one: verbatims by mood, and their topics."""
    ids = [one for some in moods.values() for one in some]
    session.execute(delete(VerbatimTopic).where(ids_in(VerbatimTopic.verbatim_id, ids)).execution_options(synchronize_session=False))
    for mood, some in moods.items():
        query = update(Verbatim).where(ids_in(Verbatim.id, some)).values(mood=mood, read_with=number)
        session.execute(query.execution_options(synchronize_session=False))
    insert_rows(session, VerbatimTopic, topics)


def put(session: Session, verbatims: Sequence[Mapping[str, Any]], topics: Sequence[Mapping[str, Any]]) -> None:
    """Write what was read."""
    insert_rows(session, Verbatim, verbatims)
    insert_rows(session, VerbatimTopic, topics)


def add_words(session: Session, counts: Mapping[tuple[date, str, str], int]) -> None:
    """Add to the words of weeks; sorted, so that two processes meet the same rows in the same order."""
    if not counts:
        return
    table: Table = WordWeek.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    insert = upsert_for(session)(table)
    insert = insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_={"n": table.c.n + insert.excluded.n})
    session.execute(insert, [{"week": key[0], "language": key[1], "word": key[2], "n": n} for key, n in sorted(counts.items())])


def forget_words(session: Session, before: date) -> int:
    """Remove the words of weeks long gone."""
    gone = session.execute(delete(WordWeek).where(col(WordWeek.week) < before).execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def of_customers(session: Session, customer_ids: Iterable[UUID]) -> tuple[list[UUID], list[UUID]]:
    """The verbatims and the feedback of some customers."""
    answered = select(col(Response.id)).where(ids_in(Response.customer_id, customer_ids))
    told = list(session.scalars(select(col(Feedback.id)).where(ids_in(Feedback.customer_id, customer_ids))))
    query = select(col(Verbatim.id)).where(or_(col(Verbatim.response_id).in_(answered), ids_in(Verbatim.feedback_id, told)))
    return list(session.scalars(query)), told


def spoken_before(session: Session, before: datetime, limit: int) -> tuple[list[UUID], list[UUID]]:
    """Verbatims and feedback of before a moment that still have words; none of customers under a legal hold."""
    answered = select(col(Response.id)).where(col(Response.customer_id).in_(held_store.under_hold()))
    sent = select(col(Feedback.id)).where(col(Feedback.customer_id).in_(held_store.under_hold()))
    held = or_(func.coalesce(col(Verbatim.response_id).in_(answered), false()), func.coalesce(col(Verbatim.feedback_id).in_(sent), false()))
    words = select(col(Verbatim.id)).where(col(Verbatim.said_at) < before, col(Verbatim.words) != "", not_(held)).limit(limit)
    free = held_store.free(col(Feedback.customer_id))
    told = select(col(Feedback.id)).where(col(Feedback.said_at) < before, col(Feedback.words) != "", free).limit(limit)
    return list(session.scalars(words)), list(session.scalars(told))


def erase(session: Session, verbatims: Sequence[UUID], told: Sequence[UUID]) -> int:
    """Take words out; topics, moods and scores stay, so that figures do not change."""
    words = update(Verbatim).where(ids_in(Verbatim.id, verbatims)).values(words="")
    own = update(Feedback).where(ids_in(Feedback.id, told)).values(words="")
    changed = 0
    for query in (words, own):
        changed += session.execute(query.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    return changed


def feedback_of(session: Session, customer_id: UUID) -> list[Feedback]:
    """A customer's feedback, for their copy."""
    return list(session.scalars(select(Feedback).where(col(Feedback.customer_id) == customer_id).order_by(col(Feedback.said_at))))
