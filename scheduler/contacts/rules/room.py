"""What the persons of a batch share: how much of each quota and budget is taken, which units rest, how often events were asked."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import lru_cache
from heapq import heappop, heappush
from typing import NamedTuple
from uuid import UUID

NOBODY = "-"
Scope = str
"""A quota's own name with what it counts apart, such as `invites touchpoint:loan`, or `sms` for a budget."""
Used = dict[tuple[Scope, date], int]


class Rest(NamedTuple):
    """A time in which a unit has more open cases than it can handle."""

    from_: datetime
    until: datetime


@dataclass(slots=True)
class Observed:
    """How candidates of one touchpoint, unit and month fared.

    Shape   reached R7, fitting = passed it, passed = every rule, sent = not outranked either; each is a part of the one before
    """

    reached: int = 0
    fitting: int = 0
    passed: int = 0
    sent: int = 0

    def share(self) -> float:
        """The observed chance to pass quota, budget and arbitration; both begin as certain and never become impossible."""
        return (self.fitting + 1) / (self.reached + 1) * (self.sent + 1) / (self.passed + 1)


Cell = str
"""Touchpoint, unit in charge, month of the event at the bank: `cell_of`."""


@lru_cache(maxsize=65_536)
def cell_of(touchpoint: str, in_charge: UUID | None, month: str) -> Cell:
    """The text by which it is counted how candidates fared; made once, since it is looked up many times for each."""
    return f"{touchpoint}|{in_charge.hex if in_charge else NOBODY}|{month}"


@dataclass
class Room:
    """Counts that one decision changes for the next, whoever it is about.

    Shape   `used` by quota scope and day, `spent` in cents by channel and day, `answers` still to come (replay, simulator: when,
            scopes), `rests` by unit, `observed` by touchpoint, unit and month; `limits` how many a pilot may ask in all.
            `taken`, `paid` are what this batch adds
    """

    zone: tzinfo
    used: Used = field(default_factory=dict)
    spent: Used = field(default_factory=dict)
    rests: Mapping[UUID, list[Rest]] = field(default_factory=dict)
    observed: dict[Cell, Observed] = field(default_factory=dict)
    unit_ids: Mapping[str, UUID] = field(default_factory=dict)
    taken: Counter[tuple[Scope, date]] = field(default_factory=Counter)
    paid: Counter[tuple[Scope, date]] = field(default_factory=Counter)
    changed: dict[Cell, Observed] = field(default_factory=dict)
    answers: list[tuple[datetime, tuple[Scope, ...]]] = field(default_factory=list)
    caps: dict[Scope, int] = field(default_factory=dict)

    def day(self, now: datetime) -> date:
        """The bank's day."""
        return now.astimezone(self.zone).date()

    def take(self, scopes: Iterable[Scope], day: date) -> None:
        """Somebody was asked: one place of each quota is gone."""
        for scope in scopes:
            self.used[scope, day] = self.used.get((scope, day), 0) + 1
            self.taken[scope, day] += 1

    def pay(self, channel: Scope, day: date, cents: int) -> None:
        """A message costs money."""
        self.spent[channel, day] = self.spent.get((channel, day), 0) + cents
        self.paid[channel, day] += cents

    def expect(self, at: datetime, scopes: tuple[Scope, ...]) -> None:
        """An answer will come: quotas of completes count it then."""
        if scopes:
            heappush(self.answers, (at, scopes))

    def catch_up(self, now: datetime) -> None:
        """Count the answers that have come by now."""
        while self.answers and self.answers[0][0] <= now:
            at, scopes = heappop(self.answers)
            for scope in scopes:
                key = scope, self.day(at)
                self.used[key] = self.used.get(key, 0) + 1

    def rest_of(self, unit: UUID | None, now: datetime) -> Rest | None:
        """The rest a unit has now."""
        for rest in self.rests.get(unit, ()) if unit else ():
            if rest.from_ <= now < rest.until:
                return rest
        return None

    def seen(self, key: Cell) -> Observed:
        """The counts of a touchpoint, unit and month; nothing yet where there are none."""
        return self.observed.get(key) or self.observed.setdefault(key, Observed())

    def watch(self, key: Cell, *, fitting: bool, passed: bool, sent: bool) -> None:
        """One more candidate reached R7, and how it fared."""
        more = self.changed.get(key) or self.changed.setdefault(key, Observed())
        for one in (self.seen(key), more):
            one.reached += 1
            one.fitting += fitting
            one.passed += passed
            one.sent += sent
