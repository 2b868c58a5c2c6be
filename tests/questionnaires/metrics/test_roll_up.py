"""Answers become daily rows: once each, for every node of that day's tree, never more."""

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, update
from sqlmodel import Session, col, select

from portal.foundation.ground import Ground
from portal.people.models import UnitAncestor
from questionnaires.answering.models import Invitation, Response, Score
from questionnaires.metrics.checking import differences, rebuild
from questionnaires.metrics.counting import WHOLE_BANK
from questionnaires.metrics.jobs import follow_organisation, roll_up
from questionnaires.metrics.models import NO_UNIT, DailyCount, DailyCrossed, DailyTotal, FunnelDay
from questionnaires.metrics.store.counting import FunnelKey, add_funnel
from tests.questionnaires.metrics.world import NOON, TREE, World, nps

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 6, 15)


@pytest.fixture
def world(ground: Ground) -> World:
    with ground.writing() as session:
        return World().build(session)


def totals(session: Session, world: World) -> dict[str, int]:
    """NPS answers per node."""
    names = {unit: code for code, unit in world.units.items()} | {WHOLE_BANK: "bank"}
    counted: Counter[str] = Counter()
    for row in session.exec(select(DailyTotal).where(DailyTotal.indicator == "nps", DailyTotal.source == "invited")):
        counted[names[row.node_id]] += row.n
    return dict(counted)


def test_an_answer_counts_for_its_unit_and_everything_above(ground, world):
    with ground.writing() as session:
        world.answer(session, {"nps": 9, "csat": 4})
    assert roll_up(ground, NOON) == 1
    with ground.reading() as session:
        row = session.exec(select(DailyCount).where(DailyCount.indicator == "nps")).one()
        assert (row.day, row.unit_id, row.touchpoint, row.channel, row.version_id) == (
            TODAY,
            world.units["O1"],
            "counter",
            "sms",
            world.version_id,
        )
        assert (row.n, row.sum, row.sum2, row.low, row.mid, row.high) == (1, 9, 81, 0, 0, 1)
        assert (row.adj_n, row.adj_sum, row.adj_sum2, row.adj_high) == (1, 9, 81, 1)
        assert totals(session, world) == {"O1": 1, "B1": 1, "HO": 1, "bank": 1}
        assert session.exec(select(Response)).one().counted_at == NOON


def test_counting_twice_counts_once(ground, world):
    with ground.writing() as session:
        world.answers(session, nps(3, 4, 5))
    assert roll_up(ground, NOON) == 12
    assert roll_up(ground, NOON) == 0
    with ground.writing() as session:
        world.answers(session, nps(1, 0, 0))
    assert roll_up(ground, NOON) == 1
    with ground.reading() as session:
        row = session.exec(select(DailyCount)).one()
        assert (row.n, row.low, row.mid, row.high) == (13, 4, 4, 5)


def test_purpose_source_and_cuts_are_kept_apart(ground, world):
    with ground.writing() as session:
        for changes in ({}, {"source": "self_chosen"}, {"purpose": "staff"}, {"touchpoint": "loan"}, {"channel": "email"}, {"unit": "O2"}):
            world.answer(session, {"nps": 9}, **changes)
    roll_up(ground, NOON)
    with ground.reading() as session:
        assert [row.n for row in session.exec(select(DailyCount))] == [1] * 6
        at_head = select(DailyTotal).where(DailyTotal.node_id == world.units["HO"])
        assert sorted((row.purpose, row.source, row.n) for row in session.exec(at_head)) == [
            ("customer", "invited", 4),
            ("customer", "self_chosen", 1),
            ("staff", "invited", 1),
        ]


def test_a_test_response_is_seen_but_not_counted(ground, world):
    with ground.writing() as session:
        world.answer(session, {"nps": 9}, test=True)
        world.invite(session, opened_at=NOON, started_at=NOON, submitted_at=NOON, test=True)
    assert roll_up(ground, NOON) == 2
    assert roll_up(ground, NOON) == 0
    with ground.reading() as session:
        assert not session.exec(select(DailyCount)).all()
        assert not session.exec(select(FunnelDay)).all()


def test_an_answer_of_no_unit_counts_for_the_bank_alone(ground, world):
    with ground.writing() as session:
        world.answer(session, {"nps": 9}, unit=None)
    roll_up(ground, NOON)
    with ground.reading() as session:
        assert totals(session, world) == {"bank": 1}
        assert session.exec(select(DailyCount)).one().unit_id == NO_UNIT


def test_days_are_the_banks_and_nodes_those_of_the_day(ground, world):
    """O1 moved from B1 to B2 on the fifteenth; the fourteenth's last minute still counts for B1."""
    with ground.writing() as session:
        moved = (col(UnitAncestor.unit_id) == world.units["O1"]) & (col(UnitAncestor.ancestor_id) == world.units["B1"])
        session.execute(update(UnitAncestor).where(moved).values(valid_to=TODAY))
        session.add(UnitAncestor(**world.above("O1", "B2", 1, TODAY)))
        midnight = datetime(2026, 6, 14, 16, 0, tzinfo=UTC)
        world.answer(session, {"nps": 1}, at=midnight - timedelta(seconds=1))
        world.answer(session, {"nps": 9}, at=midnight)
    roll_up(ground, NOON)
    with ground.reading() as session:
        found = {(row.day, row.node_id): (row.low, row.high) for row in session.exec(select(DailyTotal))}
        assert found[(date(2026, 6, 14), world.units["B1"])] == (1, 0)
        assert found[(TODAY, world.units["B2"])] == (0, 1)
        assert (TODAY, world.units["B1"]) not in found


