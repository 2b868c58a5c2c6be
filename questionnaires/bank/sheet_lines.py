"""Bank questions as lines of a table that people can read and edit, and back; the way there and back is exact.

A question takes a line, each of its options and rows a line beneath it; a section takes a line, and the questions that it
asks follow with the kind `asks`. What has no column of its own (conditions, rules, carried options) is JSON in `more`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from questionnaires.bank.contents import Content, Section, stored
from questionnaires.bank.sheet_files import NUMBER, Line

PLACES = ("journey", "touchpoint", "dimension")
TEXTS = ("text", "help", "low_label", "high_label", "required_message")
FLAGS = ("required", "shuffle", "long_only", "exclusive", "other", "fixed")
WHOLE = ("decimals", "max_length", "points_low", "points_high")
NUMBERS = ("min", "max", "step", "total", "score", *WHOLE)
WORDS = ("type", "display", "indicator", "source", "node")
FIRST, LAST = ("line", "code", "type", *PLACES, "tags"), ("display", "indicator", "source", *FLAGS, *NUMBERS, "node", "more")
KINDS = {"question": "", "section": "", "asks": "", "option": "options", "row": "rows"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
OF_MEMBER = {"option": ("exclusive", "other", "fixed", "score", "node"), "row": ("fixed", "indicator")}
NOT_OF_QUESTION = ("exclusive", "other", "fixed", "score", "node")
"""Columns that options and rows have; the rest is the question's."""
MORE = ("show_if", "carry", "rules", "tags", "bank")
MORE_OF_MEMBER = {"option": ("show_if", "image"), "row": ("show_if",)}
"""What `more` may hold; an empty one means that there is nothing of it."""


@dataclass(frozen=True)
class Item:
    """A question or section with where it stands."""

    code: str
    place: Mapping[str, str]
    tags: Sequence[str]
    content: Content


@dataclass
class Read:
    """What a file says of one question or section; only what it has columns for, None for what it leaves empty.

    whole       the file says everything, so that what it does not name is gone
    reason      why it can't be taken
    """

    line: int
    code: str
    section: bool
    raw: dict[str, Any] = field(default_factory=dict)
    place: dict[str, str] = field(default_factory=dict)
    tags: list[str] | None = None
    whole: bool = False
    reason: str = ""
    detail: str = ""

    def refuse(self, reason: str, detail: str = "", line: int = 0) -> None:
        """Set it aside; the first reason counts."""
        if not self.reason:
            self.reason, self.detail, self.line = reason, detail, line or self.line


def columns(items: Iterable[Item]) -> list[str]:
    """The columns of a table, with those languages that have words."""
    tags: dict[str, None] = {}
    for item in items:
        for line in lines_of(item):
            tags |= dict.fromkeys(name.partition(":")[2] for name in line if ":" in name)
    ordered = sorted(tags, key=lambda tag: (tag not in ("zh-Hans", "en"), tag != "zh-Hans", tag))
    return [*FIRST, *(f"{part}:{tag}" for part in TEXTS for tag in ordered), *LAST]


def lines_of(item: Item) -> Iterator[dict[str, str]]:
    """The lines of one question or section."""
    raw = stored(item.content)
    own = {"code": item.code, **{axis: item.place[axis] for axis in PLACES}, "tags": ", ".join(item.tags)}
    if not isinstance(item.content, Section):
        yield from _question_lines(raw, "question", own)
        return
    yield {"line": "section", **own, **_texts("text", raw.get("title", {})), **_texts("help", raw.get("help", {}))}
    for question in raw.get("questions", []):
        yield from _question_lines(question, "asks", {"code": question["code"]})


def read(lines: Iterable[Line]) -> list[Read]:
    """What the lines say, one entry for each question or section; those that can't be understood carry the reason."""
    found: list[Read] = []
    part: dict[str, Any] | None = None
    for line in lines:
        kind = line.cells.get("line", "").strip().lower() or "question"
        if kind in ("question", "section"):
            found.append(_begin(line, kind == "section"))
            part = found[-1].raw
        elif kind not in KINDS or not found or part is None:
            found.append(
                Read(line.number, line.cells.get("code", ""), False, reason="line_kind_unknown" if kind not in KINDS else "line_alone")
            )
            part = found[-1].raw
        else:
            part = _continue(found[-1], part, line, kind)
        if line.reason:
            found[-1].refuse(line.reason, line.cell, line.number)
    return found


