"""What a complaint is about, guessed from its words: by the code list's own words, or by what earlier complaints taught."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WORD = re.compile(r"[a-z][a-z'-]{1,24}|[\u4e00-\u9fff]+")
FEWEST, MOST_WORDS, SMOOTHING, SHARPNESS = 3, 3000, 0.02, 6.0
COMMON = frozenset(["a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "but", "by", "can", "did", "do", "for", "from", "get", "had", "has", "have", "he", "her", "him", "his", "how", "i'm", "if", "in", "is", "it", "its", "just", "me", "my", "no", "not", "of", "on", "or", "our", "out", "said", "she", "so", "that", "the", "their", "them", "then", "there", "they", "this", "to", "told", "up", "was", "we", "were", "what", "when", "which", "who", "will", "with", "would", "xx", "xxxx", "you", "your"])  # fmt: skip  # noqa: E501
TEST_SHARE = 5
"""One text in five is kept apart from learning, by its own hash, so that it always is the same fifth."""


@dataclass(frozen=True)
class Guess:
    """A code and how sure it is among all codes, 0 to 1."""

    code: str
    share: float


def words_of(text: str) -> list[str]:
    """The words of a text: Latin words without the commonest, pairs of them, and pairs of Chinese characters."""
    found: list[str] = []
    before = ""
    for piece in WORD.findall(text.lower()):
        if "\u4e00" <= piece[0] <= "\u9fff":
            found += [piece[n : n + 2] for n in range(max(1, len(piece) - 1))]
            before = ""
        elif piece not in COMMON:
            found.append(piece)
            if before:
                found.append(f"{before} {piece}")
            before = piece
    return found


def fingerprint(text: str) -> str:
    """The same for texts that differ only in case, blanks and punctuation; empty for an empty text."""
    plain = "".join(letter for letter in text.lower() if letter.isalnum())
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest() if plain else ""


def kept_apart(text: str) -> bool:
    """Whether a text tests what was learnt from the others."""
    return int(fingerprint(text)[:8] or "0", 16) % TEST_SHARE == 0


@dataclass(frozen=True)
class Model:
    """How often each word stands in complaints of each code; a complement naive Bayes with logarithmic counts.

    Source  Rennie et al. 2003, "Tackling the poor assumptions of naive Bayes text classifiers"
    """

    codes: tuple[str, ...]
    priors: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]

    def guess(self, text: str, most: int = 3) -> list[Guess]:
        """The likeliest codes, best first; nothing for a text without a known word."""
        counted = Counter(word for word in words_of(text) if word in self.weights)
        if not counted:
            return []
        length = math.sqrt(sum((1 + math.log(n)) ** 2 for n in counted.values()))
        scores = {code: self.priors[code] for code in self.codes}
        for word, n in counted.items():
            value = (1 + math.log(n)) / length
            for code, weight in self.weights[word].items():
                scores[code] += SHARPNESS * value * weight
        top = max(scores.values())
        shares = {code: math.exp(score - top) for code, score in scores.items()}
        whole = sum(shares.values())
        ranked = sorted(shares.items(), key=lambda one: (-one[1], one[0]))
        return [Guess(code, round(share / whole, 3)) for code, share in ranked[:most]]

    def as_json(self) -> dict[str, Any]:
        """The model as it is kept."""
        rounded = {word: {code: round(one, 3) for code, one in several.items()} for word, several in self.weights.items()}
        return {"codes": list(self.codes), "priors": dict(self.priors), "weights": rounded}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Model":
        """A model that was kept."""
        return cls(tuple(raw["codes"]), raw["priors"], raw["weights"])


def learn(texts: Iterable[tuple[str, str]]) -> Model:
    """Learn from texts with their codes; words that fewer than three texts share are left out, and with them names and numbers."""
    per_code: dict[str, Counter[str]] = {}
    seen_in: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for text, code in texts:
        counted = Counter(words_of(text))
        seen_in.update(counted.keys())
        sizes[code] += 1
        length = math.sqrt(sum((1 + math.log(n)) ** 2 for n in counted.values())) or 1.0
        mine = per_code.setdefault(code, Counter())
        for word, n in counted.items():
            mine[word] += (1 + math.log(n)) / length  # type: ignore[assignment]  # a Counter of shares
    known = {word for word, n in seen_in.most_common(MOST_WORDS) if n >= FEWEST}
    total = sum(sizes.values())
    codes = tuple(sorted(per_code))
    whole = {word: sum(per_code[code][word] for code in codes) for word in known}
    every = sum(whole.values()) + SMOOTHING * len(known)
    weights: dict[str, dict[str, float]] = {word: {} for word in known}
    for code in codes:
        mine = per_code[code]
        inside = sum(mine[word] for word in known) + SMOOTHING * len(known)
        outside = max(every - inside, SMOOTHING) + SMOOTHING * len(known)
        for word in known:
            own = math.log((mine[word] + SMOOTHING) / inside)
            rest = math.log((whole[word] - mine[word] + SMOOTHING) / outside)
            weights[word][code] = own - rest
    return Model(codes, {code: math.log(sizes[code] / total) for code in codes}, weights)


@dataclass(frozen=True)
class Measured:
    """How a model did on texts it had not seen."""

    tested: int
    right: int
    right_of_three: int


def measure(model: Model, texts: Iterable[tuple[str, str]]) -> Measured:
    """Count how often the first guess, and one of the first three, is the code that people chose."""
    tested = right = of_three = 0
    for text, code in texts:
        guesses = [one.code for one in model.guess(text)]
        tested += 1
        right += guesses[:1] == [code]
        of_three += code in guesses
    return Measured(tested, right, of_three)


def by_words(text: str, codes: Sequence[tuple[str, Sequence[str]]], most: int = 3) -> list[Guess]:
    """The codes whose own words stand in a text, the ones with most first; what is used before anything was learnt."""
    plain = text.lower()
    hits = {code: sum(word.lower() in plain for word in words if word) for code, words in codes}
    found = sorted(((n, code) for code, n in hits.items() if n), key=lambda one: (-one[0], one[1]))
    whole = sum(n for n, _ in found)
    return [Guess(code, round(n / whole, 3)) for n, code in found[:most]]
