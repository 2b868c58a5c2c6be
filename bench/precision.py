"""Fewest asked: the same events and the same hidden answers under five ways of asking. `python -m bench.precision [--small]`.

Every decision is made by the product's own rules (`scheduler.contacts.rules`), every night's rates by its own planner from what was
seen by then. No database is used. Figures over several cells (touchpoint x outlet) are weighted by the cells' events.
"""

import argparse
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.precision_world import DAYS, RARE, RESPONSE, Happened, World
from portal.foundation.chance import chance
from scheduler.contacts.precision import EVERY, History, Planner
from scheduler.contacts.precision_models import STRATUM, PrecisionTarget
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate, PastContact, Person, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy, standard_policy
from scheduler.contacts.rules.precision import Counts, Target, half_width, one_variance
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.walk import walk
from scheduler.contacts.store.precision import Answers, Days, Flow

SHANGHAI = ZoneInfo("Asia/Shanghai")
PER_TOUCHPOINT, PER_UNIT = 5.0, 10.0
START, FLOOR = 0.05, 0.005
SALT = "bench"
NAMES = ("(a) everybody", "(b) 30-day cool-down", "(c) 10 % re-rolled", "(d) ours", "(e) our policy, nobody drawn")
Cell = tuple[str, UUID]
NOBODY: frozenset[str] = frozenset({"survey"})


class Figure(NamedTuple):
    """A figure over strata: each touchpoint x unit counts with its events, the answers within it alike (as metrics do it)."""

    value: float
    half: float


def figure(strata: Iterable[tuple[int, Sequence[int]]], margin: float) -> Figure:
    """Of strata (events, answers by band low, middle, high); those without an answer are left out."""
    answered = [(events, said) for events, said in strata if sum(said)]
    whole = sum(events for events, _ in answered)
    if not whole:
        return Figure(0.0, 100.0)
    shares = [sum(events / whole * said[band] / sum(said) for events, said in answered) for band in range(3)]
    effective = whole * whole / sum(events * events / sum(said) for events, said in answered)
    counts = Counts(*(round(share * effective) for share in shares))
    return Figure(100 * (shares[2] - shares[0]), half_width(Target("nps", margin), one_variance("nps", counts), effective) or 100.0)


@dataclass
class Way:
    """One way of asking: its policy, the rate at each touchpoint, and how a draw is made."""

    name: str
    book: Rulebook
    rate: float | None = None
    rerolled: bool = False
    planned: bool = False


def _no_answers() -> list[int]:
    return [0, 0, 0]


@dataclass
class Brought:
    """What one way brought: answers by cell (low, middle, high), contacts by customer."""

    contacts: int = 0
    per_customer: Counter[int] = field(default_factory=Counter)
    said: dict[Cell, list[int]] = field(default_factory=lambda: defaultdict(_no_answers))
    rare: int = 0
    seconds: float = 0.0


def ways() -> list[Way]:
    """The ways; the last shows what the policy's own limits leave, whatever the sampling."""
    pause = ContactPolicy.model_validate({"cooldown": {"any": {"sent": {"days": 30}}}})
    ours = ContactPolicy.model_validate({**standard_policy().model_dump(mode="json", exclude_none=True), "salt": SALT})
    return [
        Way(NAMES[0], Rulebook(ContactPolicy())),
        Way(NAMES[1], Rulebook(pause)),
        Way(NAMES[2], Rulebook(ContactPolicy()), rate=0.1, rerolled=True),
        Way(NAMES[3], Rulebook(ours), planned=True),
        Way(NAMES[4], Rulebook(ours)),
    ]


