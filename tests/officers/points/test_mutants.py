"""Each law of the ledger broken on purpose: the stories of the state machine, or the audit at their end, notice every one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col

from officers.people import growth
from officers.points import awarding, expiry, ledger, lines
from officers.points.auditor import check_points
from officers.points.benefit_models import Benefit
from officers.points.models import PointLot
from officers.points.store import awards as award_store
from officers.points.store import benefits as benefit_store
from officers.points.store import ledger as store
from tests.conftest import NOON
from tests.officers.points.test_laws import STORIES, machine, play, tell  # noqa: F401  # machine is a fixture
from tests.officers.points.world import World

YEARS = timedelta(days=4_000)


def lost_update(patch):
    """I1: the account does not follow the entries."""
    true = store.move
    patch.setattr(
        store, "move", lambda s, o, balance=0, held=0, owed=0, free=False: true(s, o, balance and balance + 1, held, owed, free=free)
    )


def forgotten_allocation(patch):
    """I2: what an entry took is not written down."""
    true = store.allocate
    patch.setattr(store, "allocate", lambda s, e, takes: true(s, e, [one for one in takes if one.amount < 3]))


def paid_twice(patch):
    """I3: the second part does not look whether it was paid."""
    patch.setattr(award_store, "mark_second", lambda *_: True)
    patch.setattr(lines, "replayed", lambda *_: None)
    patch.setattr(ledger, "replayed", lambda *_: None)


def any_payload(patch):
    """I3: the same key with another payload is taken for the same."""
    patch.setattr(awarding, "_hash", lambda _wanted: "0" * 64)


def spent_when_expired(patch):
    """I4: an expired lot that is not swept yet pays."""
    true = store.live_lots
    patch.setattr(store, "live_lots", lambda s, o, now, **more: true(s, o, now if more.get("award_id") else now - YEARS, usable=False))
    patch.setattr(store, "take", lambda s, takes, _now: _take_any(s, takes))


def _take_any(session, takes):
    for one in takes:
        session.execute(PointLot.__table__.update().where(col(PointLot.id) == one.lot_id).values(remaining=PointLot.remaining - one.amount))
    return True


def spent_while_pending(patch):
    """I4, points that wait: they are spent before their time."""
    true = store.live_lots
    patch.setattr(store, "live_lots", lambda s, o, now, award_id=None, **_: true(s, o, now, usable=False, award_id=award_id))


def expired_whole(patch):
    """I4: expiry takes the whole lot, not what is left of it."""
    true = store.remainders
    patch.setattr(store, "remainders", lambda *args: [{**one, "remaining": one["remaining"] + 1} for one in true(*args)])


def sold_from_nothing(patch):
    """I5: an item is sold without taking it out of the stock."""
    patch.setattr(benefit_store, "take_item", lambda *_: True)


def cancelled_twice(patch):
    """I6: the state is not looked at, nor the key of the refund."""
    true = benefit_store.step
    every = ("reserved", "fulfilling", "delivered", "disputed", "cancelled", "failed")
    patch.setattr(benefit_store, "step", lambda s, i, _before, after, v: true(s, i, every, after, v))


def refunded_to_the_dead(patch):
    """I6 and I7: points come back to a lot that has expired, and are lost once more (earn, redeem, claw back, expiry, cancel)."""
    patch.setattr(store, "give_back", lambda s, lot, amount, _now: _give_any(s, lot, amount))


def _give_any(session, lot_id, amount):
    lot = PointLot.__table__.update().where(col(PointLot.id) == lot_id)
    session.execute(lot.values(remaining=PointLot.remaining + amount, closed_at=None))
    return True


def claimed_though_expired(patch):
    """I7: what has expired is taken once more."""
    patch.setattr(store, "expired_of_award", lambda *_: 0)


def reopened(patch):
    """I7: points come back to the lots of a revoked award."""
    patch.setattr(store, "close_lots", lambda *_: None)


def spent_while_owing(patch):
    """I7: what is owed is never taken from what comes in."""
    patch.setattr(ledger, "settle", lambda *_: None)
    true = store.move
    patch.setattr(store, "move", lambda s, o, balance=0, held=0, owed=0, **_: true(s, o, balance, held, owed))


def clawed_twice(patch):
    """I7: a second claw-back is let through."""
    patch.setattr(award_store, "mark_revoked", lambda *_: True)
    patch.setattr(awarding, "_held", lambda s, source: [*award_store.of_source(s, source), *award_store.of_source(s, source, "revoked")])


def growth_kept(patch):
    """I9 and growth: what is revoked keeps its growth."""
    patch.setattr(growth, "take_back", lambda *_: 0)


def growth_spent(patch):
    """I9: spending costs growth."""
    true = ledger.spend

    def spend(session, line, cost, now):
        entry = true(session, line, cost, now)
        growth.add(session, line.officer_id, 1, f"redeem:{entry.id}", now)
        return entry

    patch.setattr(ledger, "spend", spend)


def not_held(patch):
    """I10: what is bound in redemptions is not what they cost."""
    true = store.move
    patch.setattr(store, "move", lambda s, o, balance=0, held=0, owed=0, free=False: true(s, o, balance, max(held, 0), owed, free=free))


def debt_forgotten(patch):
    """I10: the account does not know what entries say is owed."""
    true = store.move
    patch.setattr(store, "move", lambda s, o, balance=0, held=0, owed=0, free=False: true(s, o, balance, held, min(owed, 0), free=free))


def never_expires(patch):
    """I4: expiry forgets lots that were touched."""
    true = expiry.expire_lots
    patch.setattr(expiry, "expire_lots", lambda s, ids, now: true(s, list(ids)[1:], now))
    patch.setattr(ledger, "expire_lots", lambda s, ids, now: true(s, list(ids)[1:], now))


def item_lost(patch):
    """I5: a cancelled item does not come back."""
    patch.setattr(benefit_store, "return_item", lambda *_args, **_more: True)


MUTANTS: list[Callable[[pytest.MonkeyPatch], None]] = [
    lost_update, forgotten_allocation, paid_twice, any_payload, spent_when_expired, spent_while_pending, expired_whole, never_expires,
    sold_from_nothing, item_lost, cancelled_twice, refunded_to_the_dead, claimed_though_expired, reopened, spent_while_owing, clawed_twice,
    growth_kept, growth_spent, not_held, debt_forgotten,
]  # fmt: skip
QUICK = (lost_update, refunded_to_the_dead)
"""Noticed in the first stories: these run always, so that a machine without teeth is seen at once."""


@pytest.mark.sqlite_only
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "mutant", [pytest.param(one, id=one.__name__, marks=[] if one in QUICK else [pytest.mark.deep]) for one in MUTANTS]
)
def test_a_broken_law_is_noticed(machine, monkeypatch, mutant):  # noqa: F811
    mutant(monkeypatch)
    with pytest.raises((Exception, pytest.fail.Exception)):
        _tell_all(machine)


def _tell_all(machine) -> None:  # noqa: F811
    for story in STORIES:
        tell(machine, story)
    play(machine, 200, 40, shrink=False)


def test_the_audit_names_the_law_that_is_broken(ground):
    """Rows changed behind the ledger's back, guards taken away: the audit alone sees it."""
    world = World(ground).start(1)
    world.award("contest:1")
    with ground.writing() as session:
        session.add(Benefit(name_zh="杯", name_en="Cup", kind="goods", cost=5, stock=1, placed=1, state="on_sale", created_at=NOON))
    assert check_points(ground).violations == []
    assert check_points(ground).checked == 1
    guard = "point_entry_no_update" if ground.db.dialect == "sqlite" else "point_entry_append_only ON point_entry"
    with ground.writing() as session:
        session.execute(text("UPDATE point_account SET balance = balance + 1, held = 2, owed = 1"))
        session.execute(text("UPDATE point_lot SET remaining = remaining - 1"))
        session.execute(text("UPDATE benefit SET placed = placed + 1"))
        session.execute(text(f"DROP TRIGGER {guard}"))
    with ground.writing() as session:
        from portal.migrations import triggers

        found = {one["law"] for one in check_points(ground).violations}
        triggers.install(session.connection())
    assert found == {"I1", "I2", "I5", "I7", "I8", "I10"}


def test_each_law_has_a_mutant():
    """But I8, which the audit's own test breaks."""
    told = " ".join(one.__doc__ or "" for one in MUTANTS)
    assert all(f"I{number}" in told for number in (1, 2, 3, 4, 5, 6, 7, 9, 10))
