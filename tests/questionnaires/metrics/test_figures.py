"""Figures read from the daily rows equal those of the answers, on both databases, however they are cut."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from portal.audit.trail import Actor
from portal.foundation.errors import NotFound
from portal.foundation.ground import Ground
from portal.people import customer_kinds
from portal.people.models import UnitAncestor, UnitParent
from portal.people.rules.roles import EVERYTHING, NOTHING, Scope
from questionnaires.metrics.asked import Asked, find_place
from questionnaires.metrics.breakdown import Breakdown, read_breakdown
from questionnaires.metrics.figures import Series, read_series
from questionnaires.metrics.funnel import read_funnel
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.report import report
from questionnaires.metrics.rules.compare import Verdict
from questionnaires.metrics.rules.periods import last_days
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store.counting import FunnelKey, add_funnel
from questionnaires.metrics.tree import Tree
from tests.questionnaires.metrics.world import NOON, TODAY, World, nps


@pytest.fixture
def world(ground: Ground) -> World:
    """Answers of three outlets, two touchpoints, two channels, this week and months ago."""
    with ground.writing() as session:
        made = World().build(session)
        made.answers(session, nps(10, 20, 70), unit="O1")
        made.answers(session, nps(10, 10, 10), unit="O1", touchpoint="loan", at=NOON - timedelta(days=8))
        made.answers(session, nps(40, 40, 20), unit="O2", channel="email")
        made.answers(session, nps(5, 10, 15), unit="O3", at=NOON - timedelta(days=100))
        made.answers(session, nps(0, 0, 7), unit=None)
        made.answers(session, [{"csat": 5.0, "ces": 6.0}] * 30 + [{"csat": 2.0}] * 10, unit="O2")
    roll_up(ground, NOON)
    return made


def series(session: Session, **asked: str) -> Series:
    wanted = Asked.model_validate(asked)
    place = find_place(wanted, Tree(store.units(session, TODAY)), EVERYTHING)
    return read_series(session, place, wanted, TODAY)


@pytest.mark.parametrize(
    ("asked", "n", "value"),
    [
        ({"period": "7"}, 207, 22.7),  # answers of no unit are the bank's too
        ({"period": "7", "unit": "HO"}, 207, 22.7),
        ({"period": "7", "unit": "B1"}, 200, 20.0),
        ({"period": "7", "unit": "O1"}, 100, 60.0),
        ({"period": "30", "unit": "O1"}, 130, 46.2),
        ({"period": "30", "unit": "O1", "touchpoint": "loan"}, 30, 0.0),
        ({"period": "30", "touchpoint": "counter"}, 207, 22.7),
        ({"period": "30", "channel": "email"}, 100, -20.0),
        ({"period": "30", "unit": "O1", "channel": "email"}, 0, None),
        ({"period": "365"}, 267, 21.3),
        ({"period": "7", "unit": "B2"}, 0, None),
        ({"from": "2026-06-01", "to": "2026-06-07"}, 30, 0.0),
        ({"period": "7", "source": "self_chosen"}, 0, None),
    ],
)
def test_a_figure_is_that_of_the_answers_meant(ground, world, asked, n, value):
    with ground.reading() as session:
        estimate = series(session, **asked).figure("nps").estimate
    assert estimate.n == n
    assert estimate.value == (None if value is None else pytest.approx(value, abs=0.05))


def test_satisfaction_and_ease_have_their_own_figures(ground, world):
    with ground.reading() as session:
        found = series(session, unit="O2", period="7")
    csat, ces = found.figure("csat"), found.figure("ces")
    assert (csat.estimate.value, csat.mean.value, csat.tally.n) == (75.0, 4.25, 40)
    assert (ces.estimate.value, ces.top.value, ces.tally.n) == (6.0, 100.0, 30)


@pytest.mark.parametrize(("unit", "days"), [("O1", 7), ("O2", 7), ("O3", 365), ("B2", 365)])
def test_a_units_page_takes_the_shortest_period_with_thirty_answers(ground, world, unit, days):
    with ground.reading() as session:
        found = series(session, unit=unit)
    assert found.period.days == days
    assert found.figure("nps").tally.n >= 30


def test_a_cut_narrows_the_figure_but_the_unit_chooses_the_period(ground, world):
    with ground.reading() as session:
        found = series(session, unit="O1", touchpoint="loan")
    assert (found.period.days, found.figure("nps").tally.n) == (7, 0)


def test_the_period_before_is_compared_with_an_interval(ground, world):
    with ground.reading() as session:
        figure = series(session, unit="O1", period="7").figure("nps")
    assert figure.verdict is Verdict.BETTER
    assert figure.gap.value == pytest.approx(60)
    with ground.reading() as session:
        assert series(session, unit="O2", period="7").figure("nps").verdict is Verdict.UNKNOWN


def test_the_trend_goes_by_week_where_days_have_too_few_and_by_day_where_they_have_enough(ground, world):
    with ground.reading() as session:
        weekly = series(session, unit="O1", period="7").trend("nps")
    assert [(point.period.first, point.estimate.n) for point in weekly] == [(date(2026, 6, 1), 30), (date(2026, 6, 8), 0), (TODAY, 100)]
    with ground.writing() as session:
        for day in range(7):
            world.answers(session, nps(5, 5, 10), unit="O3", at=NOON - timedelta(days=day))
    roll_up(ground, NOON)
    with ground.reading() as session:
        daily = series(session, unit="O3", period="7").trend("nps")
    assert [point.estimate.n for point in daily] == [20] * 7
    assert daily[-1].period.first == TODAY


def test_a_point_of_nine_answers_is_a_gap(ground, world):
    with ground.writing() as session:
        world.answers(session, nps(9, 0, 0), unit="O3")
    roll_up(ground, NOON)
    with ground.reading() as session:
        last = series(session, unit="O3", period="90").trend("nps")[-1]
    assert (last.estimate.n, last.estimate.value) == (9, None)


def breakdown(session: Session, **asked: str) -> Breakdown:
    wanted = Asked.model_validate({"period": "30", **asked})
    place = find_place(wanted, Tree(store.units(session, TODAY)), EVERYTHING)
    return read_breakdown(session, place, wanted, wanted.fixed_period(TODAY))


def test_units_stand_beside_each_other_by_touchpoint(ground, world):
    with ground.reading() as session:
        found = breakdown(session, unit="B1")
    rows = {row.unit_id: row.cells for row in found.rows}
    assert found.columns == ("counter", "loan")
    assert found.touchpoints == ("counter", "loan")
    assert found.channels == ("email", "sms")
    assert [cell.tally.n if cell else 0 for cell in rows[world.units["O1"]]] == [100, 30]
    assert [cell.tally.n if cell else 0 for cell in rows[world.units["O2"]]] == [100, 0]
    assert rows[world.units["O1"]][0].level == 2
    assert rows[world.units["O2"]][0].level == -2


def test_the_ranking_marks_only_what_the_intervals_support(ground, world):
    with ground.reading() as session:
        ranking = breakdown(session, unit="B1").ranking
    assert [place.key for place in ranking.places] == [world.units["O1"], world.units["O2"]]
    assert [place.key for place in ranking.best()] == [world.units["O1"]]
    with ground.reading() as session:
        ranking = breakdown(session, unit="B1", touchpoint="loan").ranking
    assert (len(ranking.places), ranking.left_out) == (1, 1)


def test_a_sibling_of_nine_answers_cannot_be_found_by_subtraction(ground, world):
    """B1 shows its sum; with O2 at nine answers, O1 is left out of the list with it."""
    with ground.writing() as session:
        world.answers(session, nps(0, 0, 9), unit="O2", source="assisted")
        world.answers(session, nps(0, 0, 90), unit="O1", source="assisted")
    roll_up(ground, NOON)
    with ground.reading() as session:
        found = breakdown(session, unit="B1", source="assisted")
    assert found.hidden == {world.units["O1"], world.units["O2"]}
    assert found.ranking.places == ()
    assert all(cell is None or cell.hidden for row in found.rows for cell in row.cells)


def test_all_outlets_can_stand_beside_each_other_instead_of_branches(ground, world):
    with ground.reading() as session:
        tree = Tree(store.units(session, TODAY))
        branches, outlets = breakdown(session, period="365"), breakdown(session, period="365", level="outlets")
    codes = {unit.id: unit.code for unit in tree.by_id.values()}
    # seven answers of no unit could be found by subtracting all units from the bank, so the smallest is left out
    assert {codes[place.key] for place in branches.ranking.places} == {"B1"}
    assert {codes[place.key] for place in outlets.ranking.places} == {"O1", "O2"}
    head = tree.by_code["HO"]
    assert tree.has_outlets_deeper([head])
    assert not tree.has_outlets_deeper([tree.by_code["B1"]])
    assert find_place(Asked(unit="O1", level="outlets"), tree, EVERYTHING).below == ()


def test_an_outlet_without_anything_below_shows_itself(ground, world):
    with ground.reading() as session:
        found = breakdown(session, unit="O1")
    assert [row.unit_id for row in found.rows] == [world.units["O1"]]


def test_history_stays_with_the_branch_of_the_day_after_a_move(ground, world):
    """O1 moves to B2 tomorrow: B1 keeps what it answered for, cut or uncut."""
    tomorrow = TODAY + timedelta(days=1)
    o1, b1, b2 = (world.units[code] for code in ("O1", "B1", "B2"))
    with ground.writing() as session:
        ended = {"valid_to": tomorrow}
        session.execute(update(UnitParent).where(col(UnitParent.unit_id) == o1).values(**ended))
        session.execute(update(UnitAncestor).where(col(UnitAncestor.unit_id) == o1, col(UnitAncestor.ancestor_id) == b1).values(**ended))
        session.add(UnitParent(unit_id=o1, parent_id=b2, valid_from=tomorrow))
        session.add(UnitAncestor(**world.above("O1", "B2", 1, tomorrow)))
    with ground.reading() as session:
        tree = Tree(store.units(session, tomorrow))
        assert [unit.id for unit in tree.children(tree.by_id[b2])] == [o1, world.units["O3"]]
        for unit, cut, n in ((b1, "", 230), (b1, "counter", 200), (b2, "", 0), (b2, "counter", 0)):
            asked = Asked(unit=tree.by_id[unit].code, period="30", touchpoint=cut)
            place = find_place(asked, tree, EVERYTHING)
            assert read_series(session, place, asked, TODAY).figure("nps").tally.n == n


def test_a_scope_is_where_a_reader_begins_and_ends(ground, world):
    with ground.reading() as session:
        tree = Tree(store.units(session, TODAY))
    o1, b1, o3 = (world.units[code] for code in ("O1", "B1", "O3"))
    assert [unit.code for unit in tree.roots(Scope(unit_ids=(o1, b1, o3)))] == ["B1", "O3"]
    assert [(one.unit.code, one.depth) for one in tree.visible(Scope(unit_ids=(b1,)))] == [("B1", 0), ("O1", 1), ("O2", 1)]
    assert len(tree.visible(EVERYTHING)) == 6
    assert find_place(Asked(unit="O1"), tree, Scope(unit_ids=(b1,))).cut.nodes == (o1,)
    for code, scope in (("B1", Scope(unit_ids=(o1,))), ("O3", Scope(unit_ids=(b1,))), ("HO", NOTHING), ("", NOTHING)):
        with pytest.raises(NotFound):
            find_place(Asked(unit=code), tree, scope)


def key(unit_id: UUID, day: date, step: str, code: str = "") -> FunnelKey:
    return FunnelKey(day, unit_id, "counter", "sms", step, code)


def test_the_funnel_has_its_steps_reasons_and_rate(ground, world):
    o1, before = world.units["O1"], TODAY - timedelta(days=7)
    with ground.writing() as session:
        add_funnel(session, {key(o1, TODAY, "delivered"): 200, key(o1, TODAY, "completed"): 50, key(o1, TODAY, "events"): 900})
        add_funnel(session, {key(o1, TODAY, "dropped", "NO_CONSENT"): 10, key(o1, TODAY, "dropped", "NOT_SAMPLED"): 30})
        add_funnel(session, {key(o1, before, "delivered"): 100, key(o1, before, "completed"): 10})
        add_funnel(session, {key(world.units["O3"], TODAY, "delivered"): 999})
    with ground.reading() as session:
        place = find_place(Asked(unit="B1"), Tree(store.units(session, TODAY)), EVERYTHING)
        funnel = read_funnel(session, place, last_days(TODAY, 7))
    assert (funnel.count("events"), funnel.count("delivered"), funnel.count("completed")) == (900, 200, 50)
    assert funnel.drops == (("NOT_SAMPLED", 30), ("NO_CONSENT", 10))
    assert (funnel.response_rate.value, funnel.response_rate.n) == (25.0, 200)
    assert funnel.response_rate_before.value == 10.0


@pytest.mark.parametrize(("asked", "first"), [({}, "events"), ({"touchpoint": "counter"}, "candidates"), ({"channel": "sms"}, "invited")])
def test_a_narrowed_funnel_begins_where_the_cut_is_known(ground, world, asked, first):
    with ground.reading() as session:
        place = find_place(Asked.model_validate(asked), Tree(store.units(session, TODAY)), EVERYTHING)
        funnel = read_funnel(session, place, last_days(TODAY, 7))
    assert funnel.steps[0][0] == first
    assert funnel.steps[-1][0] == "completed"


def test_a_report_hides_what_too_few_answered(ground, world):
    with ground.writing() as session:
        world.answers(session, nps(9, 0, 0), unit="O3")
    roll_up(ground, NOON)
    with ground.reading() as session:
        found = report(session, EVERYTHING, Asked(unit="O3", period="7"), TODAY)
    figure = found["figures"][0]
    assert (figure["indicator"], figure["n"], figure["value"], figure["lower"], figure["shares"]) == ("nps", 9, None, None, None)
    assert figure["visibility"] == "hidden"
    assert figure["mean"]["value"] is None


def test_names_of_segments_come_with_the_units(ground, sample):
    lines = ["vip = 贵宾 = Private", "mass"]
    with ground.writing() as session:
        customer_kinds.declare(session, "segment", "客群", "Segment", "choice", lines, Actor.system("test"), NOON)
    with ground.reading() as session:
        units, named = store.units_and_segments(session, NOON.date())
        assert units == store.units(session, NOON.date())
        assert named == lines
    del sample
