"""The life of an issue: which step leads where, who may take it, and what must be filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """Where an issue stands."""

    FOUND = "found"
    ANALYSED = "analysed"
    PLANNED = "planned"
    FIXED = "fixed"
    VERIFIED = "verified"
    REOPENED = "reopened"
    WONT_FIX = "wont_fix"


class Step(StrEnum):
    """What people do with an issue."""

    ANALYSE = "analyse"
    PLAN = "plan"
    FIX = "fix"
    VERIFY = "verify"
    REOPEN = "reopen"
    DECLINE = "decline"


class Refusal(StrEnum):
    """Why a step is not taken; each is an error code."""

    STATE = "issue_step_does_not_fit"
    OWNER_VERIFIES = "issue_owner_verifies"
    NO_FIGURE = "issue_no_figure"
    TOO_FEW = "issue_too_few_answers"
    NOT_BETTER = "issue_not_better"


UNSETTLED = frozenset({State.FOUND, State.ANALYSED, State.PLANNED, State.FIXED, State.REOPENED})
WAYS: Mapping[Step, tuple[frozenset[State], State]] = {
    Step.ANALYSE: (frozenset({State.FOUND, State.REOPENED}), State.ANALYSED),
    Step.PLAN: (frozenset({State.ANALYSED}), State.PLANNED),
    Step.FIX: (frozenset({State.PLANNED}), State.FIXED),
    Step.VERIFY: (frozenset({State.FIXED}), State.VERIFIED),
    Step.REOPEN: (frozenset({State.FIXED, State.VERIFIED, State.WONT_FIX}), State.REOPENED),
    Step.DECLINE: (frozenset({State.FOUND, State.ANALYSED, State.PLANNED, State.REOPENED}), State.WONT_FIX),
}
LINE = (State.FOUND, State.ANALYSED, State.PLANNED, State.FIXED, State.VERIFIED)
TURNS = {"nuisance": "highlight", "pain_point": "delight", "blind_spot": "opportunity"}
"""What a problem of each kind becomes when it is gone."""


@dataclass(frozen=True)
class Wanted:
    """A step with what was filled in; texts are trimmed."""

    step: Step
    analysis: str = ""
    root_cause: str = ""
    plan: str = ""
    fix_due_on: date | None = None
    verify_on: date | None = None
    lasting_measure: str = ""
    story: str = ""
    turned_into: str = ""
    reason: str = ""
    note: str = ""


def offered(state: State) -> tuple[Step, ...]:
    """The steps that fit a state, the one forward first."""
    return tuple(step for step, (sources, _) in WAYS.items() if state in sources)


def target(state: State, step: Step) -> State | None:
    """Where a step leads; None where it does not fit."""
    sources, goal = WAYS[step]
    return goal if state in sources else None


def missing(wanted: Wanted, today: date) -> dict[str, str]:
    """What is not filled in, or can't be right: field to code."""
    needed: dict[Step, tuple[str, ...]] = {
        Step.ANALYSE: ("analysis",),
        Step.PLAN: ("plan", "fix_due_on", "verify_on"),
        Step.FIX: ("lasting_measure",),
        Step.VERIFY: ("story", "turned_into"),
        Step.REOPEN: ("reason",),
        Step.DECLINE: ("reason",),
    }
    found = {name: "missing" for name in needed[wanted.step] if not getattr(wanted, name)}
    if wanted.step is Step.PLAN and not found:
        assert wanted.fix_due_on is not None and wanted.verify_on is not None  # noqa: PT018  # told missing else
        if wanted.fix_due_on < today:
            found["fix_due_on"] = "in_the_past"
        elif wanted.verify_on <= wanted.fix_due_on:
            found["verify_on"] = "not_after"
    if wanted.step is Step.VERIFY and wanted.turned_into and wanted.turned_into not in TURNS.values():
        found["turned_into"] = "not_one_of_the_words"
    return found


def refuse_verifying(owner_id: UUID, verifier_id: UUID | None) -> Refusal | None:
    """Whoever put it right does not say that it is right."""
    return Refusal.OWNER_VERIFIES if owner_id == verifier_id else None
