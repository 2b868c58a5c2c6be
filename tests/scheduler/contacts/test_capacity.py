"""Units' capacity for cases: a page and a file, within one's units; R8 reads it."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from scheduler.contacts import jobs
from scheduler.contacts.models import UnitLoad, UnitPause
from scheduler.contacts.rules.policy import ContactPolicy
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

SignIn = Callable[..., FlaskClient]
POLICY = ContactPolicy.model_validate({"workload": {"capacity": 20, "days": 5}})


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    return World(ground).start(POLICY)


def capacities(ground: Ground) -> dict[object, int | None]:
    with ground.reading() as session:
        return {row.unit_id: row.capacity for row in session.exec(select(UnitLoad))}


def test_a_units_own_number_is_set_on_the_page_and_the_rule_reads_it(world: World, sample: Sample, ground: Ground, sign_in: SignIn) -> None:
    designer, unit, other = sign_in(Role.DESIGNER), sample.units["O1"], sample.units["O2"]
    page = designer.get("/portal/capacity?q=O1").text
    assert "20 open cases" in page
    assert f"of.{unit}" in page
    assert f"of.{other}" not in page
    with ground.writing() as session:
        session.add(UnitLoad(unit_id=unit, open_cases=6, changed_at=NOON))
    wrong = designer.post("/portal/capacity", data={f"of.{unit}": "many", f"of.{other}": "7", "of.nothing": "1"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    assert capacities(ground) == {unit: None}
    assert designer.post("/portal/capacity?q=O", data={f"of.{unit}": " 5 ", f"of.{other}": ""}).location.endswith("/portal/capacity?q=O")
    assert capacities(ground) == {unit: 5}
    assert jobs.watch_workload(ground, NOON) == 1
    with ground.reading() as session:
        assert [(row.unit_id, row.capacity) for row in session.exec(select(UnitPause))] == [(unit, 5)]
        told = [row for row in session.exec(select(AuditEntry)) if row.act == "workload.capacity"]
        assert [row.facts for row in told] == [{"from": None, "to": 5}]
    designer.post("/portal/capacity", data={f"of.{unit}": ""})
    assert capacities(ground) == {unit: None}


@pytest.mark.sqlite_only
def test_a_file_sets_many_and_names_the_rows_it_could_not_take(world: World, sample: Sample, ground: Ground, sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)

    def send(text: str) -> tuple[int, str]:
        answer = designer.post("/portal/capacity/import", data={"file": (io.BytesIO(text.encode()), "c.csv")})
        return answer.status_code, answer.text

    status, page = send("unit,capacity\nO1,9\nnowhere,3\nO2,-1\nO2,99999999999\nO1,8\nO2,\n")
    assert status == 200
    assert page.count('<td class="num">') >= 3
    assert capacities(ground) == {sample.units["O1"]: 9}
    assert send("a,b\n1,2\n")[0] == 422
    assert designer.post("/portal/capacity/import").status_code == 422


@pytest.mark.sqlite_only
def test_whoever_runs_an_outlet_sees_its_number_and_sets_none(world: World, sample: Sample, sign_in: SignIn) -> None:
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    page = manager.get("/portal/capacity").text
    assert "as the policy says" in page
    assert manager.post("/portal/capacity", data={f"of.{sample.units['O1']}": "1"}).status_code == 403
