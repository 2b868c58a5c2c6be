"""Which touchpoints listen to an event, and which unit is in charge of what comes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.foundation.conditions import Parsed, holds


@dataclass(frozen=True, eq=False)
class Listening:
    """What intake needs of a touchpoint.

    Shape   `version_id`: the published version it asks, None where there is none; `unit_codes`: the chosen units and all below,
            None = all; `expires_after` the event nobody is asked any more, None = as the terms say
    """

    code: str
    event_type: str
    condition: Parsed | None
    version_id: UUID | None
    class_: str
    priority: int
    delay: timedelta
    group: str | None = None
    in_charge: str = "event_unit"
    department_id: UUID | None = None
    active: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    unit_codes: frozenset[str] | None = None
    expires_after: timedelta | None = None

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether an event meets the conditions and happened at a chosen unit."""
        return (self.unit_codes is None or facts.get("unit") in self.unit_codes) and holds(self.condition, facts)

    def live(self, now: datetime) -> bool:
        """Whether it asks anything at this moment."""
        started = self.starts_at is None or self.starts_at <= now
        ended = self.ends_at is not None and self.ends_at <= now
        return self.active and self.version_id is not None and started and not ended


@dataclass(frozen=True)
class Heard:
    """The touchpoints that will ask about an event; where there are none, `reason` is why."""

    touchpoints: tuple[Listening, ...]
    reason: str | None = None


def by_event_type(touchpoints: Iterable[Listening]) -> dict[str, list[Listening]]:
    """Touchpoints by the event type they listen to, in order of their code."""
    found: dict[str, list[Listening]] = {}
    for touchpoint in sorted(touchpoints, key=lambda one: one.code):
        found.setdefault(touchpoint.event_type, []).append(touchpoint)
    return found


def hear(listening: Mapping[str, Sequence[Listening]], event_type: str, facts: Mapping[str, Any], now: datetime) -> Heard:
    """Who asks about an event.

    Returns FILTERED where no touchpoint's conditions hold, INACTIVE where some do but none of them is live
    """
    fitting = [one for one in listening.get(event_type, ()) if one.fits(facts)]
    if not fitting:
        return Heard((), "FILTERED")
    live = tuple(one for one in fitting if one.live(now))
    return Heard(live, None if live else "INACTIVE")


def unit_in_charge(in_charge: str, event_unit: UUID | None, account_unit: UUID | None, department: UUID | None) -> UUID | None:
    """The unit that answers for an event: where it happened, where the account is kept, or a named department.

    Where the one asked for is not known, the other of the first two stands in: better a unit that can pass it on than nobody.
    """
    if in_charge == "department":
        return department
    first, second = (account_unit, event_unit) if in_charge == "account_unit" else (event_unit, account_unit)
    return first or second or department
