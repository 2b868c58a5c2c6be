"""Seats, the waiting list, checking in, and what follows when it is over."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from officers.club import activities, calendars, jobs, places
from officers.club.rules import door as doors
from officers.club.store import activities as store
from officers.club.store import places as place_store
from officers.points.models import PointAward
from portal.audit.models import AuditEntry
from portal.foundation.errors import InvalidInput
from tests.conftest import NOON
from tests.officers.club.world import HOUR, World


def states(world: World, activity_id, officers):
    with world.ground.reading() as session:
        return [
            (lambda place: place.state if place else "")(place_store.place(session, activity_id, one.id)) for one in officers
        ]  # fmt: skip


def counts(world: World, activity_id):
    with world.ground.reading() as session:
        one = store.by_id(session, activity_id)
        return one.taken, one.waiting


def test_seats_go_in_order_and_whoever_waits_first_moves_up(world: World) -> None:
    activity, people = world.activity(capacity=1, waiting=2), world.officers(4)
    said = []
    for one in people[:3]:
        with world.ground.writing() as session:
            said.append(places.sign_up(session, activity.id, one, NOON))
    assert said == ["enrolled", "waiting", "waiting"]
    with pytest.raises(places.CantSignUp, match="activity_full"), world.ground.writing() as session:
        places.sign_up(session, activity.id, people[3], NOON)
    with pytest.raises(places.CantSignUp, match="already_signed_up"), world.ground.writing() as session:
        places.sign_up(session, activity.id, people[0], NOON)
    assert states(world, activity.id, people) == ["enrolled", "waiting", "waiting", ""]
    with world.ground.writing() as session:
        places.give_up(session, activity.id, people[0].id, NOON)
    assert states(world, activity.id, people) == ["cancelled", "enrolled", "waiting", ""]
    assert counts(world, activity.id) == (1, 1)
    with world.ground.writing() as session:  # one who gave up may come again, and stands at the end
        assert places.sign_up(session, activity.id, people[0], NOON + HOUR) == "waiting"
        assert place_store.position(session, place_store.place(session, activity.id, people[0].id)) == 2


def test_seats_that_are_added_are_filled_and_those_in_use_stay(world: World) -> None:
    activity, people = world.activity(capacity=1, waiting=5), world.officers(3)
    with world.ground.writing() as session:
        for one in people:
            places.sign_up(session, activity.id, one, NOON)
    fewer = activities.Written(_plan(activity, capacity=2), activity.unit_id)
    with world.ground.writing() as session:
        activities.change(session, activity.id, fewer, world.editor, 1, NOON)
    assert counts(world, activity.id) == (2, 1)
    with pytest.raises(InvalidInput) as refused, world.ground.writing() as session:
        activities.change(session, activity.id, activities.Written(_plan(activity, capacity=1), activity.unit_id), world.editor, None, NOON)
    assert refused.value.fields == {"capacity": "fewer_seats_than_taken"}
    with pytest.raises(activities.NotLikeThis), world.ground.writing() as session:
        activities.change(session, activity.id, fewer, world.editor, 1, NOON)  # somebody saw an older one


def _plan(activity, **changes):
    from officers.club.rules.signing_up import Plan

    columns = {name: getattr(activity, name) for name in activities.TERMS} | changes
    return Plan(**columns)


def test_who_did_not_come_twice_stands_behind_the_others(world: World) -> None:
    away, fresh, first = world.officers(3)
    for days in (50, 20):
        past = world.activity(starts=NOON + HOUR)
        with world.ground.writing() as session:
            places.sign_up(session, past.id, away, NOON - HOUR / 2)
            place_store.step(session, past.id, away.id, "enrolled", {"state": "no_show", "settled_at": NOON - timedelta(days=days)})
    activity = world.activity(capacity=1, waiting=5)
    with world.ground.writing() as session:
        for one in (first, away, fresh):
            places.sign_up(session, activity.id, one, NOON)
        places.give_up(session, activity.id, first.id, NOON)
    assert states(world, activity.id, [away, fresh]) == ["waiting", "enrolled"]


@pytest.mark.parametrize(("columns", "officer", "reason"), [
    ({"only_kind": "customer"}, {}, "activity_not_for_you"),
    ({"min_rank": 3}, {}, "activity_not_for_you"),
    ({"only_unit_id": "B2"}, {}, "activity_not_for_you"),
    ({"only_unit_id": "B1"}, {}, None),
])  # fmt: skip
def test_an_activity_is_for_whom_it_says(world: World, columns, officer, reason) -> None:
    units = world.sample.units
    activity = world.activity(**{name: units.get(value, value) for name, value in columns.items()})
    [one] = world.officers(1, **officer)
    with world.ground.writing() as session:
        seen = store.coming(session, store.Reader(one.id, one.kind, 0, one.unit_id), NOON, None)
        assert [found.id for found in seen] == ([] if reason else [activity.id])
        if reason is None:
            assert places.sign_up(session, activity.id, one, NOON) == "enrolled"
            return
        with pytest.raises(places.CantSignUp, match=reason):
            places.sign_up(session, activity.id, one, NOON)


def test_nobody_checks_in_to_what_was_called_off(world: World) -> None:
    activity, [one] = world.activity(), world.officers(1)
    door, at = activities.door(activity), activity.starts_at
    with world.ground.writing() as session:
        places.sign_up(session, activity.id, one, NOON)
        with pytest.raises(InvalidInput) as early:
            places.check_in(session, door, one.id, "1", NOON, zone="Asia/Shanghai")
        assert early.value.facts == {"opens": f"{door.opens_at.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}"}
        activities.call_off(session, activity.id, "Storm", world.editor, NOON)
        with pytest.raises(places.CantSignUp, match="activity_not_open"):
            places.check_in(session, door, one.id, doors.code(door, at), at)


def test_those_who_came_are_paid_once_and_the_others_did_not_come(world: World) -> None:
    activity, people = world.activity(capacity=3), world.officers(3)
    door, at = activities.door(activity), activity.starts_at
    with world.ground.writing() as session:
        for one in people:
            places.sign_up(session, activity.id, one, NOON)
        for one in people[:2]:
            places.check_in(session, door, one.id, doors.code(door, at), at)
        with pytest.raises(places.CantSignUp, match="already_checked_in"):
            places.check_in(session, door, people[0].id, doors.code(door, at), at)
        with pytest.raises(InvalidInput):
            places.check_in(session, door, people[2].id, "12", at)
    assert jobs.settle_activities(world.ground, activity.ends_at - HOUR) == 0
    for _twice in range(2):
        jobs.settle_activities(world.ground, activity.ends_at + HOUR)
    assert states(world, activity.id, people) == ["awarded", "awarded", "no_show"]
    with world.ground.reading() as session:
        from sqlalchemy import select

        awards = session.scalars(select(PointAward)).all()
        assert {(one.rule, one.officer_id) for one in awards} == {("activity", one.id) for one in people[:2]}
        assert len(awards) == 2
        assert store.by_id(session, activity.id).state == "settled"
        assert "activity.settle" in {one.act for one in session.scalars(select(AuditEntry))}


def test_a_secret_link_opens_ones_own_calendar_until_it_is_made_anew(world: World) -> None:
    activity, [one, other] = world.activity(), world.officers(2)
    with world.ground.writing() as session:
        places.sign_up(session, activity.id, one, NOON)
        token = calendars.renew(session, one.id, world.ground.keys, NOON)
        assert calendars.token_of(session, one.id, world.ground.keys) == token
        assert calendars.token_of(session, other.id, world.ground.keys) is None
        body = calendars.opened(session, token, "https://bank.test", NOON).decode()
        assert body.count("BEGIN:VEVENT") == 1
        assert f"UID:{activity.id}@soundings" in body
        calendars.renew(session, one.id, world.ground.keys, NOON)
        with pytest.raises(Exception, match="not_found"):
            calendars.opened(session, token, "https://bank.test", NOON)
