"""What becomes of a text that an officer writes, and whom it names."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

TITLE, TEXT, LEAST = 120, 4000, 1
MOST_MENTIONS = 10
REPORTS_HIDE = 3
"""So many reports by different officers take a post out of sight until a moderator has looked."""
_MENTION = re.compile("(?<![A-Za-z0-9@])[@\uff20]([^\\W_][\\w\\-.\u00b7]{0,39})")
"""Chinese keyboards type the sign in full width."""
_GAPS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Verdict:
    """Whether a text shows at once, and if not, why."""

    state: str
    held_for: str = ""


def judge(text: str, words: Iterable[str], *, shown_before: bool, moderator_set_free: bool = False) -> Verdict:
    """A person's first text and one with a listed word wait for a moderator; everything else shows."""
    if moderator_set_free:
        return Verdict("shown")
    if listed(text, words):
        return Verdict("waiting", "word")
    return Verdict("shown") if shown_before else Verdict("waiting", "first")


def flat(text: str) -> str:
    """Text as words are looked for in it: compatible forms folded, lower case, signs and gaps gone."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text).casefold())


def listed(text: str, words: Iterable[str]) -> list[str]:
    """The listed words that a text holds, in whatever spelling."""
    searched = flat(text)
    return [word for word in words if (wanted := flat(word)) and wanted in searched]


def mentions(text: str) -> list[str]:
    """What follows an `@` in a text, each once, in their order; no more than ten. An alias is the longest beginning that somebody
    bears, for in Chinese the sentence goes on without a gap."""
    return list(dict.fromkeys(_MENTION.findall(text)))[:MOST_MENTIONS]


def beginnings(run: str) -> list[str]:
    """All that an alias named by `mentions` may be, the longest first."""
    return [run[:length] for length in range(len(run), 0, -1)]


def wrong(title: str | None, text: str) -> dict[str, str]:
    """What is wrong with a post (or with a comment, whose title is None), as field → code."""
    found = {}
    if title is not None and (not title.strip() or len(title) > TITLE):
        found["title"] = "too_long" if title.strip() else "missing"
    if not text.strip() or len(text) > TEXT:
        found["text"] = "too_long" if text.strip() else "missing"
    return found
