"""The mood of a text by a lexicon with negation: the default behind `models.mood_of`, fast, explainable, of no dependency.

How well it does is measured on labelled sets that docs/analysis.md names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

SURE = 0.12
"""Scores nearer to 0 than this are neither good nor bad."""
DAMPING = 9.0
FLIP, STRONGER, AFTER_BUT = -0.75, 1.4, 1.6
CLAUSE = re.compile(r"[,，。.!！?？;；、\n~…]+|\s{2,}")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
HAN = re.compile(r"[\u4e00-\u9fff]")
BEFORE = 4  # how far before a word of mood a negation is looked for, in signs (Chinese) or words (English)


@dataclass(frozen=True)
class Lexicon:
    """Words with a weight from -3 to 3, words that turn the next one round, that strengthen it, and that turn the sentence."""

    zh: Mapping[str, int]
    en: Mapping[str, int]
    nots: Mapping[str, frozenset[str]]
    very: Mapping[str, frozenset[str]]
    but: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Lexicon":
        """From the document that ships."""
        sets = {name: {language: frozenset(words) for language, words in document[name].items()} for name in ("not", "very", "but")}
        return cls(document["zh"], document["en"], sets["not"], sets["very"], sets["but"])

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Every Chinese word of mood, the longest first."""
        return re.compile("|".join(sorted(map(re.escape, self.zh), key=len, reverse=True)))


def language_of(text: str) -> str:
    """`zh` where Chinese signs are at least a tenth of the text, else `en`."""
    return "zh" if text and len(HAN.findall(text)) * 10 >= len(text) else "en"


def score_of(text: str, lexicon: Lexicon) -> float:
    """From -1 (very bad) to 1 (very good); 0 where no word tells."""
    score = _chinese if language_of(text) == "zh" else _english
    total, weight = 0.0, 1.0
    for clause in CLAUSE.split(text.lower()):
        part, turned = score(clause, lexicon)
        weight = AFTER_BUT if turned else weight
        total += weight * part
    return float(total / (total * total + DAMPING) ** 0.5)


def mood_of(score: float) -> int:
    """Good 1, bad -1, neither 0."""
    return (score > SURE) - (score < -SURE)


def _chinese(clause: str, lexicon: Lexicon) -> tuple[float, bool]:
    total, end = 0.0, 0
    for found in lexicon.pattern.finditer(clause):
        before = clause[max(end, found.start() - BEFORE) : found.start()]
        value = float(lexicon.zh[found[0]])
        if any(word in before for word in lexicon.very["zh"]):
            value *= STRONGER
        if _negated(before, lexicon):
            value *= FLIP
        total += value
        end = found.end()
    return total, any(clause.startswith(word) for word in lexicon.but["zh"])


def _negated(before: str, lexicon: Lexicon) -> bool:
    """A double negation ("没有不好") is none."""
    signs = sum(before.count(word) for word in ("不", "没", "无", "未", "别"))
    return signs % 2 == 1 and any(word in before for word in lexicon.nots["zh"])


def _english(clause: str, lexicon: Lexicon) -> tuple[float, bool]:
    words = WORD.findall(clause)
    total = 0.0
    for place, word in enumerate(words):
        value = float(lexicon.en.get(word, 0))
        if not value:
            continue
        before = words[max(0, place - BEFORE) : place]
        if any(one in lexicon.very["en"] for one in before[-2:]):
            value *= STRONGER
        if any(one in lexicon.nots["en"] or one.endswith("n't") for one in before):
            value *= FLIP
        total += value
    return total, bool(words) and words[0] in lexicon.but["en"]
