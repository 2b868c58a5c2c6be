"""Use cases of files put in on the page: take one in, read it, make a draft of it, throw it away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import NotFound, SoundingsError
from portal.foundation.sent_files import SentFile
from questionnaires.interchange import files_store as store
from questionnaires.interchange import formats, taking
from questionnaires.interchange.carrying.files import MB, CannotRead
from questionnaires.interchange.formats import Imported
from questionnaires.interchange.models import FileTaken
from questionnaires.library.models import Questionnaire
from questionnaires.logic.definition import Definition

LARGEST = 15 * MB
"""The largest file that the page takes; the command line takes larger ones."""
AT_ONCE = 200 * 1024
"""A file up to this size is read while its sender waits; spreadsheets and larger ones in the background."""
STEPS = 3


class NotReady(SoundingsError):
    """The file is still being read, or was refused."""

    code, status = "file_not_ready", 409


def put(session: Session, keys: Keys, sent: SentFile, wanted: str, owner_id: UUID, now: datetime) -> FileTaken:
    """Take a file in: a small one is read at once, a large one waits for the job.

    Raises  CannotRead for a file that is too large, or that is small and can't be read
    """
    if len(sent.data) > LARGEST:
        raise CannotRead("file_too_large")
    if not sent.data.strip():
        raise CannotRead("empty_file")
    name = "".join(sign for sign in sent.name if sign.isprintable())[-200:]
    row = FileTaken(owner_id=owner_id, name=name, format=wanted[:10], created_at=now)
    if len(sent.data) <= AT_ONCE and not sent.data.startswith((formats.ZIP, formats.OLE)):
        for field, value in read(sent.data, wanted, name).items():
            setattr(row, field, value)
    else:
        row.sealed = keys.seal(sent.data)
    session.add(row)
    session.flush()
    return row


def read(data: bytes, wanted: str, name: str) -> dict[str, Any]:
    """What a file becomes, as columns of its row.

    Raises  CannotRead
    """
    imported, report = formats.read(data, wanted, name, LARGEST)
    return {
        "state": "ready", "done": STEPS, "total": STEPS, "format": report.format, "definition": imported.definition.to_json(),
        "report": report.as_json(), "sealed": None, "leased_until": None,
    }  # fmt: skip


def own(session: Session, file_id: UUID, owner_id: UUID) -> FileTaken:
    """One's own file.

    Raises  NotFound
    """
    found = store.of_owner(session, file_id, owner_id)
    if found is None:
        raise NotFound
    return found


def make(session: Session, file_id: UUID, owner_id: UUID, code: str, folder: str, actor: Actor, now: datetime) -> Questionnaire:
    """A draft of a file that was read; twice gives the same draft.

    Raises  NotFound, NotReady
    """
    found = store.of_owner(session, file_id, owner_id, lock=True)
    if found is None:
        raise NotFound
    if found.state == "made" and found.questionnaire_id is not None:
        return taking.find(session, str(found.questionnaire_id))
    if found.state != "ready" or found.definition is None:
        raise NotReady
    imported = Imported(Definition.from_json(found.definition))
    made = taking.as_new(session, imported, taking.free_code(session, code or found.name.rpartition(".")[0]), folder, actor, now)
    found.state, found.questionnaire_id, found.definition, found.sealed = "made", made.id, None, None
    session.flush()
    return made


def discard(session: Session, file_id: UUID, owner_id: UUID, actor: Actor, now: datetime) -> None:
    """Throw one's own file away.

    Raises  NotFound
    """
    found = own(session, file_id, owner_id)
    trail.record(session, actor, "questionnaire.discard_file", "file_taken", found.id, now)
    store.remove(session, found.id)
