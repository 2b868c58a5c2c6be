"""How alike two wordings are, in Chinese, English or any mixture, from nothing but the texts.

Chinese has no spaces, so a run of it becomes pairs of neighbouring characters; other scripts become words with a plain
plural taken off. Likeness is the mean of two Dice shares: over everything, and over what is left once the frame is taken
away that half of all questions share (您对…满意吗), or every satisfaction question would look the same; in English the
words of such frames weigh little instead.
"""

import functools
import re
from collections.abc import Mapping

from questionnaires.logic.words import plain

ALIKE, SAME = 0.7, 0.9
"""From here on two questions are close enough to say so; and so close that one language is enough."""
MOST_GRAMS = 120
_RUN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]+|[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]")
FRAMES = (
    *("您会把我行的", "您会把我行", "推荐给亲友", "推荐给朋友", "您对这次", "您对", "总体来说", "满意吗", "很轻松", "您同意这句话吗"),
    *("我行的", "我行", "哪些地方", "您希望", "您觉得", "这几方面", "怎么样", "的程度"),
)
"""What many Chinese questions share without saying the same."""
COMMON = frozenset((
    "how", "satisfied", "likely", "agree", "easy", "overall", "are", "is", "was", "were", "be", "been", "do", "does",
    "did", "has", "have", "had", "you", "your", "yours", "we", "our", "us", "they", "their", "i", "my", "me", "the", "a",
    "an", "this", "that", "these", "those", "it", "its", "to", "of", "in", "on", "at", "by", "for", "with", "from",
    "about", "and", "or", "as", "when", "where", "which", "who", "what", "any", "there", "here", "recommend", "friend",
    "family", "much", "many", "very", "well",
))  # fmt: skip
"""The same in English: words that weigh little."""
LIGHT = 0.15


@functools.lru_cache(maxsize=4096)
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
    whole, core = (_dice(grams(a), grams(b)) for a, b in ((one, other), (_core(one), _core(other))))
    return (whole + core) / 2


def alike_in(texts: Mapping[str, str], others: Mapping[str, str]) -> tuple[str, float]:
    """The language in which two questions are most alike, and how alike they are over all languages they share.

    texts   under "" words of a language that is not known; they are held against all
    Returns ("", 0.0) where they share none. Nearly the same in one language is enough, whatever a translation made of it.
    """
    if "" in texts:
        return max(((tag, likeness(texts[""], words)) for tag, words in others.items()), key=lambda one: one[1], default=("", 0.0))
    shares = {tag: likeness(words, others[tag]) for tag, words in texts.items() if words and others.get(tag)}
    best = max(shares, key=lambda tag: (shares[tag], tag), default="")
    if not best:
        return "", 0.0
    return best, shares[best] if shares[best] >= SAME else sum(shares.values()) / len(shares)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    """What two sets share, by weight."""
    both = _weight(one) + _weight(other)
    return 2 * _weight(one & other) / both if both else 1.0


def _weight(found: frozenset[str]) -> float:
    return sum(LIGHT if gram in COMMON else 1.0 for gram in found)


@functools.lru_cache(maxsize=4096)
def _core(text: str) -> str:
    """The text without its frame; the text itself where nothing else is in it."""
    left = plain(text)
    for frame in FRAMES:
        left = left.replace(frame, " ")
    return left if _RUN.search(left) else text
