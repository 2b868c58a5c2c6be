"""The same pure function in memory: what a policy would do with recorded events. No database is changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple, Protocol
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from scheduler.contacts.answers import ResponsePlan
from scheduler.contacts.gather import OPEN_CHANNELS, chances, period_of, zone_of
from scheduler.contacts.outcome import Key, Result, Told, difference, per_customer
from scheduler.contacts.plans import CustomerPlan, TouchpointPlan, assumed_touchpoints
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate, PastContact, Person, Planned, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.room import Rest, Room, cell_of
from scheduler.contacts.rules.walk import Answering, Step, Track, walk_arrivals
from scheduler.contacts.standing import Choice, Draws, Variant
from scheduler.intake.events import EventIn
from scheduler.intake.rules.terms import REPLAY
from scheduler.touchpoints.rules.listening import Listening, by_event_type, hear, unit_in_charge

__all__ = ["Answering", "Key", "Result", "Setup", "Told", "VariantPlan", "difference", "per_customer", "simulate", "unit_id"]
_VERSION = UUID(int=0)
"""Stands for the version that replay would publish."""
EVERY = 1_000
"""So often progress is told."""


class VariantPlan(NamedTuple):
    """A second policy beside the first, for a share of the customers by hash."""

    policy: ContactPolicy
    share: float


class Past(Protocol):
    """What was sent before the first event."""

    def of(self, ref: str) -> Sequence[PastContact]:
        """A customer's ledger, newest first."""
        ...

    def of_company(self, code: str) -> Sequence[PastContact]:
        """What all who speak for a company were sent, newest first."""
        ...


class Setup(NamedTuple):
    """What is simulated besides the events.

    Shape   touchpoints None: each event type is one; customers None: unknown ones count as consenting, adult, reachable by `file`;
            `rates`: what sampling to precision planned, by touchpoint, unit in charge (code, None = any other) and month; `rests`:
            when units rest for their workload, by code; `past` None: everybody begins without a history. `customers` and `past`
            are asked for somebody only once an event of theirs came, so that they may be filled while the events are read
    """

    policy: ContactPolicy
    zone: str
    touchpoints: list[TouchpointPlan] | None = None
    customers: Mapping[str, CustomerPlan] | None = None
    answering: Answering | None = None
    variant: VariantPlan | None = None
    rates: Mapping[tuple[str, str | None, str], Planned] | None = None
    rests: Mapping[str, Sequence[Rest]] | None = None
    past: Past | None = None


def simulate(events: Iterable[EventIn], setup: Setup, progress: Callable[[int], None] | None = None, *, keep: bool = True) -> Result:
    """Take events in as intake would and decide what falls due meanwhile, all in order of time.

    Shape   events in order of time, as a reading gives them, each looked at once: memory grows with those who were asked, not with
            the events; `progress` hears how many candidates were looked at since it was last told, and stops everything by raising;
            without `keep` single decisions are not kept
    """
    kept: Iterable[EventIn] = events
    plans = setup.touchpoints
    if plans is None:
        kept = list(events)
        plans = assumed_touchpoints(one.event_type for one in kept)
    answers = getattr(setup.answering, "plan", None)
    made = _Simulation(setup, plans)
    result = Result(plan=answers if isinstance(answers, ResponsePlan) else ResponsePlan(), keep=keep)
    seen = 0
    for ref, steps in made.steps(kept, result):
        for step in steps:
            one, verdict = step.candidate, step.verdict
            unit = made.units.get(one.in_charge, "") if one.in_charge else ""
            result.note(ref, Key(one.event_id, one.touchpoint.code), verdict.outcome, str(verdict.code), step.at, unit)
        seen += len(steps)
        if progress and seen >= EVERY:
            progress(seen)
            seen = 0
    result.candidates = made.count
    return result


@lru_cache(maxsize=10_000)
def unit_id(code: str) -> UUID:
    """What stands for a unit's id where there is no database."""
    return uuid5(_VERSION, f"unit|{code}")


