"""Time limits of a case: when each step is due, how much is used, when to warn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.cases.rules.worktime import NOTHING, WorkCalendar

MARKS = (0.5, 0.8, 1.0)
DUE_SOON = 0.8


class Stage(StrEnum):
    """What a limit is for, in the order of a case's life."""

    ACCEPT = "accept"
    CONTACT = "contact"
    RESOLVE = "resolve"


class Basis(StrEnum):
    """How a limit's amount is counted."""

    OPEN_HOURS = "open_hours"
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"


class Urgency(StrEnum):
    """How a case stands against its limit."""

    IN_TIME = "in_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True)
class Limit:
    """So much time for one stage."""

    amount: int
    basis: Basis


@dataclass(frozen=True)
class Pause:
    """A time of waiting for the customer; `end` is None while it lasts."""

    start: datetime
    end: datetime | None = None


LIMITS: dict[Stage, Limit] = {
    Stage.ACCEPT: Limit(4, Basis.OPEN_HOURS),
    Stage.CONTACT: Limit(24, Basis.HOURS),
    Stage.RESOLVE: Limit(5, Basis.WORKING_DAYS),
}


def due(start: datetime, limit: Limit, calendar: WorkCalendar) -> datetime:
    """When a limit that starts now ends: inside open hours, but for days of the calendar, which end on closed days too."""
    if limit.basis is Basis.OPEN_HOURS:
        return calendar.add(start, timedelta(hours=limit.amount))
    if limit.basis is Basis.HOURS:
        return calendar.same_time_after(start, timedelta(hours=limit.amount))
    if limit.basis is Basis.DAYS:
        return calendar.end_of_calendar_day_after(start, limit.amount)
    return calendar.end_of_day_after(start, limit.amount)


def after_pause(due_at: datetime, pause: Pause, now: datetime, calendar: WorkCalendar) -> datetime:
    """The limit moved on by the open hours that passed while waiting.

    A pause that began when the limit was over moves nothing: an overdue step cannot be saved by waiting.
    """
    if pause.start >= due_at:
        return due_at
    return calendar.add(due_at, calendar.between(pause.start, pause.end or now))


def due_with_pauses(start: datetime, limit: Limit, pauses: Iterable[Pause], now: datetime, calendar: WorkCalendar) -> datetime:
    """The limit after all pauses, in their order; one that still lasts counts up to now."""
    moved = due(start, limit, calendar)
    for pause in sorted(pauses, key=lambda one: one.start):
        moved = after_pause(moved, pause, now, calendar)
    return moved


def share_used(start: datetime, due_at: datetime, now: datetime, calendar: WorkCalendar, waited: timedelta = NOTHING) -> float:
    """How much of the open hours up to the limit is used: 0 at the start, 1 at the limit, then beyond.

    `waited` is the working time of finished pauses, which belongs to neither side.
    """
    whole = calendar.between(start, due_at) - waited
    if whole <= NOTHING:
        return 1.0 if now >= due_at else 0.0
    used = calendar.between(start, now) - waited
    share = max(0.0, used / whole)
    return max(1.0, share) if now >= due_at else min(share, 1.0)


def marks_passed(share: float) -> tuple[float, ...]:
    """The marks (50, 80, 100 %) that this share has reached."""
    return tuple(mark for mark in MARKS if share >= mark)


def moment_of(mark: float, start: datetime, due_at: datetime, calendar: WorkCalendar) -> datetime:
    """When a mark is reached, so that a job can wait for that instant with an index."""
    if mark == 1:
        return due_at
    if mark > 1:
        return max(due_at, calendar.add(start, calendar.between(start, due_at) * mark))
    return min(due_at, calendar.add(start, calendar.between(start, due_at) * mark))


def next_mark(
    marked: float, start: datetime, due_at: datetime, calendar: WorkCalendar, marks: tuple[float, ...] = MARKS
) -> tuple[float, datetime] | None:
    """The next mark after the ones already told, and its moment; none after the last."""
    for mark in marks:
        if mark > marked:
            return mark, moment_of(mark, start, due_at, calendar)
    return None


def urgency(start: datetime, due_at: datetime | None, now: datetime, calendar: WorkCalendar, *, paused: bool = False) -> Urgency:
    """The word on the badge."""
    if due_at is None:
        return Urgency.DONE
    if now >= due_at:
        return Urgency.OVERDUE
    if paused:
        return Urgency.PAUSED
    return Urgency.DUE_SOON if share_used(start, due_at, now, calendar) >= DUE_SOON else Urgency.IN_TIME
