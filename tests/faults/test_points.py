"""Eight processes over the same points, and processes that are killed: nothing is sold, spent or paid twice, and the audit is clean."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlmodel import col

from officers.people import growth, tiers
from officers.people.models import Officer
from officers.points import awarding, balances, expiry, money, redeeming
from officers.points.auditor import check_points
from officers.points.awarding import Award
from officers.points.benefit_models import Benefit, Redemption
from officers.points.lines import NotEnough
from officers.points.models import PointBudget, PointEntry, PointLot
from officers.points.redeeming import RedeemRefused
from portal.audit.trail import Actor
from portal.foundation.clock import SystemClock
from portal.foundation.db import Database
from portal.foundation.errors import SoundingsError
from portal.foundation.ground import Ground
from tests.conftest import NOON
from tests.officers.points.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
DEEP = bool(os.environ.get("SOUNDINGS_DEEP"))
ROUNDS, KILLS = (25, 100) if DEEP else (1, 4)
PROCESSES = 8 if DEEP else 4
LATER, OVER = NOON + timedelta(days=8), NOON + timedelta(days=500)
CONTEXT = get_context("fork")
DESK = Actor.system("test")


def own(ground: Ground) -> Ground:
    """The same ground on connections of this process's own."""
    return replace(ground, db=Database(ground.db.url), clock=SystemClock())


def together(ground: Ground, deed: Callable[..., None], *arguments: object) -> None:
    """Eight processes do it at once; a barrier lets them go together."""
    ground.db.close()
    gate = CONTEXT.Barrier(PROCESSES)
    running = [CONTEXT.Process(target=_behind, args=(gate, deed, ground, number, *arguments)) for number in range(PROCESSES)]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0] * PROCESSES


def _behind(gate: object, deed: Callable[..., None], ground: Ground, number: int, *arguments: object) -> None:
    mine = own(ground)
    gate.wait(60)  # type: ignore[attr-defined]  # a barrier of the context's own class
    deed(mine, number, *arguments)
    mine.db.close()


def benefit(ground: Ground, cost: int, stock: int, tier: str = "") -> UUID:
    """Something on sale, from a tier on."""
    with ground.writing() as session:
        row = Benefit(
            name_zh="杯", name_en="Cup", kind="goods", cost=cost, stock=stock, placed=stock, tier=tier, state="on_sale", created_at=NOON
        )
        session.add(row)
        session.flush()
        return row.id


def _buy(ground: Ground, number: int, officers: list[UUID], benefit_id: UUID) -> None:
    with suppress(RedeemRefused, NotEnough), ground.writing() as session:
        redeeming.redeem(session, officers[number % len(officers)], benefit_id, f"form {number}", DESK, LATER)


def _award(ground: Ground, number: int, officers: list[UUID], source: str) -> None:
    """All for the same thing: each process's officer where there are many."""
    with suppress(SoundingsError), ground.writing() as session:
        awarding.award(session, Award(officers[number % len(officers)], "contest", source, facts={"points": 10}), NOON)


def _spend_budget(ground: Ground, number: int, officers: list[UUID], task: str) -> None:
    for turn in range(5):
        with ground.writing() as session:
            facts = {"points": 7, "task": task}
            awarding.award(session, Award(officers[number], "contest", f"many:{number}:{turn}", facts=facts), NOON)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_eight_processes_sell_spend_award_and_budget_once(ground: Ground, number: int) -> None:
    world = World(ground).start(PROCESSES + 1)
    for officer in range(PROCESSES + 1):
        world.award(f"start:{officer}", 100, officer=officer)
    last, many, everybody = benefit(ground, 30, 1), benefit(ground, 60, PROCESSES), world.officers[1:]
    together(ground, _buy, everybody, last)
    with ground.reading() as session:
        assert session.scalar(select(func.count()).select_from(Redemption)) == 1, "the last item is sold once"
        assert session.scalars(select(col(Benefit.stock)).where(col(Benefit.id) == last)).one() == 0
    with ground.writing() as session:
        session.execute(text("UPDATE redemption SET key = 'done'"))
    together(ground, _buy, world.officers[:1], many)
    with ground.reading() as session:
        assert session.scalar(select(func.count()).select_from(Redemption)) == 2, "100 points pay for one of 60"
        assert balances.of(session, world.officers[0], LATER).spendable == 40
    together(ground, _award, everybody, "the same thing")
    together(ground, _award, world.officers[:1], "one's own thing")
    task = "0" * 32
    with ground.writing() as session:
        money.set_budget(session, money.task_code(task), 100, NOON)
    together(ground, _spend_budget, everybody, task)
    with ground.reading() as session:
        awards = select(func.count()).select_from(PointEntry).where(col(PointEntry.kind) == "award")
        assert session.scalar(awards) == PROCESSES + 1 + 2 + 14, "each thing once, and 100 points of budget pay 14 times 7"
        assert {one.scope: one.used for one in session.scalars(select(PointBudget))}[money.task_code(task)] == 98
    assert check_points(replace(ground, clock=SystemClock())).violations == []


