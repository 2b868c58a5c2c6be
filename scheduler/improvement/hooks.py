"""What other rooms do when an issue takes a step, and how they name what an issue was seen in: registered when the program starts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from scheduler.improvement.models import Issue
from scheduler.improvement.rules.states import Step


@dataclass(frozen=True)
class Happening:
    """One step of one issue, in the transaction that takes it."""

    session: Session
    issue: Issue
    step: Step
    actor: Actor
    now: datetime


@dataclass(frozen=True)
class Tied:
    """An issue was seen in something, for the first time."""

    session: Session
    issue: Issue
    kind: str
    object_id: UUID
    now: datetime


class Named(NamedTuple):
    """How something that an issue was seen in is shown: its name, and where it is for those who may open it."""

    text: str
    url: str


Call = Callable[[Happening], None]
OnTie = Callable[[Tied], None]
Resolve = Callable[[Session, Sequence[UUID]], Mapping[UUID, Named]]
ByNumber = Callable[[Session, str], tuple[str, UUID] | None]
_AFTER: list[Call] = []
_ON_TIE: list[OnTie] = []
_NAMES: dict[str, Resolve] = {}
_NUMBERS: list[ByNumber] = []


def after(call: Call) -> None:
    """Tell a room after each step of an issue."""
    if call not in _AFTER:
        _AFTER.append(call)


def tell(happening: Happening) -> None:
    """Let rooms follow what happened."""
    for call in _AFTER:
        call(happening)


def on_tie(call: OnTie) -> None:
    """Tell a room whenever an issue is tied to what it was seen in."""
    if call not in _ON_TIE:
        _ON_TIE.append(call)


def tell_tied(tied: Tied) -> None:
    """Let rooms follow what was tied."""
    for call in _ON_TIE:
        call(tied)


def names(kind: str, resolve: Resolve) -> None:
    """Let a room name the links of one kind; those it leaves out are shown as their kind alone."""
    _NAMES[kind] = resolve


def named(session: Session, links: Sequence[tuple[str, UUID]]) -> dict[UUID, Named]:
    """The names of links (kind, id), as far as somebody knows them; one asking a kind."""
    found: dict[UUID, Named] = {}
    for kind, resolve in _NAMES.items():
        ids = [object_id for one, object_id in links if one == kind]
        if ids:
            found |= resolve(session, ids)
    return found


def numbers(find: ByNumber) -> None:
    """Let a room find its things by the number people say, so that they can be tied to an issue: kind and id."""
    if find not in _NUMBERS:
        _NUMBERS.append(find)


def by_number(session: Session, number: str) -> tuple[str, UUID] | None:
    """What a number of another room names; None where nobody knows it."""
    return next((found for find in _NUMBERS if (found := find(session, number)) is not None), None)