class Play:
    """Lives through the quarter one way."""

    def __init__(self, world: World, way: Way) -> None:
        self.world, self.way, self.out = world, way, Brought()
        self.histories: dict[int, list[PastContact]] = defaultdict(list)
        self.flows: dict[Cell, Counter[str]] = defaultdict(Counter)
        self.fresh: list[dict[Cell, Counter[str]]] = []
        self.rates: Mapping[Cell, float] = {}
        self.facts: dict[Cell, Touchpoint] = {}
        self.keeps = bool(way.book.look_back)

    def run(self) -> Brought:
        """Day by day; the plan is made before each."""
        began = time.perf_counter()
        for number, (start, events) in enumerate(self.world.days()):
            self._plan(number, start)
            of_customer: dict[int, list[Happened]] = defaultdict(list)
            for event in events:
                of_customer[event.customer].append(event)
            for customer, several in of_customer.items():
                self._person(customer, several)
        self.out.seconds = time.perf_counter() - began
        return self.out

    def _person(self, customer: int, events: list[Happened]) -> None:
        ref = f"C{customer:07d}"
        hidden = {event.number: event for event in events}
        held = chance("holdout", SALT, ref) if self.way.book.policy.holdout else 1.0
        candidates = [self._candidate(event, ref, held) for event in events]
        history = self.histories[customer] if self.keeps else []
        person = Person(ref, SHANGHAI, history, NOBODY, channels=frozenset({"file"}))
        for step in walk(self.way.book, candidates, person):
            event = hidden[step.candidate.id.int]
            flow = self._flow(event)
            flow["candidates"] += 1
            if step.verdict.outcome is Outcome.SEND:
                self._sent(event, history, flow)
            else:
                flow["not_drawn" if step.verdict.code == "NOT_SAMPLED" else "refused"] += 1

    def _candidate(self, event: Happened, ref: str, held: float) -> Candidate:
        code = event.touchpoint
        if self.way.rerolled:
            drawn = chance("roll", str(event.number))
        elif self.way.planned:
            drawn = chance("sample", SALT, code, ref, f"{event.at.astimezone(SHANGHAI):%Y-%m}")
        else:
            drawn = 0.0
        return Candidate(
            UUID(int=event.number), str(event.number), self._touchpoint(event), "high" if code in RARE else "normal",
            80 if code in RARE else 50, event.at, event.at, event.at + timedelta(minutes=60), event.at + timedelta(days=10), held, drawn,
        )  # fmt: skip

    def _touchpoint(self, event: Happened) -> Touchpoint:
        cell = (event.touchpoint, self.world.units[event.unit])
        if cell not in self.facts:
            rate = self.rates.get(cell, 1.0 if event.touchpoint in RARE else START) if self.way.planned else self.way.rate
            self.facts[cell] = Touchpoint(event.touchpoint, group=event.touchpoint, rate=rate, tenure_days=0)
        return self.facts[cell]

    def _flow(self, event: Happened) -> Counter[str]:
        return self.fresh[-1].setdefault((event.touchpoint, self.world.units[event.unit]), Counter())

    def _sent(self, event: Happened, history: list[PastContact], flow: Counter[str]) -> None:
        out = self.out
        out.contacts += 1
        out.per_customer[event.customer] += 1
        out.rare += event.touchpoint in RARE
        flow["invited"] += 1
        if event.answers:
            flow["completed"] += 1
            out.said[event.touchpoint, self.world.units[event.unit]][event.band + 1] += 1
            if history and self.keeps:
                history[0] = history[0]._replace(answered_at=event.at + timedelta(hours=3))

    def _plan(self, number: int, start: datetime) -> None:
        """Every night from what was seen so far: the product's own planner."""
        for cell, flow in self.fresh[-1].items() if self.fresh else ():
            self.flows[cell].update(flow)
        self.fresh = [*self.fresh[-2:], {}]
        if not self.way.planned or not number:
            return
        today = start.astimezone(SHANGHAI).date()
        first = today - timedelta(days=number)
        days = Days(first, first, today - timedelta(days=3), today - timedelta(days=1))
        flows = [self._as_flow(cell, flow, first) for cell, flow in self.flows.items()]
        answers = [Answers(*cell, "nps", Counts(*said), Counts(*said)) for cell, said in self.out.said.items()]
        history = History.of(days, DAYS - number, flows, answers)
        history.above = {"outlet": {unit: unit for unit in self.world.units}}
        lines = Planner(history).lines(targets())
        self.rates = {(one.touchpoint, one.unit_id): one.rate.rate for one in lines if one.level == STRATUM}
        self.facts = {}

    def _as_flow(self, cell: Cell, flow: Counter[str], first: date) -> Flow:
        n, left_out = flow["candidates"], flow["not_drawn"]
        # Answers come at once here, so that none is under way.
        return Flow(*cell, n, flow["invited"], flow["completed"], flow["refused"], left_out, n, left_out, 0, 0, first)


def targets() -> list[PrecisionTarget]:
    """± 5 for every touchpoint, ± 10 for every unit over all of them; rare moments are always asked, others at least at the floor."""
    now = datetime.now(SHANGHAI)
    common: dict[str, Any] = {"indicator": "nps", "confidence": 0.95, "period": "quarter", "updated_at": now}
    own = [
        PrecisionTarget(touchpoint=code, level="all", margin=PER_TOUCHPOINT, floor=1.0 if code in RARE else FLOOR, **common)
        for code in ("transfer", "counter", "call", "card", "account", "wealth", "loan", "complaint")
    ]
    return [*own, PrecisionTarget(touchpoint=EVERY, level="outlet", margin=PER_UNIT, floor=FLOOR, **common)]


class Truth:
    """What everybody thinks, asked or not."""

    def __init__(self, world: World) -> None:
        self.cells: dict[Cell, Counter[int]] = defaultdict(Counter)
        seen: set[int] = set()
        for _, events in world.days():
            for event in events:
                self.cells[event.touchpoint, world.units[event.unit]][event.band] += 1
                seen.add(event.customer)
        self.customers = len(seen)
        self.touchpoints, self.units = list(world.volumes), world.units
        self.rare = sum(self.volume(code) for code in RARE)

    def volume(self, code: str) -> int:
        """Events of a touchpoint."""
        return sum(sum(bands.values()) for (own, _), bands in self.cells.items() if own == code)

    def value(self, code: str) -> float:
        """A touchpoint's true NPS."""
        bands = sum((one for (own, _), one in self.cells.items() if own == code), Counter[int]())
        return 100 * (bands[1] - bands[-1]) / sum(bands.values())

    def of_touchpoint(self, out: Brought, code: str) -> Figure:
        """What a way found of a touchpoint."""
        return figure([(sum(bands.values()), out.said[cell]) for cell, bands in self.cells.items() if cell[0] == code], PER_TOUCHPOINT)

    def of_unit(self, out: Brought, unit: UUID) -> Figure:
        """What a way found of an outlet, over all touchpoints."""
        return figure([(sum(bands.values()), out.said[cell]) for cell, bands in self.cells.items() if cell[1] == unit], PER_UNIT)


