"""Exports: who may have which rows, the columns of each kind, and how a row becomes values. Personal data never goes out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import Scope
from questionnaires.analysis.store import answers as answer_store
from questionnaires.logic.columns import Column, ColumnKind, answer_columns
from questionnaires.logic.definition import Definition, QuestionType
from questionnaires.metrics.rules.masking import masked
from questionnaires.reports import anonymity
from questionnaires.reports.models import FORMATS, SUBJECTS, Export
from questionnaires.reports.rules.tables import FileColumn, Kind, Value
from questionnaires.reports.store import exports as store
from questionnaires.reports.store.exports import Row, Wanted, Words

NEVER = frozenset({QuestionType.EMAIL, QuestionType.PHONE})
"""Answers that are addresses; files and signatures stay in the house too."""
LONGEST_PERIOD = timedelta(days=3 * 366)
CUTS = ("touchpoint", "stage", "channel", "counter", "product", "segment", "language", "source")
IN_WORDS = frozenset({ColumnKind.CHOICE, ColumnKind.CHOICES, ColumnKind.FLAG})
"""Kinds whose values can be written as the words of their options."""
Values = list[Value]


@dataclass(frozen=True)
class Order:
    """What somebody asks for."""

    subject: str
    format: str
    first: date | None
    last: date | None
    questionnaire_id: UUID | None = None
    language: str = "en"
    labels: bool = False
    without: tuple[str, ...] = ()
    why: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Table:
    """Columns, and rows to be read once."""

    columns: list[FileColumn]
    rows: Iterator[Values]


def order(session: Session, owner_id: UUID, asked: Order, scope: Scope, actor: Actor, now: datetime, zone: ZoneInfo) -> Export:
    """Put an export into the queue; the scope it is made with is the one its owner has now.

    Raises  InvalidInput for subject, format, from, to or questionnaire, and for `without` where persons could be told by its rows
    """
    check(session, asked)
    assert asked.first is not None
    assert asked.last is not None
    options = {
        "first": asked.first.isoformat(),
        "last": asked.last.isoformat(),
        "language": asked.language,
        "everything": scope.everything,
        "units": [str(unit) for unit in scope.unit_ids],
        **({"questionnaire": str(asked.questionnaire_id)} if asked.questionnaire_id else {}),
        **({"labels": True} if asked.labels else {}),
        **({"without": list(asked.without)} if asked.without else {}),
    }
    kept = anonymity.check(session, asked.subject, wanted_of(options, zone, now), asked.without, asked.why, asked.reference)
    row = Export(owner_id=owner_id, subject=asked.subject, format=asked.format, options=options, created_at=now)
    session.add(row)
    facts = {"subject": asked.subject, "format": asked.format, "first": options["first"], "last": options["last"]} | kept
    trail.record(session, actor, "export.order", "export", row.id, now, facts)
    return row


def check(session: Session, asked: Order) -> None:
    """Refuse what makes no sense.

    Raises  InvalidInput
    """
    wrong: dict[str, str] = {}
    if asked.subject not in SUBJECTS:
        wrong["subject"] = "not_one_of_the_words"
    if asked.format not in FORMATS:
        wrong["format"] = "not_one_of_the_words"
    if asked.first is None:
        wrong["from"] = "not_a_date"
    if asked.last is None:
        wrong["to"] = "not_a_date"
    if asked.first and asked.last and asked.last < asked.first:
        wrong["to"] = "wrong_way_round"
    elif asked.first and asked.last and asked.last - asked.first > LONGEST_PERIOD:
        wrong["to"] = "too_long_a_period"
    if asked.subject == "responses" and asked.questionnaire_id not in {one.id for one in answer_store.questionnaires(session)}:
        wrong["questionnaire"] = "choose_a_questionnaire"
    if wrong:
        raise InvalidInput(wrong)


def wanted_of(options: dict[str, Any], zone: ZoneInfo, now: datetime) -> Wanted:
    """The rows that an order's options mean."""
    scope = Scope(everything=bool(options["everything"]), unit_ids=tuple(UUID(unit) for unit in options["units"]))
    start = datetime.combine(date.fromisoformat(options["first"]), time(), zone)
    end = datetime.combine(date.fromisoformat(options["last"]) + timedelta(days=1), time(), zone)
    return Wanted(scope, now, start, end, UUID(options["questionnaire"]) if "questionnaire" in options else None)


def table(session: Session, subject: str, wanted: Wanted, language: str, *, labels: bool = False, without: Sequence[str] = ()) -> Table:
    """The columns and rows of a kind of export.

    labels   chosen options in words instead of their codes
    without  what is left out so that nobody can be told by it
    """
    found = _verbatims(session, wanted) if subject == "verbatims" else _responses(session, wanted, language, labels)
    left_out = anonymity.columns_of(without)
    kept = [place for place, column in enumerate(found.columns) if column.name not in left_out]
    if len(kept) == len(found.columns):
        return found
    return Table([found.columns[place] for place in kept], ([row[place] for place in kept] for row in found.rows))


