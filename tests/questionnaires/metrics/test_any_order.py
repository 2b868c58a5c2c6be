"""Whatever happens in whatever order, the daily rows are what a fresh count gives."""

import os
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from portal.audit.trail import Actor
from portal.people import units
from portal.people.models import Customer
from questionnaires.answering import erasing
from questionnaires.answering.models import Response
from questionnaires.metrics import appeals
from questionnaires.metrics.checking import differences, rebuild
from questionnaires.metrics.jobs import follow_organisation, roll_up
from questionnaires.metrics.models import DailyTotal
from tests.questionnaires.metrics.world import NOON, TODAY, World, nps

ZONE = ZoneInfo("Asia/Shanghai")
LEAVES = ("O1", "O2", "O3", "B1")

answer = st.tuples(st.just("answer"), st.sampled_from([*LEAVES, None]), st.sampled_from([0.0, 3.5, 7.0, 9.0, 10.0]), st.integers(0, 20))
count = st.tuples(st.just("count"))
appeal = st.tuples(st.just("appeal"), st.integers(0, 5))
taken_back = st.tuples(st.just("take back"), st.integers(0, 5))
move = st.tuples(st.just("move"), st.sampled_from(["O1", "O2", "O3"]), st.sampled_from(["B1", "B2", "HO"]), st.integers(-2, 20))
erase = st.tuples(st.just("erase"), st.integers(0, 3))
story = st.lists(st.one_of(answer, answer, answer, count, appeal, taken_back, move, erase), min_size=4, max_size=14)


class Play:
    """Does what a story says to one bank."""

    def __init__(self, ground, world: World) -> None:
        self.ground, self.world, self.appeals = ground, world, [uuid4() for _ in range(6)]

    def act(self, what: str, *how) -> None:
        with self.ground.writing() as session:
            getattr(self, what.replace(" ", "_"))(session, *how)

    def answer(self, session, unit: str | None, value: float, days_ago: int) -> None:
        changes: dict[str, Any] = {
            "segment": "gold" if value > 6 else None,
            "product": "card" if value > 8 else None,
            "staff": "T7" if days_ago % 2 else None,
            "probability": 0.25,
        }
        customer = session.scalars(select(Customer.id).order_by(Customer.id).limit(1)).first()
        self.world.answer(session, {"nps": value}, unit, NOON - timedelta(days=days_ago), customer_id=customer, **changes)

    def count(self, session) -> None:
        session.commit()
        roll_up(self.ground, NOON)

    def appeal(self, session, number: int) -> None:
        ids = list(session.scalars(select(Response.id).order_by(Response.id)))[number::7]
        appeals.leave_out(session, ids, self.appeals[number], ZONE)

    def take_back(self, session, number: int) -> None:
        appeals.put_back(session, self.appeals[number], ZONE)

    def move(self, session, unit: str, parent: str, days_ago: int) -> None:
        units.move(session, self.world.units[unit], self.world.units[parent], TODAY - timedelta(days=days_ago), Actor.system("test"), NOON)

    def erase(self, session, number: int) -> None:
        customers = list(session.scalars(select(Customer.id)))
        erasing.erase(session, customers[number : number + 1], NOON)


@pytest.fixture
def play(ground, sample):
    with ground.writing() as session:
        world = World(units=sample.units)
        world.version(session, {"title": {"en": "Q"}, "pages": [{"id": "p", "questions": [{"code": "nps", "type": "nps"}]}]})
    sample.customer("K1")
    return Play(ground, world)


@settings(
    max_examples=60 if os.environ.get("SOUNDINGS_DEEP") else 8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story)
def test_the_daily_rows_equal_a_fresh_count_under_any_story(play, told):
    for step in told:
        play.act(*step)
    roll_up(play.ground, NOON)
    follow_organisation(play.ground, NOON)
    with play.ground.reading() as session:
        assert differences(session, ZONE)[1] == []


def test_an_upheld_appeal_changes_the_adjusted_half_at_once_and_only_it(play):
    with play.ground.writing() as session:
        ids = play.world.answers(session, nps(3, 0, 7))
    roll_up(play.ground, NOON)
    for _twice in range(2):
        _leave_out(play, ids[:3])
    with play.ground.reading() as session:
        rows = session.exec(select(DailyTotal)).all()
        assert {(row.n, row.low, row.adj_n, row.adj_low, row.adj_high) for row in rows} == {(10, 3, 7, 0, 7)}
    with play.ground.writing() as session:
        assert appeals.put_back(session, play.appeals[0], ZONE) == 3
    with play.ground.reading() as session:
        assert {(row.adj_n, row.adj_low) for row in session.exec(select(DailyTotal)).all()} == {(10, 3)}


def _leave_out(play: Play, ids: list[UUID]) -> None:
    with play.ground.writing() as session:
        appeals.leave_out(session, ids, play.appeals[0], ZONE)


def test_a_unit_moved_for_days_gone_by_takes_its_answers_along(play):
    with play.ground.writing() as session:
        play.world.answers(session, nps(0, 0, 4), unit="O1", at=NOON - timedelta(days=3))
        play.world.answers(session, nps(0, 0, 5), unit="O1")
    roll_up(play.ground, NOON)
    play.act("move", "O1", "B2", 1)
    assert follow_organisation(play.ground, NOON) == 1
    assert follow_organisation(play.ground, NOON) == 0
    with play.ground.reading() as session:
        found = {(row.node_id, row.day): row.n for row in session.exec(select(DailyTotal)).all() if row.n}
        ours = play.world.units
        assert found[ours["B1"], date(2026, 6, 12)] == 4
        assert found[ours["B2"], TODAY] == 5
        assert (ours["B1"], TODAY) not in found
    with play.ground.reading() as session:
        assert differences(session, ZONE)[1] == []
    with play.ground.writing() as session:
        assert rebuild(session, ZONE, NOON) > 0
