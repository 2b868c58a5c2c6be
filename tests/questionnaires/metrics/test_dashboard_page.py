"""The dashboard's page, its scope, and what it costs."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.rules.roles import EVERYTHING
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.dashboard import read_dashboard
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.privacy import Reader
from questionnaires.metrics.store.counting import FunnelKey, add_funnel
from tests.bank import Sample
from tests.questionnaires.metrics.world import NOON, TODAY, World, nps

pytestmark = pytest.mark.sqlite_only
QUESTIONS = [{"code": "why", "type": "long_text"}, {"code": "pick", "type": "single"}]
DEFINITION = {"title": {"en": "Q"}, "pages": [{"id": "p1", "questions": QUESTIONS}]}
WRONG = ("period=5", "source=all", "indicator=joy", "from=2026-06-01", "from=2026-06-02&to=2026-06-01", "from=x&to=y")


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    """The suite's small bank with a version that asks for a reason."""
    made = World(units=sample.units)
    with ground.writing() as session:
        made.version(session, DEFINITION)
    return made


def get(client: FlaskClient, address: str = "/portal/dashboard") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:60]
    return answer.text


def plain(html: str) -> str:
    """What a reader sees, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def answered(ground: Ground, world: World) -> World:
    """A hundred answers at O1, forty at O2, twenty at O3, five of no unit."""
    with ground.writing() as session:
        world.answers(session, nps(10, 20, 70), unit="O1")
        world.answers(session, [{"csat": 5.0}] * 40 + [{"csat": 2.0}] * 10, unit="O1")
        world.answers(session, nps(30, 5, 5), unit="O2", touchpoint="loan")
        world.answers(session, nps(10, 5, 5), unit="O3", channel="email")
        world.answers(session, nps(0, 0, 5), unit=None)
        words = {"why": "Call me on 13912345678, please.", "pick": "other_secret"}
        world.answer(session, {"nps": 2}, unit="O1", answers=words, person_id=new_id())
        for step, n in (("events", 900), ("candidates", 800), ("invited", 500), ("delivered", 400)):
            add_funnel(session, {FunnelKey(TODAY, world.units["O1"], "counter", "", step, ""): n})
        add_funnel(session, {FunnelKey(TODAY, world.units["O1"], "counter", "", "dropped", "NOT_SAMPLED"): 300})
        for _ in range(3):
            world.invite(session, opened_at=NOON, started_at=NOON, submitted_at=NOON)
    roll_up(ground, NOON)
    return world


def test_an_empty_bank_says_what_will_come(sign_in):
    text = plain(get(sign_in("analyst")))
    assert "No answers yet" in text
    assert "Nobody was asked yet" in text
    assert "Too few answers to compare" in text


def test_head_office_sees_the_whole_bank_with_interval_and_n(sign_in, answered):
    text = plain(get(sign_in("analyst")))
    # 51 detractors, 30 passives, 85 promoters: all units and the five answers of none
    assert "n 166" in text
    assert re.search(r"20 +7 to 33 · n 166", text)
    assert "How customers of 2 units judged" in text
    assert "Last 7 days" in text


def test_a_manager_sees_his_own_outlet_only(sign_in, answered):
    manager = sign_in("outlet_manager", "O2")
    text = plain(get(manager))
    assert "Unit O2" in text
    assert "-62" in text.replace("−", "-")
    for foreign in ("Unit O1", "Unit B1", "Unit HO", "Unit O3"):
        assert foreign not in text


@pytest.mark.parametrize("foreign", ["O1", "B1", "HO", "O3", "nowhere", "%", "' or 1=1"])
def test_changing_the_address_shows_nobody_elses_figures(sign_in, answered, foreign):
    manager = sign_in("outlet_manager", "O2")
    assert manager.get("/portal/dashboard", query_string={"unit": foreign}).status_code == 404
    assert get(manager, "/portal/dashboard?unit=O2&touchpoint=counter").count("Unit O1") == 0


def test_a_branch_sees_its_outlets_and_can_go_down(sign_in, answered):
    branch = sign_in("outlet_manager", "B1")
    html = get(branch)
    assert "Unit O1" in html
    assert "Unit O3" not in html
    assert "unit=O1" in html
    assert branch.get("/portal/dashboard?unit=O1").status_code == 200
    assert branch.get("/portal/dashboard?unit=O3").status_code == 404


def test_somebody_in_charge_of_two_places_sees_both_and_no_answer_twice(ground, sample, answered, app, sign_in):
    from portal.people.models import UserRole

    user = sample.user("outlet_manager", "B1")
    with ground.writing() as session:
        session.add(UserRole(user_id=user, role="outlet_manager", unit_id=sample.units["O1"]))
        session.add(UserRole(user_id=user, role="outlet_manager", unit_id=sample.units["O3"]))
    text = plain(get(sign_in("outlet_manager", "B1")))
    assert "My units" in text
    assert "n 161" in text  # 141 of B1 (O1 once, though named twice) and 20 of O3


def test_filters_stay_in_the_address_and_narrow_the_figures(sign_in, answered):
    analyst = sign_in("analyst")
    html = get(analyst, "/portal/dashboard?touchpoint=loan&period=30&indicator=nps")
    assert "n 40" in plain(html)
    assert "n 166" not in plain(html)
    assert re.search(r'value="loan" selected', html)
    assert re.search(r'value="30" selected', html)
    assert "touchpoint=loan" in html  # links down the tree keep it
    assert "n 20" in plain(get(analyst, "/portal/dashboard?channel=email"))


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_choice_is_refused_by_name(sign_in, wrong):
    assert sign_in("analyst").get(f"/portal/dashboard?{wrong}").status_code == 422


def test_self_chosen_answers_stand_beside_never_summed_in(ground, world, sign_in):
    with ground.writing() as session:
        world.answers(session, nps(0, 0, 50), source="self_chosen")
        world.answers(session, nps(20, 0, 0), source="invited")
    roll_up(ground, NOON)
    analyst = sign_in("analyst")
    text = plain(get(analyst))
    assert "Beside these, not summed in" in text
    assert "n 50" in text
    assert "-100" in text.replace("−", "-")
    theirs = plain(get(analyst, "/portal/dashboard?source=self_chosen"))
    assert "n 50" in theirs
    assert "Only invited answers are ranked" in theirs
    assert "Only invited answers are ranked" not in text


def test_nine_answers_are_hidden_and_their_words_with_them(ground, world, sign_in):
    with ground.writing() as session:
        world.answers(session, nps(8, 0, 0))
        world.answer(session, {"nps": 1}, answers={"why": "They shouted at me."})
    roll_up(ground, NOON)
    text = plain(get(sign_in("outlet_manager", "O1")))
    assert "Too few answers" in text
    assert "shouted" not in text
    assert "-100" not in text.replace("−", "-")
    with ground.writing() as session:
        world.answers(session, nps(1, 0, 0))
    roll_up(ground, NOON)
    assert "shouted" in plain(get(sign_in("outlet_manager", "O1")))


def test_words_are_masked_and_choices_are_not_words(sign_in, answered):
    html = get(sign_in("outlet_manager", "O1"))
    assert "Call me on •••, please." in html
    assert "13912345678" not in html
    assert "other_secret" not in html
    assert "Call me on" not in get(sign_in("outlet_manager", "O2"))


def test_the_funnel_gives_reasons_not_asked(sign_in, answered):
    text = plain(get(sign_in("outlet_manager", "O1")))
    assert re.search(r"Reasons not asked.*300", text)
    assert "3 of 400 delivered" in text


def test_who_may_not_read_figures_gets_no_page(sign_in):
    assert sign_in("moderator").get("/portal/dashboard").status_code == 403


def test_nobody_reads_without_signing_in(client):
    assert client.get("/portal/dashboard").status_code == 302


def statements(ground: Ground, act: Callable[[], Any]) -> int:
    """How many statements an act sends to the database."""
    seen: list[str] = []

    def note(*facts: object) -> None:
        seen.append(str(facts[2]))

    event.listen(ground.db.engine, "before_cursor_execute", note)
    act()
    event.remove(ground.db.engine, "before_cursor_execute", note)
    return len([one for one in seen if not one.startswith("BEGIN")])


def test_the_page_costs_as_many_statements_with_many_answers_as_with_few(ground, world, sign_in):
    analyst = sign_in("analyst")
    get(analyst)  # the first of a minute notes that the person was here
    used = []
    for size in (12, 300):
        with ground.writing() as session:
            for day in range(0, 100, 9):
                at = NOON - timedelta(days=day)
                world.answers(session, nps(size, size, size), at=at, unit="O1", answers={"why": "because"})
        roll_up(ground, NOON)
        used.append(statements(ground, lambda: get(analyst)))
    assert used[0] == used[1] <= 24  # with who is signed in and what the navigation counts


@pytest.mark.parametrize(
    "words",
    [{}, {"unit": "B1"}, {"unit": "O1"}, {"unit": "O1", "touchpoint": "counter"}, {"channel": "sms"}, {"unit": "O1", "against": "peers"}],
)
def test_every_page_of_figures_takes_at_most_fifteen_statements(ground, answered, words):
    """What the page itself reads; who is signed in and what the navigation counts comes on top, the same for all pages."""

    def read(coarse: bool) -> None:
        with ground.reading() as session:
            read_dashboard(session, Reader(EVERYTHING, coarse=coarse), Asked(**words), TODAY, ZoneInfo("Asia/Shanghai"), NOON)

    assert statements(ground, lambda: read(False)) <= 15
    assert statements(ground, lambda: read(True)) <= 15


def test_the_home_page_shows_the_figures_of_ones_own(sign_in, answered):
    text = plain(get(sign_in("outlet_manager", "B1"), "/portal/"))
    assert "n 141" in text
    assert "Response rate" in text
    assert "Unit O2" in text
    assert "Unit O3" not in text
    assert "My units" not in plain(get(sign_in("outlet_manager", "O1"), "/portal/"))
