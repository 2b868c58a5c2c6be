"""Best and weakest units: an order that says where it may be chance."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from questionnaires.metrics.rules.compare import Verdict, compare
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.tally import Tally, figure
from questionnaires.metrics.rules.visibility import GREYED_BELOW
from questionnaires.metrics.rules.weights import Weighted, weighted_figure

TIES_FOR_ALL_UP_TO = 100
TIES_AT_EACH_END = 10  # of more units, only these places are told their ties: all pairs of a thousand would take seconds

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Place(Generic[Key]):
    """One unit's place, the places it is tied with, and how it stands to all the others together."""

    key: Key
    rank: int
    estimate: Estimate
    tied: tuple[int, ...]
    against_others: Verdict


@dataclass(frozen=True, slots=True)
class Ranking(Generic[Key]):
    """All places in order, and how many units had too few answers to be ranked."""

    places: tuple[Place[Key], ...]
    left_out: int

    def best(self) -> list[Place[Key]]:
        """Those better than the others together, best first."""
        return [place for place in self.places if place.against_others is Verdict.BETTER]

    def weakest(self) -> list[Place[Key]]:
        """Those worse than the others together, in the order of places."""
        return [place for place in self.places if place.against_others is Verdict.WORSE]


def rank(
    kind: Kind, tallies: Mapping[Key, Tally], least: int = GREYED_BELOW, weights: Mapping[Key, Weighted] = MappingProxyType({})
) -> Ranking[Key]:
    """Rank the units with enough answers.

    A unit is compared with all the others together, itself left out, so that the two sides share no answer.
    weights  weighed sums, where the units are to be ranked by them; compared by their effective n
    """
    enough = {key: tally for key, tally in tallies.items() if tally.n >= least}
    estimates = {key: weighted_figure(kind, weights[key]) if key in weights else figure(kind, tally) for key, tally in enough.items()}
    worth = {key: weights[key].effective if key in weights else tally for key, tally in enough.items()}
    order = sorted(enough, key=lambda key: (-_value(estimates[key]), -enough[key].n, str(key)))
    whole = sum(worth.values(), Tally())
    places = []
    for position, key in enumerate(order, start=1):
        tied = _ties(kind, key, order, worth) if _wants_ties(position, len(order)) else ()
        places.append(Place(key, position, estimates[key], tied, compare(kind, worth[key], whole - worth[key])))
    return Ranking(tuple(places), len(tallies) - len(enough))


def _wants_ties(position: int, places: int) -> bool:
    return places <= TIES_FOR_ALL_UP_TO or position <= TIES_AT_EACH_END or position > places - TIES_AT_EACH_END


def _ties(kind: Kind, key: Key, order: Sequence[Key], tallies: Mapping[Key, Tally]) -> tuple[int, ...]:
    """The places that cannot be told from a key's own."""
    return tuple(
        position
        for position, other in enumerate(order, start=1)
        if other != key and compare(kind, tallies[key], tallies[other]) is Verdict.NOT_DISTINGUISHABLE
    )


def _value(estimate: Estimate) -> float:
    assert estimate.value is not None, "a ranked unit has answers"
    return estimate.value
