"""Who may take a place in a task, for how long, and what happens to whoever lets places expire."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from officers.work.rules.states import TaskKind, TaskState
from portal.foundation import conditions

AT_A_BRANCH, ON_LINE = timedelta(hours=2), timedelta(hours=72)
MOST_EXPIRED, EXPIRED_WINDOW, PAUSE = 3, timedelta(days=30), timedelta(days=7)


class Refusal(StrEnum):
    """Why a place is not given; each is an error code."""

    CLOSED = "task_not_open"
    AUDIENCE = "task_not_for_you"
    TIER = "task_tier_too_low"
    OWN_UNIT = "task_at_own_unit"
    OWN_MANAGER = "task_under_own_manager"
    HOURS = "task_hours_not_agreed"
    PAUSED = "claims_paused"
    ALREADY = "task_already_claimed"
    FULL = "task_full"


@dataclass(frozen=True)
class Offer:
    """A task as a claim meets it.

    above  the unit to be visited with all units above it; managers: who manages it
    """

    kind: TaskKind
    state: TaskState
    opens_at: datetime | None
    closes_at: datetime | None
    audience: Mapping[str, Any] | None
    tier: int = 0


@dataclass(frozen=True)
class Place:
    """A cell of the quota: for whom it is, the unit to be visited in it, who manages that unit, and how many may go."""

    id: UUID
    condition: Mapping[str, Any] | None
    unit_id: UUID | None
    managers: frozenset[UUID]
    left: int


@dataclass(frozen=True)
class Taker:
    """An officer as a claim meets him: facts as conditions read them; `managers` whoever manages his own unit.

    expired  when his claims of late expired; `hours_agreed` None for customers, who need nobody's yes
    """

    facts: Mapping[str, Any]
    unit_id: UUID
    managers: frozenset[UUID]
    tier: int
    staff: bool
    hours_agreed: bool
    expired: Sequence[datetime] = ()
    already: bool = False


def claim_time(kind: TaskKind, hours: int | None) -> timedelta:
    """How long a claim holds: as the task says, else 2 h at a branch and 72 h on line."""
    if hours:
        return timedelta(hours=hours)
    return AT_A_BRANCH if kind is TaskKind.VISIT else ON_LINE


def is_open(offer: Offer, now: datetime) -> bool:
    """Whether places are given now."""
    opened = offer.opens_at is None or offer.opens_at <= now
    return offer.state is TaskState.PUBLISHED and opened and (offer.closes_at is None or now < offer.closes_at)


def paused_until(expired: Iterable[datetime], now: datetime) -> datetime | None:
    """Until when nobody gets a place who let three expire within 30 days; None where nothing holds him up.

    Each expiry that is the third within 30 days begins a pause of 7 days.
    """
    moments = sorted(expired)
    until = None
    for first, third in zip(moments, moments[MOST_EXPIRED - 1 :], strict=False):
        if third - first < EXPIRED_WINDOW:
            until = third + PAUSE
    return until if until is not None and now < until else None


def refuse(offer: Offer, taker: Taker, now: datetime) -> Refusal | None:
    """The first reason against giving this officer any place of this task; cells are looked at afterwards."""
    if not is_open(offer, now):
        return Refusal.CLOSED
    if taker.already:
        return Refusal.ALREADY
    if not fits(offer.audience, taker.facts):
        return Refusal.AUDIENCE
    if taker.tier < offer.tier:
        return Refusal.TIER
    if taker.staff and not taker.hours_agreed:
        return Refusal.HOURS
    return Refusal.PAUSED if paused_until(taker.expired, now) else None


def refuse_place(place: Place, taker: Taker) -> Refusal | None:
    """Why this place is not for this officer: not meant for him, his own unit, or one that his manager answers for."""
    if not fits(place.condition, taker.facts):
        return Refusal.AUDIENCE
    if place.unit_id is not None and place.unit_id == taker.unit_id:
        return Refusal.OWN_UNIT
    if place.unit_id is not None and taker.staff and place.managers & taker.managers:
        return Refusal.OWN_MANAGER
    return Refusal.FULL if place.left <= 0 else None


def choose(places: Sequence[Place], taker: Taker, wanted: UUID | None = None) -> list[Place] | Refusal:
    """The places that an officer may get, in the order to be tried, or why there is none.

    Where several reasons hold, the one that says most about him is told: a full task only where nothing else stands in the way.
    """
    order = [Refusal.AUDIENCE, Refusal.OWN_MANAGER, Refusal.OWN_UNIT, Refusal.FULL]
    told = [(refuse_place(one, taker), one) for one in places if wanted is None or one.id == wanted]
    free = [one for refusal, one in told if refusal is None]
    if free:
        return sorted(free, key=lambda one: -one.left)
    reasons = [refusal for refusal, _ in told if refusal is not None]
    return max(reasons, key=order.index) if reasons else Refusal.FULL


def fits(condition: Mapping[str, Any] | None, facts: Mapping[str, Any]) -> bool:
    """Whether facts meet a condition; none means everybody, a blank field meets nothing."""
    return not condition or conditions.holds(conditions.parse(condition), facts)
