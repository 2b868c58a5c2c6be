"""Saving parts of a draft: nothing that somebody else wrote meanwhile is overwritten, and every step can be undone.

An edit says what it saw of the parts it writes. Where one of them is no longer so, nothing is written and the editor is
shown both. Undo is everybody's own: it takes back one's last step, if what that step wrote still stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_id
from questionnaires.library import draft_store, library, parts
from questionnaires.library.errors import NothingToUndo, PartChanged
from questionnaires.library.models import DraftChange, Questionnaire
from questionnaires.library.parts import Raw
from questionnaires.logic.definition import Definition

Change = Callable[[Raw], Raw]


@dataclass(frozen=True)
class Edit:
    """One change: what it does, to what (a question's code, a page's id, a section), and the tokens of what it saw."""

    act: str
    subject: str
    change: Change
    seen: Mapping[str, str] = field(default_factory=dict)


def save(session: Session, questionnaire_id: UUID, edit: Edit, actor: Actor, now: datetime) -> Questionnaire:
    """Apply an edit to the draft as it is now.

    Raises  NotFound; PartChanged where a part is not what the edit saw; DraftWaits, WrongStatus; what the change raises
    """
    found = library.hold(session, questionnaire_id)
    library.check_editable(session, found)
    for name, seen in edit.seen.items():
        if parts.token(found.draft, name) != seen:
            raise PartChanged(part=name)
    return store_draft(session, found, edit.change(found.draft), edit.act, edit.subject, actor, now)


def replace(
    session: Session, questionnaire_id: UUID, definition: Definition, revision: int, act: str, actor: Actor, now: datetime
) -> Questionnaire:
    """Put a whole definition in the draft's place, as an import does; it can be undone like any step.

    Raises  as `library.save_draft`
    """
    found = library.at_revision(session, questionnaire_id, revision)
    library.check_editable(session, found)
    return store_draft(session, found, definition.to_json(), act, "", actor, now)


def store_draft(session: Session, found: Questionnaire, draft: Raw, act: str, subject: str, actor: Actor, now: datetime) -> Questionnaire:
    """Write the draft with its step of history; nothing is written where nothing differs."""
    changed = parts.changes(found.draft, draft)
    if not changed:
        return found
    draft_store.forget_undone(session, found.id, actor.user_id)
    library.write(session, found, draft, changed, actor, now)
    session.add(
        DraftChange(
            id=new_id(),
            questionnaire_id=found.id,
            revision=found.draft_revision,
            user_id=actor.user_id,
            act=act,
            subject=subject[:60],
            parts=changed,
            at=now,
        )
    )
    if found.draft_revision % draft_store.KEPT == 0:
        draft_store.forget_history(session, found.id, found.draft_revision - draft_store.KEPT)
    session.flush()
    return found


def undo(session: Session, questionnaire_id: UUID, actor: Actor, now: datetime) -> DraftChange:
    """Take back one's last step.

    Raises  NotFound, NothingToUndo; PartChanged where somebody else wrote on the same part since; DraftWaits, WrongStatus
    """
    assert actor.user_id is not None
    found = library.hold(session, questionnaire_id)
    return _step(session, found, draft_store.last_done(session, found.id, actor.user_id), actor, now, back=True)


def redo(session: Session, questionnaire_id: UUID, actor: Actor, now: datetime) -> DraftChange:
    """Do again what one took back last.

    Raises  as `undo`
    """
    assert actor.user_id is not None
    found = library.hold(session, questionnaire_id)
    return _step(session, found, draft_store.last_undone(session, found.id, actor.user_id), actor, now, back=False)


def _step(session: Session, found: Questionnaire, step: DraftChange | None, actor: Actor, now: datetime, *, back: bool) -> DraftChange:
    library.check_editable(session, found)
    if step is None:
        raise NothingToUndo
    there, wanted = (1, 0) if back else (0, 1)
    for name, pair in step.parts.items():
        if (parts.part_of(found.draft, name) or None) != (pair[there] or None):
            raise PartChanged(part=name)
    draft = parts.put(found.draft, {name: pair[wanted] for name, pair in step.parts.items()})
    library.write(session, found, draft, step.parts, actor, now)
    step.undone_at = now if back else None
    session.flush()
    trail.record(
        session, actor, f"questionnaire.{'undo' if back else 'redo'}", "questionnaire", found.id, now, {"revision": found.draft_revision}
    )
    return step


def checked(model: Any, raw: Any) -> Any:
    """A part of the document through its model, as it is stored.

    Raises  InvalidInput with the code `value_refused` beside each wrong place
    """
    try:
        return model.model_validate(raw).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as error:
        raise InvalidInput({".".join(str(one) for one in found["loc"]) or "part": "value_refused" for found in error.errors()}) from None
