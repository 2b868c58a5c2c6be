"""Who may review what, by when, and which submissions are looked at twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from scheduler.cases.rules.worktime import WorkCalendar

WITHIN, ESCALATED = 3, 5
"""Working days: until a submission is decided, and until it is escalated."""
COMMENT_WITHIN = 3
"""Working days in which the inspected unit may comment before a visit counts."""
TWICE = 0.05


class Round(StrEnum):
    """Which look at a submission it is."""

    FIRST = "first"
    SECOND = "second"
    APPEAL = "appeal"


class Verdict(StrEnum):
    """What a reviewer says."""

    APPROVE = "approve"
    REJECT = "reject"
    DUPLICATE = "duplicate"
    NEED_INFO = "need_info"


class Refusal(StrEnum):
    """Why a review is not taken; each is an error code."""

    OWN = "review_own_submission"
    MANAGER = "review_own_staff"
    INSPECTED = "review_of_inspected_unit"
    AGAIN = "review_twice_by_one"
    STATE = "submission_step_does_not_fit"
    UNIT_MAY_COMMENT = "review_unit_may_comment"
    ASKED_BEFORE = "review_asked_before"
    NO_SECOND = "review_no_second_wanted"
    NOT_AUTOMATIC = "review_not_automatic"


@dataclass(frozen=True)
class Matter:
    """What would be decided.

    submitter, managers  who wrote it as staff, and who manages his unit
    deciders   who decided on it before, in any round; `inspected` the unit that it is about
    """

    submitter: UUID | None
    managers: frozenset[UUID]
    deciders: frozenset[UUID]
    inspected_managers: frozenset[UUID] = frozenset()
    comment_until: datetime | None = None
    commented: bool = False


def refuse_person(matter: Matter, reviewer: UUID) -> Refusal | None:
    """Why this person may not decide on it: his own, his staff's, about his own unit, or decided by him before."""
    if reviewer == matter.submitter:
        return Refusal.OWN
    if reviewer in matter.managers:
        return Refusal.MANAGER
    if reviewer in matter.inspected_managers:
        return Refusal.INSPECTED
    return Refusal.AGAIN if reviewer in matter.deciders else None


def refuse_yet(matter: Matter, now: datetime) -> Refusal | None:
    """A visit counts only once the unit has commented or its time for it is over."""
    waiting = matter.comment_until is not None and not matter.commented and now < matter.comment_until
    return Refusal.UNIT_MAY_COMMENT if waiting else None


def by_itself(*, allowed: bool, photos: int, approved_before: int) -> bool:
    """Whether a submission may be approved without a person: the task says so, no photos, and never an officer's first."""
    return allowed and photos == 0 and approved_before > 0


def due(start: datetime, calendar: WorkCalendar) -> datetime:
    """By when it is decided."""
    return calendar.end_of_day_after(start, WITHIN)


def escalated(start: datetime, calendar: WorkCalendar) -> datetime:
    """When it is escalated if nobody decided."""
    return calendar.end_of_day_after(start, ESCALATED)


def comment_until(submitted_at: datetime, calendar: WorkCalendar) -> datetime:
    """Until when the inspected unit may comment."""
    return calendar.end_of_day_after(submitted_at, COMMENT_WITHIN)


def twice(drawn: float) -> bool:
    """Whether chance (in [0, 1)) picks a submission for a second look."""
    return drawn < TWICE


@dataclass(frozen=True)
class Agreement:
    """How well two looks agree: share of equal verdicts, and Cohen's kappa, None where it says nothing."""

    n: int
    equal: float | None
    kappa: float | None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Cohen's kappa over pairs of verdicts.

    Returns kappa in [-1, 1]; None without pairs, or where chance alone would always agree
    Source  Cohen 1960, "A coefficient of agreement for nominal scales"
    """
    n = len(pairs)
    if n == 0:
        return Agreement(0, None, None)
    equal = sum(one == other for one, other in pairs) / n
    words = {word for pair in pairs for word in pair}
    expected = sum(_share(pairs, 0, word) * _share(pairs, 1, word) for word in words)
    return Agreement(n, equal, None if expected >= 1 else (equal - expected) / (1 - expected))


def _share(pairs: Sequence[tuple[str, str]], side: int, word: str) -> float:
    return sum(pair[side] == word for pair in pairs) / len(pairs)
