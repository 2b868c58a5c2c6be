"""Warn of questions that say nearly the same, while somebody types and when a file comes in."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from questionnaires.bank import likeness, store
from questionnaires.bank.contents import content_of, title_of

LOOKED_AT = 25
"""So many that share most pieces are weighed; a question that is alike is always among them."""
MOST_SHOWN = 3
SHORTEST = 4
"""Fewer characters say too little to compare."""


@dataclass(frozen=True)
class Alike:
    """A question that says nearly the same: which, in which language, and how alike (0–1)."""

    question_id: UUID
    code: str
    text: str
    language: str
    share: float

    @property
    def percent(self) -> int:
        """For people."""
        return round(100 * self.share)


def alike(session: Session, texts: Mapping[str, str], but: UUID | None = None) -> list[Alike]:
    """Live questions that are alike in any language, the most alike first.

    but     the question itself, when it is revised
    """
    typed = {tag: words.strip() for tag, words in texts.items() if len(words.strip()) >= SHORTEST}
    pieces = sorted(frozenset().union(*(likeness.grams(words) for words in typed.values()))) if typed else []
    if not pieces:
        return []
    found = []
    for row, revision in store.newest_contents(session, store.sharing(session, pieces, LOOKED_AT)):
        title = title_of(content_of(revision))
        language, share = likeness.alike_in(typed, title)
        if share >= likeness.ALIKE and row.id != but:
            found.append(Alike(row.id, row.code, title[language], language, share))
    return sorted(found, key=lambda one: (-one.share, one.code))[:MOST_SHOWN]
