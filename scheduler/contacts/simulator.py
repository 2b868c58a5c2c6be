"""The same pure function in memory: what a policy would do with recorded events. No database is changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from scheduler.contacts.gather import OPEN_CHANNELS, chances, zone_of
from scheduler.contacts.plans import CustomerPlan, TouchpointPlan, assumed_touchpoints
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate, PastContact, Person, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.walk import Answering, Step, walk
from scheduler.intake.events import EventIn
from scheduler.intake.rules.terms import REPLAY
from scheduler.touchpoints.rules.listening import by_event_type, hear

_VERSION = UUID(int=0)
"""Stands for the version that replay would publish."""


class Setup(NamedTuple):
    """What is simulated besides the events.

    Shape   touchpoints None: each event type is one; customers None: unknown ones count as consenting, adult, reachable by `file`
    """

    policy: ContactPolicy
    zone: str
    touchpoints: list[TouchpointPlan] | None = None
    customers: Mapping[str, CustomerPlan] | None = None
    answering: Answering | None = None


class Key(NamedTuple):
    """What a decision is about, the same in the simulator and in the database."""

    event_id: str
    touchpoint: str


class Told(NamedTuple):
    """A decision as it is compared: when, what, why."""

    at: datetime
    outcome: str
    code: str


@dataclass
class Result:
    """What came out: counts, and every decision by what it is about."""

    candidates: int = 0
    deferrals: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    drops: Counter[str] = field(default_factory=Counter)
    by_touchpoint: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sent_to: Counter[str] = field(default_factory=Counter)
    persons: set[str] = field(default_factory=set)
    decisions: dict[Key, Told] = field(default_factory=dict)

    def add(self, ref: str, steps: Iterable[Step]) -> None:
        """Take in one person's verdicts."""
        for step in steps:
            self.note(ref, step.candidate.event_id, step.candidate.touchpoint.code, step.verdict.outcome, str(step.verdict.code), step.at)

    def note(self, ref: str, event_id: str, touchpoint: str, outcome: str, code: str, at: datetime) -> None:
        """Count one verdict."""
        if outcome == Outcome.DEFER:
            self.deferrals += 1
            return
        self.decisions[Key(event_id, touchpoint)] = Told(at, str(outcome), code)
        self.outcomes[str(outcome)] += 1
        self.by_touchpoint[touchpoint][str(outcome)] += 1
        if outcome == Outcome.DROP:
            self.drops[code] += 1
            self.by_touchpoint[touchpoint][code] += 1
        if outcome == Outcome.SEND:
            self.sent_to[ref] += 1

    def as_dict(self) -> dict[str, Any]:
        """For printing, in the words of the interface."""
        decided = sum(self.outcomes.values())
        return {
            "candidates": self.candidates,
            "decisions": {
                "SEND": self.outcomes["SEND"],
                "DROP": dict(sorted(self.drops.items())),
                "OUTRANKED": self.outcomes["OUTRANKED"],
            },
            "deferrals": self.deferrals,
            "waiting": self.candidates - decided,
            "invitations": self.outcomes["SEND"],
            "per_customer": per_customer([self.sent_to[ref] for ref in self.persons]),
            "by_touchpoint": {code: _touchpoint(counts) for code, counts in sorted(self.by_touchpoint.items())},
        }


def _touchpoint(counts: Counter[str]) -> dict[str, Any]:
    decided = counts["SEND"] + counts["DROP"] + counts["OUTRANKED"]
    drops = {code: n for code, n in sorted(counts.items()) if code not in ("SEND", "DROP", "OUTRANKED")}
    return {
        "candidates": decided,
        "SEND": counts["SEND"],
        "DROP": drops,
        "OUTRANKED": counts["OUTRANKED"],
        "share": round(counts["SEND"] / decided, 4) if decided else None,
    }


def per_customer(counts: list[int]) -> dict[str, float]:
    """Invitations per customer to whom something happened: mean, 95th percentile, most."""
    if not counts:
        return {"mean": 0, "p95": 0, "max": 0}
    ordered = sorted(counts)
    place = -(-95 * len(ordered) // 100) - 1  # the nearest rank
    return {"mean": round(sum(ordered) / len(ordered), 4), "p95": ordered[place], "max": ordered[-1]}


def simulate(events: Iterable[EventIn], setup: Setup) -> Result:
    """Take events in as intake would, then walk each person through their due times.

    Shape   events in order of time, as a reading gives them
    """
    kept = list(events)
    plans = setup.touchpoints if setup.touchpoints is not None else assumed_touchpoints(one.event_type for one in kept)
    result = Result(persons={one.customer_ref for one in kept})
    book = Rulebook(setup.policy)
    facts = {plan.code: plan.facts() for plan in plans}
    zone = ZoneInfo(setup.zone)
    for ref, candidates in _candidates(kept, plans, facts, book, zone).items():
        result.candidates += len(candidates)
        result.add(ref, walk(book, candidates, _person(ref, setup, zone), setup.answering))
    return result


def _candidates(
    events: list[EventIn], plans: list[TouchpointPlan], facts: Mapping[str, Touchpoint], book: Rulebook, zone: ZoneInfo
) -> dict[str, list[Candidate]]:
    """The candidates of each person; a transaction makes one at a touchpoint, whatever events tell of it."""
    listening = by_event_type(plan.listening(_VERSION) for plan in plans)
    told: set[tuple[str, str, str]] = set()
    found: dict[str, list[Candidate]] = defaultdict(list)
    for event in events:
        for touchpoint in hear(listening, event.event_type, event.facts(), event.occurred_at).touchpoints:
            if event.transaction_ref:
                key = (touchpoint.code, event.customer_ref, event.transaction_ref)
                if key in told:
                    continue
                told.add(key)
            found[event.customer_ref].append(Candidate(
                uuid5(_VERSION, f"{event.event_id}|{touchpoint.code}"),
                event.event_id,
                facts[touchpoint.code],
                touchpoint.class_,
                touchpoint.priority,
                event.occurred_at,
                event.occurred_at,
                event.occurred_at + touchpoint.delay,
                event.occurred_at + REPLAY.expires_after,
                *chances(book.policy, book.policy.salt, facts[touchpoint.code], event.customer_ref, event.occurred_at, zone),
            ))  # fmt: skip
    return found


def _person(ref: str, setup: Setup, bank_zone: ZoneInfo) -> Person:
    """A person with an empty history."""
    history: list[PastContact] = []
    if setup.customers is None:
        return Person(ref, bank_zone, history, channels=frozenset(OPEN_CHANNELS))
    plan = setup.customers.get(ref) or CustomerPlan(ref=ref, consent=False)
    return Person(
        ref,
        zone_of(plan.zone) if plan.zone else bank_zone,
        history,
        consents=frozenset({"survey"}) if plan.consent else frozenset(),
        opted_out=frozenset({"all"}) if plan.opt_out else frozenset(),
        channels=frozenset(OPEN_CHANNELS),
        customer_since=plan.customer_since,
        birth_date=plan.birth_date,
    )


def difference(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Second minus first, figure by figure, for whatever both count."""
    found: dict[str, Any] = {}
    for name in sorted(first.keys() | second.keys()):
        a, b = first.get(name, 0), second.get(name, 0)
        if isinstance(a, Mapping) or isinstance(b, Mapping):
            found[name] = difference(a or {}, b or {})
        else:
            found[name] = round((b or 0) - (a or 0), 4)
    return found
