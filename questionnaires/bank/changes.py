"""What differs between two revisions: which parts, and word by word."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from questionnaires.bank.contents import Content, Section, stored
from questionnaires.logic.definition import Question

WORDED = ("text", "title", "help", "low_label", "high_label", "required_message")
SETTINGS = (
    *("type", "display", "required", "min", "max", "step", "total", "decimals", "max_length", "points_low", "points_high"),
    *("shuffle", "source", "indicator", "long_only", "show_if", "carry", "rules", "tags"),
)
_PIECE = re.compile(r"[\u3400-\u9fff]|\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A stretch of words that stayed, came or went: `same`, `added`, `removed`."""

    kind: str
    words: str


@dataclass(frozen=True)
class Change:
    """One part that differs. `part` names it (`text`, `option`, `row`, `question`, `min` …), `what` the option or row."""

    part: str
    language: str
    what: str
    old: str
    new: str

    @property
    def pieces(self) -> list[Piece]:
        """The two side by side in one line."""
        return pieces(self.old, self.new)


def parts_changed(before: Content, after: Content) -> tuple[str, ...]:
    """The names of the parts that differ, in the order in which they are looked at."""
    return tuple(dict.fromkeys(change.part for change in compare(before, after)))


def compare(before: Content, after: Content) -> list[Change]:
    """All that differs, words first; options, rows and a section's questions are held together by their codes."""
    if isinstance(before, Section) or isinstance(after, Section):
        return _sections(before, after)
    old, new = stored(before), stored(after)
    found = _worded(old, new)
    for part, key in (("option", "options"), ("row", "rows")):
        found += _members(part, old.get(key, []), new.get(key, []))
    found += [Change(name, "", "", _shown(old.get(name)), _shown(new.get(name))) for name in SETTINGS if old.get(name) != new.get(name)]
    return found


def pieces(old: str, new: str) -> list[Piece]:
    """Words that stayed, came and went; Chinese character by character."""
    first, second = _PIECE.findall(old), _PIECE.findall(new)
    found: list[Piece] = []
    for act, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if act == "equal":
            found.append(Piece("same", "".join(first[a:b])))
            continue
        found += [Piece("removed", "".join(first[a:b]))] if b > a else []
        found += [Piece("added", "".join(second[c:d]))] if d > c else []
    return found


def _sections(before: Content, after: Content) -> list[Change]:
    if not (isinstance(before, Section) and isinstance(after, Section)):
        return [Change("type", "", "", _kind(before), _kind(after))]
    found = _worded(stored(before), stored(after))
    old, new = ({one.code: one for one in side.questions} for side in (before, after))
    for code in dict.fromkeys([*old, *new]):
        if code not in old or code not in new:
            found.append(Change("question", "", code, code if code in old else "", code if code in new else ""))
        else:
            found += [
                Change(one.part, one.language, f"{code} {one.what}".strip(), one.old, one.new) for one in compare(old[code], new[code])
            ]
    if set(old) == set(new) and list(old) != list(new):
        found.append(Change("order", "", "", ", ".join(old), ", ".join(new)))
    return found


def _worded(old: Mapping[str, Any], new: Mapping[str, Any], part: str = "", what: str = "") -> list[Change]:
    found = []
    for name in WORDED:
        first, second = old.get(name, {}), new.get(name, {})
        for tag in dict.fromkeys([*first, *second]):
            if first.get(tag, "") != second.get(tag, ""):
                found.append(Change(part or name, tag, what, first.get(tag, ""), second.get(tag, "")))
    return found


def _members(part: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    first, second = {one["code"]: one for one in old}, {one["code"]: one for one in new}
    found: list[Change] = []
    for code in dict.fromkeys([*first, *second]):
        a, b = first.get(code, {}), second.get(code, {})
        found += _worded(a, b, part, code)
        rest = [{name: value for name, value in side.items() if name != "text"} for side in (a, b)]
        if a and b and rest[0] != rest[1]:
            found.append(Change(part, "", code, _shown(rest[0]), _shown(rest[1])))
    if set(first) == set(second) and list(first) != list(second):
        found.append(Change("order", "", part, ", ".join(first), ", ".join(second)))
    return found


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    return str(value) if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _kind(content: Content) -> str:
    return content.type.value if isinstance(content, Question) else "section"
