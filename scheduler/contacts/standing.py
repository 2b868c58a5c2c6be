"""What is the same for all candidates of a batch, made ready for the rules."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol
from uuid import UUID

from sqlmodel import Session

from portal.foundation.chance import chance
from portal.foundation.clock import day_in
from portal.foundation.settings import Settings
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import INVITATION_LIFE, Planned, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.room import Rest, cell_of
from scheduler.contacts.store import rooms
from scheduler.contacts.store import standing as store
from scheduler.contacts.store.precision import planned
from scheduler.contacts.store.standing import HeldVersion, Switches, TouchpointRow
from scheduler.delivery.channels.available import names_of
from scheduler.touchpoints.pilot_store import Running, running
from scheduler.touchpoints.rules.listening import unit_in_charge

PUBLISHED, SATURDAY = "published", 5


class HasUnits(Protocol):
    """A candidate's row, as far as units go."""

    @property
    def touchpoint(self) -> str:
        """Its touchpoint's code."""
        ...

    @property
    def unit_id(self) -> UUID | None:
        """Where it happened."""
        ...

    @property
    def account_unit_id(self) -> UUID | None:
        """Where the account is kept."""
        ...


class Draws(NamedTuple):
    """Which chances any policy asks for."""

    holdout: bool
    sampling: bool

    @classmethod
    def of(cls, *policies: ContactPolicy) -> "Draws":
        """What some policies need."""
        return cls(
            any(one.holdout and one.holdout.share for one in policies),
            any(one.sampling and one.sampling.rate for one in policies),
        )


class Place(NamedTuple):
    """What a candidate's touchpoint, units and month come to; the same for many of a batch."""

    touchpoint: Touchpoint
    in_charge: UUID | None
    month: str
    cell: str
    planned: Planned | None


class Choice(NamedTuple):
    """The policy that holds for one person."""

    book: Rulebook
    version_id: UUID


@dataclass(frozen=True)
class Variant:
    """A second policy beside the one in force: for a share of the customers by hash, in chosen units, or both."""

    choice: Choice
    share: float | None
    units: frozenset[UUID]

    def holds_for(self, salt: str, ref: str, unit: UUID | None) -> bool:
        """Whether a person falls under it; `unit` keeps their account."""
        if self.units and unit not in self.units:
            return False
        return self.share is None or chance("variant", salt, ref) < self.share


@dataclass(frozen=True)
class Standing:
    """The policy in force and the touchpoints as they are now.

    Shape   `plan`: rates by (touchpoint, unit in charge or None, month); `rests`: units that rest now, for R8
    """

    book: Rulebook
    version_id: UUID
    salt: str
    touchpoints: Mapping[str, Touchpoint]
    rows: Mapping[str, TouchpointRow]
    plan: Mapping[tuple[str, UUID | None, str], Planned] = field(default_factory=dict)
    variant: Variant | None = None
    rests: Mapping[UUID, list[Rest]] = field(default_factory=dict)
    unit_ids: Mapping[str, UUID] = field(default_factory=dict)
    _places: dict[tuple[str, UUID | None, UUID | None, str], Place] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def draws(self) -> Draws:
        """Which chances are needed."""
        return Draws.of(*(book.policy for book in self.books))

    @cached_property
    def by_segment(self) -> bool:
        """Whether a quota looks at segments."""
        return any(one.segment or "segment" in one.by for book in self.books for one in book.policy.quotas)

    @cached_property
    def circles(self) -> frozenset[str]:
        """The circles that touchpoints are kept to."""
        return frozenset([one.circle for one in self.touchpoints.values() if one.circle])

    @cached_property
    def window(self) -> timedelta:
        """The longest window in which candidates compete."""
        return max(book.window for book in self.books)

    def zone(self, bank: str) -> str:
        """Whose clock holds for customers of whom neither zone nor unit is known."""
        quiet = self.book.policy.quiet_hours
        return (quiet.zone if quiet else None) or bank

    def in_charge(self, row: HasUnits) -> UUID | None:
        """Whose score it is: the event's unit, the account's unit, or a department."""
        touchpoint = self.rows.get(row.touchpoint)
        if touchpoint is None:
            return row.unit_id
        return unit_in_charge(touchpoint.in_charge, row.unit_id, row.account_unit_id, touchpoint.department_id)

    @property
    def since(self) -> timedelta:
        """How far back contacts are read: as long as any rule looks, and the life of an invitation, since its answer may come late."""
        own = [days for one in self.touchpoints.values() for days in one.cooldowns.values()]
        looks = [one.look_back for one in self.books]
        return max(*looks, timedelta(days=max(own, default=0))) + INVITATION_LIFE

    @property
    def books(self) -> tuple[Rulebook, ...]:
        """The rules of the policy in force, and those of the variant."""
        return (self.book, self.variant.choice.book) if self.variant else (self.book,)

    def touchpoint(self, code: str) -> Touchpoint:
        """A touchpoint by code; one that is gone is off."""
        return self.touchpoints.get(code) or Touchpoint(code, live=False)

    def choose(self, ref: str, unit: UUID | None) -> Choice:
        """The policy that holds for a person whose account a unit keeps."""
        if self.variant is not None and self.variant.holds_for(self.salt, ref, unit):
            return self.variant.choice
        return Choice(self.book, self.version_id)

    def place(self, row: HasUnits, month: str) -> Place:
        """Everything that follows from a candidate's touchpoint, units and month alone."""
        key = row.touchpoint, row.unit_id, row.account_unit_id, month
        return self._places.get(key) or self._places.setdefault(key, self._place(row, month))

    def _place(self, row: HasUnits, month: str) -> Place:
        code, in_charge = row.touchpoint, self.in_charge(row)
        return Place(self.touchpoint(code), in_charge, month, cell_of(code, in_charge, month), self.planned(code, in_charge, month))

    def planned(self, touchpoint: str, unit: UUID | None, period: str) -> Planned | None:
        """What sampling to precision says of a touchpoint, unit and month."""
        if not self.plan:
            return None
        return self.plan.get((touchpoint, unit, period)) or self.plan.get((touchpoint, None, period))