def _verbatims(session: Session, wanted: Wanted) -> Table:
    columns = [FileColumn(name, name) for name in ("id", "said_at", "unit", "unit_name", "touchpoint", "channel", "source", "language")]
    columns += [FileColumn("topics", "topics", width=240), FileColumn("mood", "mood", Kind.NUMBER), FileColumn("indicator", "indicator")]
    columns += [FileColumn("score", "score", Kind.NUMBER), FileColumn("words", "words", width=2000)]
    return Table(columns, (_of_words(row, topics) for row, topics in store.verbatims(session, wanted)))


def _of_words(row: Words, topics: list[str]) -> Values:
    head: Values = [row.id.hex, row.said_at.isoformat(), row.unit, row.unit_zh, row.touchpoint, row.channel, row.source, row.language]
    return [*head, " ".join(topics), row.mood, row.indicator, row.value, row.words]


def _responses(session: Session, wanted: Wanted, language: str, labels: bool) -> Table:
    """Every answer that any version of the questionnaire asked for, the newest version's words as labels."""
    assert wanted.questionnaire_id is not None
    found: dict[str, Column] = {}
    for raw in answer_store.versions(session, wanted.questionnaire_id).values():
        found |= {column.name: column for column in answer_columns(Definition.from_json(raw), language)}
    asked = [column for column in found.values() if column.type not in NEVER and column.kind is not ColumnKind.FILES]
    indicators = sorted({column.indicator for column in asked if column.indicator})
    columns = [FileColumn(name, name) for name in ("id", "version", "submitted_at", "started_at", "unit", "unit_name", *CUTS)]
    columns += [FileColumn("flags", "flags", width=120), *(FileColumn(f"score.{name}", name, Kind.NUMBER) for name in indicators)]
    makers = [_labelled(column) if labels and column.kind in IN_WORDS else _maker(column) for column in asked]
    columns += [_words_column(column) if labels and column.kind in IN_WORDS else _file_column(column) for column in asked]
    rows = (_of_response(row, scores, indicators, makers) for row, scores in store.responses(session, wanted))
    return Table(columns, rows)


def _of_response(row: Row, scores: dict[str, float], indicators: list[str], makers: list[Callable[[dict[str, Any]], Value]]) -> Values:
    head: Values = [row.id.hex, row.version_id.hex, row.submitted_at.isoformat(), row.started_at.isoformat(), row.unit, row.unit_zh]
    cuts: Values = [getattr(row, name) for name in CUTS]
    return [*head, *cuts, " ".join(row.flags), *(scores.get(name) for name in indicators), *(make(row.answers) for make in makers)]


def _file_column(column: Column) -> FileColumn:
    name = f"answer.{column.name}"
    if column.kind is ColumnKind.NUMBER:
        labels = tuple((float(value), label) for value, label in column.choices if isinstance(value, int | float) and label != str(value))
        return FileColumn(name, column.label, Kind.NUMBER, labels=labels)
    if column.kind is ColumnKind.FLAG:
        return FileColumn(name, column.label, Kind.NUMBER, labels=tuple((float(bool(value)), label) for value, label in column.choices))
    codes = [(str(value), label) for value, label in column.choices]
    if column.kind is ColumnKind.CHOICE:
        return FileColumn(name, column.label, width=max([8, *(len(code) for code, _ in codes)]), labels=tuple(codes))
    width = {ColumnKind.CHOICES: 240, ColumnKind.DATE: 16, ColumnKind.TIME: 16}.get(column.kind, 2000)
    return FileColumn(name, column.label, width=width)


def _words_column(column: Column) -> FileColumn:
    return FileColumn(f"answer.{column.name}", column.label, width=240)


def _labelled(column: Column) -> Callable[[dict[str, Any]], Value]:
    """An answer as people read it: the words of what was chosen."""
    words = {str(value): label for value, label in column.choices}

    def make(answers: dict[str, Any]) -> Value:
        value = answers.get(column.name)
        if value is None or value == "":
            return None
        return "; ".join(words.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value]))

    return make


def _maker(column: Column) -> Callable[[dict[str, Any]], Value]:
    """How an answer becomes a value: lists as codes between blanks, words filtered for personal data."""
    name, kind = column.name, column.kind

    def make(answers: dict[str, Any]) -> Value:
        value = answers.get(name)
        if value is None or value == "":
            return None
        if kind is ColumnKind.NUMBER:
            return value if isinstance(value, int | float) and not isinstance(value, bool) else None
        if kind is ColumnKind.FLAG:
            return int(bool(value))
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        return masked(text) if column.free or kind is ColumnKind.TEXT else text

    return make
