"""Who may sign up for an activity, and what is wrong with one that somebody writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NO_SHOWS, WITHIN = 2, timedelta(days=60)
"""Who did not come so often within so long stands behind the others of a waiting list."""


class Refusal(StrEnum):
    """Why somebody can't sign up."""

    NOT_OPEN = "activity_not_open"
    CLOSED = "sign_up_closed"
    NOT_FOR_YOU = "activity_not_for_you"
    FULL = "activity_full"
    ALREADY = "already_signed_up"


@dataclass(frozen=True)
class Person:
    """What sign-up looks at: the officer's kind and the rank of their tier; `in_unit` where the activity names units."""

    kind: str
    rank: int
    in_unit: bool


@dataclass(frozen=True)
class Terms:
    """The terms of an activity."""

    state: str
    sign_up_until: datetime
    only_kind: str
    min_rank: int


def refusal(terms: Terms, person: Person, now: datetime) -> Refusal | None:
    """The first reason that keeps a person from signing up; None where there is none. Seats are counted by the database."""
    if terms.state != "published":
        return Refusal.NOT_OPEN
    if now >= terms.sign_up_until:
        return Refusal.CLOSED
    if not person.in_unit or person.rank < terms.min_rank or (terms.only_kind and terms.only_kind != person.kind):
        return Refusal.NOT_FOR_YOU
    return None


def behind(no_shows: Sequence[datetime], now: datetime) -> bool:
    """Whether a person stands behind the others: two times not come within 60 days (the sixtieth day no longer counts)."""
    return sum(1 for at in no_shows if now - at < WITHIN) >= NO_SHOWS


@dataclass(frozen=True)
class Plan:
    """An activity as somebody writes it; None is what was not filled in or can't be read."""

    title: str
    text: str
    way: str
    address: str
    link: str
    starts_at: datetime | None
    ends_at: datetime | None
    sign_up_until: datetime | None
    capacity: int | None
    waiting_most: int | None
    early_minutes: int | None
    late_minutes: int | None


def wrong(plan: Plan, now: datetime, *, taken: int = 0, is_new: bool = True) -> dict[str, str]:
    """What is wrong, as field → code; `taken` seats can't be taken away."""
    found = {name: "missing" for name in ("title", "starts_at", "ends_at", "sign_up_until") if not getattr(plan, name)}
    for name, most in (("title", 120), ("text", 4000), ("address", 200), ("link", 300)):
        if len(getattr(plan, name)) > most:
            found[name] = "too_long"
    if plan.way == "branch" and not plan.address:
        found.setdefault("address", "missing")
    if plan.link and not plan.link.startswith("https://"):
        found["link"] = "link_not_https"
    _numbers(plan, taken, found)
    if plan.starts_at and plan.ends_at and plan.ends_at <= plan.starts_at:
        found["ends_at"] = "ends_before_it_starts"
    if plan.sign_up_until and plan.ends_at and plan.sign_up_until > plan.ends_at:
        found["sign_up_until"] = "sign_up_after_end"
    if is_new and plan.starts_at and plan.starts_at <= now:
        found.setdefault("starts_at", "starts_in_the_past")
    return found


def _numbers(plan: Plan, taken: int, found: dict[str, str]) -> None:
    limits = (("capacity", 1, 10_000), ("waiting_most", 0, 10_000), ("early_minutes", 0, 1440), ("late_minutes", 0, 1440))
    for name, least, most in limits:
        value = getattr(plan, name)
        if value is None or not least <= value <= most:
            found[name] = "out_of_range"
    if plan.capacity is not None and plan.capacity < taken:
        found["capacity"] = "fewer_seats_than_taken"
