"""The question bank's use cases: add, revise, retire, bring back; a revision never changes once written.

Finding and taking questions is in `taking.py`; both are imported here, so that callers know one name.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.ids import new_id
from questionnaires.bank import contents, store
from questionnaires.bank.changes import parts_changed
from questionnaires.bank.contents import Content, Section
from questionnaires.bank.likeness import grams
from questionnaires.bank.models import BankQuestion, BankRevision
from questionnaires.bank.taking import (
    Found,
    FoundPage,
    Newer,
    content_of,
    find,
    keep,
    newer_revisions,
    question_of,
    search,
    show,
    take,
    take_section,
)
from questionnaires.logic.definition import Question

__all__ = [
    "Found",
    "FoundPage",
    "Newer",
    "Place",
    "QuestionRetired",
    "RevisionChanged",
    "add",
    "content_of",
    "find",
    "keep",
    "newer_revisions",
    "question_of",
    "restore",
    "retire",
    "revise",
    "search",
    "show",
    "take",
    "take_over",
    "take_section",
]


class QuestionRetired(Conflict):
    """The question is retired: it is not revised any more."""

    code = "question_retired"


class RevisionChanged(Conflict):
    """Somebody else revised the question first."""

    code = "revision_changed"


class Place(Mapping[str, str]):
    """Where a question stands on the three axes, by axis."""

    def __init__(self, journey: str, touchpoint: str = "", dimension: str = "") -> None:
        self._codes = {"journey": journey, "touchpoint": touchpoint, "dimension": dimension}

    def __getitem__(self, axis: str) -> str:
        return self._codes[axis]

    def __iter__(self) -> Any:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    @classmethod
    def of(cls, row: BankQuestion) -> "Place":
        """Where it stands now."""
        return cls(row.journey, row.touchpoint, row.dimension)


def add(
    session: Session, content: Content, place: str | Place, tags: list[str], actor: Actor, now: datetime, code: str = ""
) -> BankQuestion:
    """Put a question or section into the bank, under its code.

    place   the three axes, or the journey alone
    code    for a section, which has none of its own
    Raises  InvalidInput where the code is taken
    """
    named = content.code if isinstance(content, Question) else code
    if store.by_code(session, named) is not None:
        raise InvalidInput({"code": "code_taken"})
    where = Place(place) if isinstance(place, str) else place
    made = BankQuestion(
        id=new_id(), code=named, kind="section" if isinstance(content, Section) else "question",
        journey=where["journey"], owner_id=actor.user_id, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _describe(session, made, content, where, tags)
    session.add(_revision(made, 1, content, [], actor, now))
    trail.record(session, actor, "bank_question.add", "bank_question", made.id, now, {"code": made.code})
    return made


def revise(
    session: Session,
    question_id: UUID,
    content: Content,
    seen: int,
    tags: list[str],
    actor: Actor,
    now: datetime,
    place: Place | None = None,
) -> BankQuestion:
    """Write a new revision; questionnaires keep the one they took, and are told that there is a newer one.

    Where only tags or categories differ, they change without a revision: the words are the same.
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
    if isinstance(content, Question):
        content = content.model_copy(update={"code": found.code, "show_if": None, "bank": None})
    before, where = store.revision(session, question_id, seen), place or Place.of(found)
    same_words = before is not None and before.content == contents.stored(content)
    if same_words and found.tags == tags and Place.of(found) == where:
        return found
    facts: dict[str, Any] = {"tags": tags, **where}
    if not same_words:
        found.revision = seen + 1
        changes = list(parts_changed(content_of(before), content)) if before is not None else []
        session.add(_revision(found, found.revision, content, changes, actor, now))
        facts = {"revision": found.revision}
    _describe(session, found, content, where, tags)
    session.flush()
    trail.record(session, actor, "bank_question.revise" if not same_words else "bank_question.file", "bank_question", found.id, now, facts)
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
        store.index(session, found.id, found.tags, [])
        trail.record(session, actor, "bank_question.retire", "bank_question", found.id, now, {"code": found.code})


def restore(session: Session, question_id: UUID, actor: Actor, now: datetime) -> None:
    """Offer a retired question again.

    Raises  NotFound
    """
    found = store.locked(session, question_id)
    if found is None:
        raise NotFound
    if found.retired_at is not None:
        found.retired_at = None
        revision = store.revision(session, question_id, found.revision)
        assert revision is not None, "a question has its newest revision"
        _describe(session, found, content_of(revision), Place.of(found), found.tags)
        trail.record(session, actor, "bank_question.restore", "bank_question", found.id, now, {"code": found.code})


def take_over(session: Session, question_id: UUID, actor: Actor, now: datetime) -> None:
    """Make the acting user its owner.

    Raises  NotFound
    """
    found = store.locked(session, question_id)
    if found is None:
        raise NotFound
    if found.owner_id != actor.user_id:
        found.owner_id = actor.user_id
        trail.record(session, actor, "bank_question.own", "bank_question", found.id, now, {"code": found.code})


def described(code: str, content: Content, place: Mapping[str, str], tags: list[str]) -> dict[str, Any]:
    """The columns that lists, filters and searches read, as the words give them."""
    shares = contents.completeness(content)
    return {
        **place,
        "kind": "section" if isinstance(content, Section) else "question",
        "type": content.type.value if isinstance(content, Question) else "",
        "tags": tags,
        "languages": shares,
        "complete_in": "".join(f"|{tag}" for tag in sorted(shares) if shares[tag] == 100) + "|",
        "heading": contents.heading_text(content),
        "search_text": contents.search_text(code, content, tags),
    }


def _describe(session: Session, row: BankQuestion, content: Content, place: Mapping[str, str], tags: list[str]) -> None:
    """Keep what lists, filters, search and likeness read in step with the words."""
    for name, value in described(row.code, content, place, tags).items():
        setattr(row, name, value)
    store.index(session, row.id, tags, sorted(grams(row.heading)))


def _revision(row: BankQuestion, number: int, content: Content, changes: list[str], actor: Actor, now: datetime) -> BankRevision:
    return BankRevision(
        question_id=row.id, number=number, content=contents.stored(content), changes=changes, author_id=actor.user_id, created_at=now
    )
