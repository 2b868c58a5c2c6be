"""Where bank questions are used. The library tells of drafts and versions; the bank keeps the rows and reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.bank import usage_store
from questionnaires.bank.models import DRAFT


@dataclass(frozen=True)
class Place:
    """One questionnaire that asks a question: in its draft, in versions, under which revisions."""

    questionnaire_id: UUID
    title: dict[str, str]
    draft: int | None
    versions: tuple[tuple[int, int], ...]
    """(version, revision), the newest version first."""


def note_draft(session: Session, questionnaire_id: UUID, draft: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
    """Write down what a draft takes from the bank, in the place of what it took before. Two statements, none where nothing differs.

    draft, before   the documents as stored; they may be unfinished
    """
    rows = _rows(questionnaire_id, DRAFT, draft)
    if before is None or rows != _rows(questionnaire_id, DRAFT, before):
        usage_store.replace(session, questionnaire_id, DRAFT, rows)


def note_version(session: Session, questionnaire_id: UUID, number: int, definition: Mapping[str, Any]) -> None:
    """Write down what a published version takes from the bank; it stays for good."""
    usage_store.replace(session, questionnaire_id, number, _rows(questionnaire_id, number, definition))


def places(session: Session, question_id: UUID) -> list[Place]:
    """Where a question is used, the most recently published first."""
    rows = usage_store.of_question(session, question_id)
    found = []
    for key in dict.fromkeys(row.questionnaire_id for row in rows):
        mine = [row for row in rows if row.questionnaire_id == key]
        draft = next((row.revision for row in mine if row.version == DRAFT), None)
        versions = dict.fromkeys((row.version, row.revision) for row in mine if row.version != DRAFT)
        found.append(Place(key, next((row.title for row in mine if row.title), {}), draft, tuple(versions)))
    return found


def _rows(questionnaire_id: UUID, number: int, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked = {
        question["code"]: question["bank"]
        for page in document.get("pages", ())
        for question in page.get("questions", ())
        if question.get("bank") and question.get("code")
    }
    return [
        {
            "questionnaire_id": questionnaire_id,
            "version": number,
            "question_code": code,
            "question_id": UUID(str(source["question"])),
            "revision": source["revision"],
            "title": dict(document.get("title", {})),
        }
        for code, source in asked.items()
    ]
