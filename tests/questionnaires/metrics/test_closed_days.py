"""Days of the funnel that are over are summed once; whatever comes late or moves afterwards, pages show what the days themselves hold."""

import os
from collections import Counter
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people import units
from portal.people.models import UnitAncestor
from questionnaires.metrics.checking import differences, rebuild
from questionnaires.metrics.closing import OPEN, close_days, note_late
from questionnaires.metrics.funnel_models import FunnelClosed, FunnelTotal
from questionnaires.metrics.jobs import follow_organisation
from questionnaires.metrics.models import NO_UNIT, FunnelDay
from questionnaires.metrics.rules.periods import last_days
from questionnaires.metrics.store import funnel
from questionnaires.metrics.store.counting import FunnelKey, add_funnel
from questionnaires.metrics.store.reading import Cut
from tests.questionnaires.metrics.world import NOON, TODAY, World

ZONE = ZoneInfo("Asia/Shanghai")
MONTH = last_days(TODAY, 15)
CUTS = ({}, {"touchpoint": "counter"}, {"channel": "sms"}, {"touchpoints": ("counter", "loan")}, {"touchpoint": "loan", "channel": "sms"})

KEYS = (("", "", "events", ""), ("counter", "", "candidates", ""), ("loan", "sms", "opened", ""), ("loan", "", "dropped", "R3"))

row = st.tuples(
    st.sampled_from(["O1", "O2", "O3", "B1", None]),
    st.integers(0, 30),
    st.sampled_from(
        [("", "", "events", ""), ("counter", "", "candidates", ""), ("loan", "sms", "opened", ""), ("loan", "", "dropped", "R3")]
    ),
    st.integers(1, 9),
)
came = st.tuples(st.just("came"), st.lists(row, min_size=1, max_size=6))
closed = st.tuples(st.just("closed"), st.integers(0, 9))
moved = st.tuples(st.just("moved"), st.sampled_from(["O1", "O2"]), st.sampled_from(["B1", "B2"]), st.integers(-1, 20))
story = st.lists(st.one_of(came, came, closed, moved), min_size=3, max_size=10)


class Play:
    """Does what a story says to one bank."""

    def __init__(self, ground: Ground, world: World) -> None:
        self.ground, self.world, self.now = ground, world, NOON

    def came(self, rows: list[tuple[str | None, int, tuple[str, ...], int]]) -> None:
        """Something to count, on days gone by too."""
        found: Counter[FunnelKey] = Counter()
        for unit, ago, (touchpoint, channel, step, code), n in rows:
            day = TODAY - timedelta(days=ago)
            found[FunnelKey(day, self.world.units[unit] if unit else NO_UNIT, touchpoint, channel, step, code)] += n
        with self.ground.writing() as session:
            add_funnel(session, found)
            note_late(session, (key.day for key in found), self.now.date())

    def closed(self, days_later: int) -> None:
        """The clock's job, some days later."""
        self.now += timedelta(days=days_later)
        close_days(self.ground, self.now)

    def moved(self, unit: str, parent: str, ago: int) -> None:
        """A unit hangs elsewhere, for days gone by too; the job that follows the tree has run."""
        with self.ground.writing() as session:
            units.move(session, self.world.units[unit], self.world.units[parent], TODAY - timedelta(days=ago), Actor.system("test"), NOON)
        follow_organisation(self.ground, NOON)


@pytest.fixture
def play(ground, sample):
    made = Play(ground, World(units=sample.units))
    follow_organisation(ground, NOON)
    return made


def by_hand(session: Session, cut: Cut) -> dict[tuple[str, str], tuple[int, int]]:
    """The funnel worked out row by row from the days themselves."""
    below = [
        (one.unit_id, one.valid_from, one.valid_to) for one in session.exec(select(UnitAncestor)).all() if one.ancestor_id in cut.nodes
    ]
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for one in session.exec(select(FunnelDay)).all():
        inside = cut.everything or any(unit == one.unit_id and first <= one.day < end for unit, first, end in below)
        named = all(getattr(one, name) in values for name, values in cut.narrowed.items())
        if inside and named and MONTH.before().first <= one.day <= MONTH.last:
            now, before = found.get((one.step, one.code), (0, 0))
            found[one.step, one.code] = (now + one.n, before) if one.day >= MONTH.first else (now, before + one.n)
    return found


def check(play: Play) -> None:
    nodes: list[tuple[UUID, ...]] = [(NO_UNIT,), (play.world.units["B1"],), (play.world.units["O1"], play.world.units["O3"])]
    with play.ground.reading() as session:
        for cut in [Cut(nodes=some, **narrowed) for some in nodes for narrowed in CUTS]:
            read = {(one.step, one.code): (one.now, one.before) for one in funnel.funnel(session, cut, MONTH)}
            assert read == by_hand(session, cut), cut


@settings(
    max_examples=60 if os.environ.get("SOUNDINGS_DEEP") else 5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story)
def test_summed_days_say_what_the_days_themselves_say_under_any_story(play, told):
    for name, *how in told:
        getattr(play, name)(*how)
    play.closed(9)
    check(play)
    with play.ground.reading() as session:
        found = [one for one in differences(session, ZONE)[1] if one["table"] == "funnel_total"]
    assert found == []


def test_a_day_that_is_over_is_summed_and_again_after_something_came_in_for_it(play):
    play.came([("O1", 0, ("", "", "events", ""), 1), ("O1", 3, ("", "", "events", ""), 5), ("O1", 20, ("", "", "events", ""), 7)])
    assert close_days(play.ground, NOON) == 2
    assert close_days(play.ground, NOON) == 0
    with play.ground.reading() as session:
        assert {one.day for one in session.exec(select(FunnelTotal)).all()} == {TODAY - timedelta(days=20), TODAY - timedelta(days=3)}
        assert session.exec(select(FunnelClosed)).one().until == TODAY - timedelta(days=2)
    play.came([("O3", 20, ("", "", "events", ""), 2)])
    assert close_days(play.ground, NOON) == 1
    with play.ground.writing() as session:  # as long as events may come late nobody needs to say so
        add_funnel(session, {FunnelKey(TODAY - timedelta(days=3), play.world.units["O3"], "", "", "events", ""): 4})
    assert close_days(play.ground, NOON) == 1
    check(play)
    assert close_days(play.ground, NOON + OPEN) == 1


def test_the_audit_sees_a_sum_that_is_wrong_and_a_fresh_count_mends_it(play):
    play.came([("O1", 20, ("loan", "sms", "opened", ""), 7)])
    play.closed(0)
    with play.ground.writing() as session:
        one = session.exec(select(FunnelTotal).where(FunnelTotal.node_id == play.world.units["B1"], FunnelTotal.dimension == "")).one()
        one.n = 8
    with play.ground.reading() as session:
        found = [row for row in differences(session, ZONE)[1] if row["table"] == "funnel_total"]
    assert [(row.get("counted_anew"), row.get("stored")) for row in found] == [("7", None), (None, "8")]
    with play.ground.writing() as session:
        rebuild(session, ZONE, NOON)
    play.closed(0)
    check(play)