HEAD = ("way of asking", "contacts", "of (b)", "mean", "p95", "most", "touchpoints at ± 5", "outlets at ± 10", "rare asked", "truth within")


def report(world: World, found: dict[str, Brought]) -> bool:
    """Print the tables, honest where a target is missed; whether the aims are met."""
    known = Truth(world)
    everybody, paused, _rolled, ours, undrawn = (found[name] for name in NAMES)
    print(f"{world.events:,} events of {known.customers:,} customers in {DAYS} days, {len(known.touchpoints)} touchpoints, "
          f"{len(known.units)} outlets; {RESPONSE:.0%} of those asked answer\n")  # fmt: skip
    print(f"| {' | '.join(HEAD)} |\n|---|{'---:|' * (len(HEAD) - 1)}")
    possible = [code for code in known.touchpoints if known.of_touchpoint(everybody, code).half <= PER_TOUCHPOINT]
    possible_units = [unit for unit in known.units if known.of_unit(everybody, unit).half <= PER_UNIT]
    for name, out in found.items():
        print(f"| {name} | {' | '.join(_line(known, out, paused, possible, possible_units))} |")
    print("\nHalf-width reached, in points (in brackets where not even asking everybody reaches ± 5):\n")
    print(f"| touchpoint | events | {' | '.join(found)} |\n|---|---:|{'---:|' * len(found)}")
    for code in known.touchpoints:
        cells = [f"{known.of_touchpoint(out, code).half:.2f}" for out in found.values()]
        print(f"| {code} | {known.volume(code):,} | {' | '.join(cell if code in possible else f'({cell})' for cell in cells)} |")
    widest = ", ".join(f"{name} {max(known.of_unit(out, unit).half for unit in possible_units):.2f}" for name, out in found.items())
    print(f"\nwidest of the outlets that can be reached: {widest}")
    print("seconds: " + ", ".join(f"{name} {out.seconds:.0f}" for name, out in found.items()))
    left = [unit for unit in possible_units if known.of_unit(undrawn, unit).half <= PER_UNIT]
    out_of_reach = len(possible_units) - len(left)
    if out_of_reach:
        print(f"{out_of_reach} outlets are out of reach of the shipped policy's caps and pauses, even with nobody left undrawn (e)")
    met = {
        "± 5 per touchpoint": all(known.of_touchpoint(ours, code).half <= PER_TOUCHPOINT for code in possible),
        "± 10 per outlet, where the policy allows": all(known.of_unit(ours, unit).half <= PER_UNIT for unit in left),
        "a third of (b)'s contacts": ours.contacts * 3 <= paused.contacts,
        "80 % of the rare": ours.rare >= 0.8 * known.rare,
    }
    print("aims: " + ", ".join(f"{name} {'met' if yes else 'MISSED'}" for name, yes in met.items()))
    return all(met.values())


def _line(known: Truth, out: Brought, paused: Brought, possible: Sequence[str], possible_units: Sequence[UUID]) -> list[str]:
    counts = [0] * (known.customers - len(out.per_customer)) + sorted(out.per_customer.values())
    there = sum(known.of_touchpoint(out, code).half <= PER_TOUCHPOINT for code in possible)
    there_units = sum(known.of_unit(out, unit).half <= PER_UNIT for unit in possible_units)
    figures = [(known.of_touchpoint(out, code), known.value(code)) for code in known.touchpoints]
    within = sum(abs(one.value - true) <= one.half for one, true in figures)
    return [
        f"{out.contacts:,}", f"{out.contacts / paused.contacts:.2f}", f"{out.contacts / known.customers:.2f}",
        f"{counts[-(-95 * len(counts) // 100) - 1]}", f"{counts[-1]}", f"{there} of {len(possible)}",
        f"{there_units} of {len(possible_units)}", f"{out.rare / known.rare:.0%}", f"{within} of {len(figures)}",
    ]  # fmt: skip


def main() -> int:
    """Play all ways; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(prog="bench.precision")
    parser.add_argument("--small", action="store_true", help="a tenth of the events, for a quick look: the aims need them all")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="ways that are played at the same time")
    options = parser.parse_args()
    scale = 0.1 if options.small else 1.0
    with ProcessPoolExecutor(max_workers=options.processes) as pool:
        brought = pool.map(played, range(len(NAMES)), [scale] * len(NAMES))
        found = dict(zip(NAMES, brought, strict=True))
    return 0 if report(World(scale), found) or options.small else 1


def played(place: int, scale: float) -> Brought:
    """One way, lived through in a process of its own."""
    return Play(World(scale), ways()[place]).run()


if __name__ == "__main__":
    raise SystemExit(main())
