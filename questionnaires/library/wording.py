"""Two wordings side by side, marked word by word; differences gathered by question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from questionnaires.library import sentences
from questionnaires.library.compare import Difference
from questionnaires.logic.definition import Definition

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|\w+|\s+|[^\w\s]")
LONGEST = 600
"""Longer texts are shown whole, without marks: finding them would take long."""


@dataclass(frozen=True)
class Piece:
    """A run of words; `changed` where the other side has something else."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Shown:
    """One difference with both sides in pieces."""

    difference: Difference
    before: Sequence[Piece]
    after: Sequence[Piece]


@dataclass
class Group:
    """All differences of one question, or of the whole."""

    code: str
    title: str
    kinds: set[str] = field(default_factory=set)
    shown: list[Shown] = field(default_factory=list)


def marked(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces: Chinese by character, other writing by word."""
    left, right = _WORD.findall(before), _WORD.findall(after)
    if max(len(left), len(right)) > LONGEST:
        return [Piece(before, True)], [Piece(after, True)]
    olds: list[Piece] = []
    news: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if b > a:
            olds.append(Piece("".join(left[a:b]), tag != "equal"))
        if d > c:
            news.append(Piece("".join(right[c:d]), tag != "equal"))
    return olds, news


def grouped(differences: Sequence[Difference], old: Definition, new: Definition) -> list[Group]:
    """Differences by question, in the order in which they were found; the whole questionnaire first."""
    found: dict[str, Group] = {}
    for one in differences:
        if one.question not in found:
            where = new if one.question in new.by_code else old
            found[one.question] = Group(one.question, sentences.short(where, one.question) if one.question else "")
        group = found[one.question]
        group.kinds.add(one.kind if not one.part or one.kind in ("worded", "changed") else "changed")
        group.shown.append(Shown(one, *marked(one.before, one.after)))
    return list(found.values())
