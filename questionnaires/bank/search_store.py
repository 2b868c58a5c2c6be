"""The SQL that finds bank questions: filters, words, pages by cursor."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlmodel import Session, col

from portal.foundation.db import dialect_of
from questionnaires.bank.models import BankFigure, BankQuestion, BankRevision, BankTag, BankUse
from questionnaires.logic.words import plain

MOST_WORDS = 8
STATES = ("live", "retired", "all")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means all. Retired questions show only when asked for.

    language    questions that this language is not complete in
    owner       the user's id
    state       live (or empty), retired, all
    kind        question, section, or empty for both
    """

    search: str = ""
    journey: str = ""
    touchpoint: str = ""
    dimension: str = ""
    type: str = ""
    tag: str = ""
    language: str = ""
    owner: str = ""
    state: str = ""
    kind: str = ""

    @property
    def words(self) -> list[str]:
        """The words looked for, folded; blanks between Chinese separate words as well."""
        return [plain(word)[:80] for word in self.search.split()[:MOST_WORDS] if plain(word)]


@dataclass(frozen=True)
class Line:
    """A question with its newest revision, in how many questionnaires it is used, and what was measured of that revision."""

    row: BankQuestion
    revision: BankRevision
    uses: int
    figure: BankFigure | None


def found(session: Session, filters: Filters, limit: int = 500) -> list[tuple[BankQuestion, BankRevision]]:
    """Questions with their newest revision; every word stands in the text, Chinese also within words."""
    newest = (col(BankRevision.question_id) == col(BankQuestion.id)) & (col(BankRevision.number) == col(BankQuestion.revision))
    query = select(BankQuestion, BankRevision).join(BankRevision, newest)
    rows = session.execute(_narrowed(query, filters).order_by(*_keys(session, filters)).limit(limit))
    return [(question, revision) for question, revision in rows]


def page(session: Session, filters: Filters, cursor: str, limit: int) -> tuple[list[Line], str, str]:
    """One page of a list, with the cursors of the next page and of the one before; empty where there is none.

    Order   hits in the question's own words first, then journey and code; the same on both databases
    """
    place, back = _read(cursor)
    keys = _keys(session, filters)
    query = _narrowed(_lines(keys[0]), filters)
    if place is not None:
        query = query.where(_beyond(keys, place, back))
    rows = session.execute(query.order_by(*(key.desc() if back else key for key in keys)).limit(limit + 1)).all()
    more, rows = len(rows) > limit, list(rows[:limit])
    if back:
        rows.reverse()
    lines = [Line(row[0], row[1], row[2] or 0, row[3]) for row in rows]
    ends = [_write([row[4], row[0].journey, row[0].code]) for row in (rows[:1] + rows[-1:])] if rows else ["", ""]
    first, last = ends[0], ends[-1]
    following = last if (more or back) and rows else ""
    before = "-" + first if (more if back else place is not None) and rows else ""
    return lines, following, before


def total(session: Session, filters: Filters) -> int:
    """How many fit."""
    return session.scalar(_narrowed(select(func.count()).select_from(BankQuestion), filters)) or 0


def _lines(rank: ColumnElement[Any]) -> Select[Any]:
    used = (
        select(func.count(func.distinct(col(BankUse.questionnaire_id))))
        .where(col(BankUse.question_id) == col(BankQuestion.id))
        .scalar_subquery()
    )
    newest = (col(BankRevision.question_id) == col(BankQuestion.id)) & (col(BankRevision.number) == col(BankQuestion.revision))
    measured = (col(BankFigure.question_id) == col(BankQuestion.id)) & (col(BankFigure.revision) == col(BankQuestion.revision))
    return select(BankQuestion, BankRevision, used, BankFigure, rank).join(BankRevision, newest).outerjoin(BankFigure, measured)


def _narrowed(query: Any, filters: Filters) -> Any:
    if filters.state != "all":
        retired = col(BankQuestion.retired_at)
        query = query.where(retired.isnot(None) if filters.state == "retired" else retired.is_(None))
    for column, value in (
        (BankQuestion.journey, filters.journey),
        (BankQuestion.touchpoint, filters.touchpoint),
        (BankQuestion.dimension, filters.dimension),
        (BankQuestion.type, filters.type),
        (BankQuestion.kind, filters.kind),
    ):
        if value:
            query = query.where(col(column) == value)
    if filters.tag:
        query = query.where(exists().where(col(BankTag.question_id) == col(BankQuestion.id), col(BankTag.tag) == filters.tag))
    if filters.language:
        query = query.where(~col(BankQuestion.complete_in).contains(f"|{filters.language}|", autoescape=True))
    if filters.owner:
        query = query.where(col(BankQuestion.owner_id) == _id(filters.owner))
    for word in filters.words:
        query = query.where(col(BankQuestion.search_text).contains(word, autoescape=True))
    return query


def _keys(session: Session, filters: Filters) -> list[ColumnElement[Any]]:
    """What a list is ordered by; byte by byte, since PostgreSQL's own order of a language skips underscores."""
    columns: list[Any] = [col(BankQuestion.journey), col(BankQuestion.code)]
    return [_rank(filters), *(column.collate("C") if dialect_of(session) == "postgresql" else column for column in columns)]


def _rank(filters: Filters) -> ColumnElement[Any]:
    """0 where all words stand in the question's own text, 1 where some stand only in options, tags or code."""
    if not filters.words:
        return literal(0)
    inside = and_(*(col(BankQuestion.heading).contains(word, autoescape=True) for word in filters.words))
    return case((inside, 0), else_=1)


def _beyond(keys: Sequence[ColumnElement[Any]], place: Sequence[Any], back: bool) -> ColumnElement[bool]:
    """Rows after a place, or before it, in the order of the keys."""
    steps = []
    for at, key in enumerate(keys):
        same = [keys[i] == place[i] for i in range(at)]
        steps.append(and_(*same, key < place[at] if back else key > place[at]))
    return or_(*steps)


def _write(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[list[Any] | None, bool]:
    """A cursor's place and whether it looks back; what can't be read is the beginning."""
    back, text = cursor.startswith("-"), cursor.removeprefix("-")
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return None, False
    good = isinstance(place, list) and len(place) == 3 and isinstance(place[0], int) and all(isinstance(one, str) for one in place[1:])
    return (place, back) if good else (None, False)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