def _short(*parts: str) -> int:
    """Stands for a transaction at a touchpoint: a million of them fit into memory, and no two meet."""
    return int.from_bytes(blake2b("|".join(parts).encode(), digest_size=12).digest(), "big")


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
        self._companies: dict[str, list[PastContact]] = {}
        self._histories: dict[str, list[PastContact]] = {}
        self._departments = {plan.code: unit_id(plan.department) for plan in plans if plan.department}
        self.units: dict[UUID, str] = {unit_id(plan.department): plan.department for plan in plans if plan.department}
        quota_units = {quota.unit for quota in policy.quotas if quota.unit}
        self._room = Room(self._zone, unit_ids={code: unit_id(code) for code in quota_units})
        self._room.rests = {unit_id(code): list(rests) for code, rests in (setup.rests or {}).items()}
        self.count = 0

    def steps(self, events: Iterable[EventIn], result: Result) -> Iterator[tuple[str, list[Step]]]:
        """Everybody on their way, and what is decided of each."""
        return walk_arrivals(self._candidates(events, result), self._track, self._let_go)

    def _track(self, ref: str) -> Track:
        return Track(self._book_of(ref), [], self._person(ref), self._setup.answering)

    def _book_of(self, ref: str) -> Rulebook:
        if self._variant is not None and self._variant.holds_for(self._setup.policy.salt, ref, None):
            return self._variant.choice.book
        return self._book

    def _candidates(self, events: Iterable[EventIn], result: Result) -> Iterator[tuple[str, Candidate]]:
        """A transaction makes one candidate at a touchpoint, whatever events tell of it."""
        told: set[int] = set()
        for event in events:
            result.persons.add(event.customer_ref)
            for touchpoint in hear(self._listening, event.event_type, event.facts(), event.occurred_at).touchpoints:
                if event.transaction_ref:
                    key = _short(touchpoint.code, event.customer_ref, event.transaction_ref)
                    if key in told:
                        continue
                    told.add(key)
                self.count += 1
                yield event.customer_ref, self._candidate(event, touchpoint)

    def _candidate(self, event: EventIn, listening: Listening) -> Candidate:
        touchpoint, period = self._facts[listening.code], period_of(event.occurred_at, self._zone)
        customer = self._plan(event.customer_ref)
        unit, account = self._unit(event.unit), self._unit(customer.unit)
        in_charge = unit_in_charge(listening.in_charge, unit, account, self._departments.get(listening.code))
        planned = self._planned(listening.code, self.units[in_charge] if in_charge else None, period)
        return Candidate(
            uuid5(_VERSION, f"{event.event_id}|{listening.code}"),
            event.event_id,
            touchpoint,
            listening.class_,
            listening.priority,
            event.occurred_at,
            event.occurred_at,
            event.occurred_at + listening.delay,
            event.occurred_at + (listening.expires_after or REPLAY.expires_after),
            *chances(self._draws, self._setup.policy.salt, touchpoint, event.customer_ref, period, planned.rate if planned else None),
            scarcity=planned.scarcity if planned else 0.0,
            unit_id=unit,
            in_charge=in_charge,
            cell=cell_of(listening.code, in_charge, period),
            segment=customer.segment or None,
            rate=planned.rate if planned else None,
        )

    def _unit(self, code: str | None) -> UUID | None:
        if not code:
            return None
        found = unit_id(code)
        self.units.setdefault(found, code)
        return found

    def _planned(self, touchpoint: str, unit: str | None, period: str) -> Planned | None:
        rates = self._setup.rates
        return (rates.get((touchpoint, unit, period)) or rates.get((touchpoint, None, period))) if rates else None

    def _plan(self, ref: str) -> CustomerPlan:
        """What a file says of a customer; without a file everybody agrees, with one those who are not in it do not."""
        if self._setup.customers is None:
            return _EVERYBODY
        return self._setup.customers.get(ref) or _NOBODY

    def _person(self, ref: str) -> Person:
        """A person as they are by now: with the history they began with, and what was sent since."""
        plan, quiet = self._plan(ref), self._setup.policy.quiet_hours
        fallback = zone_of(quiet.zone) if quiet and quiet.zone else self._zone
        return Person(
            ref,
            zone_of(plan.zone) if plan.zone else fallback,
            self._history(ref),
            consents=frozenset({"survey"}) if plan.consent else frozenset(),
            opted_out=frozenset({"all"}) if plan.opt_out else frozenset(),
            channels=(frozenset(OPEN_CHANNELS) | plan.channels) - frozenset(plan.unreachable.split()),
            excluded_by="file" if plan.listed == "never" else None,
            bypass=plan.listed == "bypass",
            customer_since=plan.customer_since,
            birth_date=plan.birth_date,
            companies=tuple(map(self._company, plan.companies)),
            shared=self._room,
            preferred=plan.preferred_channel or None,
            lost=frozenset(plan.unreachable.split()),
            guarded=frozenset({"survey"}) if plan.consent else frozenset(),  # in a file "consent" means a lawful one
        )

    def _history(self, ref: str) -> list[PastContact]:
        """The list that grows with what is sent."""
        if found := self._histories.get(ref):
            return found
        self._histories[ref] = list(self._setup.past.of(ref)) if self._setup.past else []
        return self._histories[ref]

    def _let_go(self, ref: str) -> None:
        """Most are never asked: nothing is kept of them."""
        if not self._histories[ref]:
            del self._histories[ref]

    def _company(self, code: str) -> list[PastContact]:
        if code not in self._companies:
            self._companies[code] = list(self._setup.past.of_company(code)) if self._setup.past else []
        return self._companies[code]


_EVERYBODY, _NOBODY = CustomerPlan(ref="*"), CustomerPlan(ref="*", consent=False)


def _variant(plan: VariantPlan | None) -> Variant | None:
    return Variant(Choice(Rulebook(plan.policy), _VERSION), plan.share, frozenset()) if plan else None
