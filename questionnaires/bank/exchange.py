"""Take questions in and out of the bank: CSV, XLSX, JSON. A file is read and compared first; nothing is written until somebody says so."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ids import new_id
from questionnaires.bank import bank, nodes, sheet_files, sheet_lines, store
from questionnaires.bank.bank import Place
from questionnaires.bank.changes import parts_changed
from questionnaires.bank.contents import Content, Section, content_of, parse, stored, title_of
from questionnaires.bank.models import BankImport, BankQuestion
from questionnaires.bank.sheet_files import MOST_BYTES, bad
from questionnaires.bank.sheet_lines import Item, Read

FORMATS = ("csv", "xlsx", "json")
KEPT = timedelta(days=1)
MOST_SHOWN = 2000
MARK = "soundings_bank"


@dataclass(frozen=True)
class Row:
    """What one entry of a file would do: `added`, `changed`, `unchanged`, `rejected`; JSON, so that it can wait for a yes."""

    act: str
    line: int
    code: str
    words: Mapping[str, str] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    reason: str = ""
    detail: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    seen: int = 0


@dataclass(frozen=True)
class Written:
    """What an import did: questions added and revised, and the codes that somebody else changed meanwhile."""

    added: int
    changed: int
    late: tuple[str, ...]


def export(session: Session, kind: str, codes: Iterable[str] | None = None) -> bytes:
    """All live questions and sections as a file; the same questions always give the same bytes, XLSX aside.

    codes   only these
    """
    wanted = set(codes) if codes is not None else None
    items = [
        Item(row.code, Place.of(row), row.tags, content_of(revision))
        for row, revision in store.everything(session)
        if wanted is None or row.code in wanted
    ]
    if kind == "json":
        documents = [{"code": one.code, **one.place, "tags": list(one.tags), "content": stored(one.content)} for one in items]
        return json.dumps({MARK: 1, "questions": documents}, ensure_ascii=False, indent=1).encode()
    write = sheet_files.write_csv if kind == "csv" else sheet_files.write_xlsx
    return write(sheet_lines.columns(items), (line for item in items for line in sheet_lines.lines_of(item)))


def offer(session: Session, name: str, data: bytes, user_id: UUID, now: datetime) -> BankImport:
    """Read a file, compare it with the bank, and keep the result for the reader's yes; the bank stays as it is.

    Raises  InvalidInput for a file that can't be read at all
    """
    reads, encoding = read_file(name, data)
    rows = compared(session, reads)
    store.purge_imports(session, now - KEPT)
    rejected = [asdict(row) for row in rows if row.act == "rejected"]
    made = BankImport(
        id=new_id(), user_id=user_id, name=name[:200], encoding=encoding, made_at=now,
        rows=[asdict(row) for row in rows if row.act != "rejected"], rejected=rejected[:MOST_SHOWN],
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def offered(session: Session, import_id: UUID, user_id: UUID) -> BankImport:
    """A file that waits for its reader's yes; nobody else's.

    Raises  NotFound, also once it was taken or is a day old
    """
    found = session.get(BankImport, import_id)
    if found is None or found.user_id != user_id:
        raise NotFound
    return found


def take(session: Session, import_id: UUID, actor: Actor, now: datetime) -> Written:
    """Write what was offered. A question that was revised since the preview is left alone and named.

    Raises  NotFound
    """
    assert actor.user_id is not None, "a person says yes"
    found = offered(session, import_id, actor.user_id)
    done: Counter[str] = Counter()
    late = []
    for row in found.rows:
        if row["act"] != "unchanged":
            try:
                _write(session, row, actor, now)
                done[row["act"]] += 1
            except (bank.RevisionChanged, bank.QuestionRetired, NotFound, InvalidInput):
                late.append(row["code"])
    session.delete(found)
    session.flush()
    facts = {"name": found.name, "added": done["added"], "changed": done["changed"], "late": late[:50]}
    trail.record(session, actor, "bank.import", "bank_import", found.id, now, facts)
    return Written(done["added"], done["changed"], tuple(late))


def drop(session: Session, import_id: UUID, user_id: UUID) -> None:
    """Forget a file that was offered.

    Raises  NotFound
    """
    session.delete(offered(session, import_id, user_id))


def read_file(name: str, data: bytes) -> tuple[list[Read], str]:
    """What a file says, by the ending of its name, and how it was read.

    Raises  InvalidInput
    """
    if len(data) > MOST_BYTES:
        raise bad("file_too_large")
    kind = name.rpartition(".")[2].lower()
    if kind not in FORMATS:
        raise bad("file_kind_unknown")
    if kind == "json":
        return _read_json(data), "UTF-8"
    table = sheet_files.read_csv(data) if kind == "csv" else sheet_files.read_xlsx(data)
    if "code" not in table.columns:
        raise bad("file_head_unclear")
    return sheet_lines.read(table.lines), table.encoding


def compared(session: Session, reads: Iterable[Read]) -> list[Row]:
    """What each entry would do to the bank, in the file's order."""
    there = {row.code: (row, content_of(revision)) for row, revision in store.everything(session, retired=True)}
    known = {(one.axis, one.code) for one in store.categories(session)}
    first: dict[str, int] = {}
    found = []
    for one in reads:
        if not one.reason and first.setdefault(one.code, one.line) != one.line:
            one.refuse("code_twice", str(first[one.code]))
        found.append(_row(one, there.get(one.code), known))
    return _with_known_nodes(session, found, there)


