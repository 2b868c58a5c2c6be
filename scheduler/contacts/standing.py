"""What is the same for all candidates of a batch, made ready for the rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.foundation.settings import Settings
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import INVITATION_LIFE, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.store import standing as store
from scheduler.contacts.store.standing import Switches, TouchpointRow
from scheduler.delivery.channels.available import available

DaysOff = Callable[[datetime], frozenset[date]]
PUBLISHED = "published"


@dataclass(frozen=True)
class Standing:
    """The policy in force and the touchpoints as they are now."""

    book: Rulebook
    version_id: UUID
    salt: str
    touchpoints: Mapping[str, Touchpoint]
    rows: Mapping[str, TouchpointRow]

    @property
    def since(self) -> timedelta:
        """How far back contacts are read: as long as any rule looks, and the life of an invitation, since its answer may come late."""
        own = [days for one in self.touchpoints.values() for days in one.cooldowns.values()]
        return max(self.book.look_back, timedelta(days=max(own, default=0))) + INVITATION_LIFE

    def touchpoint(self, code: str) -> Touchpoint:
        """A touchpoint by code; one that is gone is off."""
        return self.touchpoints.get(code) or Touchpoint(code, live=False)


def policy_of(version: PolicyVersion) -> ContactPolicy:
    """The rules of a stored version."""
    return ContactPolicy.model_validate({**version.policy, "salt": version.salt})


def standing_at(session: Session, version: PolicyVersion, settings: Settings, now: datetime) -> Standing:
    """Read it: two statements."""
    rows = store.touchpoints(session)
    switches = store.switches(session)
    up = frozenset(available(settings)) - switches.off
    ready = {code: touchpoint_facts(row, switches, up, now) for code, row in rows.items()}
    return Standing(Rulebook(policy_of(version)), version.id, version.salt, ready, rows)


def touchpoint_facts(row: TouchpointRow, switches: Switches, up: frozenset[str], now: datetime) -> Touchpoint:
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
        days_off=days_off_around(now) if row.avoid_holidays else frozenset(),
    )


def days_off_around(now: datetime) -> frozenset[date]:
    """China's public holidays (weekends that are worked are none) of the weeks to come; none in years nobody has decreed yet."""
    import chinese_calendar  # the tables of all years are only needed where a touchpoint keeps holidays

    first = now.date() - timedelta(days=1)
    try:
        days = chinese_calendar.get_holidays(first, first + timedelta(days=31), include_weekends=False)
    except NotImplementedError:
        return frozenset()
    return frozenset(days)
