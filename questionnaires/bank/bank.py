"""The question bank's use cases: add, revise, retire, find; a revision never changes once written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.ids import new_id
from questionnaires.bank import store
from questionnaires.bank.models import BankQuestion, BankRevision
from questionnaires.bank.store import Filters
from questionnaires.logic.definition import BankSource, Question
from questionnaires.logic.words import plain

CATEGORIES = ("overall", "outlet", "mobile", "remote", "loans", "cards", "wealth", "complaints", "corporate", "internal")


class QuestionRetired(Conflict):
    """The question is retired: it is not revised any more."""

    code = "question_retired"


class RevisionChanged(Conflict):
    """Somebody else revised the question first."""

    code = "revision_changed"


@dataclass(frozen=True)
class Found:
    """A question with its newest words."""

    row: BankQuestion
    content: Question


def add(session: Session, content: Question, category: str, tags: list[str], actor: Actor, now: datetime) -> BankQuestion:
    """Put a question into the bank, under its code.

    Raises  InvalidInput where the code is taken
    """
    if store.by_code(session, content.code) is not None:
        raise InvalidInput({"code": "code_taken"})
    made = BankQuestion(
        id=new_id(),
        code=content.code,
        category=category,
        tags=tags,
        search_text=search_text(content, tags),
        owner_id=actor.user_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    session.add(_revision(made, 1, content, actor, now))
    trail.record(session, actor, "bank_question.add", "bank_question", made.id, now, {"code": made.code})
    return made


def revise(session: Session, question_id: UUID, content: Question, seen: int, tags: list[str], actor: Actor, now: datetime) -> BankQuestion:
    """Write a new revision; questionnaires keep the one they took, and are told that there is a newer one.

    seen    the revision that the editor read
    Raises  NotFound, QuestionRetired, RevisionChanged
    """
    found = store.locked(session, question_id)
    if found is None:
        raise NotFound
    if found.retired_at is not None:
        raise QuestionRetired
    if found.revision != seen:
        raise RevisionChanged(revision=found.revision)
    content = content.model_copy(update={"code": found.code, "show_if": None, "bank": None})
    before = store.revision(session, question_id, seen)
    if before is not None and before.content == _stored(content) and found.tags == tags:
        return found
    found.revision, found.tags, found.search_text = seen + 1, tags, search_text(content, tags)
    session.add(_revision(found, found.revision, content, actor, now))
    session.flush()
    trail.record(session, actor, "bank_question.revise", "bank_question", found.id, now, {"revision": found.revision})
    return found


def retire(session: Session, question_id: UUID, actor: Actor, now: datetime) -> None:
    """Offer a question no longer; where it is used it stays.

    Raises  NotFound
    """
    found = store.locked(session, question_id)
    if found is None:
        raise NotFound
    if found.retired_at is None:
        found.retired_at = now
        trail.record(session, actor, "bank_question.retire", "bank_question", found.id, now, {"code": found.code})


def find(session: Session, filters: Filters) -> list[Found]:
    """Questions that hold all words of the search, in any language, with the tag."""
    rows = store.found(session, filters, [plain(word) for word in filters.search.split()])
    return [Found(row, content_of(revision)) for row, revision in rows if not filters.tag or filters.tag in row.tags]


def show(session: Session, question_id: UUID) -> tuple[BankQuestion, list[BankRevision]]:
    """A question with all its wordings, the newest first.

    Raises  NotFound
    """
    found = store.by_id(session, question_id)
    if found is None:
        raise NotFound
    return found, store.revisions(session, question_id)


def take(session: Session, question_id: UUID) -> Question:
    """The newest wording, for a questionnaire; it remembers where it came from.

    Raises  NotFound
    """
    row, revisions = show(session, question_id)
    return content_of(revisions[0]).model_copy(update={"bank": BankSource(question=row.id, revision=row.revision)})


def content_of(revision: BankRevision) -> Question:
    """A wording as a question."""
    return Question.model_validate(revision.content)


def load_shipped(session: Session, actor: Actor, now: datetime) -> int:
    """Add the questions that come with the product and are not there yet; how many were added."""
    text = (resources.files("questionnaires.bank") / "content" / "questions.json").read_text(encoding="utf-8")
    known = store.codes(session)
    missing: list[Mapping[str, Any]] = [one for one in json.loads(text) if one["code"] not in known]
    for one in missing:
        add(session, Question.model_validate(one["content"]), one["category"], list(one["tags"]), actor, now)
    session.flush()
    return len(missing)


def search_text(content: Question, tags: list[str]) -> str:
    """What a search looks through: code, tags and all words in all languages, folded as searches are."""
    words = [content.code, *tags, *content.text.values(), *content.help.values()]
    words += [text for option in content.options for text in option.text.values()]
    return plain("\n".join(words))


def _revision(question: BankQuestion, number: int, content: Question, actor: Actor, now: datetime) -> BankRevision:
    return BankRevision(question_id=question.id, number=number, content=_stored(content), author_id=actor.user_id, created_at=now)


def _stored(content: Question) -> dict[str, Any]:
    return content.model_dump(mode="json", exclude_defaults=True)