@dataclass(frozen=True)
class Change:
    """Two officers whose tier changes while they redeem; `begun` once a redemption is under way, `made` once the tiers are others."""

    falling: UUID
    rising: UUID
    benefit: UUID
    begun: Event
    made: Event


def _buy_by_tier(ground: Ground, number: int, change: Change) -> None:
    """Redeem what only the higher tier may have, while the first process moves one officer down and another up."""
    if number == 0:
        change.begun.wait(60)
        with ground.writing() as session:
            tiers.check_month(session, f"{LATER:%Y-%m}", LATER)
        change.made.set()
        with ground.writing() as session:
            growth.add(session, change.rising, 300, "race", LATER)
        return
    for turn in range(8):
        officer = change.falling if (number + turn) % 2 else change.rising
        with suppress(RedeemRefused, NotEnough), ground.writing() as session:
            redeeming.redeem(session, officer, change.benefit, f"tier {number}:{turn}", DESK, LATER)
            if number == 1 and turn == 0:  # the change is asked for now, and has to wait until this is done
                change.begun.set()
                change.made.wait(0.5)
            assert session.scalars(select(col(Officer.tier)).where(col(Officer.id) == officer)).one() == "silver"


@pytest.mark.parametrize("number", range(ROUNDS))
def test_redeeming_during_a_change_of_tier_sees_one_tier_or_the_other(ground: Ground, number: int) -> None:
    world = World(ground).start(2)
    falling, rising = world.officers
    with ground.writing() as session:
        session.execute(update(Officer).values(trained_at=NOON))
        session.execute(
            update(Officer)
            .where(col(Officer.id) == falling)
            .values(tier="silver", tier_since=NOON - timedelta(days=200), notice_at=NOON - timedelta(days=40))
        )
    for officer in range(2):
        world.award(f"start:{officer}", 100, officer=officer)
    item = benefit(ground, 10, 1_000, "silver")
    together(ground, _buy_by_tier, Change(falling, rising, item, CONTEXT.Event(), CONTEXT.Event()))
    with ground.reading() as session:
        assert dict(session.execute(select(col(Officer.id), col(Officer.tier))).all()) == {falling: "explorer", rising: "silver"}
        assert set(session.scalars(select(col(Redemption.tier)))) == {"silver"}
        bought = Counter(session.scalars(select(col(Redemption.officer_id))))
        for officer in (falling, rising):
            assert balances.of(session, officer, LATER).spendable == 100 - 10 * bought[officer]
    with pytest.raises(RedeemRefused), ground.writing() as session:
        redeeming.redeem(session, falling, item, "too late", DESK, LATER)
    assert check_points(replace(ground, clock=SystemClock())).violations == []


def _work(ground: Ground, officers: list[UUID], benefit_id: UUID, first: int) -> None:
    """Award, redeem, cancel and expire without end; whoever is killed and begins again repeats what was not finished."""
    mine, number = own(ground), first
    while True:
        officer = officers[number % len(officers)]
        with suppress(SoundingsError), mine.writing() as session:
            day = NOON + timedelta(days=number % 300)  # points of a day have a cap: behind it nothing would happen any more
            awarding.award(session, Award(officer, "contest", f"work:{number}", facts={"points": 10}), day)
        with suppress(SoundingsError), mine.writing() as session:
            made = redeeming.redeem(session, officer, benefit_id, f"work {number}", DESK, LATER)
        with suppress(SoundingsError, UnboundLocalError), mine.writing() as session:
            redeeming.cancel(session, made.id, DESK, LATER)
        with mine.writing() as session:
            expiry.expire(session, OVER, 3)
        number += 1


def _kills(ground: Ground, officers: list[UUID], benefit_id: UUID) -> Iterator[BaseProcess]:
    """Processes at work, each to be killed somewhere in its next transactions."""
    for number in range(KILLS):
        process = CONTEXT.Process(target=_work, args=(ground, officers, benefit_id, number * 2))  # what the one before did comes again
        process.start()
        yield process


def test_a_process_that_is_killed_leaves_a_ledger_whose_audit_is_clean(ground: Ground) -> None:
    world = World(ground).start(2)
    item = benefit(ground, 5, 1_000)
    ground.db.close()
    audited = replace(ground, clock=SystemClock())
    for place, process in enumerate(_kills(ground, world.officers, item)):
        before = _entries(ground)
        for _ in range(4_000):
            if _entries(ground) >= before + 3 + place % 5:
                break
            process.join(0.01 + 0.003 * (place % 7))
        process.kill()
        process.join(20)
        assert process.exitcode == -signal.SIGKILL
        assert check_points(audited).violations == []
    while True:
        with ground.writing() as session:
            if not expiry.expire(session, OVER, 500):
                break
    with ground.reading() as session:
        assert session.scalar(select(func.sum(PointLot.remaining)).where(col(PointLot.expires_at) <= OVER)) == 0
    assert check_points(audited).violations == []


def _entries(ground: Ground) -> int:
    with ground.reading() as session:
        return session.scalar(select(func.count()).select_from(PointEntry)) or 0
