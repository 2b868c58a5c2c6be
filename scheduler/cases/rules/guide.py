"""What to do next with a case: the steps to offer, the main one, how far it has come."""

from datetime import datetime

from scheduler.cases.rules.states import ActorFacts, CaseFacts, State, Step, refuse_step


def offered(case: CaseFacts, actor: ActorFacts) -> tuple[Step, ...]:
    """The steps to show as buttons, in the order of work."""
    return tuple(step for step in Step if refuse_step(case, actor, step) is None)


def main_step(case: CaseFacts, actor: ActorFacts) -> Step | None:
    """The one step that the page's main button takes."""
    order = {
        State.NEW: (Step.ACCEPT, Step.ASSIGN),
        State.ASSIGNED: (Step.CONTACT, Step.START),
        State.REOPENED: (Step.CONTACT, Step.START),
        State.CONTACTED: (Step.START, Step.RESOLVE),
        State.IN_PROGRESS: (Step.RESOLVE,),
        State.RESOLVED: (Step.CLOSE,),
    }.get(case.state, ())
    if case.paused:
        order = (Step.CONTINUE, *order)
    if case.state in (State.ASSIGNED, State.REOPENED) and not case.accepted:
        order = (Step.ACCEPT, *order)
    shown = offered(case, actor)
    return next((step for step in order if step in shown), None)


def progress(state: State, *, contacted: datetime | None, may_call: bool) -> int:
    """How many of the five stations (accepted, contacted, worked on, re-rated, closed) are behind a case."""
    if state is State.NEW:
        return 0
    if state in (State.ASSIGNED, State.REOPENED):
        return 2 if contacted is not None or not may_call else 1
    return {State.CONTACTED: 2, State.IN_PROGRESS: 2, State.RESOLVED: 3}.get(state, 5)
