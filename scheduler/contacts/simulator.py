"""The same pure function in memory: what a policy would do with recorded events. No database is changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from scheduler.contacts.answers import ResponsePlan
from scheduler.contacts.gather import OPEN_CHANNELS, chances, period_of, zone_of
from scheduler.contacts.outcome import Key, Result, Told, difference, per_customer
from scheduler.contacts.plans import CustomerPlan, TouchpointPlan, assumed_touchpoints
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate, PastContact, Person, Planned, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.room import Rest, Room
from scheduler.contacts.rules.walk import Answering, Track, walk_all
from scheduler.contacts.standing import Choice, Draws, Variant
from scheduler.intake.events import EventIn
from scheduler.intake.rules.terms import REPLAY
from scheduler.touchpoints.rules.listening import Listening, by_event_type, hear

__all__ = ["Answering", "Key", "Result", "Setup", "Told", "VariantPlan", "difference", "per_customer", "simulate", "unit_id"]
_VERSION = UUID(int=0)
"""Stands for the version that replay would publish."""
EVERY = 1_000
"""So often progress is told."""


class VariantPlan(NamedTuple):
    """A second policy beside the first, for a share of the customers by hash."""

    policy: ContactPolicy
    share: float


class Setup(NamedTuple):
    """What is simulated besides the events.

    Shape   touchpoints None: each event type is one; customers None: unknown ones count as consenting, adult, reachable by `file`;
            `rates`: what sampling to precision planned, by touchpoint, unit (code, None = any other) and month; `rests`: when
            units rest for their workload, by code
    """

    policy: ContactPolicy
    zone: str
    touchpoints: list[TouchpointPlan] | None = None
    customers: Mapping[str, CustomerPlan] | None = None
    answering: Answering | None = None
    variant: VariantPlan | None = None
    rates: Mapping[tuple[str, str | None, str], Planned] | None = None
    rests: Mapping[str, Sequence[Rest]] | None = None


def simulate(events: Iterable[EventIn], setup: Setup, progress: Callable[[int], None] | None = None, *, keep: bool = True) -> Result:
    """Take events in as intake would, then walk everybody through their due times, in order of time.

    Shape   events in order of time, as a reading gives them, each looked at once; `progress` hears how many candidates were
            looked at since it was last told, and stops everything by raising; without `keep` single decisions are not kept
    """
    kept: Iterable[EventIn] = events
    plans = setup.touchpoints
    if plans is None:
        kept = list(events)
        plans = assumed_touchpoints(one.event_type for one in kept)
    answers = getattr(setup.answering, "plan", None)
    made = _Simulation(setup, plans)
    result = Result(plan=answers if isinstance(answers, ResponsePlan) else ResponsePlan(), keep=keep)
    tracks = made.tracks(kept, result)
    result.candidates = made.count
    seen = 0
    for ref, steps in walk_all(tracks):
        for step in steps:
            one, verdict = step.candidate, step.verdict
            unit = made.units.get(one.in_charge, "") if one.in_charge else ""
            result.note(ref, Key(one.event_id, one.touchpoint.code), verdict.outcome, str(verdict.code), step.at, unit)
        seen += len(steps)
        if progress and seen >= EVERY:
            progress(seen)
            seen = 0
    return result


def unit_id(code: str) -> UUID:
    """What stands for a unit's id where there is no database."""
    return uuid5(_VERSION, f"unit|{code}")