def _begin(line: Line, section: bool) -> Read:
    cells = line.cells
    made = Read(line.number, cells.get("code", "").strip(), section)
    made.place = {axis: cells[axis].strip() for axis in PLACES if axis in cells}
    if "tags" in cells:
        words = cells["tags"].replace("，", ",").replace("、", ",").split(",")
        made.tags = list(dict.fromkeys(word.strip()[:30] for word in words if word.strip()))
    if not made.code:
        made.refuse("code_missing")
    raw = _parsed(made, line, "question")
    if section:
        made.raw = {"title": raw.get("text", {}), "help": raw.get("help", {}), "questions": []}
    else:
        made.raw = {**raw, "code": made.code, **({"options": [], "rows": []} if "line" in cells else {})}
    return made


def _continue(item: Read, part: dict[str, Any], line: Line, kind: str) -> dict[str, Any]:
    """Take an option, a row or a section's question; the question that further lines belong to."""
    raw = {**_parsed(item, line, kind), "code": line.cells.get("code", "").strip()}
    if kind == "asks":
        if not item.section:
            item.refuse("line_alone", line=line.number)
            return part
        raw |= {"options": [], "rows": []}
        item.raw["questions"].append(raw)
        return raw
    if KINDS[kind] not in part:
        item.refuse("line_alone", line=line.number)
        return part
    if any(one["code"] == raw["code"] for one in part[KINDS[kind]]):
        item.refuse("member_twice", raw["code"], line.number)
    part[KINDS[kind]].append(raw)
    return part


def _parsed(item: Read, line: Line, kind: str) -> dict[str, Any]:
    """A line's own fields as the document has them; what is empty is None, an empty flag is off."""
    member = OF_MEMBER.get(kind)
    raw: dict[str, Any] = dict.fromkeys(MORE_OF_MEMBER[kind] if member else MORE) if "more" in line.cells else {}
    for name, text in line.cells.items():
        part, colon, tag = name.partition(":")
        if colon and part in TEXTS and _LANGUAGE.match(tag):
            if member is None or part == "text":
                raw.setdefault(part, {})[tag] = text or None
        elif name == "more":
            raw |= _more(item, line, text) if text.strip() else {}
        elif name not in member if member else name in NOT_OF_QUESTION:
            continue
        elif name in FLAGS:
            raw[name] = _flag(item, line, name, text)
        elif name in NUMBERS:
            raw[name] = _number(item, line, name, text.strip()) if text.strip() else None
        elif name in WORDS:
            raw[name] = text.strip() or None
    return raw


def _flag(item: Read, line: Line, name: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in ("", "0", "1", "no", "yes", "false", "true", "否", "是"):
        item.refuse("flag_unclear", name, line.number)
    return word in ("1", "yes", "true", "是")


def _number(item: Read, line: Line, name: str, text: str) -> float | None:
    if not NUMBER.match(text):
        try:
            return float(text)
        except ValueError:
            item.refuse("not_a_number", name, line.number)
            return None
    return int(text) if "." not in text else float(text)


def _more(item: Read, line: Line, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        item.refuse("more_unclear", line=line.number)
        return {}
    return found


def _question_lines(raw: Mapping[str, Any], kind: str, own: Mapping[str, str]) -> Iterator[dict[str, str]]:
    yield {"line": kind, **own, **_cells(raw, ("code", "options", "rows"))}
    for name, members in (("option", "options"), ("row", "rows")):
        for one in raw.get(members, []):
            yield {"line": name, "code": one["code"], **_cells(one, ("code",))}


def _cells(raw: Mapping[str, Any], without: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    more = {}
    for name, value in raw.items():
        if name in without:
            continue
        if name in TEXTS:
            found |= _texts(name, value)
        elif name in FLAGS:
            found[name] = "1" if value else ""
        elif name in NUMBERS:
            found[name] = str(int(value)) if float(value).is_integer() else repr(float(value))
        elif name in WORDS:
            found[name] = str(value)
        else:
            more[name] = value
    return {**found, **({"more": json.dumps(more, ensure_ascii=False, sort_keys=True)} if more else {})}


def _texts(part: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{part}:{tag}": words for tag, words in texts.items() if words}