def test_the_funnel_counts_each_step_once_on_its_day(ground, world):
    with ground.writing() as session:
        world.invite(session, opened_at=NOON)
        world.invite(session, opened_at=NOON - timedelta(days=1), started_at=NOON)
        whole = world.invite(session, opened_at=NOON, started_at=NOON, submitted_at=NOON)
        world.invite(session)
    assert roll_up(ground, NOON) == 3
    with ground.writing() as session:
        session.execute(
            update(Invitation).where(col(Invitation.id) != whole, col(Invitation.started_at).is_not(None)).values(submitted_at=NOON)
        )
    assert roll_up(ground, NOON) == 1
    with ground.reading() as session:
        steps = {(row.day.day, row.step): row.n for row in session.exec(select(FunnelDay))}
    assert steps == {(14, "opened"): 1, (15, "opened"): 2, (15, "started"): 2, (15, "completed"): 2}


def statements_of(ground: Ground) -> list[str]:
    """What one round of counting sends to the database."""
    statements: list[str] = []

    def note(*seen: object) -> None:
        statements.append(str(seen[2]))

    event.listen(ground.db.engine, "before_cursor_execute", note)
    roll_up(ground, NOON)
    event.remove(ground.db.engine, "before_cursor_execute", note)
    return [one for one in statements if not one.startswith("BEGIN")]


def test_the_number_of_statements_does_not_grow_with_the_answers(ground, world):
    follow_organisation(ground, NOON)
    used = {}
    for size in (10, 500):
        with ground.writing() as session:
            world.answers(session, nps(size, size, size), unit="O2")
            for _ in range(size // 5):
                world.invite(session, unit="O2", opened_at=NOON)
        used[size] = len(statements_of(ground))
    assert used[10] == used[500] <= 18


def test_small_batches_give_the_same(ground, world):
    with ground.writing() as session:
        for code in TREE:
            world.answers(session, nps(3, 2, 5), unit=code)
    assert roll_up(ground, NOON, batch=7) == 60
    with ground.reading() as session:
        assert totals(session, world) == {"HO": 60, "B1": 30, "B2": 20, "O1": 10, "O2": 10, "O3": 10, "bank": 60}
    with ground.reading() as session:
        assert differences(session, ZONE)[1] == []


def test_two_clocks_at_once_count_everything_once(ground, world):
    with ground.writing() as session:
        for code in TREE:
            world.answers(session, nps(30, 20, 50), unit=code)
            for _ in range(20):
                world.invite(session, unit=code, opened_at=NOON, started_at=NOON)
    errors: list[BaseException] = []

    def count() -> None:
        try:
            roll_up(ground, NOON, batch=40)
        except BaseException as error:
            errors.append(error)

    clocks = [threading.Thread(target=count) for _ in range(4)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()
    roll_up(ground, NOON)
    assert errors == []
    with ground.reading() as session:
        assert totals(session, world)["bank"] == 600
    with ground.reading() as session:
        assert differences(session, ZONE)[1] == []


def test_a_crash_in_the_middle_loses_and_doubles_nothing(ground, world):
    with ground.writing() as session:
        world.answers(session, nps(5, 5, 5))

    def fail(*seen: object) -> None:
        if "daily_total" in str(seen[2]).lower():
            raise RuntimeError("power cut")

    event.listen(ground.db.engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError):
        roll_up(ground, NOON)
    event.remove(ground.db.engine, "before_cursor_execute", fail)
    assert roll_up(ground, NOON) == 15
    with ground.reading() as session:
        assert totals(session, world)["O1"] == 15


@pytest.mark.parametrize("model", [DailyCount, DailyTotal, DailyCrossed])
def test_the_check_finds_a_row_that_was_changed_or_lost(ground, world, model):
    with ground.writing() as session:
        world.answers(session, nps(2, 2, 2))
        world.invite(session, opened_at=NOON)
    roll_up(ground, NOON)
    with ground.reading() as session:
        compared, found = differences(session, ZONE)
        assert (compared, found) == (32, [])
    with ground.writing() as session:
        session.execute(update(model).values(high=model.high + 1))
    with ground.reading() as session:
        assert differences(session, ZONE)[1][0]["column"] == "high"
    with ground.writing() as session:
        session.execute(delete(model))
        session.execute(update(FunnelDay).values(n=2))
    with ground.reading() as session:
        found = differences(session, ZONE)[1]
        assert {row["table"] for row in found} == {model.__tablename__, "funnel_day"}
    with ground.writing() as session:
        assert rebuild(session, ZONE, NOON) == 32
    with ground.reading() as session:
        assert differences(session, ZONE)[1] == []


def test_a_rebuild_keeps_the_steps_that_others_count(ground, world):
    key = FunnelKey(TODAY, world.units["O1"], "counter", "sms", "invited", "")
    with ground.writing() as session:
        add_funnel(session, {key: 3})
        add_funnel(session, {key: 4})
        rebuild(session, ZONE, NOON)
    with ground.reading() as session:
        assert session.exec(select(FunnelDay)).one().n == 7


def test_a_score_left_out_by_an_appeal_stays_in_the_original_figure(ground, world):
    with ground.writing() as session:
        response = world.answer(session, {"nps": 0})
        session.execute(update(Score).where(col(Score.response_id) == response).values(left_out_by=uuid4()))
    roll_up(ground, NOON)
    with ground.reading() as session:
        row = session.exec(select(DailyCount)).one()
        assert (row.n, row.low, row.adj_n, row.adj_low) == (1, 1, 0, 0)
