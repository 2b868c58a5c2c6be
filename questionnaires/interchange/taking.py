"""Take a file in as a new questionnaire or into a draft, and write one out."""

import re
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.interchange import formats
from questionnaires.interchange.carrying.written import Written
from questionnaires.interchange.formats import Imported
from questionnaires.library import drafting, library, store
from questionnaires.library.library import NewQuestionnaire
from questionnaires.library.models import Questionnaire
from questionnaires.logic.definition import Definition

MOST_COPIES = 1000


def find(session: Session, which: str) -> Questionnaire:
    """A questionnaire by id or code.

    Raises  NotFound
    """
    try:
        return library.get(session, UUID(which))
    except ValueError:
        return library.by_code(session, which)


def free_code(session: Session, wanted: str) -> str:
    """A code that no questionnaire has: the wanted one made fit, else with a number behind it."""
    stem = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_")[:36]
    stem = stem if stem[:1].isalpha() else f"q_{stem}".rstrip("_")
    for number in range(1, MOST_COPIES):
        code = stem if number == 1 else f"{stem}_{number}"
        if store.by_code(session, code) is None:
            return code
    raise InvalidInput({"code": "code_taken"})


def as_new(session: Session, imported: Imported, code: str, folder: str, actor: Actor, now: datetime) -> Questionnaire:
    """A new questionnaire with the file's definition as its draft.

    Raises  CodeTaken
    """
    made = library.create(session, NewQuestionnaire(code, imported.definition, folder), actor, now)
    trail.record(session, actor, "questionnaire.import", "questionnaire", made.id, now, {"questions": len(imported.definition.by_code)})
    return made


def into(session: Session, questionnaire_id: UUID, imported: Imported, revision: int, actor: Actor, now: datetime) -> Questionnaire:
    """The file's definition in a draft's place; it can be undone like any step.

    Raises  NotFound, DraftChanged, DraftWaits, WrongStatus
    """
    made = drafting.replace(session, questionnaire_id, imported.definition, revision, "import", actor, now)
    trail.record(session, actor, "questionnaire.import", "questionnaire", made.id, now, {"revision": made.draft_revision})
    return made


def definition_of(session: Session, found: Questionnaire, version: int | None) -> Definition:
    """The draft, or one of its versions.

    Raises  NotFound for a version that is not there
    """
    if version is None:
        return library.draft_of(found)
    for one in store.versions(session, found.id):
        if one.number == version:
            return Definition.from_json(one.definition)
    raise NotFound(version=version)


def written(session: Session, found: Questionnaire, name: str, version: int | None) -> Written:
    """The file of a questionnaire in a format.

    Raises  NotFound; InvalidInput for a format that is not there or can't be written
    """
    return formats.write(definition_of(session, found, version), name, found.code)
