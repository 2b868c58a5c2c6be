"""I1 to I10 under any story: a stateful test against a model, on both databases; and each law broken on purpose is noticed."""

import os
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from officers.points import rulebooks
from officers.points.rules.rulebook import AwardRule, Caps, Rulebook
from portal.audit.trail import Actor
from portal.people.models import User
from tests.conftest import NOON
from tests.officers.points.machine import Ledger
from tests.officers.points.world import World

DEEP = bool(os.environ.get("SOUNDINGS_DEEP"))
FREE = AwardRule(most=100_000, tier=False, first=Decimal("0.5"))
BOOK = Rulebook(month_budget=0, year_value_cents=0, reserve_hours=48, caps=Caps(points=0), awards={"free": FREE})


@pytest.fixture
def machine(ground, clock):
    """The state machine on this run's database; each example has an officer of its own."""
    world = World(ground).start(0)
    with ground.writing() as session:
        users = [User(login=f"w{number}", name="W", password_hash="!", unit_id=world.unit, created_at=NOON) for number in range(2)]
        session.add_all(users)
        session.flush()
        writers = tuple(Actor("user", str(one.id)) for one in users)
        row = rulebooks.draft(session, BOOK, None, writers[0], NOON)
        rulebooks.approve(session, row.id, writers[1], NOON)
    return type("LedgerHere", (Ledger,), {"world": world, "clock": clock, "writers": writers})


def play(machine, examples: int, steps: int, *, shrink: bool = True) -> None:
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None, phases=phases, derandomize=not DEEP,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


STORIES = [
    [("award", 5), ("wait", 7), ("redeem",), ("claw_back", 0), ("wait", 400), ("sweep",), ("cancel", 0)],
    [("award", 5), ("award", 5), ("wait", 7), ("redeem",), ("claw_back", 0), ("cancel", 0), ("wait", 31), ("sweep",)],
    [("award", 5), ("wait", 7), ("redeem",), ("wait", 400), ("cancel", 0), ("wait", 31), ("sweep",), ("claw_back", 0)],
    [("award", 9), ("wait", 7), ("redeem",), ("address", 0), ("wait", 400), ("sweep",), ("fail", 0), ("redeem",), ("let_go",)],
    [("award", 9), ("wait", 7), ("redeem",), ("address", 0), ("deliver", 0), ("claw_back", 0), ("award", 5), ("wait", 7), ("redeem",)],
    [("award", 9), ("wait", 400), ("claw_back", 0), ("award", 9), ("wait", 7), ("redeem",), ("cancel", 0), ("cancel", 0), ("redeem",)],
]
"""What once went wrong, or nearly: the first lost an officer's points twice."""


def tell(machine, story) -> None:
    """Play one story step by step; numbers name the award or the redemption."""
    play, awards, redeemed = machine(), [], []
    play.begin(stock=2, cost=5)
    for name, *number in story:
        deed = getattr(play, name)
        if name == "award":
            awards.append(deed(number[0], "whole"))
        elif name == "redeem":
            redeemed.append(deed())
        elif name in ("wait", "sweep", "let_go"):
            deed(*number)
        else:
            deed((awards if name == "claw_back" else redeemed)[number[0]], *([True] if name == "fail" else []))
        play.agrees()
    play.teardown()


def test_stories_that_once_went_wrong(machine):
    for story in STORIES:
        tell(machine, story)


def test_the_laws_hold_whatever_is_done(machine):
    play(machine, 3, 15, shrink=False)


@pytest.mark.deep
@pytest.mark.timeout(3000)
def test_the_laws_hold_in_three_hundred_stories_of_forty_steps(machine):
    play(machine, 300, 40)
