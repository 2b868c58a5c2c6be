"""How alike two wordings are, in Chinese, English or any mixture, from nothing but the texts.

Chinese has no spaces, so a run of it becomes pairs of neighbouring characters; other scripts become words with a plain
plural taken off. Likeness is the mean of two Dice shares: over everything, and over what is left once the frame is taken
away that half of all questions share ("How satisfied are you with …"), or every satisfaction question would look the same.
"""

import re
from collections.abc import Mapping

from questionnaires.logic.words import plain

ALIKE = 0.72
"""From here on two questions are close enough to say so."""
MOST_GRAMS = 120
_RUN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]+|[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]")
FRAMES = (
    "您会把我行的",
    "您会把我行",
    "推荐给亲友",
    "推荐给同事",
    "您对这次",
    "您对",
    "总体来说",
    "满意吗",
    "很轻松",
    "您同意这句话吗",
    "我行的",
    "我行",
    "哪些地方",
    "您希望",
    "how satisfied are you with",
    "how satisfied were you with",
    "how likely are you to recommend",
    "to friends or family",
    "to a colleague",
    "it was easy to",
    "it is easy to",
    "was easy to use",
    "do you agree",
    "overall",
    "our",
    "the",
)


def grams(text: str) -> frozenset[str]:
    """The pieces of a text, folded: pairs of Chinese characters (a lone one by itself), and words."""
    found: set[str] = set()
    for run in _RUN.findall(plain(text)):
        if _HAN.match(run):
            found.update(run[at : at + 2] for at in range(max(len(run) - 1, 1)))
        else:
            found.add((run[:-1] if len(run) > 3 and run.endswith("s") else run)[:40])
    return frozenset(sorted(found)[:MOST_GRAMS])


def likeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same but for case, width and punctuation)."""
    first, second = plain(one), plain(other)
    whole = _dice(grams(first), grams(second))
    core = _dice(grams(_core(first)), grams(_core(second)))
    return (whole + core) / 2


def alike_in(texts: Mapping[str, str], others: Mapping[str, str]) -> tuple[str, float]:
    """The language in which two questions are most alike, and how much; ("", 0.0) where they share no language."""
    shares = {tag: likeness(words, others[tag]) for tag, words in texts.items() if words and others.get(tag)}
    best = max(shares, key=lambda tag: (shares[tag], tag), default="")
    return best, shares.get(best, 0.0)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def _core(text: str) -> str:
    """The text without its frame; the text itself where nothing else is in it."""
    left = text
    for frame in FRAMES:
        left = left.replace(frame, " ") if _HAN.search(frame) else re.sub(rf"\b{frame}\b", " ", left)
    return left if _RUN.search(left) else text
