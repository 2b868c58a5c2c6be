"""The wall display updates itself, hides what is small, and shows no personal data; dashboards by journey, segment, staff and targets."""

import re
from datetime import date
from uuid import uuid4

import pytest
from sqlmodel import Session

from portal.audit.trail import Actor
from portal.people import customer_kinds
from questionnaires.metrics import exemptions, labels, targets, wall_page
from questionnaires.metrics.exemptions import Exemption
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.labels import Label, Line
from questionnaires.metrics.wall_views import event_of
from questionnaires.metrics.weighing import weigh
from tests.questionnaires.metrics.test_dashboard_page import DEFINITION, get, plain
from tests.questionnaires.metrics.world import NOON, World, nps

pytestmark = pytest.mark.sqlite_only

ME = Actor.system("test")


@pytest.fixture
def world(ground, sample) -> World:
    """Two branches with enough answers by touchpoint, segment and staff."""
    made = World(units=sample.units)
    with ground.writing() as session:
        made.version(session, DEFINITION)
        made.answers(session, nps(10, 20, 70), "O1", segment="gold", staff="T1", probability=0.5)
        made.answers(session, nps(5, 20, 15), "O1", segment="basic", staff="T2", touchpoint="loan", probability=1.0)
        made.answers(session, nps(30, 5, 5), "O3", segment="basic", answers={"why": "Ask 13912345678, I am Li Lei"})
    roll_up(ground, NOON)
    return made


@pytest.mark.parametrize(("low", "high", "marks"), [(-28, 75, [100, 50, 0, -50]), (63, 96, [100, 90, 80, 70, 60]), (40, 40, [41, 40])])
def test_the_scale_of_the_trend_has_round_figures_around_all_of_it(low, high, marks):
    assert wall_page.ticks(low, high) == marks


def test_the_wall_shows_figures_trend_and_units_and_the_stream_says_them_once(world, sign_in):
    executive = sign_in("analyst")
    page = executive.get("/portal/wall")
    assert page.status_code == 200
    text = plain(page.text)
    assert "n 180" in text
    assert "Unit B1" in text
    assert "13912345678" not in page.text
    assert 'data-theme="dark"' in page.text
    assert "/portal/wall/stream" in page.text
    stream = executive.get("/portal/wall/stream?unit=B1")
    assert (stream.status_code, stream.mimetype) == (200, "text/event-stream")
    mark = re.search(r"^id: (\w+)$", stream.text, re.MULTILINE)[1]
    assert "event: figures" in stream.text
    assert "n 140" in stream.text
    again = executive.get("/portal/wall/stream?unit=B1", headers={"Last-Event-ID": mark})
    assert "event:" not in again.text
    assert "retry: 15000" in again.text


def test_an_event_says_nothing_where_only_the_moment_differs():
    first = event_of("<p>41</p>\n<!-- updated -->\n<p>10:00</p>", "")
    mark = re.search(r"id: (\w+)", first)[1]
    assert "data: <p>41</p>\ndata: <!-- updated -->" in first
    assert "event:" not in event_of("<p>41</p>\n<!-- updated -->\n<p>10:01</p>", mark)
    assert "event:" in event_of("<p>42</p>\n<!-- updated -->\n<p>10:01</p>", mark)


def test_a_wall_of_somebody_elses_unit_is_not_there(world, sign_in):
    manager = sign_in("outlet_manager", "O3")
    assert manager.get("/portal/wall").status_code == 200
    for foreign in ("O1", "HO"):
        assert manager.get(f"/portal/wall?unit={foreign}").status_code == 404
        assert manager.get(f"/portal/wall/stream?unit={foreign}").status_code == 404


def test_segments_and_staff_are_cuts_of_their_own(ground, world, sign_in, monkeypatch):
    analyst = sign_in("analyst")
    with ground.writing() as session:
        customer_kinds.declare(session, "segment", "客群", "Segment", "choice", ["gold = 金卡 = Gold cards", "rare"], ME, NOON)
    monkeypatch.setattr(labels, "_notes", [lambda _session, _first, last, _units: [(last, "New app")]])
    whole = get(analyst, "/portal/dashboard?unit=O1")
    assert re.search(r'<ol class="chart-notes"[^>]*><li>New app ', whole), "a phone's chart shows numbers; the words stand below it"
    assert whole.count("Gold cards") >= 2, "in the filter and in the cut"
    assert ">basic<" in whole, "a segment that nobody named stands by its code"
    assert "n 100" in plain(get(analyst, "/portal/dashboard?unit=O1&segment=gold"))
    page = plain(get(analyst, "/portal/dashboard?unit=O1&staff=T2"))
    assert "n 40" in page
    assert "Not known for this choice" in page
    assert "By member of staff" in plain(get(analyst, "/portal/dashboard?unit=O1"))
    assert "By member of staff" not in plain(get(analyst, "/portal/dashboard?unit=B1"))  # nobody above compares single persons
    assert analyst.get("/portal/dashboard?segment=gold&touchpoint=loan").status_code == 422


def test_a_journey_holds_its_touchpoints(world, sign_in, monkeypatch):
    lines = (Line("journey:borrow", "借款", "Borrowing"),)
    monkeypatch.setitem(labels._loaders, "touchpoints", lambda _session: {"loan": Label("贷款", "Loan", lines=lines)})
    analyst = sign_in("analyst")
    page = get(analyst, "/portal/dashboard?unit=O1&journey=journey:borrow")
    assert "n 40" in plain(page)
    assert "Borrowing" in page
    assert analyst.get("/portal/dashboard?journey=journey:nothing").status_code == 404


def test_weights_targets_peers_and_appeals_stand_beside_the_figure(ground, world, sign_in):
    weigh(ground, NOON)
    with ground.writing() as session:
        targets.set_target(session, world.units["HO"], "nps", (date(2026, 1, 1), date(2026, 12, 31)), -20, Actor.system("test"), NOON)
    analyst = sign_in("analyst")
    page = plain(get(analyst, "/portal/dashboard?unit=O1"))
    assert "Weighed by the chance of being asked" in page
    assert re.search(r"Weighed and unweighed.*NPS 54 .* 50 ", page)  # (2 x 60 + 10) of 240 against 70 of 140
    assert "target -20" in page.replace("−", "-")
    assert "beyond it" in page
    assert "nothing to compare with" in plain(get(analyst, "/portal/dashboard?unit=O1&against=peers"))  # one unit beside is no group


def test_units_on_the_exemption_list_are_left_out_and_named(world, sign_in, monkeypatch):
    def listed(_session: Session, unit_ids, _now) -> list[Exemption]:
        return [Exemption(unit, "Ms Wang", "being rebuilt", None) for unit in unit_ids if unit == world.units["B2"]]

    monkeypatch.setattr(exemptions, "_loaders", [listed])
    page = plain(get(sign_in("analyst")))
    assert "On the exemption list, left out: 1" in page
    assert "by leave of Ms Wang" in page


def test_a_moved_unit_is_seen_by_the_tree_of_its_time_and_of_today(ground, world, sign_in):
    from portal.people import units

    with ground.writing() as session:
        units.move(session, world.units["O1"], world.units["B2"], date(2026, 6, 16), Actor.system("test"), NOON)
        assert uuid4()
    analyst = sign_in("analyst")
    assert "n 140" in plain(get(analyst, "/portal/dashboard?unit=B1"))
    assert "n 140" in plain(get(analyst, "/portal/dashboard?unit=B1&tree=today"))  # the move is for tomorrow
