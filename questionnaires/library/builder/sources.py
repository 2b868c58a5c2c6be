"""What the question bank gives the builder: questions that fit, ready sections, newer wordings to take or to keep."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.bank import taking
from questionnaires.bank.contents import questions_of
from questionnaires.bank.labels import words_of
from questionnaires.bank.store import Filters
from questionnaires.library import parts
from questionnaires.library.builder import labels
from questionnaires.library.models import Questionnaire
from questionnaires.library.parts import Raw
from questionnaires.library.parts import questions_of as in_draft
from questionnaires.logic.definition import BankSource, Question

SHOWN = 30
OWN = frozenset({"code", "show_if", "rules", "carry", "indicator", "required", "long_only"})
"""What a questionnaire's question keeps when it takes the bank's newer wording."""


def fitting(session: Session, words: str, journey: str, kind: str = "question") -> dict[str, Any]:
    """Questions, or sections, that fit, the best first."""
    page = taking.search(session, Filters(search=words, journey=journey, kind=kind), limit=SHOWN)
    names = labels.types()
    rows = [
        {
            "id": found.row.id,
            "text": words_of(found.content, found.row.code),
            "type": names[found.content.type][0] if isinstance(found.content, Question) else "",
            "questions": len(questions_of(found.content)),
            "uses": found.uses,
            "revision": found.row.revision,
        }
        for found in page.rows
    ]
    return {"rows": rows, "more": bool(page.next)}


def taken(session: Session, draft: Raw, ids: list[UUID]) -> list[Raw]:
    """The questions of bank questions and sections, under codes that are free; an indicator that is fed already is left to the first.

    Raises  NotFound
    """
    codes = {one["code"] for one in in_draft(draft)}
    fed = {one.get("indicator") for one in in_draft(draft)}
    made: list[Raw] = []
    for one in ids:
        for question in taking.take_section(session, one, codes):
            raw = question.model_dump(mode="json", exclude_defaults=True)
            if raw.get("indicator") in fed:
                raw.pop("indicator", None)
            fed.add(raw.get("indicator") or "-")
            codes.add(question.code)
            made.append(raw)
    return made


def newer(session: Session, found: Questionnaire, code: str) -> taking.Newer | None:
    """The bank's newer wording of a question, unless it was kept in spite of it."""
    question = parts.find_question(found.draft, code)
    if question is None or "bank" not in question:
        return None
    source = BankSource.model_validate(question["bank"])
    return taking.newer_revisions(session, [source], found.id).get(source.question)


def with_newer(question: Raw, newer: taking.Newer) -> Raw:
    """The newest wording in a question's place; code, conditions, indicator and whether it is required stay."""
    fresh = newer.content.model_dump(mode="json", exclude_defaults=True)
    kept = {name: value for name, value in question.items() if name in OWN}
    return {**{name: value for name, value in fresh.items() if name not in OWN}, **kept}
