"""The library's use cases: make, copy and edit a questionnaire; the draft is never overwritten unseen.

A questionnaire has one draft with a running revision, and any number of published versions. `status` says what customers
meet: once published it stays so while a new draft is written. How far that draft has come is `lifecycle.draft_state`.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import NotFound
from questionnaires.bank import usage
from questionnaires.library import draft_store, store
from questionnaires.library.errors import CodeTaken, DraftChanged, DraftWaits, WrongStatus
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.library.parts import SECTIONS, Raw
from questionnaires.logic.definition import Definition, Kind, content_hash

LIVE = ("published", "paused", "retired")
"""Statuses of a questionnaire that has a version."""


@dataclass(frozen=True)
class NewQuestionnaire:
    """What a new questionnaire starts with."""

    code: str
    definition: Definition
    folder: str = ""
    sample: bool = False


def create(session: Session, new: NewQuestionnaire, actor: Actor, now: datetime) -> Questionnaire:
    """Make a questionnaire with its first draft.

    Raises  CodeTaken
    """
    if store.by_code(session, new.code) is not None:
        raise CodeTaken({"code": "code_taken"})
    made = Questionnaire(
        code=new.code,
        title_zh="",
        title_en="",
        folder=new.folder,
        draft=new.definition.to_json(),
        owner_id=actor.user_id,
        sample=new.sample,
        created_at=now,
        updated_at=now,
    )
    _columns(made, made.draft)
    session.add(made)
    session.flush()
    usage.note_draft(session, made.id, made.draft)
    if actor.user_id is not None:
        draft_store.add_author(session, made.id, actor.user_id)
    trail.record(session, actor, "questionnaire.create", "questionnaire", made.id, now, {"code": made.code})
    return made


def copy(session: Session, questionnaire_id: UUID, code: str, actor: Actor, now: datetime) -> Questionnaire:
    """A new questionnaire with another's draft.

    Raises  NotFound, CodeTaken
    """
    original = get(session, questionnaire_id)
    return create(session, NewQuestionnaire(code, draft_of(original), original.folder), actor, now)


def save_draft(
    session: Session, questionnaire_id: UUID, definition: Definition, revision: int, actor: Actor, now: datetime
) -> Questionnaire:
    """Write the whole draft, if it is still the one that was read. An approval that it had is gone.

    Raises  NotFound; DraftChanged with the newer revision, DraftWaits, WrongStatus for a retired questionnaire
    """
    found = at_revision(session, questionnaire_id, revision)
    check_editable(session, found)
    draft = definition.to_json()
    if draft != found.draft:
        write(session, found, draft, SECTIONS, actor, now)
    return found


def at_revision(session: Session, questionnaire_id: UUID, revision: int) -> Questionnaire:
    """The questionnaire, locked, if its draft is the revision that the person saw: nobody approves words they have not read.

    Raises  NotFound, DraftChanged
    """
    found = hold(session, questionnaire_id)
    if found.draft_revision != revision:
        raise DraftChanged(revision=found.draft_revision, yours=revision)
    return found


def check_editable(session: Session, found: Questionnaire) -> None:
    """Refuse a draft that waits for somebody's word, and a retired questionnaire.

    Raises  DraftWaits, WrongStatus
    """
    if found.status == "retired":
        raise WrongStatus(status=found.status)
    steps = store.steps(session, found.id, found.draft_revision)
    if steps and any(step.decision is None for step in steps) and not any(step.decision == "returned" for step in steps):
        raise DraftWaits


def write(session: Session, found: Questionnaire, draft: Raw, changed: Container[str], actor: Actor, now: datetime) -> None:
    """Put a document into the draft as its next revision; its writer becomes an author, and it is audited."""
    usage.note_draft(session, found.id, draft, found.draft)
    found.draft = draft
    if "texts" in changed or "settings" in changed:
        _columns(found, draft)
    found.draft_revision += 1
    found.updated_at = now
    if found.status not in LIVE:
        found.status = "draft"
    if actor.user_id is not None:
        draft_store.add_author(session, found.id, actor.user_id)
    session.flush()
    trail.record(session, actor, "questionnaire.save", "questionnaire", found.id, now, {"revision": found.draft_revision})


def set_folder(session: Session, questionnaire_id: UUID, folder: str, actor: Actor, now: datetime) -> None:
    """Put a questionnaire into a folder; the draft is not touched."""
    found = hold(session, questionnaire_id)
    if found.folder != folder:
        found.folder = folder
        trail.record(session, actor, "questionnaire.move", "questionnaire", found.id, now, {"folder": folder})


def get(session: Session, questionnaire_id: UUID) -> Questionnaire:
    """A questionnaire.

    Raises  NotFound
    """
    found = store.by_id(session, questionnaire_id)
    if found is None:
        raise NotFound
    return found


def by_code(session: Session, code: str) -> Questionnaire:
    """A questionnaire by its code.

    Raises  NotFound
    """
    found = store.by_code(session, code)
    if found is None:
        raise NotFound(code=code)
    return found


def hold(session: Session, questionnaire_id: UUID) -> Questionnaire:
    """A questionnaire, locked until the transaction ends.

    Raises  NotFound
    """
    found = store.locked(session, questionnaire_id)
    if found is None:
        raise NotFound
    return found


def current_version(session: Session, questionnaire: Questionnaire) -> QuestionnaireVersion | None:
    """The version that new invitations get."""
    return store.version(session, questionnaire.current_version_id)


def draft_of(questionnaire: Questionnaire) -> Definition:
    """The draft as a definition."""
    return Definition.from_json(questionnaire.draft)


def draft_hash(questionnaire: Questionnaire) -> str:
    """The draft's content hash, to be held against a version's."""
    return content_hash(draft_of(questionnaire))


def _columns(questionnaire: Questionnaire, draft: Raw) -> None:
    """The columns that lists show."""
    texts = draft["title"]
    questionnaire.title_zh = next((words for tag, words in texts.items() if tag.lower().startswith("zh") and words), "")[:120]
    questionnaire.title_en = next((words for tag, words in texts.items() if not tag.lower().startswith("zh") and words), "")[:120]
    questionnaire.subject_class = draft.get("kind", Kind.TOUCHPOINT.value)
