"""What a touchpoint, as it stands in a form, would have done with the events of the last days. Nothing is written.

Each matching event is weighed by the policy in force with the customer's real ledger as it was when the event fell due, without
what this touchpoint itself sent, and with what the trial would have sent. Other touchpoints do not compete, and quotas are not taken.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.conditions import parse
from portal.foundation.settings import Settings
from scheduler.contacts import policies, trial_store
from scheduler.contacts.gather import chances, gather, period_of
from scheduler.contacts.rules.arbitrate import contact_of
from scheduler.contacts.rules.explain import as_of
from scheduler.contacts.rules.facts import Candidate, PastContact, Person, Touchpoint
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.room import Room, cell_of
from scheduler.contacts.rules.windows import add
from scheduler.contacts.standing import Standing, days_off_by_calendar, standing_at
from scheduler.contacts.trial_store import TrialEvent
from scheduler.intake.rules.terms import LIVE
from scheduler.touchpoints.rules.listening import Listening
from scheduler.touchpoints.store import codes_below

MOST_EVENTS, MOST_WEIGHED = 5_000, 800
"""A page waits for it, in the one thread that serves: no more than this is looked at, the newest first."""
FEW = 0.05
"""Fewer of the matching events than this would be asked: somebody should know why."""
PUT_OFF = 4


@dataclass(frozen=True)
class Trial:
    """What came of it.

    Shape   `events` there were, `looked_at` of them; `matched` of those; `weighed` of the matched: `asked`, or why not
    """

    days: int
    events: int = 0
    looked_at: int = 0
    matched: int = 0
    weighed: int = 0
    asked: int = 0
    drops: Counter[str] = field(default_factory=Counter)

    @property
    def few(self) -> bool:
        """Whether hardly anybody would be asked."""
        return self.weighed >= 20 and self.asked < FEW * self.weighed

    @property
    def worst(self) -> str:
        """The reason that drops most."""
        return self.drops.most_common(1)[0][0] if self.drops else ""


def try_out(session: Session, columns: Mapping[str, Any], settings: Settings, now: datetime, days: int) -> Trial:
    """Play the last days' events through a touchpoint's columns; a constant number of statements.

    Raises  ValueError for a filter that is none
    """
    first = now - timedelta(days=days)
    total = trial_store.how_many(session, columns["event_type"], first, now)
    events = trial_store.recorded(session, columns["event_type"], first, now, MOST_EVENTS)
    listening = _listening(session, columns, now)
    matched = [one for one in events if listening.fits(one.facts(columns["event_type"]))]
    weighed = matched[:MOST_WEIGHED]
    standing = standing_at(session, policies.in_force(session, now), settings, now)
    outcomes = _weigh(session, weighed, columns, standing, settings, now) if weighed else Counter()
    asked = outcomes.pop("SEND", 0)
    return Trial(days, total, len(events), len(matched), len(weighed), asked, outcomes)


def _listening(session: Session, columns: Mapping[str, Any], now: datetime) -> Listening:
    units = [UUID(one) for one in columns.get("units") or ()]
    below = codes_below(session, units, now.date())
    chosen = frozenset(code for one in units for code in below.get(one, ())) if units else None
    condition = parse(columns["filter"]) if columns.get("filter") else None
    return Listening(
        columns["code"], columns["event_type"], condition, UUID(int=0), columns["class_"], columns["priority"],
        timedelta(minutes=columns["delay_minutes"]), columns.get("group"), unit_codes=chosen,
    )  # fmt: skip


def _touchpoint(columns: Mapping[str, Any], standing: Standing) -> Touchpoint:
    held = standing.touchpoints.get(columns["code"])
    weekends = bool(standing.book.policy.holidays and standing.book.policy.holidays.weekends)
    return Touchpoint(
        code=columns["code"],
        group=columns.get("group"),
        purpose=held.purpose if held else "survey",
        channels=tuple(columns["channels"]),
        rate=columns.get("rate"),
        tenure_days=columns.get("tenure_days"),
        cooldowns={name: float(days) for name, days in (columns.get("cooldown") or {}).items() if days},
        days_off=days_off_by_calendar(weekends) if columns.get("avoid_holidays") else {},
        circle=columns.get("circle"),
    )


def _weigh(
    session: Session, events: Sequence[TrialEvent], columns: Mapping[str, Any], standing: Standing, settings: Settings, now: datetime
) -> Counter[str]:
    touchpoint, zone = _touchpoint(columns, standing), ZoneInfo(settings.zone)
    since = min(one.occurred_at for one in events) - standing.since
    within = [touchpoint.circle] if touchpoint.circle else []
    persons = gather(session, sorted({one.person_id for one in events}), now, settings.zone, since=since, within=within).persons
    late = timedelta(hours=columns["expires_hours"]) if columns.get("expires_hours") else LIVE.expires_after
    of_person: dict[UUID, list[TrialEvent]] = defaultdict(list)
    for one in reversed(events):
        of_person[one.person_id].append(one)
    outcomes: Counter[str] = Counter()
    for person_id, several in of_person.items():
        if (person := persons.get(person_id)) is not None:
            person = person._replace(shared=Room(zone))
            made = [_candidate(one, touchpoint, columns, standing, person.ref, late, zone) for one in several]
            outcomes.update(_person_outcomes(made, person, standing, touchpoint.code))
    return outcomes


def _candidate(
    event: TrialEvent, touchpoint: Touchpoint, columns: Mapping[str, Any], standing: Standing, ref: str, late: timedelta, zone: ZoneInfo
) -> Candidate:
    period = period_of(event.occurred_at, zone)
    return Candidate(
        event.id, event.event_id, touchpoint, columns["class_"], columns["priority"], event.occurred_at, event.occurred_at,
        event.occurred_at + timedelta(minutes=columns["delay_minutes"]), event.occurred_at + late,
        *chances(standing.draws, standing.salt, touchpoint, ref, period), unit_id=event.unit_id, in_charge=event.unit_id,
        cell=cell_of(touchpoint.code, event.unit_id, period),
    )  # fmt: skip


def _person_outcomes(candidates: Sequence[Candidate], person: Person, standing: Standing, code: str) -> list[str]:
    """One person's candidates in order of time; what a rule puts off is weighed again at that time."""
    others = [one for one in person.history if one.touchpoint != code]
    sent: list[PastContact] = []
    found = []
    for candidate in candidates:
        at = candidate.due_at
        for _ in range(PUT_OFF):
            seen = as_of([one for one in others if one.counts_at is None or one.counts_at <= at], at)
            for one in sent:
                add(seen, one)
            verdict = standing.book.weigh(candidate, person._replace(history=seen), at)
            if verdict.outcome is not Outcome.DEFER or verdict.until is None:
                break
            at = verdict.until
        if verdict.outcome is Outcome.SEND:
            add(sent, contact_of(standing.book, candidate, verdict))
        found.append("DEFER" if verdict.outcome is Outcome.DEFER else str(verdict.code))
    return found
