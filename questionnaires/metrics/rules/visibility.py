"""How few answers are too few to show: a figure of nine people says more about them than about the service."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

HIDDEN_BELOW = 10
GREYED_BELOW = 30

Key = TypeVar("Key", bound=Hashable)
Counts = Mapping[str, int]


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


def gives_away(n: int, around: Iterable[int]) -> bool:
    """Whether one to nine answers could be found by subtracting n answers from one of the larger sets that hold them."""
    return any(visibility(whole - n) is Visibility.HIDDEN for whole in around)


def nested(siblings: Mapping[Key, Counts], others: Iterable[Counts]) -> frozenset[Key]:
    """The siblings that may hold all but one to nine answers of a cut by another dimension, or be held by it so.

    Counts are answers by indicator. Which answers two cuts share is not known: none can hold the other where it has fewer
    answers to any indicator.
    """
    return frozenset(key for key, own in siblings.items() if any(_all_but_few(own, one) or _all_but_few(one, own) for one in others))


def _all_but_few(inner: Counts, outer: Counts) -> bool:
    names = inner.keys() | outer.keys()
    if any(inner.get(name, 0) > outer.get(name, 0) for name in names):
        return False
    return any(inner.get(name, 0) and gives_away(inner[name], [outer.get(name, 0)]) for name in names)


def suppressed(siblings: Mapping[Key, int], rest: int = 0, dark: Collection[Key] = ()) -> frozenset[Key]:
    """The siblings to hide, so that none too small can be found by subtracting the others from their shown sum.

    All with one to nine answers are hidden; where these alone could be worked out as "the whole less the rest" (together
    fewer than ten answers), the smallest shown siblings are hidden with them until they cannot.

    rest  answers of the whole that belong to none of the siblings: shown nowhere, yet found by subtracting all of them
    dark  siblings that are hidden for another reason
    """
    hidden = {key for key, n in siblings.items() if visibility(n) is Visibility.HIDDEN or key in dark}
    small_rest = visibility(rest) is Visibility.HIDDEN
    if not hidden and not small_rest:
        return frozenset()
    behind = sum(siblings[key] for key in hidden) + max(0, rest)
    spare = sorted((key for key, n in siblings.items() if n >= HIDDEN_BELOW), key=lambda key: siblings[key])
    for key in spare:
        if len(hidden) + (rest > 0) >= 2 and behind >= HIDDEN_BELOW:
            break
        hidden.add(key)
        behind += siblings[key]
    return frozenset(hidden)
