"""Lines of a case's timeline that other rooms write, with their words: for staff, and where there are some, for the customer."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from scheduler.cases.models import Case
from scheduler.cases.store import cases as case_store

Words = Callable[[Mapping[str, Any]], str]


class Title(NamedTuple):
    """The words of one act. `customer` gives what the customer's own page says; None or empty where it is not his business."""

    staff: Words
    tone: str = ""
    customer: Words | None = None


_TITLES: dict[str, Title] = {}


def title_of(act: str, staff: Words, *, tone: str = "", customer: Words | None = None) -> None:
    """Give an act its words; both are called with the line's facts, in the reader's language."""
    _TITLES[act] = Title(staff, tone, customer)


def known(act: str) -> Title | None:
    """The words that a room gave to an act."""
    return _TITLES.get(act)


def add(
    session: Session,
    case: Case,
    act: str,
    now: datetime,
    *,
    actor_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """Write a line; facts hold ids, codes and counts, the note is read by staff alone."""
    case_store.add_steps(session, [case_store.step_row(case.id, now, act, actor_id=actor_id, facts=facts, note=note)])
