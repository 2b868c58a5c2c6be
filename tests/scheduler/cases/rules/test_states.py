"""A case's life: the diagram, the rights, what each step needs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cases.rules.guide import main_step, offered, progress
from scheduler.cases.rules.states import (
    FROM,
    OPEN_STATES,
    ActorFacts,
    CaseFacts,
    Outcome,
    Refusal,
    Role,
    State,
    Step,
    Wanted,
    refuse,
    take,
)

OWNER = ActorFacts("li", Role.WORKER, "S01")
OTHER = ActorFacts("wang", Role.WORKER, "S02")
MANAGER = ActorFacts("zhou", Role.MANAGER, "S09")
READER = ActorFacts("auditor", Role.READER)
CASE = CaseFacts(State.ASSIGNED, owner="li", unit="O1", accepted=True)
FULL = Wanted(
    Step.NOTE, note="said sorry", outcome=Outcome.REACHED, owner="li", unit="O2", into="C2", root_cause="papers", done="list sent"
)


def doing(step: Step, **change: object) -> Wanted:
    """A step with everything filled in."""
    return replace(FULL, step=step, **change)


@pytest.mark.parametrize(
    ("state", "step", "after"),
    [
        (State.NEW, Step.ASSIGN, State.ASSIGNED),
        (State.NEW, Step.ACCEPT, State.ASSIGNED),
        (State.ASSIGNED, Step.ASSIGN, State.ASSIGNED),
        (State.ASSIGNED, Step.CONTACT, State.CONTACTED),
        (State.REOPENED, Step.CONTACT, State.CONTACTED),
        (State.IN_PROGRESS, Step.CONTACT, State.IN_PROGRESS),
        (State.ASSIGNED, Step.START, State.IN_PROGRESS),
        (State.CONTACTED, Step.START, State.IN_PROGRESS),
        (State.CONTACTED, Step.RESOLVE, State.RESOLVED),
        (State.IN_PROGRESS, Step.RESOLVE, State.RESOLVED),
        (State.IN_PROGRESS, Step.TRANSFER, State.NEW),
        (State.IN_PROGRESS, Step.ASSIGN, State.IN_PROGRESS),
        (State.IN_PROGRESS, Step.ESCALATE, State.IN_PROGRESS),
        (State.RESOLVED, Step.CLOSE, State.CLOSED),
        (State.RESOLVED, Step.REOPEN, State.REOPENED),
        (State.CLOSED, Step.REOPEN, State.REOPENED),
        (State.CLOSED, Step.NOTE, State.CLOSED),
        (State.NEW, Step.MERGE, State.MERGED),
    ],
)
def test_a_manager_moves_a_case_along_the_diagram(state, step, after):
    case = replace(CASE, state=state, accepted=False)
    assert refuse(case, MANAGER, doing(step)) is None
    assert take(case, doing(step)).state is after


@pytest.mark.parametrize(
    ("case", "actor", "wanted", "reason"),
    [
        ({}, READER, doing(Step.NOTE), Refusal.RIGHT),
        ({}, OWNER, doing(Step.ASSIGN), Refusal.RIGHT),
        ({}, OWNER, doing(Step.MERGE), Refusal.RIGHT),
        ({}, OTHER, doing(Step.CONTACT), Refusal.OWNER),
        ({}, OTHER, doing(Step.RESOLVE), Refusal.STATE),
        ({"state": State.CONTACTED}, OTHER, doing(Step.RESOLVE), Refusal.OWNER),
        ({}, OWNER, doing(Step.RESOLVE), Refusal.STATE),
        ({}, OWNER, doing(Step.ACCEPT), Refusal.STATE),
        ({"accepted": False, "owner": "li"}, OTHER, doing(Step.ACCEPT), Refusal.OWNER),
        ({"accepted": False}, OWNER, doing(Step.ACCEPT), None),
        ({"state": State.NEW, "owner": None, "accepted": False}, OTHER, doing(Step.ACCEPT), None),
        ({"rated_staff": "S01"}, OWNER, doing(Step.CONTACT), Refusal.RATED),
        ({"rated_staff": "S09"}, MANAGER, doing(Step.CLOSE), Refusal.RATED),
        ({"rated_staff": "S01"}, OWNER, doing(Step.TRANSFER), None),
        ({"rated_staff": "S05"}, OWNER, doing(Step.CONTACT), None),
        ({}, MANAGER, doing(Step.ASSIGN, owner=None), Refusal.OWNER_MISSING),
        ({}, MANAGER, doing(Step.TRANSFER, unit=None), Refusal.UNIT),
        ({}, MANAGER, doing(Step.TRANSFER, unit="O1"), Refusal.SAME_UNIT),
        ({}, MANAGER, doing(Step.TRANSFER, note=" "), Refusal.NOTE),
        ({}, OWNER, doing(Step.CONTACT, outcome=None), Refusal.OUTCOME),
        ({}, OWNER, doing(Step.CONTACT, note=""), Refusal.NOTE),
        ({}, OWNER, doing(Step.CONTACT, outcome=Outcome.NO_ANSWER, note=""), None),
        ({"tries": 1}, OWNER, doing(Step.CONTACT, outcome=Outcome.UNREACHABLE), Refusal.TRIES),
        ({"tries": 2}, OWNER, doing(Step.CONTACT, outcome=Outcome.UNREACHABLE), None),
        ({"may_call": False}, OWNER, doing(Step.CONTACT), Refusal.NO_CALL),
        ({"may_call": False}, OWNER, doing(Step.RESOLVE), None),
        ({"state": State.CONTACTED}, OWNER, doing(Step.RESOLVE, root_cause=""), Refusal.ROOT_CAUSE),
        ({"state": State.CONTACTED}, OWNER, doing(Step.RESOLVE, done=" "), Refusal.DONE),
        ({"state": State.RESOLVED}, OWNER, doing(Step.CLOSE), None),
        ({"state": State.RESOLVED}, OTHER, doing(Step.CLOSE), Refusal.OWNER),
        ({"state": State.RESOLVED, "closing": "manager"}, OWNER, doing(Step.CLOSE), Refusal.RIGHT),
        ({"state": State.RESOLVED, "closing": "manager", "resolved_by": "zhou"}, MANAGER, doing(Step.CLOSE), Refusal.SECOND_PERSON),
        ({"state": State.RESOLVED, "unreachable": True, "resolved_by": "zhou"}, MANAGER, doing(Step.CLOSE), Refusal.SECOND_PERSON),
        ({"state": State.RESOLVED, "unreachable": True, "resolved_by": "li"}, MANAGER, doing(Step.CLOSE), None),
        ({"state": State.CLOSED}, OWNER, doing(Step.REOPEN, note=""), Refusal.NOTE),
        ({"state": State.MERGED}, MANAGER, doing(Step.REOPEN), Refusal.STATE),
        ({"paused": True}, OWNER, doing(Step.WAIT), Refusal.WAITING),
        ({}, OWNER, doing(Step.CONTINUE), Refusal.NOT_WAITING),
        ({"paused": True}, OWNER, doing(Step.CONTINUE, note=""), None),
    ],
)
def test_the_reason_for_a_refusal(case, actor, wanted, reason):
    assert refuse(replace(CASE, **case), actor, wanted) is reason


@pytest.mark.parametrize(
    ("case", "actor", "step"),
    [
        ({"state": State.NEW, "owner": None, "accepted": False}, OWNER, Step.ACCEPT),
        ({"state": State.NEW, "owner": None, "accepted": False}, READER, None),
        ({}, OWNER, Step.CONTACT),
        ({}, OTHER, None),
        ({"accepted": False}, OWNER, Step.ACCEPT),
        ({"may_call": False}, OWNER, Step.START),
        ({"state": State.CONTACTED}, OWNER, Step.START),
        ({"state": State.IN_PROGRESS}, OWNER, Step.RESOLVE),
        ({"state": State.IN_PROGRESS, "paused": True}, OWNER, Step.CONTINUE),
        ({"state": State.RESOLVED}, OWNER, Step.CLOSE),
        ({"state": State.CLOSED}, MANAGER, None),
    ],
)
def test_the_main_button_is_the_next_step_of_the_work(case, actor, step):
    assert main_step(replace(CASE, **case), actor) is step


def test_an_unsuccessful_call_leaves_the_clock_running():
    for outcome in (Outcome.NO_ANSWER, Outcome.WRONG_NUMBER, Outcome.CALL_BACK):
        moved = take(CASE, doing(Step.CONTACT, outcome=outcome))
        assert moved.state is State.ASSIGNED
        assert "contacted_at" not in moved.stamps


@pytest.mark.parametrize(
    ("state", "behind"),
    [
        (State.NEW, 0),
        (State.ASSIGNED, 1),
        (State.CONTACTED, 2),
        (State.IN_PROGRESS, 2),
        (State.RESOLVED, 3),
        (State.CLOSED, 5),
    ],
)
def test_how_far_a_case_has_come(state, behind):
    assert progress(state, contacted=None, may_call=True) == behind


ROLES = st.builds(ActorFacts, st.sampled_from(["li", "wang", "zhou"]), st.sampled_from(Role), st.sampled_from(["S01", "S02", None]))
WANTS = st.builds(
    Wanted,
    st.sampled_from(Step),
    st.sampled_from(["", "a note"]),
    st.none() | st.sampled_from(Outcome),
    st.none() | st.sampled_from(["li", "wang"]),
    st.none() | st.sampled_from(["O1", "O2"]),
    st.none() | st.just("C2"),
    st.sampled_from(["", "papers"]),
    st.sampled_from(["", "done"]),
    st.just(""),
    st.sampled_from([{}, {"amount": 3}]),
)
CASES = st.builds(
    CaseFacts,
    st.just(State.NEW),
    st.sampled_from(["low_score", "complaint"]),
    st.none(),
    st.just("O1"),
    st.sampled_from([None, "S01"]),
    st.none(),
    st.just(False),
    st.just(False),
    st.booleans(),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from(["nobody", "manager", "above"]),
    st.booleans(),
    st.sampled_from([{}, {"resolve": frozenset({"amount"})}, {"accept": frozenset({"amount"}), "close": frozenset({"amount"})}]),
    st.sampled_from([frozenset(), frozenset({"sorry"})]),
)


@given(CASES, st.lists(st.tuples(ROLES, WANTS), max_size=25))
def test_no_path_leaves_the_diagram_and_none_loses_a_case(case, path):
    for actor, wanted in path:
        if refuse(case, actor, wanted) is not None:
            continue
        assert case.state in FROM[wanted.step] or (wanted.step is Step.RESOLVE and not case.may_call)
        before, moved = case, take(case, wanted)
        if moved.state is State.CLOSED:
            assert before.state is State.RESOLVED
            closes_alone = actor.role is Role.SYSTEM or (before.closing == "nobody" and not before.unreachable)
            assert closes_alone or actor.role is Role.MANAGER
            assert before.closing != "above" or actor.above or actor.role is Role.SYSTEM
        if moved.state is State.RESOLVED and wanted.step is Step.RESOLVE:
            assert wanted.root_cause or not before.needs_cause
            assert wanted.done
            assert not before.unchecked
        assert not before.missing.get(wanted.step, frozenset()) - set(wanted.fields)
        case = replace(
            case,
            state=moved.state,
            owner=wanted.owner if wanted.step is Step.ASSIGN else case.owner,
            accepted=case.accepted or "accepted_at" in moved.stamps,
            resolved_by=actor.id,
        )
        # Whatever happened, somebody can still do something with an open case.
        if case.state in OPEN_STATES:
            assert Step.TRANSFER in offered(case, ActorFacts("boss", Role.MANAGER))


@given(CASES, ROLES)
def test_a_reader_is_offered_nothing(case, actor):
    assert offered(case, replace(actor, role=Role.READER)) == ()
