"""The simulator's runs: asked for on a page, played beside the site, shown side by side; nothing else in the database changes."""

import io
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from scheduler.contacts import policies, simulation_jobs, simulation_runs
from scheduler.contacts.models import Contact, Decision, PolicyVersion, SimulationRun
from scheduler.contacts.rules.policy import ContactPolicy
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.scheduler.contacts.world import World

SignIn = Callable[..., FlaskClient]
LOOSE = ContactPolicy.model_validate({"caps": [{"n": 3, "window": "90d"}]})
TIGHT = ContactPolicy.model_validate({"caps": [{"n": 1, "window": "90d"}]})
LAYOUT = b"""
[file]
delimiter = ","
[event]
type = "visit"
event_id = "{id}"
customer_ref = "{who}"
occurred_at = "{at}"
occurred_at_format = "iso"
timezone = "Asia/Shanghai"
"""
EVENTS = b"id,who,at\n1,A,2026-05-01T10:00:00+08:00\n2,A,2026-05-03T10:00:00+08:00\n3,B,2026-05-03T11:00:00+08:00\n"


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    made = World(ground).start(LOOSE, ["transfer"])
    people = made.customers(4)
    for day in (20, 15, 10):
        made.candidates(people, due=NOON - timedelta(days=day))
    made.candidates(made.customers(1, consent=False), due=NOON - timedelta(days=9))
    return made


def a_run(ground: Ground) -> SimulationRun:
    with ground.reading() as session:
        return session.exec(select(SimulationRun)).one()


def played(ground: Ground) -> SimulationRun:
    assert simulation_jobs.simulations(ground, ground.now(), lambda run_id: simulation_runs.play(ground, run_id)) == 1
    return a_run(ground)


def drafted(ground: Ground, policy: ContactPolicy) -> UUID:
    with ground.writing() as session:
        version = policies.put_in_force(session, policy, NOON, "salt")
        version.state = "draft"
        for other in session.exec(select(PolicyVersion).where(PolicyVersion.number == 1)):
            other.state, other.retired_at = "active", None
        return version.id


def test_two_policies_are_played_over_recorded_events_and_shown_side_by_side(ground: Ground, world: World, sign_in: SignIn) -> None:
    client, second = sign_in(Role.ANALYST), drafted(ground, TIGHT)
    with ground.reading() as session:
        first = session.exec(select(PolicyVersion).where(PolicyVersion.number == 1)).one().id
    form = {"source": "recorded", "from": "2026-05-01", "to": "2026-06-15", "first": str(first), "second": str(second), "title": "May"}
    place = client.post("/portal/simulator/new", data=form).headers["Location"]
    assert "Waits for its turn" in client.get(place).text
    run = played(ground)
    assert (run.state, run.total, run.done) == ("done", 26, 26)
    assert run.result is not None
    assert [one["invitations"] for one in run.result] == [12, 4]
    assert run.result[0]["decisions"]["DROP"] == {"NO_CONSENT": 1}
    assert run.result[1]["histogram"] == [1, 4, 0, 0, 0, 0, 0]
    page = client.get(place).text
    for piece in ("Version 1", "Version 2", "Difference", "-8", "Margin of error by touchpoint"):
        assert piece in page, piece
    assert "May" in client.get("/portal/simulator").text
    assert client.get(f"{place}/progress").headers["HX-Refresh"] == "true"
    with ground.reading() as session:
        assert session.exec(select(Decision)).all() == session.exec(select(Contact)).all() == []


@pytest.mark.sqlite_only
def test_a_file_is_played_by_its_layout(ground: Ground, world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.DESIGNER)
    with ground.reading() as session:
        first = session.exec(select(PolicyVersion)).one().id

    def form(layout: bytes = LAYOUT) -> dict[str, object]:
        return {"source": "file", "first": str(first), "file": (io.BytesIO(EVENTS), "e.csv"), "layout": (io.BytesIO(layout), "l.toml")}

    assert client.post("/portal/simulator/new", data=form(b"nonsense")).status_code == 422
    assert client.post("/portal/simulator/new", data={"source": "file", "first": str(first)}).status_code == 422
    place = client.post("/portal/simulator/new", data=form()).headers["Location"]
    run = played(ground)
    assert run.result is not None
    assert (run.state, run.result[0]["invitations"], list(run.result[0]["by_touchpoint"])) == ("done", 3, ["visit"])
    assert not simulation_runs.folder_of(ground, run.id).exists(), "uploaded files name customers and go with the end of the run"
    assert "visit" in client.get(place).text


@pytest.mark.sqlite_only
def test_a_run_can_be_stopped_while_it_waits_and_while_it_is_played(ground: Ground, world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.DESIGNER)
    with ground.reading() as session:
        first = session.exec(select(PolicyVersion)).one().id
    form = {"source": "recorded", "from": "2026-05-01", "to": "2026-06-15", "first": str(first)}
    place = client.post("/portal/simulator/new", data=form).headers["Location"]
    client.post(f"{place}/cancel")
    assert a_run(ground).state == "cancelled"
    assert simulation_jobs.simulations(ground, NOON, lambda _run: None) == 0
    with ground.writing() as session:
        row = session.exec(select(SimulationRun)).one()
        row.state, row.cancel, row.beat_at = "running", True, NOON
    simulation_runs.play(ground, a_run(ground).id)
    assert a_run(ground).state in ("cancelled", "done")  # so few candidates may be over before the first look at the row


@pytest.mark.sqlite_only
def test_only_one_run_is_played_at_a_time_and_one_that_died_is_buried(
    ground: Ground, world: World, clock: FixedClock, sign_in: SignIn
) -> None:
    client, started = sign_in(Role.DESIGNER), []
    with ground.reading() as session:
        first = session.exec(select(PolicyVersion)).one().id
    for _ in range(2):
        client.post("/portal/simulator/new", data={"source": "recorded", "from": "2026-05-01", "to": "2026-06-15", "first": str(first)})
        clock.forward(timedelta(seconds=1))
    assert simulation_jobs.simulations(ground, ground.now(), started.append) == 1
    assert simulation_jobs.simulations(ground, ground.now(), started.append) == 0
    clock.forward(simulation_runs.DEAD + timedelta(seconds=1))
    assert simulation_jobs.simulations(ground, ground.now(), started.append) == 1
    assert len(set(started)) == 2
    with ground.reading() as session:
        assert sorted(one.state for one in session.exec(select(SimulationRun))) == ["failed", "running"]
    assert client.get("/portal/simulator").status_code == 200


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "change",
    [{"from": "soon"}, {"from": "2026-06-20"}, {"from": "2020-01-01"}, {"first": "nobody"}, {"first": ""}, {"second": "0"}],
)
def test_what_cannot_be_played_is_said_beside_the_field(ground: Ground, world: World, sign_in: SignIn, change: dict[str, str]) -> None:
    with ground.reading() as session:
        first = session.exec(select(PolicyVersion)).one().id
    form = {"source": "recorded", "from": "2026-05-01", "to": "2026-06-15", "first": str(first), **change}
    answer = sign_in(Role.DESIGNER).post("/portal/simulator/new", data=form)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    with ground.reading() as session:
        assert session.exec(select(SimulationRun)).all() == []


@pytest.mark.sqlite_only
def test_who_may_only_read_starts_nothing(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.EXECUTIVE)
    assert client.get("/portal/simulator").status_code == 200
    assert client.post("/portal/simulator/new").status_code == 403
