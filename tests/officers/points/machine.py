"""Does to the ledger whatever hypothesis thinks of, and to the model the same; after each step both must say the same."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import col, select

from officers.people import growth
from officers.points import awarding, balances, corrections, expiry, redeeming
from officers.points.auditor import check_points
from officers.points.awarding import Award
from officers.points.benefit_models import Benefit
from officers.points.lines import KeyTaken, NotEnough
from officers.points.redeeming import RedeemRefused
from officers.points.rules.lots import expires_at
from officers.points.store import ledger as store
from portal.audit.trail import Actor
from tests.conftest import NOON
from tests.officers.points.model import PENDING, Account
from tests.officers.points.world import World

ZONE = "Asia/Shanghai"
DESK = Actor.system("desk")
numbers = itertools.count()
points = st.integers(1, 60)
days = st.sampled_from([0, 1, 7, 7, 20, 31, 200, 366, 400])


class Ledger(RuleBasedStateMachine):
    """One officer, one benefit with a few items, and time that goes on. `world` is set on the class by the test."""

    world: World
    clock: Any
    writers: tuple[Actor, Actor]
    latest = NOON
    awards, redeemed = Bundle("awards"), Bundle("redeemed")

    @initialize(stock=st.integers(0, 4), cost=st.integers(5, 50))
    def begin(self, stock: int, cost: int) -> None:
        """A new officer with nothing, so that one example never meets another."""
        self.now: datetime = self.clock.at(NOON)
        self.world.start(1, unit=self.world.unit)
        self.officer = len(self.world.officers) - 1
        self.key = self.world.officers[self.officer]
        self.model, self.cost, self.stock, self.placed = Account(), cost, stock, stock
        self.states: dict[Any, str] = {}
        self.grown: dict[str, int] = {}
        with self.world.ground.writing() as session:
            row = Benefit(name_zh="杯", name_en="Cup", kind="goods", cost=cost, stock=stock, placed=stock, state="on_sale", created_at=NOON)
            session.add(row)
            session.flush()
            self.benefit = row.id

    def pay(self, source: str, amount: int, part: str) -> awarding.Paid:
        """Award points of a kind whose amount is free, half of it now where it comes in two parts."""
        wanted = Award(self.key, "free", source, part, {"points": amount})
        with self.world.ground.writing() as session:
            return awarding.award(session, wanted, self.now)

    def life(self) -> tuple[datetime, datetime]:
        return self.now + PENDING, expires_at(self.now, 12, ZONE)

    @rule(target=awards, amount=points, part=st.sampled_from(["whole", "first"]))
    def award(self, amount: int, part: str) -> tuple[str, int, str]:
        """Points come in."""
        source = f"thing:{next(numbers)}"
        now = amount if part == "whole" or amount == 1 else amount // 2
        paid = self.pay(source, amount, part)
        assert (paid.points, paid.refused) == (now, None)
        self.model.credit(now, *self.life(), source, self.now)
        self.grown[source] = now
        return source, amount, part

    @rule(award=awards)
    def award_again(self, award: tuple[str, int, str]) -> None:
        """I3: the same gives the first result; another payload is a conflict."""
        source, amount, part = award
        paid = self.pay(source, amount, part)
        assert paid.refused == ("point_award_revoked" if source in self.model.revoked else None)
        with pytest.raises(KeyTaken):
            self.pay(source, amount + 1, part)

    @rule(award=awards)
    def verify(self, award: tuple[str, int, str]) -> None:
        """The second part, once."""
        source, amount, part = award
        rest = amount - amount // 2 if part == "first" and amount > 1 else 0
        due = 0 if source in self.model.revoked or self.model.paid[source] == amount else rest
        with self.world.ground.writing() as session:
            assert awarding.verified(session, source, self.now) == due
        if due:
            self.model.credit(due, *self.life(), source, self.now)
            self.grown[source] += due

    @rule(award=awards)
    def claw_back(self, award: tuple[str, int, str]) -> None:
        """The work was revoked."""
        with self.world.ground.writing() as session:
            awarding.claw_back(session, award[0], DESK, self.now)
        self.model.claw_back(award[0], self.now)
        self.grown[award[0]] = 0

    @rule(target=redeemed)
    def redeem(self) -> Any:
        """Spend, where there is enough and an item; else nothing changes."""
        key, enough = f"form {next(numbers)}", self.model.spendable(self.now) >= self.cost
        try:
            with self.world.ground.writing() as session:
                made = redeeming.redeem(session, self.key, self.benefit, key, DESK, self.now)
            assert enough
            assert self.stock > 0
        except (NotEnough, RedeemRefused):
            assert not enough or self.stock == 0
            return None
        self.model.redeem(str(made.id), self.cost, self.now)
        self.stock -= 1
        self.states[made.id] = "reserved"
        with self.world.ground.writing() as session:
            assert redeeming.redeem(session, self.key, self.benefit, key, DESK, self.now).id == made.id, "sent twice"
        return made.id

    @rule(one=redeemed)
    def address(self, one: Any) -> None:
        """Its officer says where to."""
        keys = self.world.ground.keys
        self.moved(one, ("reserved",), "fulfilling", lambda s: redeeming.give_address(s, keys, one, self.key, "No. 1, A Street", self.now))

    @rule(one=redeemed)
    def deliver(self, one: Any) -> None:
        """The desk sends it."""
        if self.moved(one, ("fulfilling",), "delivered", lambda s: redeeming.deliver(s, one, DESK, self.now)):
            self.model.held -= self.cost

    @rule(one=redeemed)
    def cancel(self, one: Any) -> None:
        """I6: at most once."""
        if self.moved(one, ("reserved", "fulfilling"), "cancelled", lambda s: redeeming.cancel(s, one, DESK, self.now)):
            self.model.refund(str(one), self.now, held=True)
            self.stock += 1

    @rule(one=redeemed, whole=st.booleans())
    def fail(self, one: Any, whole: bool) -> None:
        """It got lost, or was not as it should be."""
        held = self.states.get(one) == "fulfilling"
        if self.moved(one, ("fulfilling", "disputed"), "failed", lambda s: redeeming.fail(s, one, DESK, self.now, "lost", whole=whole)):
            self.model.refund(str(one), self.now, held=held)
            self.stock += whole

    @rule(one=redeemed)
    def dispute(self, one: Any) -> None:
        """It did not come."""
        if self.states.get(one) == "delivered":
            try:
                with self.world.ground.writing() as session:
                    redeeming.dispute(session, one, self.key, "nothing came", self.now)
                self.states[one] = "disputed"
            except RedeemRefused:
                pass  # too late

    def moved(self, one: Any, before: tuple[str, ...], after: str, deed: Any) -> bool:
        """Do it; whether it was allowed, which the model knows as well."""
        if one is None:
            return False
        allowed = self.states[one] in before
        try:
            with self.world.ground.writing() as session:
                deed(session)
        except RedeemRefused:
            assert not allowed
            return False
        assert allowed
        self.states[one] = after
        return True

    @rule(amount=st.integers(-40, 40).filter(bool))
    def correct(self, amount: int) -> None:
        """By hand, by two people."""
        enough = sum(one.remaining for one in self.model.live(self.now)) >= -amount
        try:
            with self.world.ground.writing() as session:
                row = corrections.ask(session, self.key, amount, "miscounted", "letter 7", self.writers[0], self.now)
                corrections.approve(session, row.id, self.writers[1], self.now)
        except NotEnough:
            assert not enough
            return
        assert enough
        if amount > 0:
            self.model.credit(amount, self.now, self.life()[1], None, self.now)
        else:
            self.model.take(-amount, self.model.live(self.now))

    @rule(number=days)
    def wait(self, number: int) -> None:
        """Time goes on."""
        self.now = self.clock.forward(timedelta(days=number))
        type(self).latest = max(self.latest, self.now)

    @rule()
    def sweep(self) -> None:
        """I4: expiry, twice."""
        for _ in range(2):
            while True:
                with self.world.ground.writing() as session:
                    if not expiry.expire(session, self.now, 50):
                        break
        self.model.expire(self.now)

    @rule()
    def let_go(self) -> None:
        """Reservations that nobody went on with."""
        with self.world.ground.writing() as session:
            redeeming.let_go(session, self.now)
        over = [one for one, state in self.states.items() if state == "reserved" and self.reserved_until(one) <= self.now]
        for one in sorted(over):
            self.states[one] = "cancelled"
            self.model.refund(str(one), self.now, held=True)
            self.stock += 1

    def reserved_until(self, one: Any) -> datetime:
        from officers.points.store import benefits

        with self.world.ground.reading() as session:
            return benefits.redemption(session, one).reserved_until

    @invariant()
    def agrees(self) -> None:
        """I1, I5, I7, I9, I10: what the database says is what the model says."""
        if not hasattr(self, "model"):
            return
        with self.world.ground.reading() as session:
            assert store.account(session, self.key) == (self.model.balance(), self.model.held, self.model.owed)
            found = balances.of(session, self.key, self.now)
            assert found.spendable == self.model.spendable(self.now)
            assert found.spendable == 0 or found.owed == 0
            assert session.scalars(select(col(Benefit.stock)).where(col(Benefit.id) == self.benefit)).one() == self.stock
            assert growth.over_year(session, [self.key], NOON)[self.key] == sum(self.grown.values())

    def teardown(self) -> None:
        """I1 to I10 from the entries alone, as late as any example came: to an earlier moment the lots of another would live again."""
        self.clock.at(self.latest)
        found = check_points(self.world.ground).violations
        assert found == [], found
