"""Circles: named groups of customers that a touchpoint may be kept to. Whoever keeps such groups offers them here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session


class Circle(NamedTuple):
    """A group to choose; its code begins with its keeper's word: `officers:large-text`."""

    code: str
    name: str


Choices = Callable[[Session], Sequence[Circle]]
Inside = Callable[[Session, Collection[str], Sequence[UUID]], Mapping[str, Collection[UUID]]]
"""Of some circles' codes, which of some persons belong to each; a number of statements that grows with neither."""
_KEEPERS: dict[str, tuple[Choices, Inside]] = {}
NOBODY: Mapping[UUID, frozenset[str]] = {}


def keep(word: str, choices: Choices, inside: Inside) -> None:
    """Offer the circles whose codes begin with a word; at import."""
    _KEEPERS[word] = (choices, inside)


def all_of(session: Session) -> list[Circle]:
    """Every circle there is, for a form."""
    return [one for _word, (choices, _inside) in sorted(_KEEPERS.items()) for one in choices(session)]


def of_persons(session: Session, codes: Collection[str], person_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
    """The circles among `codes` that each person is in now; a circle that is gone holds nobody. Without codes nothing is read."""
    if not codes or not person_ids:
        return NOBODY
    found: dict[UUID, set[str]] = {}
    for word, (_choices, inside) in _KEEPERS.items():
        own = [code for code in codes if code.partition(":")[0] == word]
        for code, persons in inside(session, own, person_ids).items() if own else ():
            for person_id in persons:
                found.setdefault(person_id, set()).add(code)
    return {person_id: frozenset(several) for person_id, several in found.items()}
