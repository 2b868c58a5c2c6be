"""More points for a task that runs, by two people; on both databases, and on the task's page."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from officers.points import money
from officers.work import raising, tasks
from officers.work.errors import WorkRefused
from officers.work.raise_models import TaskRaise
from officers.work.rules.states import TaskStep
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import Role
from tests.conftest import NOON
from tests.officers.work.world import FINE, World

LATER = NOON + timedelta(hours=2)


def left(world, task):
    with world.sample.ground.reading() as session:
        return money.budget_left(session, money.task_code(task), NOON)


def test_a_running_tasks_budget_is_raised_by_two_people_and_never_lowered(ground, sample) -> None:
    world = World(sample)
    task, endless, written = world.task(budget=50), world.task(), world.task(budget=50, publish=False)
    author, other = world.editor(Role.DESIGNER), world.editor()
    for budget, reason, field in ((50, "more", "budget"), (-5, "more", "budget"), (10**9, "more", "budget"), (80, " ", "raise_reason")):
        with pytest.raises(InvalidInput) as told, ground.writing() as session:
            raising.ask(session, task, budget, reason, author, LATER)
        assert set(told.value.fields) == {field}
    for nothing in (endless, written):
        with pytest.raises(WorkRefused), ground.writing() as session:
            raising.ask(session, nothing, 80, "more", author, LATER)
    with ground.writing() as session:
        raising.ask(session, task, 80, "more came than we thought", author, LATER)
    for deed in (lambda s: raising.ask(s, task, 90, "more", other, LATER), lambda s: raising.decide(s, task, True, author, LATER)):
        with pytest.raises(WorkRefused), ground.writing() as session:
            deed(session)
    with pytest.raises(DBAPIError), ground.writing() as session:
        session.connection().exec_driver_sql("UPDATE task_raise SET state = 'approved', decided_by = asked_by, decided_at = asked_at")
    assert left(world, task) == 50
    with ground.writing() as session:
        assert raising.decide(session, task, True, other, LATER).state == "approved"
    assert left(world, task) == 80
    with ground.writing() as session:
        raising.ask(session, task, 100, "once more", other, LATER)
        raising.decide(session, task, False, author, LATER)
        tasks.take_step(session, task, TaskStep.PAUSE, other, LATER)
        tasks.take_step(session, task, TaskStep.CANCEL, other, LATER, "over")
    assert left(world, task) == 80
    with pytest.raises(WorkRefused), ground.writing() as session:
        raising.ask(session, task, 200, "more", author, LATER)


@pytest.mark.sqlite_only
def test_the_tasks_page_asks_and_another_person_approves(sample, sign_in) -> None:
    world = World(sample)
    task = world.task(budget=50)
    found = world.hand_in(world.officer(), task)
    world.decide(found, FINE)
    designer, boss, address = sign_in(Role.DESIGNER), sign_in(Role.OFFICER_MANAGER), f"/portal/officers/tasks/{task}"
    wrong = designer.post(f"{address}/raise", data={"budget": "much", "raise_reason": "many came"})
    assert wrong.status_code == 422
    assert "many came" in wrong.text
    assert designer.post(f"{address}/raise", data={"budget": "90", "raise_reason": "many came"}).status_code == 302
    assert "raise/approve" not in designer.get(address).text
    assert designer.post(f"{address}/raise/approve").status_code in (403, 409)
    assert "raise/approve" in boss.get(address).text
    assert boss.post(f"{address}/raise/approve").status_code == 302
    assert [row.state for row in world.rows(TaskRaise)] == ["approved"]
    assert "50 → 90" in boss.get(address).text
