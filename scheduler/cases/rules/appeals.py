"""Score appeals: until when a unit may appeal, and who may decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from scheduler.cases.rules.worktime import WorkCalendar

FILE_WITHIN, DECIDE_WITHIN = 5, 5
"""Working days: to appeal after the answer, and to decide after the appeal."""


class AppealRefusal(StrEnum):
    """Why an appeal is not taken or not decided; each is an error code."""

    TOO_LATE = "appeal_too_late"
    NOT_SUBMITTED = "appeal_not_submitted"
    NO_SCORE = "appeal_no_score"
    APPEALED = "appeal_already"
    OWN = "appeal_own"
    OWN_UNIT = "appeal_own_unit"
    RATED = "appeal_rated"
    HANDLED = "appeal_handled"
    NOT_OPEN = "appeal_not_open"


@dataclass(frozen=True)
class Answered:
    """The answer that a unit wants to appeal against."""

    submitted_at: datetime | None
    scores: int
    appealed: bool


@dataclass(frozen=True)
class Judge:
    """Who would decide: with the units that lie above the appealing one and for which they may decide, the nearest first."""

    user_id: UUID
    login: str
    above: Sequence[UUID]


@dataclass(frozen=True)
class Matter:
    """What would be decided: who wrote the appeal, whose score it is, who worked on the case."""

    open: bool
    unit_id: UUID
    author_id: UUID
    rated_staff: str | None = None
    handlers: frozenset[UUID] = frozenset()


def file_until(answered_at: datetime, calendar: WorkCalendar) -> datetime:
    """The closing hour of the last day on which a unit may appeal."""
    return calendar.end_of_day_after(answered_at, FILE_WITHIN)


def decide_until(submitted_at: datetime, calendar: WorkCalendar) -> datetime:
    """The closing hour of the day by which the level above decides."""
    return calendar.end_of_day_after(submitted_at, DECIDE_WITHIN)


def refuse_filing(answer: Answered, now: datetime, calendar: WorkCalendar) -> AppealRefusal | None:
    """Why the unit can't appeal now."""
    if answer.submitted_at is None:
        return AppealRefusal.NOT_SUBMITTED
    if answer.scores == 0:
        return AppealRefusal.NO_SCORE
    if answer.appealed:
        return AppealRefusal.APPEALED
    return AppealRefusal.TOO_LATE if now > file_until(answer.submitted_at, calendar) else None


def refuse_judging(matter: Matter, judge: Judge) -> AppealRefusal | None:
    """Why this person may not decide; nobody decides their own matter, and no unit its own."""
    if not matter.open:
        return AppealRefusal.NOT_OPEN
    if judge.user_id == matter.author_id:
        return AppealRefusal.OWN
    if matter.rated_staff is not None and judge.login == matter.rated_staff:
        return AppealRefusal.RATED
    if judge.user_id in matter.handlers:
        return AppealRefusal.HANDLED
    return None if judge.above else AppealRefusal.OWN_UNIT
