"""The ledger once more, in plain Python without a database: what the real one must agree with, whatever is done to it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

PENDING, GRACE = timedelta(days=7), timedelta(days=30)


@dataclass(eq=False)
class Lot:
    """Points that came together."""

    amount: int
    remaining: int
    usable: datetime
    expires: datetime
    award: str | None
    order: int
    closed: bool = False
    expired: int = 0


@dataclass
class Account:
    """One officer's points."""

    lots: list[Lot] = field(default_factory=list)
    owed: int = 0
    held: int = 0
    paid: dict[str, int] = field(default_factory=dict)
    taken_from: dict[str, list[tuple[Lot, int]]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)

    def live(self, now: datetime, *, usable: bool = False) -> list[Lot]:
        """Lots that can pay, first-expiring-first."""
        found = [one for one in self.lots if one.remaining and one.expires > now and (one.usable <= now or not usable)]
        return sorted(found, key=lambda one: (one.expires, one.usable, one.order))

    def spendable(self, now: datetime) -> int:
        """What can be spent."""
        return 0 if self.owed else sum(one.remaining for one in self.live(now, usable=True))

    def balance(self) -> int:
        """All remainders."""
        return sum(one.remaining for one in self.lots)

    def credit(self, amount: int, usable: datetime, expires: datetime, award: str | None, now: datetime) -> None:
        """A lot comes in, and pays what is owed."""
        self.lots.append(Lot(amount, amount, usable, expires, award, len(self.lots)))
        if award:
            self.paid[award] = self.paid.get(award, 0) + amount
        self.settle(now)

    def settle(self, now: datetime) -> None:
        """Pay what is owed from what there is."""
        self.owed -= sum(took for _lot, took in self.take(min(self.owed, sum(one.remaining for one in self.live(now))), self.live(now)))

    def take(self, amount: int, lots: list[Lot]) -> list[tuple[Lot, int]]:
        """Take out of lots in their order, as much as they hold."""
        taken = []
        for lot in lots:
            part = min(amount, lot.remaining)
            if part:
                lot.remaining -= part
                amount -= part
                taken.append((lot, part))
        return taken

    def redeem(self, key: str, cost: int, now: datetime) -> None:
        """Spend; whoever calls looked whether there is enough."""
        self.taken_from[key] = self.take(cost, self.live(now, usable=True))
        self.held += cost

    def refund(self, key: str, now: datetime, *, held: bool) -> None:
        """To its lots, or to fresh ones, one for each award that lives."""
        fresh: dict[str | None, int] = {}
        total = 0
        for lot, part in self.taken_from.pop(key):
            total += part
            if lot.expires > now and not lot.closed:
                lot.remaining += part
            else:
                origin = None if lot.closed else lot.award
                fresh[origin] = fresh.get(origin, 0) + part
        for origin, part in fresh.items():
            self.lots.append(Lot(part, part, now, now + GRACE, origin, len(self.lots)))
        self.held -= total if held else 0
        self.settle(now)

    def expire(self, now: datetime) -> None:
        """What is over is gone."""
        for lot in self.lots:
            if lot.expires <= now:
                lot.expired, lot.remaining = lot.expired + lot.remaining, 0

    def claw_back(self, award: str, now: datetime) -> None:
        """Take back what has not expired; the rest is owed."""
        if award in self.revoked:
            return
        self.revoked.add(award)
        self.expire(now)
        mine = [one for one in self.lots if one.award == award]
        due = self.paid[award] - sum(one.expired for one in mine)
        own = [one for one in self.live(now) if one.award == award]
        due -= sum(part for _lot, part in self.take(due, own))
        due -= sum(part for _lot, part in self.take(due, self.live(now)))
        self.owed += due
        for lot in mine:
            lot.closed = True
