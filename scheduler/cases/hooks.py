"""What other rooms do when something happens to a case of their kind: they register here when the program starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

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


@dataclass(frozen=True)
class Unreachable:
    """Something low that nobody can be called about: what it is (response | feedback), and whose it would have been."""

    kind: str
    id: UUID
    unit_id: UUID
    touchpoint: str


OnUnreachable = Callable[[Session, Sequence[Unreachable], datetime, str], None]
Call = Callable[[Happening], None]
_BEFORE: dict[str, list[Call]] = {}
_AFTER: dict[str, list[Call]] = {}
_UNREACHABLE: list[OnUnreachable] = []


def before(kind: str, call: Call) -> None:
    """Ask a room before each step of a kind of case (`""`: of every kind); it refuses by raising a SoundingsError."""
    if call not in _BEFORE.setdefault(kind, []):
        _BEFORE[kind].append(call)


def after(kind: str, call: Call) -> None:
    """Tell a room after each step of a kind of case (`""`: of every kind), and when one opens."""
    if call not in _AFTER.setdefault(kind, []):
        _AFTER[kind].append(call)


def on_unreachable(call: OnUnreachable) -> None:
    """Tell a room of low answers and feedback without a customer, in the transaction that leaves their reasons; with the bank's zone."""
    if call not in _UNREACHABLE:
        _UNREACHABLE.append(call)


def tell_unreachable(session: Session, found: Sequence[Unreachable], now: datetime, zone: str) -> None:
    """Let rooms gather what opened no case."""
    for call in _UNREACHABLE if found else ():
        call(session, found, now, zone)


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
