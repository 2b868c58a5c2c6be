"""A made-up quarter for `bench.precision`: events, who would answer, and with what; the same for every way of asking.

The model, all from one fixed seed: 60 outlets whose sizes fall as 1 / rank, customers of whom few do much (customer = N x u^2), eight
touchpoints of very different volumes. What a customer thinks is drawn for every event, asked or not: promoter and detractor shares
follow from the touchpoint and the outlet. Whether he would answer is drawn beside it, at 20 %, whatever he thinks.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple
from uuid import UUID

SEED = 20260401
FIRST = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
"""Midnight of 1 April in Shanghai."""
DAYS, UNITS, RESPONSE = 91, 60, 0.2
VOLUMES = {
    "transfer": 560_000, "counter": 210_000, "call": 110_000, "card": 60_000, "account": 30_000, "wealth": 18_000, "loan": 9_000,
    "complaint": 3_000,
}  # fmt: skip
RARE = frozenset({"loan", "complaint"})
"""The rare, important moments: class high, and every one of them is worth asking."""
MOODS = {"transfer": 0.5, "counter": 0.1, "call": -0.4, "card": 0.2, "account": 0.7, "wealth": 0.0, "loan": -0.1, "complaint": -1.1}


class Happened(NamedTuple):
    """One event, and what lies hidden behind it: the answer's band (-1, 0, 1), and whether it would be given."""

    number: int
    customer: int
    touchpoint: str
    unit: int
    at: datetime
    band: int
    answers: bool


class World:
    """The quarter, `scale` times a million events."""

    def __init__(self, scale: float = 1.0) -> None:
        self.customers = max(1_000, round(300_000 * scale))
        self.volumes = {code: max(DAYS, round(n * scale)) for code, n in VOLUMES.items()}
        self.units = [UUID(int=1 + place) for place in range(UNITS)]
        chance = Random(SEED)  # made-up data, the same every time
        self._edges = list(accumulate(1 / (place + 1) for place in range(UNITS)))
        mood_of_unit = [chance.gauss(0, 0.35) for _ in range(UNITS)]
        self.shares = {(code, unit): _shares(MOODS[code] + mood_of_unit[unit]) for code in VOLUMES for unit in range(UNITS)}

    @property
    def events(self) -> int:
        """How many events there are."""
        return sum(self.volumes.values())

    def unit_of(self, customer: int) -> int:
        """The outlet that keeps a customer's account."""
        place = Random(SEED * 1_000_003 + customer).random() * self._edges[-1]
        low, high = 0, UNITS - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._edges[middle] > place else (middle + 1, high)
        return low

    def days(self) -> Iterator[tuple[datetime, list[Happened]]]:
        """The events of each day in order of time; made anew at every call, so that none need be kept."""
        number, units = 0, [self.unit_of(customer) for customer in range(self.customers)]
        for day in range(DAYS):
            chance, found = Random(SEED + day), []
            start = FIRST + timedelta(days=day)
            for code, volume in self.volumes.items():
                for _ in range(volume * (day + 1) // DAYS - volume * day // DAYS):
                    customer = int(self.customers * chance.random() ** 2)
                    at = start + timedelta(minutes=570 + int(600 * chance.random()))
                    promoters, detractors = self.shares[code, units[customer]]
                    felt = chance.random()
                    band = 1 if felt < promoters else -1 if felt < promoters + detractors else 0
                    found.append(Happened(number, customer, code, units[customer], at, band, chance.random() < RESPONSE))
                    number += 1
            found.sort(key=lambda one: (one.at, one.number))
            yield start, found


def _shares(mood: float) -> tuple[float, float]:
    """Promoters and detractors of a mood."""
    promoters = 1 / (1 + math.exp(-mood))
    return 0.85 * promoters, 0.6 * (1 - promoters)
