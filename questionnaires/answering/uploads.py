"""Photos, files and signatures that come with answers: checked by their content, sealed, kept apart from everything public.

While a request waits, only the head of a picture is read; a job makes it anew (see `uploads_jobs`). Contents lie sealed
in the database, so that they are saved, moved and erased together with the answers, on one machine and on many.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from portal.foundation.crypto import Keys
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.answering import pictures
from questionnaires.answering import uploads_store as store
from questionnaires.answering.rules.filekinds import MB, MOST_BYTES, PICTURES, TEXT, refusal, sniff
from questionnaires.logic.definition import UPLOADS, Definition, Question, QuestionType
from questionnaires.logic.question import MOST_FILES
from questionnaires.logic.validate import Problem

MOST_OF_LINK, MOST_BYTES_OF_LINK = 30, 80 * MB
LONGEST_NAME = 80


class Sent(Protocol):
    """A file as a form brings it."""

    filename: str | None

    def read(self, size: int = -1) -> bytes:
        """Bytes of the file."""
        ...


class Upload(NamedTuple):
    """One upload as its sender sees it again."""

    id: str
    name: str
    kind: str
    size: int


def receive(ground: Ground, owner: str, question: Question, files: Sequence[Sent], typed_name: str, now: datetime) -> list[str] | Problem:
    """Keep what was sent for one question of a link; all of it or nothing.

    owner       `s:<invitation hex>` or `q:<response hex>`
    typed_name  a name typed in place of a drawn signature
    Returns     ids as hexadecimal, in the order of the files; or what is wrong with one of them
    """
    contents = [(_clean(one.filename or ""), one.read(MOST_BYTES[question.type] + 1)) for one in files if one.filename]
    if question.type is QuestionType.SIGNATURE and typed_name.strip() and not contents:
        contents = [(_clean(typed_name), b"")]
    most = question.max or (1 if question.type is QuestionType.SIGNATURE else MOST_FILES)
    if len(contents) > most:
        return Problem("too_many_files", {"max": f"{most:g}"})
    made: list[tuple[dict[str, object], bytes]] = []
    for name, content in contents:
        one = _row(ground.keys, owner, question, name, content, now)
        if isinstance(one, Problem):
            return one
        made.append(one)
    return _keep(ground, owner, made)


def _keep(ground: Ground, owner: str, made: Sequence[tuple[dict[str, object], bytes]]) -> list[str] | Problem:
    if not made:
        return []
    rows = [row for row, _ in made]
    sealed = [{"upload_id": row["id"], "part": "original", "sealed": ground.keys.seal(content)} for row, content in made]
    with ground.writing() as session:
        count, size = store.held(session, owner)
        if count + len(rows) > MOST_OF_LINK or size + sum(len(content) for _, content in made) > MOST_BYTES_OF_LINK:
            return Problem("upload_too_many", {"max": str(MOST_OF_LINK)})
        store.add(session, rows, sealed)
    return [UUID(str(row["id"])).hex for row in rows]


def _row(keys: Keys, owner: str, question: Question, name: str, content: bytes, now: datetime) -> tuple[dict[str, object], bytes] | Problem:
    """The row of one file, with the content to be sealed; or why it is not taken."""
    row: dict[str, object] = {"id": new_id(), "owner": owner, "question": question.code, "kind": str(question.type), "created_at": now}
    if question.type is QuestionType.SIGNATURE and not content and name:
        text = name.encode()
        return row | {"state": "ready", "media": TEXT, "name_enc": None, "size": len(text), "width": 0, "height": 0}, text
    if code := refusal(question.type, content):
        return Problem(code, {"most": f"{MOST_BYTES[question.type] // MB} MB"} if code == "upload_too_large" else {})
    media = str(sniff(content))
    width = height = 0
    if media in PICTURES:
        try:
            width, height = pictures.measure(content)
        except pictures.TooManyPixels:
            return Problem("upload_too_many_pixels")
        except pictures.BrokenPicture:
            return Problem("upload_broken")
    state = "waiting" if media in PICTURES else "ready"
    facts = {"state": state, "media": media, "name_enc": keys.encrypt(name), "size": len(content), "width": width, "height": height}
    return row | facts, content


def _clean(name: str) -> str:
    """A file's name without folders, control characters and what turns the direction of writing; only ever shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(
        letter for letter in last if letter.isprintable() and letter not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )[-LONGEST_NAME:].strip()


def owned(ground: Ground, owner: str, ids: Iterable[str]) -> list[Upload]:
    """Those of some uploads that are this link's own; ids of others, and what is no id, are as if they were not there."""
    wanted = [UUID(one) for one in ids if _is_id(one)][:MOST_OF_LINK]
    if not wanted:
        return []
    with ground.reading() as session:
        rows = store.of_owner(session, owner, wanted)
    names = {row.id: ground.keys.decrypt(row.name_enc) if row.name_enc else "" for row in rows}
    return [Upload(row.id.hex, names[row.id], row.kind, row.size) for row in rows]


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


def ids_in_answers(definition: Definition, answers: dict[str, object]) -> list[UUID]:
    """The uploads that complete answers name."""
    found: list[UUID] = []
    for question in definition.questions():
        value = answers.get(question.code) if question.type in UPLOADS else None
        if isinstance(value, list | tuple):
            found += [UUID(one) for one in value if isinstance(one, str) and _is_id(one)]
    return found
