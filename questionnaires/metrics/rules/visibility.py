"""How few answers are too few to show: a figure of nine people says more about them than about the service."""

from collections.abc import Hashable, Mapping
from enum import StrEnum
from typing import TypeVar

HIDDEN_BELOW = 10
GREYED_BELOW = 30

Key = TypeVar("Key", bound=Hashable)


class Visibility(StrEnum):
    """How a figure may be shown."""

    NONE = "none"  # nobody answered
    HIDDEN = "hidden"
    GREYED = "greyed"
    SHOWN = "shown"


def visibility(n: int) -> Visibility:
    """Fewer than ten answers are hidden, fewer than thirty greyed."""
    if n <= 0:
        return Visibility.NONE
    if n < HIDDEN_BELOW:
        return Visibility.HIDDEN
    return Visibility.GREYED if n < GREYED_BELOW else Visibility.SHOWN


def suppressed(siblings: Mapping[Key, int]) -> frozenset[Key]:
    """The siblings to hide, so that none too small can be found by subtracting the others from their shown sum.

    All with one to nine answers are hidden; where these alone could be worked out as "the whole less the rest" (together
    fewer than ten answers), the smallest shown siblings are hidden with them until they cannot.
    """
    hidden = {key for key, n in siblings.items() if visibility(n) is Visibility.HIDDEN}
    if not hidden:
        return frozenset()
    behind = sum(siblings[key] for key in hidden)
    spare = sorted((key for key, n in siblings.items() if n >= HIDDEN_BELOW), key=lambda key: siblings[key])
    for key in spare:
        if len(hidden) >= 2 and behind >= HIDDEN_BELOW:
            break
        hidden.add(key)
        behind += siblings[key]
    return frozenset(hidden)
