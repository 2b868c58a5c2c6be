"""Budgets and caps: what the programme may still award this month, what a task may, what an officer may today."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.points import rulebooks
from officers.points.models import HUGE
from officers.points.rules.lots import day_of, month_of
from officers.points.rules.rulebook import Caps, Refusal, Rulebook
from officers.points.store import awards as store
from portal.foundation.errors import InvalidInput

PROGRAMME = "programme"


def task_code(task: UUID | str) -> str:
    """The code of a task's budget."""
    return f"task:{task}"


def set_budget(session: Session, code: str, cap: int, _now: datetime) -> None:
    """Give a task (`task_code`) a budget of points, or change it; never below what it has paid.

    Raises  InvalidInput for less than nothing, or a huge one
    """
    if not 0 <= cap <= HUGE:
        raise InvalidInput({"budget": "out_of_range"})
    store.open_budget(session, code, "", cap)


def budget_left(session: Session, code: str, now: datetime) -> int | None:
    """How many points a budget still has: `programme` this month, or a task's; None where it has no limit."""
    if code != PROGRAMME:
        found = store.budget(session, code, "")
        return None if found is None else found[0] - found[1]
    book = rulebooks.seen(session, now).book
    if not book.month_budget:
        return None
    found = store.budget(session, PROGRAMME, month_of(now, book.zone))
    return book.month_budget if found is None else max(found[0], book.month_budget) - found[1]


def charge(session: Session, book: Rulebook, task: str | None, amount: int, now: datetime) -> tuple[list[list[str]], Refusal | None]:
    """Take an award from the task's budget and the month's; what it was taken from, or why not: then nothing is taken.

    Shape   the task's first, then the programme's; always in this order, so that two awards never wait for one another
    """
    taken: list[list[str]] = []
    if task is not None and store.budget(session, task_code(task), "") is not None:
        if not store.use_budget(session, task_code(task), "", amount):
            return [], Refusal.TASK_BUDGET
        taken.append([task_code(task), ""])
    if book.month_budget:
        month = month_of(now, book.zone)
        store.open_budget(session, PROGRAMME, month, book.month_budget)
        if not store.use_budget(session, PROGRAMME, month, amount):
            release(session, taken, amount)
            return [], Refusal.MONTH_BUDGET
        taken.append([PROGRAMME, month])
    return taken, None


def release(session: Session, taken: list[list[str]], amount: int) -> None:
    """Give back to budgets what an award took."""
    for scope, period in taken:
        store.free_budget(session, scope, period, amount)


def caps(session: Session, now: datetime) -> Caps:
    """The caps of a day in force; 0 is no cap."""
    return rulebooks.seen(session, now).book.caps


def take_today(session: Session, officer_id: UUID, kind: str, number: int, now: datetime) -> bool:
    """Count `submissions` or `uploads` of an officer today; False where the day's cap would be passed: then nothing is counted."""
    book = rulebooks.seen(session, now).book
    return store.use_day(session, officer_id, day_of(now, book.zone), kind, number, getattr(book.caps, kind))
