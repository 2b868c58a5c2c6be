"""The way of an officer: which step may follow which state."""

from enum import StrEnum

LIVING = ("approved", "training", "active", "paused")
"""States in which somebody may use the zone."""
ACTIVE = ("active",)


class Act(StrEnum):
    """A step that somebody takes."""

    APPLY = "apply"
    APPROVE = "approve"
    REJECT = "reject"
    TRAIN = "train"
    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    RETIRE = "retire"


WAYS: dict[Act, tuple[tuple[str, ...], str]] = {
    Act.APPLY: (("rejected", "retired"), "applied"),
    Act.APPROVE: (("applied",), "approved"),
    Act.REJECT: (("applied",), "rejected"),
    Act.TRAIN: (("approved",), "training"),
    Act.ACTIVATE: (("training",), "active"),
    Act.PAUSE: (("active",), "paused"),
    Act.RESUME: (("paused",), "active"),
    Act.SUSPEND: (("active", "paused"), "suspended"),
    Act.REINSTATE: (("suspended",), "active"),
    Act.RETIRE: (("applied", "approved", "training", "active", "paused", "suspended"), "retired"),
}
NEEDS_REASON = frozenset({Act.REJECT, Act.SUSPEND})
BY_DESK = (Act.APPROVE, Act.REJECT, Act.SUSPEND, Act.REINSTATE, Act.RETIRE)
"""Steps that the programme's managers take; the others are the officer's own."""


def after(state: str, act: Act) -> str | None:
    """The state that follows; None where the step is not open."""
    before, then = WAYS[act]
    return then if state in before else None


def open_to(state: str, acts: tuple[Act, ...] = tuple(Act)) -> list[Act]:
    """The steps that may be taken in a state."""
    return [act for act in acts if after(state, act) is not None]
