"""What ships as data: the first topic dictionary, the first taxonomy, the lexicon of moods."""

import json
from functools import cache
from importlib import resources
from typing import Any

from questionnaires.analysis.rules.dictionary import Dictionary
from questionnaires.analysis.rules.mood import Lexicon
from questionnaires.analysis.rules.segment import Segmenter
from questionnaires.analysis.rules.taxonomy import Taxonomy


@cache
def dictionary() -> Dictionary:
    """The dictionary before anybody edited it; number 0."""
    return Dictionary.model_validate(_read("topics.json"))


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy before anybody edited it; number 0."""
    return Taxonomy.model_validate(_read("taxonomy.json"))


@cache
def lexicon() -> Lexicon:
    """The words of mood."""
    return Lexicon.of(_read("mood.json"))


@cache
def segmenter() -> Segmenter:
    """Cuts texts into words, with the terms and stop words that ship."""
    words = _read("words.json")
    return Segmenter(words["terms"], words["stop"])


def _read(name: str) -> Any:
    return json.loads((resources.files("questionnaires.analysis") / "content" / name).read_text(encoding="utf-8"))
