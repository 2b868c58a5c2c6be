"""What other rooms do when something happens to a case of their kind: they register here when the program starts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.audit.trail import Actor
from scheduler.cases.models import Case
from scheduler.cases.rules.states import Wanted

OPENED = "opened"
EVERY = ""


@dataclass(frozen=True)
class Happening:
    """One step of one case, in the transaction that takes it.

    Shape   `act`: a step's name, or `opened`; `told`: what the timeline keeps of it; `wanted` None where no person filled anything in
    """

    session: Session
    case: Case
    act: str
    actor: Actor
    now: datetime
    told: dict[str, Any] = field(default_factory=dict)
    wanted: Wanted | None = None


Call = Callable[[Happening], None]
_BEFORE: dict[str, list[Call]] = {}
_AFTER: dict[str, list[Call]] = {}


def before(kind: str, call: Call) -> None:
    """Ask a room before each step of a kind of case (`""`: of every kind); it refuses by raising a SoundingsError."""
    if call not in _BEFORE.setdefault(kind, []):
        _BEFORE[kind].append(call)


def after(kind: str, call: Call) -> None:
    """Tell a room after each step of a kind of case (`""`: of every kind), and when one opens."""
    if call not in _AFTER.setdefault(kind, []):
        _AFTER[kind].append(call)


def ask(happening: Happening) -> None:
    """Let rooms refuse what is about to happen."""
    for kind in (EVERY, happening.case.kind):
        for call in _BEFORE.get(kind, ()):
            call(happening)


def tell(happening: Happening) -> None:
    """Let rooms follow what happened."""
    for kind in (EVERY, happening.case.kind):
        for call in _AFTER.get(kind, ()):
            call(happening)
