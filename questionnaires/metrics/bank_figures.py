"""What bank questions give: how often asked, answered, left at, and their mean; counted once a finished day.

The bank lies below the answers, so it can't read them; this job writes the rows that the bank owns (`BankFigure`). A day is
counted an hour after its end, read in a transaction that only reads, and written with the mark that it is counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.foundation.ground import Ground
from questionnaires.bank import usage_store
from questionnaires.logic import paging
from questionnaires.logic.definition import Definition, Question
from questionnaires.logic.paging import blank
from questionnaires.metrics.rules.periods import day_of
from questionnaires.metrics.store import ended as store
from questionnaires.metrics.store.ended import Ended

GRACE = timedelta(hours=1)
"""A response that was being committed at midnight is there by then."""
OPEN_FOR = timedelta(days=14)
"""An invitation ends 14 days after sending: what was begun before and not sent by then was left."""
MOST_DAYS = 40

Key = tuple[UUID, int]
Sums = dict[Key, dict[str, float]]


def count_bank_figures(ground: Ground, now: datetime) -> int:
    """Count the finished days that are not counted yet, oldest first; how many responses were seen. Safe to run twice."""
    zone, seen = ZoneInfo(ground.settings.zone), 0
    last = day_of(now - GRACE, zone) - timedelta(days=1)
    with ground.reading() as session:
        day = usage_store.last_day(session)
        first = day + timedelta(days=1) if day else store.first_day(session, zone)
    days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, MOST_DAYS))] if first else []
    for day in days:
        seen += _count_day(ground, day, zone, now)
    return seen


def _count_day(ground: Ground, day: date, zone: ZoneInfo, now: datetime) -> int:
    start, end = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    with ground.reading() as session:
        versions = {key: Definition.from_json(raw) for key, raw in store.versions_of_bank(session).items()}
        sums, seen = sums_of(versions, store.ended(session, list(versions), start, end, OPEN_FOR))
    with ground.writing() as session:
        if usage_store.begin_day(session, day, seen, now):
            usage_store.add_figures(session, sums)
    return seen


def sums_of(versions: Mapping[UUID, Definition], responses: Iterable[Ended]) -> tuple[Sums, int]:
    """What responses give to each revision of a bank question, and how many there were."""
    sums: Sums = defaultdict(lambda: {"asked": 0, "answered": 0, "dropped": 0, "numbers": 0, "total": 0.0})
    seen = 0
    for one in responses:
        seen += 1
        _add(sums, versions[one.version_id], one)
    return dict(sums), seen


def _add(sums: Sums, definition: Definition, one: Ended) -> None:
    """One response: it was asked what it saw, up to the page where it ended."""
    context = {"language": one.language, "seed": (one.invitation_id or one.id).hex}
    for index in paging.shown_pages(definition, one.answers, context):
        if not one.submitted and index > one.page:
            break
        for question in paging.shown_questions(definition, index, one.answers, context):
            if question.bank is not None:
                answers = [one.answers[name] for name in question.names if not blank(one.answers.get(name))]
                row = sums[question.bank.question, question.bank.revision]
                row["asked"] += 1
                row["answered"] += bool(answers)
                row["dropped"] += not one.submitted and index == one.page and not answers
                for number in _numbers(question, answers):
                    row["numbers"] += 1
                    row["total"] += number


def _numbers(question: Question, answers: Iterable[Any]) -> Iterable[float]:
    """Answers that are numbers; yes counts 1 and no 0, a choice what it scores."""
    worth = {option.code: option.score for option in question.options}
    for answer in answers:
        if isinstance(answer, bool | int | float):
            yield float(answer)
        elif isinstance(answer, str) and (score := worth.get(answer)) is not None:
            yield score