def policy_of(version: PolicyVersion) -> ContactPolicy:
    """The rules of a stored version."""
    return ContactPolicy.model_validate({**version.policy, "salt": version.salt})


def book_of(version: PolicyVersion | HeldVersion) -> Rulebook:
    """The rules of a version made ready; once for all batches that it holds for."""
    text = version.policy if isinstance(version.policy, str) else json.dumps(version.policy)
    return _book(text, version.salt)


@lru_cache(maxsize=32)
def _book(policy: str, salt: str) -> Rulebook:
    return Rulebook(ContactPolicy.model_validate({**json.loads(policy), "salt": salt}))


def standing_at(
    session: Session, version: PolicyVersion | HeldVersion, settings: Settings, now: datetime, variant: HeldVersion | None = None,
    rests_since: datetime | None = None,
) -> Standing:  # fmt: skip
    """Read it: four statements, and one each where it is needed for units that rest, units named by quotas, and pilots' units.

    Shape   `rests_since` where simulated time begins; else only rests of now are read
    """
    rows = store.touchpoints(session)
    switches = store.switches(session)
    up = names_of(settings, switches.set_up) - switches.off
    books = [book_of(one) for one in (version, variant) if one is not None]
    policies = [book.policy for book in books]
    weekends = policies[0].holidays.weekends if policies[0].holidays else False
    pilots = running(session, "touchpoint", day_in(settings.zone, now))
    ready = {code: touchpoint_facts(row, switches, up, now, weekends, pilots.get(code)) for code, row in rows.items()}
    return Standing(
        books[0],
        version.id,
        version.salt,
        ready,
        rows,
        planned(session, now),
        _variant(variant, books[1]) if variant else None,
        _rests(session, rests_since or now) if any(one.workload for one in policies) else {},
        rooms.unit_ids(session, {quota.unit for one in policies for quota in one.quotas if quota.unit}),
    )


def _variant(version: HeldVersion, book: Rulebook) -> Variant:
    return Variant(Choice(book, version.id), version.variant_share, frozenset(UUID(one) for one in version.variant_units or ()))


def _rests(session: Session, now: datetime) -> dict[UUID, list[Rest]]:
    found: dict[UUID, list[Rest]] = {}
    for unit, from_, until in rooms.rests(session, now):
        found.setdefault(unit, []).append(Rest(from_, until))
    return found


class Wanted(NamedTuple):
    """How many reminders, and how long after the invitation (and after each other)."""

    times: int
    after: timedelta


def reminders_of(policy: ContactPolicy, row: TouchpointRow | None) -> Wanted:
    """The touchpoint's own word on reminders, else the policy's; a policy without reminders sends none whatever a touchpoint says."""
    section = policy.reminders
    if section is None or not section.count:
        return Wanted(0, timedelta(0))
    count = section.count if row is None or row.reminders is None else row.reminders
    hours = section.after_hours if row is None or row.reminder_hours is None else row.reminder_hours
    return Wanted(count, timedelta(hours=hours))


def touchpoint_facts(
    row: TouchpointRow, switches: Switches, up: frozenset[str], now: datetime, weekends: bool = False, pilot: Running | None = None
) -> Touchpoint:
    """A touchpoint for the rules: live only while it is on, in its dates and its questionnaire published."""
    in_dates = (row.starts_at is None or row.starts_at <= now) and (row.ends_at is None or now < row.ends_at)
    return Touchpoint(
        code=row.code,
        group=row.group,
        live=row.active and in_dates and row.questionnaire_status == PUBLISHED and not switches.all_off,
        purpose=row.purpose,
        channels=tuple(one for one in row.channels if one in up),
        rate=row.rate,
        tenure_days=row.tenure_days,
        cooldowns={name: float(days) for name, days in (row.cooldown or {}).items() if days},
        days_off=days_off_by_calendar(weekends) if row.avoid_holidays else {},
        pilot_units=pilot.units if pilot else None,
        pilot_first=pilot.pilot.first_n if pilot else None,
        circle=row.circle,
    )


@lru_cache(maxsize=2)
def days_off_by_calendar(weekends: bool = False) -> Mapping[str, frozenset[date]]:
    """The days off of each calendar that a unit may name; with `weekends` those too, but for the ones that are worked.

    Shape   `cn`: China's public holidays of all years that are decreed, make-up workdays are none; `weekdays`: Saturdays and
            Sundays are its only days off; `every_day`: none
    """
    import chinese_calendar  # the tables of all years are only needed where a touchpoint keeps holidays

    public = chinese_calendar.holidays
    first, last = date(min(public).year, 1, 1), date(max(public).year, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)] if weekends else []
    ends = frozenset(day for day in days if day.weekday() >= SATURDAY)
    return {"cn": frozenset(public) | (ends - frozenset(chinese_calendar.workdays)), "weekdays": ends}
