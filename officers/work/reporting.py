"""The report of a task: places, answers, comparison, agreement, issues, points."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from officers.points import money
from officers.work.models import Submission, Task, TaskCell
from officers.work.rules import comparing
from officers.work.rules.reviewing import Agreement, agreement
from officers.work.store import claims as store
from officers.work.store import reviews as review_store
from officers.work.store import tasks as task_store
from portal.foundation.i18n import current_language
from portal.people.models import OrgUnit
from questionnaires.answering import response_store
from questionnaires.logic import piping
from questionnaires.logic.definition import TEXTS, UPLOADS, Definition, text_in
from scheduler.improvement.models import Issue

MOST_VALUES = 12


@dataclass(frozen=True)
class Question:
    """How officers answered one question: its words, how many did, and how often each answer was given."""

    text: str
    n: int
    values: list[tuple[str, int]]


@dataclass(frozen=True)
class Report:
    """All that a task brought; answers and the comparison are those of accepted submissions."""

    states: dict[str, int]
    cells: list[TaskCell]
    units: dict[Any, OrgUnit]
    accepted: int
    questions: list[Question]
    scores: list[tuple[str, float, int]]
    comparison: list[comparing.Line]
    agreement: Agreement
    issues: list[Issue]
    budget_left: int | None


def report(session: Session, task: Task, now: datetime) -> Report:
    """The report of a task as it stands now."""
    accepted = list(review_store.accepted(session, task.id))
    cells = task_store.cells(session, [task.id]).get(task.id, [])
    questions, scores = _answers(session, task, accepted)
    codes = [one["code"] for one in task.dimensions], [one["code"] for one in task.banks]
    return Report(
        review_store.by_state(session, task.id), cells, task_store.unit_names(session, [one.unit_id for one in cells]), len(accepted),
        questions, scores, comparing.table([one.scores for one in accepted], *codes), agreement(review_store.pairs(session, task.id)),
        review_store.issues(session, task.id), money.budget_left(session, money.task_code(task.id), now),
    )  # fmt: skip


def _answers(session: Session, task: Task, accepted: list[Submission]) -> tuple[list[Question], list[tuple[str, float, int]]]:
    """Officers' answers alone: they never stand among customers' figures."""
    if task.version_id is None or not accepted:
        return [], []
    claims = store.of_ids(session, [one.claim_id for one in accepted])
    responses = list(store.responses(session, [one.invitation_id for one in claims]).values())
    definition = Definition.from_json(response_store.documents(session, [task.version_id])[task.version_id])
    language = current_language()
    questions = []
    for question in definition.questions():
        if question.type in TEXTS or question.type in UPLOADS or question.code not in question.names:
            continue
        told = [piping.spoken(definition, question.code, one.answers, language) for one in responses if question.code in one.answers]
        if told:
            text = text_in(question.text, language, definition.language)
            questions.append(Question(text, len(told), Counter(told).most_common(MOST_VALUES)))
    found: dict[str, list[float]] = {}
    for row in response_store.scores_of(session, [one.id for one in responses]).values():
        for indicator, value in row.items():
            found.setdefault(indicator, []).append(value)
    return questions, [(name, sum(values) / len(values), len(values)) for name, values in sorted(found.items())]
