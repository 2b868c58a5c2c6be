"""The SQL of the pages about words: sums by topic, verbatims, words of weeks. Units by today's tree, as today's rights go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlmodel import Session, col

from portal.people import store as people
from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from questionnaires.analysis.models import Verbatim, VerbatimTopic, WordWeek


@dataclass(frozen=True)
class Wanted:
    """Which words are meant: units, days and, where they are named, a touchpoint, source, topic, mood and band."""

    scope: Scope
    now: datetime
    first: date
    last: date
    touchpoint: str = ""
    source: str = ""
    topic: str = ""
    mood: int | None = None
    band: int | None = None


class TopicSums(NamedTuple):
    """A topic's verbatims: all, good and bad by mood, and low, middle and high by the score given with them."""

    topic: str
    n: int
    good: int
    bad: int
    low: int
    mid: int
    high: int


class Whole(NamedTuple):
    """All verbatims of a cut: how many, how many with a topic, moods, bands, and how moods agree with bands where both speak."""

    n: int
    with_topic: int
    good: int
    bad: int
    agree: int
    both: int


class Said(NamedTuple):
    """A verbatim as a page shows it."""

    id: UUID
    response_id: UUID | None
    said_at: datetime
    words: str
    mood: int
    indicator: str
    value: float | None
    source: str
    channel: str
    touchpoint: str
    unit_zh: str | None
    unit_en: str | None


def whole(session: Session, wanted: Wanted) -> Whole:
    """Everything of the cut in one row."""
    topic = exists().where(col(VerbatimTopic.verbatim_id) == col(Verbatim.id))
    mood, band = col(Verbatim.mood), col(Verbatim.band)
    both = and_(mood != 0, band != 0)
    parts = (topic, mood == 1, mood == -1, and_(both, mood == band), both)
    row = session.execute(_where(select(func.count(), *(_count(part) for part in parts)), Verbatim, wanted)).one()
    return Whole(*(int(one or 0) for one in row))


def by_topic(session: Session, wanted: Wanted) -> list[TopicSums]:
    """Sums for each topic, from the topics' own table alone."""
    table = VerbatimTopic
    parts = (col(table.mood) == 1, col(table.mood) == -1, col(table.band) == -1, col(table.band) == 0, col(table.band) == 1)
    query = select(col(table.topic), func.count(), *(_count(part) for part in parts)).group_by(col(table.topic))
    return [TopicSums(row[0], *(int(one or 0) for one in row[1:])) for row in session.execute(_where(query, table, wanted))]


def verbatims(session: Session, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int) -> list[Said]:
    """The newest verbatims of the cut."""
    own = [getattr(Verbatim, name) for name in Said._fields[:-2]]
    query: Any = select(*own, col(OrgUnit.name_zh), col(OrgUnit.name_en)).outerjoin(OrgUnit, col(OrgUnit.id) == col(Verbatim.unit_id))
    query = _where(query, Verbatim, wanted).where(col(Verbatim.words) != "")
    if after is not None:
        at = col(Verbatim.said_at)
        query = query.where(or_(at < after[0], and_(at == after[0], col(Verbatim.id) < after[1])))
    query = query.order_by(col(Verbatim.said_at).desc(), col(Verbatim.id).desc()).limit(limit)
    return [Said(*row) for row in session.execute(query)]


def count(session: Session, wanted: Wanted) -> int:
    """How many verbatims the cut holds."""
    return int(session.scalar(_where(select(func.count()).select_from(Verbatim), Verbatim, wanted)) or 0)


def topics_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The topics of verbatims."""
    found: dict[UUID, list[str]] = {}
    query = select(col(VerbatimTopic.verbatim_id), col(VerbatimTopic.topic)).where(col(VerbatimTopic.verbatim_id).in_(ids))
    for verbatim_id, topic in session.execute(query.order_by(col(VerbatimTopic.topic))):
        found.setdefault(verbatim_id, []).append(topic)
    return found


def touchpoints(session: Session, wanted: Wanted) -> list[str]:
    """The touchpoints that verbatims of the period came from."""
    query = select(col(Verbatim.touchpoint)).where(col(Verbatim.day).between(wanted.first, wanted.last)).distinct()
    return sorted(one for one in session.scalars(query) if one)


def weeks(session: Session, first: date, last: date) -> dict[tuple[str, str], int]:
    """Words (language, word) of the weeks from one Monday to another."""
    query = select(col(WordWeek.language), col(WordWeek.word), func.sum(col(WordWeek.n))).where(col(WordWeek.week).between(first, last))
    return {(row[0], row[1]): int(row[2]) for row in session.execute(query.group_by(col(WordWeek.language), col(WordWeek.word)))}


def per_language(session: Session, first: date, last: date) -> dict[str, int]:
    """How many verbatims of each language the days had."""
    query = select(col(Verbatim.language), func.count()).where(col(Verbatim.day).between(first, last)).group_by(col(Verbatim.language))
    return {row[0]: int(row[1]) for row in session.execute(query)}


def sample_texts(session: Session, wanted: Wanted, limit: int) -> list[str]:
    """The newest texts of the cut, to try a dictionary on."""
    query = _where(select(col(Verbatim.words)), Verbatim, wanted).where(col(Verbatim.words) != "")
    return list(session.scalars(query.order_by(col(Verbatim.said_at).desc()).limit(limit)))


def _count(part: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((part, 1), else_=0))


def _where(query: Any, table: type[Verbatim] | type[VerbatimTopic], wanted: Wanted) -> Any:
    query = query.where(col(table.day).between(wanted.first, wanted.last), col(table.purpose) == "customer")
    return query.where(*_named(table, wanted), people.in_scope(col(table.unit_id), wanted.scope, wanted.now))


def _named(table: type[Verbatim] | type[VerbatimTopic], wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    pairs: list[tuple[Any, Any]] = [(table.touchpoint, wanted.touchpoint or None), (table.source, wanted.source or None)]
    pairs += [(table.mood, wanted.mood), (table.band, wanted.band)]
    found = [col(column) == value for column, value in pairs if value is not None]
    if wanted.topic and table is VerbatimTopic:
        found.append(col(VerbatimTopic.topic) == wanted.topic)
    elif wanted.topic:
        own = and_(col(VerbatimTopic.verbatim_id) == col(Verbatim.id), col(VerbatimTopic.topic) == wanted.topic)
        found.append(exists().where(own))
    return found