class _Simulation:
    """Makes persons and their candidates."""

    def __init__(self, setup: Setup, plans: list[TouchpointPlan]) -> None:
        self._setup, self._zone = setup, ZoneInfo(setup.zone)
        policy = setup.policy
        weekends = policy.holidays.weekends if policy.holidays else False
        self._facts: dict[str, Touchpoint] = {plan.code: plan.facts(weekends=weekends) for plan in plans}
        self._listening = by_event_type(plan.listening(_VERSION) for plan in plans)
        self._book = Rulebook(policy)
        self._variant = _variant(setup.variant)
        self._draws = Draws.of(policy, *([setup.variant.policy] if setup.variant else []))
        self._companies: dict[str, list[PastContact]] = defaultdict(list)
        quota_units = {quota.unit for quota in policy.quotas if quota.unit}
        self._room = Room(self._zone, unit_ids={code: unit_id(code) for code in quota_units})
        self._room.rests = {unit_id(code): list(rests) for code, rests in (setup.rests or {}).items()}
        self.units: dict[UUID, str] = {}
        self.count = 0

    def tracks(self, events: Iterable[EventIn], result: Result) -> dict[str, Track]:
        """Everybody on their way."""
        candidates: dict[str, list[Candidate]] = defaultdict(list)
        for ref, candidate in self._candidates(events, result):
            candidates[ref].append(candidate)
            self.count += 1
        return {ref: Track(self._book_of(ref), several, self._person(ref), self._setup.answering) for ref, several in candidates.items()}

    def _book_of(self, ref: str) -> Rulebook:
        if self._variant is not None and self._variant.holds_for(self._setup.policy.salt, ref, None):
            return self._variant.choice.book
        return self._book

    def _candidates(self, events: Iterable[EventIn], result: Result) -> Iterator[tuple[str, Candidate]]:
        """A transaction makes one candidate at a touchpoint, whatever events tell of it."""
        told: set[tuple[str, str, str]] = set()
        for event in events:
            result.persons.add(event.customer_ref)
            for touchpoint in hear(self._listening, event.event_type, event.facts(), event.occurred_at).touchpoints:
                if event.transaction_ref:
                    key = (touchpoint.code, event.customer_ref, event.transaction_ref)
                    if key in told:
                        continue
                    told.add(key)
                yield event.customer_ref, self._candidate(event, touchpoint)

    def _candidate(self, event: EventIn, listening: Listening) -> Candidate:
        touchpoint, period = self._facts[listening.code], period_of(event.occurred_at, self._zone)
        unit = unit_id(event.unit) if event.unit else None
        if unit is not None:
            self.units.setdefault(unit, event.unit or "")
        planned = self._planned(listening.code, event.unit, period)
        return Candidate(
            uuid5(_VERSION, f"{event.event_id}|{listening.code}"),
            event.event_id,
            touchpoint,
            listening.class_,
            listening.priority,
            event.occurred_at,
            event.occurred_at,
            event.occurred_at + listening.delay,
            event.occurred_at + REPLAY.expires_after,
            *chances(self._draws, self._setup.policy.salt, touchpoint, event.customer_ref, period, planned.rate if planned else None),
            scarcity=planned.scarcity if planned else 0.0,
            unit_id=unit,
            in_charge=unit,
            period=period,
            segment=self._plan(event.customer_ref).segment or None,
            rate=planned.rate if planned else None,
        )

    def _planned(self, touchpoint: str, unit: str | None, period: str) -> Planned | None:
        rates = self._setup.rates
        return (rates.get((touchpoint, unit, period)) or rates.get((touchpoint, None, period))) if rates else None

    def _plan(self, ref: str) -> CustomerPlan:
        """What a file says of a customer; without a file everybody agrees, with one those who are not in it do not."""
        if self._setup.customers is None:
            return _EVERYBODY
        return self._setup.customers.get(ref) or _NOBODY

    def _person(self, ref: str) -> Person:
        """A person with an empty history."""
        plan, quiet = self._plan(ref), self._setup.policy.quiet_hours
        fallback = zone_of(quiet.zone) if quiet and quiet.zone else self._zone
        return Person(
            ref,
            zone_of(plan.zone) if plan.zone else fallback,
            [],
            consents=frozenset({"survey"}) if plan.consent else frozenset(),
            opted_out=frozenset({"all"}) if plan.opt_out else frozenset(),
            channels=frozenset(OPEN_CHANNELS) | plan.channels,
            excluded_by="file" if plan.listed == "never" else None,
            bypass=plan.listed == "bypass",
            customer_since=plan.customer_since,
            birth_date=plan.birth_date,
            companies=tuple(self._companies[one] for one in plan.companies),
            shared=self._room,
        )


_EVERYBODY, _NOBODY = CustomerPlan(ref="*"), CustomerPlan(ref="*", consent=False)


def _variant(plan: VariantPlan | None) -> Variant | None:
    return Variant(Choice(Rulebook(plan.policy), _VERSION), plan.share, frozenset()) if plan else None
