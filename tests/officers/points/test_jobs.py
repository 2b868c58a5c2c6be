"""Timed work and what only time or others change: expiry in sets, notices, reservations, addresses, tiers."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from officers.people.models import Officer, OfficerNotice
from officers.points import erasing, expiry, jobs, redeeming, rulebooks
from officers.points.auditor import check_points
from officers.points.benefit_models import Benefit, Redemption
from officers.points.models import PointLot
from officers.points.redeeming import RedeemRefused
from portal.audit.trail import Actor
from tests.conftest import NOON
from tests.officers.points.world import World

DESK = Actor.system("test")
WEEK = NOON + timedelta(days=7)


@pytest.fixture
def world(ground):
    return World(ground).start(3)


def benefit(world, **changes):
    values = {"name_zh": "杯", "name_en": "Cup", "kind": "goods", "cost": 10, "value_cents": 30_000, "stock": 9, "placed": 9}
    with world.ground.writing() as session:
        row = Benefit(**{**values, "state": "on_sale", "created_at": NOON, **changes})
        session.add(row)
        session.flush()
        return row.id


def redeem(world, benefit_id, key="one", now=WEEK, officer=0):
    with world.ground.writing() as session:
        return redeeming.redeem(session, world.officers[officer], benefit_id, key, DESK, now)


def told(world, code):
    with world.ground.reading() as session:
        return session.scalars(select(OfficerNotice).where(col(OfficerNotice.code) == code)).all()


def test_officers_are_told_when_points_ripen_and_before_they_expire_once_each(world, clock):
    for officer in range(3):
        world.award(f"contest:{officer}", 50, officer=officer)
    assert jobs.ripen(world.ground, NOON + timedelta(days=6)) == 0
    assert jobs.ripen(world.ground, WEEK) == 3
    assert jobs.ripen(world.ground, WEEK) == 0
    assert len(told(world, "points_usable")) == 3
    with world.ground.reading() as session:
        end = session.scalars(select(col(PointLot.expires_at))).first()
    for days, number in ((61, 0), (60, 3), (59, 3), (30, 6), (7, 9), (1, 9)):
        jobs.warn(world.ground, end - timedelta(days=days))
        assert len(told(world, "points_expiring")) == number, days
    assert told(world, "points_expiring")[0].facts["day"] == "2027-06-30"
    assert jobs.expire(world.ground, end - timedelta(seconds=1)) == 0
    assert jobs.expire(world.ground, end) == 3
    assert jobs.expire(world.ground, end) == 0
    clock.at(end)
    assert check_points(world.ground).violations == []


def test_a_lot_that_was_swept_is_dead_for_a_clock_that_is_behind_too(world):
    world.award("contest:1", 30)
    made = redeem(world, benefit(world))
    with world.ground.reading() as session:
        over = session.scalars(select(PointLot)).one().expires_at
    with world.ground.writing() as session:
        assert expiry.expire(session, over) == 1
    with world.ground.writing() as session:
        redeeming.cancel(session, made.id, DESK, over - timedelta(seconds=1))
    for now in (over, over + timedelta(days=31)):
        with world.ground.writing() as session:
            expiry.expire(session, now)
    with world.ground.reading() as session:
        assert sorted((one.amount, one.remaining) for one in session.scalars(select(PointLot))) == [(10, 0), (30, 0)]
    assert check_points(world.ground).violations == []


def test_reservations_end_and_addresses_are_erased_ninety_days_after_delivery(world, ground, clock):
    world.award("contest:1", 50)
    cup = benefit(world)
    left, sent = (redeem(world, cup, key) for key in ("one", "two"))
    with ground.writing() as session:
        redeeming.give_address(session, ground.keys, sent.id, world.officers[0], "Li Lei, 1 Long Street", WEEK)
        redeeming.deliver(session, sent.id, DESK, WEEK)
    assert jobs.let_go(ground, WEEK + timedelta(hours=23)) == 0
    assert jobs.let_go(ground, WEEK + timedelta(hours=24)) == 1
    assert len(told(world, "redemption_back")) == 1
    for days, number in ((89, 0), (90, 1), (91, 0)):
        assert jobs.erase_addresses(ground, WEEK + timedelta(days=days)) == number
    with ground.reading() as session:
        states = {one.id: (one.state, one.address_enc) for one in session.scalars(select(Redemption))}
    assert states == {left.id: ("cancelled", None), sent.id: ("delivered", None)}
    clock.at(WEEK)
    assert check_points(ground).violations == []


@pytest.mark.sqlite_only
def test_tier_limit_window_year_and_state_are_looked_at_when_it_is_redeemed(world, ground):
    world.award("contest:1", 200)
    silver = benefit(world, tier="silver", limit_each=1)
    later = benefit(world, sale_from=WEEK + timedelta(days=1), sale_until=WEEK + timedelta(days=2))
    dear = benefit(world, value_cents=60_000)

    def why(one, key, now=WEEK):
        with pytest.raises(RedeemRefused) as caught:
            redeem(world, one, key, now)
        return caught.value.code

    assert why(silver, "a") == "benefit_tier_too_low"
    _set(world, tier="silver")
    assert redeem(world, silver, "b").tier == "silver"
    _set(world, tier="explorer")  # moving down between two taps: what was redeemed stays, the next is refused
    assert redeem(world, silver, "b").tier == "silver"
    assert why(silver, "c") == "benefit_tier_too_low"
    _set(world, tier="gold")
    assert why(silver, "d") == "benefit_limit_reached"
    assert why(later, "e") == "benefit_not_on_sale"
    assert redeem(world, later, "f", WEEK + timedelta(days=1)).state == "reserved"
    assert why(later, "g", WEEK + timedelta(days=2)) == "benefit_not_on_sale"
    assert why(dear, "h") == "benefit_year_value_reached", "300 + 300 + 600 yuan are more than 800"
    assert redeem(world, dear, "i", NOON + timedelta(days=210)).year == 2027
    _set(world, state="paused")
    assert why(silver, "j") == "benefit_officer_not_active"
    with ground.reading() as session:
        assert {one.stock for one in session.scalars(select(Benefit))} == {8}


def _set(world, **values):
    with world.ground.writing() as session:
        officer = session.get(Officer, world.officers[0])
        for name, value in values.items():
            setattr(officer, name, value)


@pytest.mark.sqlite_only
def test_the_bank_s_zone_is_in_its_first_rules(world, ground):
    with ground.writing() as session:
        assert rulebooks.in_force(session, NOON).book.zone == ground.settings.zone


@pytest.mark.sqlite_only
def test_erasing_a_customer_takes_addresses_at_once_and_reasons_with_the_ledger(world, ground):
    world.award("contest:1", 50)
    made = redeem(world, benefit(world))
    with ground.writing() as session:
        redeeming.give_address(session, ground.keys, made.id, world.officers[0], "Li Lei, 1 Long Street", WEEK)
        customer = session.get(Officer, world.officers[0]).customer_id
        assert [one.get("entry") for one in erasing.copy_of(session, customer)] == ["award", "redeem", None]
        assert erasing.since(session, customer) == WEEK
        assert (erasing.forget(session, [customer], WEEK), erasing.forget_ledger(session, [customer], WEEK)) == (1, 0)
        assert session.scalars(select(col(Redemption.address_enc))).all() == [None]
