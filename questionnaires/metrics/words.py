"""Which of a response's answers are the customer's own words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.logic.definition import OTHER_SUFFIX, TEXTS
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store.reading import Said


def words_of(session: Session, rows: Iterable[Said]) -> dict[UUID, str]:
    """The longest free text of each response that has one; one statement for the versions they answered."""
    rows = [row for row in rows if any(isinstance(value, str) for value in row.answers.values())]
    if not rows:
        return {}
    questions = {key: frozenset(text_questions(body)) for key, body in store.definitions(session, {row.version_id for row in rows}).items()}
    found = {row.id: spoken(row.answers, questions.get(row.version_id, frozenset())) for row in rows}
    return {key: text for key, text in found.items() if text}


def spoken(answers: Mapping[str, Any], questions: frozenset[str]) -> str:
    """The longest own words, empty where there are none."""
    texts = (
        value.strip() for code, value in answers.items() if isinstance(value, str) and (code in questions or code.endswith(OTHER_SUFFIX))
    )
    return max(texts, key=len, default="")


def text_questions(definition: Mapping[str, Any]) -> Iterator[str]:
    """The codes of all free-text questions in a stored definition."""
    for page in definition.get("pages", ()):
        for question in page.get("questions", ()):
            if question["type"] in TEXTS:
                yield question["code"]
