"""Words of a Chinese or English text, for counting which are new: Chinese by dictionary and hidden Markov model, English by letters."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rjieba

LONGEST = 40
ENGLISH = re.compile(r"[a-z][a-z'-]{2,}")
HAN = re.compile(r"[\u4e00-\u9fff]{2,}$")


class Segmenter:
    """Cuts texts into words; terms of banking stay whole, words that say nothing are left out."""

    def __init__(self, terms: Iterable[str], stop: Iterable[str]) -> None:
        self._terms = tuple(terms)
        self._stop = frozenset(stop)

    @cached_property
    def _jieba(self) -> "rjieba.Jieba":
        """Loaded when the first Chinese text is read: 0.3 s and some 40 MB."""
        import rjieba  # its dictionary is read as it is imported

        made = rjieba.Jieba()
        for term in self._terms:
            made.add_word(term, None, None)
        return made

    def words_of(self, text: str, language: str) -> set[str]:
        """The telling words of a text, each once: no single signs, no numbers."""
        if language == "zh":
            found = {word for word in self._jieba.cut(text) if HAN.match(word)}
        else:
            found = {word.strip("'-") for word in ENGLISH.findall(text.lower())}
        return {word for word in found if word not in self._stop and 2 <= len(word) <= LONGEST}
