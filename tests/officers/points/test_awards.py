"""Awards: in two parts, each once, within caps and budgets, and taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from officers.people import growth
from officers.points import awarding, balances, money
from officers.points.lines import KeyTaken
from officers.points.models import PointEntry, PointLot
from officers.points.store import awards as award_store
from officers.points.store import checks
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.models import User  # noqa: F401  # the metadata is whole
from portal.people.rules.roles import EVERYTHING, Scope
from tests.conftest import NOON
from tests.officers.points.world import World

SEVERE = {"severity": 1, "quality": 4}


@pytest.fixture
def world(ground):
    return World(ground).start(2)


def balance(world, now=NOON, officer=0):
    with world.ground.reading() as session:
        return balances.of(session, world.officers[officer], now)


def test_an_award_is_paid_in_two_parts_that_wait_seven_days_each(world):
    first = world.award("submission:1", None, rule="submission", part="first", facts=SEVERE)
    assert (first.points, first.growth, first.refused) == (40, 40, None)
    assert world.award("submission:1", None, rule="submission", part="first", facts=SEVERE) == first, "a replay gives the first result"
    assert (balance(world).spendable, balance(world).pending) == (0, 40)
    later = NOON + timedelta(days=30)
    with world.ground.writing() as session:
        assert awarding.verified(session, "submission:1", later) == 40
        assert awarding.verified(session, "submission:1", later) == 0, "once"
        assert growth.over_year(session, world.officers[:1], later) == {world.officers[0]: 80}
    assert (balance(world, later).spendable, balance(world, later).pending) == (40, 40)
    assert balance(world, later + timedelta(days=7)).spendable == 80
    with pytest.raises(KeyTaken):
        world.award("submission:1", None, rule="submission", part="first", facts={**SEVERE, "severity": 2})
    with pytest.raises(KeyTaken):
        world.award("submission:1", None, officer=1, rule="submission", part="first", facts=SEVERE)


def test_what_was_refused_and_verified_meanwhile_pays_both_parts_once_it_is_paid(world):
    task = uuid4()
    facts = {**SEVERE, "task": task}
    with world.ground.writing() as session:
        money.set_budget(session, money.task_code(task), 50, NOON)
    assert world.award("submission:1", None, rule="submission", part="first", facts=facts).refused == "point_task_budget"
    with world.ground.writing() as session:
        assert awarding.verified(session, "submission:1", NOON) == 0
        (refused,) = award_store.refused(session, EVERYTHING, NOON)
        assert awarding.pay_again(session, refused.id, Actor.system("desk"), NOON).refused == "point_task_budget"
        money.set_budget(session, money.task_code(task), 80, NOON)
        paid = awarding.pay_again(session, refused.id, Actor.system("desk"), NOON)
        assert (paid.points, paid.growth) == (80, 80)
        assert awarding.pay_again(session, refused.id, Actor.system("desk"), NOON).points == 40, "the first result"
        assert awarding.verified(session, "submission:1", NOON) == 0
        assert money.budget_left(session, money.task_code(task), NOON) == 0
    assert balance(world).pending == 80


def test_a_lot_expires_at_the_end_of_the_month_after_twelve_months(world):
    world.award("contest:1")
    with world.ground.reading() as session:
        lot = session.scalars(select(PointLot)).one()
    assert lot.expires_at.isoformat() == "2027-06-30T16:00:00+00:00", "midnight in Shanghai"
    assert balance(world, lot.expires_at - timedelta(seconds=1)).spendable == 100
    assert balance(world, lot.expires_at).spendable == 0, "also before the sweep"


@pytest.mark.parametrize(("facts", "officer", "points", "refused"), [
    ({"severity": 1, "quality": 4, "original": "submission:1"}, 1, 20, None),
    ({"severity": 3, "original": "submission:1"}, 1, 0, "point_slight_duplicate"),
    ({"severity": 1, "original": "submission:2"}, 1, 0, "point_original_not_accepted"),
    ({"severity": 1}, 1, 0, "point_original_not_accepted"),
    ({"severity": 1, "original": "submission:1"}, 0, 0, "point_own_duplicate"),
])  # fmt: skip
@pytest.mark.sqlite_only
def test_a_duplicate_pays_a_quarter_and_never_its_own_author(world, facts, officer, points, refused):
    world.award("submission:1", None, rule="submission", part="first", facts=SEVERE)
    paid = world.award("submission:9", None, officer=officer, rule="duplicate", facts=facts)
    assert (paid.points, paid.refused) == (points, refused)


def test_caps_and_budgets_stop_awards_hard(world):
    task = uuid4()
    with world.ground.writing() as session:
        money.set_budget(session, money.task_code(task), 50, NOON)
    assert world.award("a:1", 40, facts={"points": 40, "task": task}).points == 40
    assert world.award("a:2", 40, facts={"points": 40, "task": task}).refused == "point_task_budget"
    assert world.award("a:3", 500).points == 160, "the day's cap of 200 leaves so much"
    assert world.award("a:4", 5).refused == "point_day_cap"
    assert world.award("a:4", 5, now=NOON + timedelta(days=1)).points == 5, "what was refused may be asked for again"
    with world.ground.writing() as session:
        assert money.budget_left(session, money.task_code(task), NOON) == 10
        assert money.budget_left(session, "programme", NOON) == 100_000 - 205
        session.execute(text("UPDATE point_budget SET cap = 210 WHERE scope = 'programme'"))
        assert money.take_today(session, world.officers[0], "submissions", 10, NOON)
        assert not money.take_today(session, world.officers[0], "submissions", 1, NOON)
    # a cap below the rules' is raised to them at the next award: lower it through the rules
    assert world.award("a:5", 50, officer=1).points == 50


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("changes", "field"), [
    ({"facts": {"points": -5}}, "points"),
    ({"facts": {"points": 0}}, "points"),
    ({"facts": {"points": 10**9}}, "points"),
    ({"facts": {"points": True}}, "points"),
    ({"rule": "submission", "facts": {"severity": 9}}, "severity"),
    ({"rule": "submission", "facts": {"severity": 1, "quality": 0}}, "quality"),
    ({"rule": "submission", "facts": {"points": 7}}, "points"),
    ({"rule": "idea", "facts": {"grade": "Z"}}, "grade"),
    ({"part": "third"}, "part"),
])  # fmt: skip
def test_facts_that_make_no_sense_are_refused(world, changes, field):
    with pytest.raises(InvalidInput) as caught:
        world.award("x:1", **changes)
    assert caught.value.fields == {field: "out_of_range"}
    with world.ground.reading() as session:
        assert session.scalars(select(PointEntry)).all() == []


@pytest.mark.sqlite_only
def test_rules_that_are_not_in_force_and_rules_that_nobody_knows_pay_nothing(world):
    assert world.award("x:1", version=uuid4()).refused == "point_rules_not_in_force"
    assert world.award("x:2", rule="bribe").refused == "point_rule_unknown"


def test_a_claw_back_takes_what_is_there_and_the_rest_is_owed(world):
    world.award("submission:1", None, rule="submission", part="first", facts=SEVERE)
    world.award("contest:1", 30)
    manager = Actor.system("test")
    with world.ground.writing() as session:
        assert awarding.claw_back(session, "submission:1", manager, NOON) == 40
        assert awarding.claw_back(session, "submission:1", manager, NOON) == 0, "once"
        assert growth.over_year(session, world.officers[:1], NOON) == {world.officers[0]: 30}
        assert awarding.verified(session, "submission:1", NOON) == 0, "what is revoked gets no second part"
    assert (balance(world).pending, balance(world).owed) == (30, 0)
    assert world.award("submission:1", None, rule="submission", part="first", facts=SEVERE).refused == "point_award_revoked"


def test_entries_refuse_to_be_changed(world):
    world.award("contest:1")
    for statement in ("UPDATE point_entry SET amount = 9", "DELETE FROM point_entry", "UPDATE point_allocation SET amount = 1"):
        with world.ground.writing() as session:
            if "allocation" in statement:
                entry, lot = session.scalars(select(col(PointEntry.id))).one(), session.scalars(select(col(PointLot.id))).one()
                session.execute(text("INSERT INTO point_allocation VALUES (:a, :b, 1)"), {"a": _raw(world, entry), "b": _raw(world, lot)})
            with pytest.raises(DatabaseError, match="append-only"):
                session.execute(text(statement))
            session.rollback()


def _raw(world, key):
    return key.hex if world.ground.db.dialect == "sqlite" else key


@pytest.mark.sqlite_only
def test_what_was_refused_is_not_paid_once_its_work_is_revoked(world):
    world.award("contest:1", 500)
    refused = world.award("submission:1", None, rule="submission", part="first", facts=SEVERE)
    assert refused.refused == "point_day_cap"
    with world.ground.writing() as session:
        (held,) = award_store.refused(session, EVERYTHING, NOON)
        assert award_store.refused(session, Scope(), NOON) == []
        assert awarding.claw_back(session, "submission:1", Actor.system("test"), NOON) == 0
    tomorrow = NOON + timedelta(days=1)
    with world.ground.writing() as session:
        assert award_store.refused(session, EVERYTHING, NOON) == []
        assert awarding.pay_again(session, held.id, Actor.system("test"), tomorrow).refused == "point_award_revoked"
        assert awarding.verified(session, "submission:1", tomorrow) == 0
        assert list(checks.broken(session, tomorrow)) == []
