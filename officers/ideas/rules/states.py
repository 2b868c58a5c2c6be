"""The life of an idea: which step leads where, what must be filled in, who may vote, and what a grade is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

GRADES = ("A", "B", "C", "D")


class State(StrEnum):
    """Where an idea stands."""

    SUBMITTED = "submitted"
    SCREENED = "screened"
    REVIEW = "review"
    ADOPTED = "adopted"
    PILOTING = "piloting"
    IN_PROGRESS = "in_progress"
    IMPLEMENTED = "implemented"
    DECLINED = "declined"
    MERGED = "merged"


STATES = tuple(state.value for state in State)


class Step(StrEnum):
    """What the desk does with an idea."""

    SCREEN = "screen"
    REVIEW = "review"
    ADOPT = "adopt"
    PILOT = "pilot"
    START = "start"
    IMPLEMENT = "implement"
    DECLINE = "decline"
    MERGE = "merge"
    REOPEN = "reopen"


class Refusal(StrEnum):
    """Why something is not done; each is an error code."""

    STATE = "idea_step_does_not_fit"
    OWN = "idea_is_your_own"
    NOT_OPEN = "idea_takes_no_votes"
    MERGE_TARGET = "idea_merge_target"
    CAMPAIGN_OVER = "campaign_is_over"
    ON_THE_JURY = "on_the_jury"
    NO_COOKIE = "idea_vote_without_cookie"
    PAID_BEFORE = "idea_paid_before"
    TOO_MANY = "too_many_ideas_today"


OPEN = frozenset({State.SUBMITTED, State.SCREENED, State.REVIEW, State.ADOPTED, State.PILOTING, State.IN_PROGRESS})
VOTABLE = frozenset({State.SCREENED, State.REVIEW, State.ADOPTED, State.PILOTING, State.IN_PROGRESS})
LINE = (State.SUBMITTED, State.SCREENED, State.REVIEW, State.ADOPTED, State.PILOTING, State.IN_PROGRESS, State.IMPLEMENTED)
WAYS: Mapping[Step, tuple[frozenset[State], State]] = {
    Step.SCREEN: (frozenset({State.SUBMITTED}), State.SCREENED),
    Step.REVIEW: (frozenset({State.SCREENED}), State.REVIEW),
    Step.ADOPT: (frozenset({State.REVIEW}), State.ADOPTED),
    Step.PILOT: (frozenset({State.ADOPTED}), State.PILOTING),
    Step.START: (frozenset({State.ADOPTED, State.PILOTING}), State.IN_PROGRESS),
    Step.IMPLEMENT: (frozenset({State.IN_PROGRESS}), State.IMPLEMENTED),
    Step.DECLINE: (OPEN, State.DECLINED),
    Step.MERGE: (frozenset({State.SUBMITTED, State.SCREENED, State.REVIEW}), State.MERGED),
    Step.REOPEN: (frozenset({State.DECLINED}), State.SCREENED),
}


@dataclass(frozen=True)
class Wanted:
    """A step with what was filled in; texts are trimmed. `into` is the number of the idea that another is merged into."""

    step: Step
    note: str = ""
    reason: str = ""
    grade: str = ""
    pilot_units: tuple[str, ...] = ()
    pilot_from: date | None = None
    pilot_to: date | None = None
    pilot_result: str = ""
    result: str = ""
    into: str = ""


def offered(state: State) -> tuple[Step, ...]:
    """The steps that fit a state, the one forward first."""
    return tuple(step for step, (sources, _) in WAYS.items() if state in sources)


def target(state: State, step: Step) -> State | None:
    """Where a step leads; None where it does not fit."""
    sources, goal = WAYS[step]
    return goal if state in sources else None


def missing(wanted: Wanted, state: State) -> dict[str, str]:
    """What is not filled in, or can't be right: field to code."""
    needed: dict[Step, tuple[str, ...]] = {
        Step.ADOPT: ("grade",),
        Step.PILOT: ("pilot_units", "pilot_from", "pilot_to"),
        Step.START: ("pilot_result",) if state is State.PILOTING else (),
        Step.IMPLEMENT: ("result",),
        Step.DECLINE: ("reason",),
        Step.MERGE: ("into",),
        Step.REOPEN: ("reason",),
    }
    found = {name: "missing" for name in needed.get(wanted.step, ()) if not getattr(wanted, name)}
    if wanted.step is Step.ADOPT and wanted.grade and wanted.grade not in GRADES:
        found["grade"] = "not_one_of_the_words"
    if wanted.pilot_from and wanted.pilot_to and wanted.pilot_to < wanted.pilot_from:
        found["pilot_to"] = "not_after"
    for name, most in (("reason", 1000), ("pilot_result", 2000), ("result", 2000), ("note", 2000)):
        if len(getattr(wanted, name)) > most:
            found[name] = "too_long"
    return found


def refuse_vote(state: State, hidden: bool, own: bool) -> Refusal | None:
    """Why a vote does not count."""
    if own:
        return Refusal.OWN
    return Refusal.NOT_OPEN if hidden or state not in VOTABLE else None
