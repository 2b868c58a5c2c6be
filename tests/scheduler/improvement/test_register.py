"""The register: the way of an issue, its proof by the figure, and what is told when it is verified."""

from datetime import date, timedelta

import pytest

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.rules.roles import Scope
from questionnaires.metrics import jobs as metric_jobs
from scheduler.improvement import register
from scheduler.improvement.models import Issue, IssueStep
from scheduler.improvement.register import Editor, IssueRefused, NewIssue
from scheduler.improvement.rules.states import Refusal, State, Step, Wanted, offered, target
from tests.scheduler.cases.desk import Desk, add_questionnaire


@pytest.fixture
def desk(sample) -> Desk:
    made = Desk(sample)
    with sample.ground.writing() as session:
        add_questionnaire(session, sample, made.version_id)
    return made


def editor(desk: Desk, role: str = "outlet_manager", unit: str = "O1") -> Editor:
    actor = Actor("user", str(desk.sample.user(role, unit)))
    return Editor(actor, Scope(unit_ids=(desk.sample.units[unit],)), "Asia/Shanghai")


def found(desk: Desk, **changes) -> Issue:
    new = {"title": "Papers asked for twice", "kind": "pain_point", "unit_id": desk.sample.units["O1"], "touchpoint": "counter"}
    with desk.sample.ground.writing() as session:
        return register.find(
            session, NewIssue(**{**new, "measured_unit_id": new["unit_id"], **changes}), editor(desk), desk.sample.ground.now()
        )


def step(desk: Desk, issue: Issue, name: Step, by: Editor | None = None, **words) -> Issue:
    today = desk.sample.ground.now().date()
    full = {
        "analysis": "Two lists differ", "root_cause": "process", "plan": "One list", "fix_due_on": today + timedelta(days=10),
        "verify_on": today + timedelta(days=60), "lasting_measure": "The list is in the system", "story": "Once is enough",
        "turned_into": "delight", "reason": "because",
    }  # fmt: skip
    with desk.sample.ground.writing() as session:
        return register.take_step(session, issue.id, Wanted(name, **{**full, **words}), by or editor(desk), desk.sample.ground.now())


def fill(desk: Desk, low: int, high: int, when) -> None:
    """Answers of one day."""
    for n in range(low + high):
        desk.answer(None, score=2 if n < low else 10, submitted_at=when, started_at=when - timedelta(minutes=1))
    metric_jobs.roll_up(desk.sample.ground, desk.sample.ground.now())


def test_an_issue_is_verified_by_its_figure_alone(desk: Desk, clock) -> None:
    issue = found(desk)
    fill(desk, 25, 10, clock.now() - timedelta(days=3))
    case = desk.case("C1")
    with desk.sample.ground.writing() as session:
        assert register.tie_case(session, issue.id, case.number, editor(desk), editor(desk).scope, clock.now())
        assert not register.tie_case(session, issue.id, case.number, editor(desk), editor(desk).scope, clock.now())
    for name in (Step.ANALYSE, Step.PLAN, Step.FIX):
        issue = step(desk, issue, name)
    analyst = editor(desk, "analyst", "B1")
    clock.forward(timedelta(days=20))
    with pytest.raises(IssueRefused, match=Refusal.TOO_FEW):
        step(desk, issue, Step.VERIFY, analyst)
    fill(desk, 20, 20, clock.now() - timedelta(days=5))
    with pytest.raises(IssueRefused, match=Refusal.NOT_BETTER):
        step(desk, issue, Step.VERIFY, analyst)
    fill(desk, 1, 60, clock.now() - timedelta(days=4))
    with pytest.raises(IssueRefused, match=Refusal.OWNER_VERIFIES):
        step(desk, issue, Step.VERIFY)
    issue = step(desk, issue, Step.VERIFY, analyst)
    assert (issue.state, issue.turned_into, issue.before["n"], issue.after["n"]) == ("verified", "delight", 35, 101)
    assert issue.after["lower"] > issue.before["upper"]
    assert desk.acts(case)[-5:] == ["issue_tied", *["issue_moved"] * 3, "issue_verified"]
    issue = step(desk, issue, Step.REOPEN, analyst)
    assert (issue.state, issue.verified_at, issue.fixed_at) == ("reopened", None, None)


def test_every_way_stays_in_the_diagram(desk: Desk) -> None:
    reached, todo = set(), [State.FOUND]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += [goal for one in offered(state) if (goal := target(state, one))]
    assert reached == set(State)
    issue = found(desk)
    with pytest.raises(IssueRefused, match=Refusal.STATE):
        step(desk, issue, Step.FIX)
    issue = step(desk, issue, Step.DECLINE, reason="The law asks for it")
    assert (issue.state, issue.wont_reason) == ("wont_fix", "The law asks for it")


@pytest.mark.parametrize(
    ("name", "words", "field"),
    [(Step.ANALYSE, {"analysis": ""}, "analysis"), (Step.DECLINE, {"reason": ""}, "reason"),
     (Step.PLAN, {"fix_due_on": date(2020, 1, 1)}, "fix_due_on"), (Step.PLAN, {"verify_on": None}, "verify_on")],
)  # fmt: skip
def test_what_is_missing_is_named_and_nothing_is_written(desk: Desk, name: Step, words: dict, field: str) -> None:
    issue = found(desk)
    if name is Step.PLAN:
        issue = step(desk, issue, Step.ANALYSE)
    with pytest.raises(InvalidInput) as refused:
        step(desk, issue, name, **words)
    assert field in refused.value.fields
    assert desk.all(Issue)[0].revision == issue.revision


def test_another_units_issue_is_not_there_and_a_case_outside_is_not_tied(desk: Desk, clock) -> None:
    issue, other = found(desk), desk.case("C2", unit="O3")
    with pytest.raises(NotFound):
        step(desk, issue, Step.ANALYSE, editor(desk, "outlet_manager", "O3"))
    with pytest.raises(InvalidInput), desk.sample.ground.writing() as session:
        register.tie_case(session, issue.id, other.number, editor(desk), editor(desk).scope, clock.now())
    assert found(desk).number != issue.number
    assert len(desk.all(IssueStep)) == 2