def _with_known_nodes(session: Session, rows: list[Row], there: Mapping[str, tuple[BankQuestion, Content]]) -> list[Row]:
    """Entries whose options name nodes of the taxonomy that can't be chosen are rejected; what an option has already may stay."""
    filed = {n: set(_filed(parse(row.content))) for n, row in enumerate(rows) if row.content}
    tree = nodes.tree(session) if any(filed.values()) else None
    for n, now in filed.items():
        before = set(_filed(there[rows[n].code][1])) if rows[n].code in there else set()
        refused = [(reason, node) for _option, node in sorted(now - before) if (reason := nodes.wrong(tree, node))]
        if refused:
            rows[n] = Row("rejected", rows[n].line, rows[n].code[:60], reason=refused[0][0], detail=refused[0][1])
    return rows


def _filed(content: Content) -> list[tuple[str, str]]:
    """Options and their nodes, of a section's questions too."""
    asked = content.questions if isinstance(content, Section) else (content,)
    return [(f"{one.code}.{option}", node) for one in asked for option, node in nodes.named(one)]


def _row(one: Read, there: tuple[BankQuestion, Content] | None, known: set[tuple[str, str]]) -> Row:
    place = {**(Place.of(there[0]) if there else Place("")), **one.place}
    unknown = next((f"{axis}: {code}" for axis, code in place.items() if (axis, code) not in known and (code or axis == "journey")), "")
    if there is not None and not one.reason:
        if there[0].retired_at is not None:
            one.refuse("question_retired")
        elif isinstance(there[1], Section) != one.section:
            one.refuse("kind_differs")
    if unknown:
        one.refuse("category_unknown", unknown)
    content = _content(one, there[1] if there else None) if not one.reason else None
    if content is None:
        return Row("rejected", one.line, one.code[:60], reason=one.reason, detail=one.detail[:200])
    tags = one.tags if one.tags is not None else list(there[0].tags) if there else []
    row = Row("added", one.line, one.code, dict(title_of(content)), [], "", "", stored(content), place, tags[:10])
    if there is None:
        return row
    changes = list(parts_changed(there[1], content)) if stored(there[1]) != stored(content) else []
    changes += [axis for axis in place if place[axis] != Place.of(there[0])[axis]] + (["bank_tags"] if tags != there[0].tags else [])
    act = "changed" if changes else "unchanged"
    return Row(act, one.line, one.code, row.words, changes, "", "", row.content, place, row.tags, there[0].revision)


def _content(one: Read, before: Content | None) -> Content | None:
    """The words that the entry would give; what the file has no column for stays. None, with the reason, where they are no question."""
    raw = _over(stored(before) if before is not None and not one.whole else {}, one.raw)
    try:
        content = parse(raw) if one.section or "type" in raw else None
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
        one.refuse("value_refused", ".".join(str(part) for part in wrong["loc"][:4]))
        return None
    if content is None:
        one.refuse("type_missing")
    return content


def _over(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """New values over old ones, None takes away. Texts go by language, options, rows and questions by code, in the new order."""
    found = dict(old)
    for name, value in new.items():
        if name in ("options", "rows", "questions"):
            before = {one["code"]: one for one in old.get(name, [])}
            found[name] = [_over(before.get(one["code"], {}), one) for one in value]
        elif isinstance(value, Mapping) and name in (*sheet_lines.TEXTS, "title"):
            texts = {**old.get(name, {}), **value}
            found[name] = {tag: words for tag, words in texts.items() if words}
        else:
            found[name] = value
    return {name: value for name, value in found.items() if value is not None}


def _write(session: Session, row: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    content, place = parse(row["content"]), Place(**row["place"])
    if row["act"] == "added":
        bank.add(session, content, place, row["tags"], actor, now, code=row["code"])
        return
    there = store.by_code(session, row["code"])
    if there is None:
        raise NotFound
    bank.revise(session, there.id, content, row["seen"], row["tags"], actor, now, place)


def _read_json(data: bytes) -> list[Read]:
    try:
        document = json.loads(sheet_files.text_of(data)[0])
    except (ValueError, RecursionError):
        raise bad("file_not_json") from None
    if not isinstance(document, dict) or document.get(MARK) != 1 or not isinstance(document.get("questions"), list):
        raise bad("file_not_a_bank")
    found = []
    for number, one in enumerate(document["questions"], 1):
        content = one.get("content") if isinstance(one, dict) else None
        if not isinstance(content, dict) or not isinstance(one.get("code"), str):
            found.append(Read(number, "", False, reason="entry_unclear"))
            continue
        made = Read(number, one["code"], "type" not in content, dict(content), whole=True)
        made.place = {axis: str(one[axis]) for axis in sheet_lines.PLACES if axis in one}
        made.tags = [str(tag)[:30] for tag in one["tags"]] if isinstance(one.get("tags"), list) else None
        if not made.section and content.get("code") != made.code:
            made.refuse("code_differs")
        found.append(made)
    return found
