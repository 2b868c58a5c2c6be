"""Find bank questions and take them: into a list, into a questionnaire, or a newer revision in the place of an older one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.bank import sections, store
from questionnaires.bank.changes import parts_changed
from questionnaires.bank.contents import Content, content_of, questions_of
from questionnaires.bank.models import BankFigure, BankQuestion, BankRevision
from questionnaires.bank.store import Filters
from questionnaires.logic.definition import BankSource, Question

PAGE = 40


@dataclass(frozen=True)
class Found:
    """A question or section with its newest words, how many questionnaires use it, and what was measured of this revision."""

    row: BankQuestion
    content: Content
    uses: int = 0
    figure: BankFigure | None = None


@dataclass(frozen=True)
class FoundPage:
    """One page of a list, and the cursors of its neighbours; empty where there is none."""

    rows: list[Found]
    next: str
    previous: str


@dataclass(frozen=True)
class Newer:
    """A questionnaire's question of which the bank has a newer revision."""

    taken: int
    newest: int
    content: Question
    changes: tuple[str, ...]
    retired: bool


def find(session: Session, filters: Filters) -> list[Found]:
    """Up to 500 questions that hold all words of the search, in any language."""
    return [Found(row, content_of(revision)) for row, revision in store.found(session, filters)]


def search(session: Session, filters: Filters, cursor: str = "", limit: int = PAGE) -> FoundPage:
    """One page of what fits, the best hits first; one statement whatever their number."""
    lines, following, before = store.page(session, filters, cursor, limit)
    rows = [Found(line.row, content_of(line.revision), line.uses, line.figure) for line in lines]
    return FoundPage(rows, following, before)


def show(session: Session, question_id: UUID) -> tuple[BankQuestion, list[BankRevision]]:
    """A question with all its wordings, the newest first.

    Raises  NotFound
    """
    found = store.by_id(session, question_id)
    if found is None:
        raise NotFound
    return found, store.revisions(session, question_id)


def question_of(session: Session, question_id: UUID, revision: int) -> Question | None:
    """One revision of a question, with where it came from; None where there is none, or it is a section."""
    found = store.revision(session, question_id, revision)
    content = content_of(found) if found is not None else None
    return _sourced(content, question_id, revision) if isinstance(content, Question) else None


def take(session: Session, question_id: UUID) -> Question:
    """The newest wording, for a questionnaire; it remembers where it came from.

    Raises  NotFound; InvalidInput for a section, which is taken by `take_section`
    """
    row, revisions = show(session, question_id)
    content = content_of(revisions[0])
    if not isinstance(content, Question):
        raise InvalidInput({"question": "is_a_section"})
    return _sourced(content, row.id, row.revision)


def take_section(session: Session, question_id: UUID, taken: Iterable[str] = ()) -> tuple[Question, ...]:
    """All questions of a section's newest revision, under codes that are free; conditions among them follow.

    taken   the codes that the questionnaire has already
    Raises  NotFound
    """
    row, revisions = show(session, question_id)
    content = content_of(revisions[0])
    if isinstance(content, Question):
        return sections.fitted([_sourced(content, row.id, row.revision)], taken)
    return sections.fitted(questions_of(content), taken)


def newer_revisions(session: Session, sources: Iterable[BankSource], questionnaire_id: UUID | None = None) -> dict[UUID, Newer]:
    """Which of a questionnaire's bank questions have a newer revision, by the bank question's id.

    questionnaire_id    leaves out what this questionnaire's designer chose to keep
    """
    taken: dict[UUID, int] = {}
    for source in sources:
        taken[source.question] = min(source.revision, taken.get(source.question, source.revision))
    kept = store.kept(session, questionnaire_id) if questionnaire_id is not None and taken else {}
    found: dict[UUID, Newer] = {}
    for row, revision in store.newest_contents(session, list(taken)) if taken else []:
        if row.revision <= max(taken[row.id], kept.get(row.id, 0)):
            continue
        content, before = content_of(revision), store.revision(session, row.id, taken[row.id])
        if isinstance(content, Question):
            changes = parts_changed(content_of(before), content) if before is not None else ()
            sourced = _sourced(content, row.id, row.revision)
            found[row.id] = Newer(taken[row.id], row.revision, sourced, changes, row.retired_at is not None)
    return found


def keep(session: Session, questionnaire_id: UUID, question_id: UUID, revision: int, actor: Actor, now: datetime) -> None:
    """Keep what a questionnaire has in spite of a newer revision; it is not told of that one again.

    Raises  NotFound for a question or revision that is not there
    """
    if store.revision(session, question_id, revision) is None:
        raise NotFound
    row = {"questionnaire_id": questionnaire_id, "question_id": question_id, "revision": revision, "kept_by": actor.user_id, "kept_at": now}
    store.keep(session, row)
    facts = {"question": str(question_id), "revision": revision}
    trail.record(session, actor, "questionnaire.keep_wording", "questionnaire", questionnaire_id, now, facts)


def _sourced(content: Question, question_id: UUID, revision: int) -> Question:
    return content.model_copy(update={"bank": BankSource(question=question_id, revision=revision)})


__all__ = [
    "Found",
    "FoundPage",
    "Newer",
    "content_of",
    "find",
    "keep",
    "newer_revisions",
    "question_of",
    "search",
    "show",
    "take",
    "take_section",
]
