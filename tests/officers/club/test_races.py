"""Eight processes at once: no seat twice, one check-in, one day, one like a person."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from officers.club import board, moderation, places
from officers.club.models import Activity, ActivityPlace, Post, PostLike
from officers.club.moderation import Ruling
from officers.club.rules import door as doors
from officers.club.store import activities as store
from officers.club.store import standings
from officers.people import roster
from portal.foundation.db import Database
from portal.foundation.errors import SoundingsError
from portal.foundation.ground import Ground
from tests.conftest import NOON
from tests.officers.club.world import TOPIC, World

pytestmark = [pytest.mark.faults, pytest.mark.deep, pytest.mark.timeout(120)]
CONTEXT = get_context("fork")
PROCESSES = 8


def at_once(ground: Ground, work: Callable[[Ground, int], None]) -> None:
    """The same work in eight processes, each with a database connection of its own, begun together."""
    ground.db.close()
    gate = CONTEXT.Barrier(PROCESSES)

    def run(number: int) -> None:
        own = replace(ground, db=Database(ground.db.url))
        gate.wait(30)
        work(own, number)
        own.db.close()

    running = [CONTEXT.Process(target=run, args=(number,)) for number in range(PROCESSES)]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * PROCESSES


def calm(ground: Ground, act: Callable[..., object]) -> None:
    """One transaction; what is refused is refused."""
    try:
        with ground.writing() as session:
            act(session)
    except SoundingsError:
        pass


def sums(world: World, activity_id: UUID) -> tuple[int, int, Counter[str]]:
    with world.ground.reading() as session:
        one = session.get(Activity, activity_id)
        rows = session.execute(
            select(col(ActivityPlace.state), func.count())
            .where(col(ActivityPlace.activity_id) == activity_id)
            .group_by(col(ActivityPlace.state))
        )
        assert one is not None
        return one.taken, one.waiting, Counter(dict(rows.all()))


def test_seats_and_the_waiting_list_hold_whatever_is_pressed_at_once(world: World) -> None:
    people = world.many(16)
    activity = world.activity(capacity=5, waiting=4)

    def come_and_go(own: Ground, number: int) -> None:
        for turn in range(6):
            one = people[(number * 5 + turn * 3) % len(people)]
            calm(own, lambda session, one=one: places.sign_up(session, activity.id, roster.find(session, one), NOON))
            if turn % 3 == 2:
                calm(own, lambda session, one=one: places.give_up(session, activity.id, one, NOON))

    at_once(world.ground, come_and_go)
    taken, waiting, states = sums(world, activity.id)
    assert (taken, waiting) == (states["enrolled"], states["waiting"])
    assert taken <= 5
    assert waiting <= 4
    assert waiting == 0 or taken == 5, "nobody waits while a seat is free"


def test_one_check_in_one_day_and_one_like_a_person(world: World) -> None:
    world.topic()
    [writer] = world.officers(1)
    [one] = world.many(1)
    activity = world.activity(capacity=2)
    with world.ground.writing() as session:
        places.sign_up(session, activity.id, roster.find(session, one), NOON)
        post = board.write(session, writer.id, TOPIC, "Hello", "World", NOON)
        moderation.decide(session, post.id, Ruling("approve", "waiting"), world.actor, NOON)
        door = doors.Door(activity.id, activity.starts_at, 30, 60, "rotating", activity.secret)
    wins = CONTEXT.Value("i", 0)
    days = CONTEXT.Value("i", 0)

    def press(own: Ground, _number: int) -> None:
        def checked(session) -> None:
            places.check_in(session, door, one, doors.code(door, door.starts_at), door.starts_at)
            with wins.get_lock():
                wins.value += 1

        def looked(session) -> None:
            if standings.look_in(session, one, NOON.date()) is not None:
                with days.get_lock():
                    days.value += 1

        for _turn in range(3):
            calm(own, checked)
            calm(own, looked)
            calm(own, lambda session: board.like(session, one, post.id, True, NOON))
            calm(own, lambda session: board.report(session, one, post.id, "x", NOON))

    at_once(world.ground, press)
    assert (wins.value, days.value) == (1, 1)
    with world.ground.writing() as session:
        assert (session.get(Post, post.id).likes, session.get(Post, post.id).reports) == (1, 1)
        assert session.scalar(select(func.count()).select_from(PostLike)) == 1
        assert standings.member(session, one).streak == 1
        assert standings.look_in(session, one, NOON.date() + timedelta(days=1)) == (2, 2)
        assert standings.look_in(session, one, NOON.date() + timedelta(days=3)) == (1, 2)


def test_two_moderators_decide_once(world: World) -> None:
    world.topic()
    [writer] = world.officers(1)
    with world.ground.writing() as session:
        post = board.write(session, writer.id, TOPIC, "Hello", "World", NOON)
    actor, done = world.actor, CONTEXT.Value("i", 0)

    def decide(own: Ground, number: int) -> None:
        def act(session) -> None:
            moderation.decide(session, post.id, Ruling("approve" if number % 2 else "hide", "waiting", "why"), actor, NOON)
            with done.get_lock():
                done.value += 1

        calm(own, act)

    at_once(world.ground, decide)
    assert done.value == 1
    with world.ground.reading() as session:
        assert session.get(Post, post.id).state in ("shown", "hidden")
        assert store.total(session) == 0
