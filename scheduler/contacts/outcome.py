"""What a simulation or a replay came to: counts by reason, touchpoint and unit, and every decision by what it is about."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from scheduler.contacts.answers import ResponsePlan
from scheduler.contacts.rules.reasons import Outcome

LOW = 6
"""Scores up to here become cases."""


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
    """What came out: counts, and every decision by what it is about (unless `keep` is off: a million of them need memory).

    Shape   `plan` says how many of those who are invited are taken to answer, and with what
    """

    candidates: int = 0
    deferrals: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    drops: Counter[str] = field(default_factory=Counter)
    by_touchpoint: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sent_to: Counter[str] = field(default_factory=Counter)
    persons: set[str] = field(default_factory=set)
    by_unit: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    decisions: dict[Key, Told] = field(default_factory=dict)
    plan: ResponsePlan = field(default_factory=ResponsePlan)
    keep: bool = True

    def note(self, ref: str, key: Key, outcome: str, code: str, at: datetime, unit: str = "") -> None:
        """Count one verdict."""
        touchpoint = key.touchpoint
        if outcome == Outcome.DEFER:
            self.deferrals += 1
            return
        if self.keep:
            self.decisions[key] = Told(at, str(outcome), code)
        self.outcomes[str(outcome)] += 1
        self.by_touchpoint[touchpoint][str(outcome)] += 1
        if outcome == Outcome.DROP:
            self.drops[code] += 1
            self.by_touchpoint[touchpoint][code] += 1
        if outcome == Outcome.SEND:
            self.sent_to[ref] += 1
            self.by_unit[unit]["SEND"] += 1
        self.by_unit[unit]["decided"] += 1

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
            "by_touchpoint": {code: _touchpoint(counts, self.plan) for code, counts in sorted(self.by_touchpoint.items())},
            "by_unit": {code: _unit(counts, self.plan) for code, counts in sorted(self.by_unit.items()) if code},
            "workload": self._workload(),
        }

    def _workload(self) -> dict[str, int]:
        """How many answers, and how many low ones that become cases, are to be expected."""
        answers = self.outcomes["SEND"] * self.plan.rate
        low = sum(self.plan.scores[: LOW + 1]) / sum(self.plan.scores)
        return {"answers": round(answers), "cases": round(answers * low)}


def _expected(sent: int, plan: ResponsePlan) -> dict[str, Any]:
    """Answers to be expected, and the half-width of the NPS that they give (adjusted Wald, 50 % promoters, 20 % detractors)."""
    answers = sent * plan.rate
    margin = 100 * 1.96 * math.sqrt((0.5 + 0.2 - 0.3**2) / (answers + 3))
    return {"answers": round(answers), "margin": round(margin, 1) if answers >= 1 else None}


def _unit(counts: Counter[str], plan: ResponsePlan) -> dict[str, Any]:
    return {"decided": counts["decided"], "SEND": counts["SEND"], **_expected(counts["SEND"], plan)}


def _touchpoint(counts: Counter[str], plan: ResponsePlan) -> dict[str, Any]:
    decided = counts["SEND"] + counts["DROP"] + counts["OUTRANKED"]
    drops = {code: n for code, n in sorted(counts.items()) if code not in ("SEND", "DROP", "OUTRANKED")}
    return {
        "candidates": decided,
        "SEND": counts["SEND"],
        "DROP": drops,
        "OUTRANKED": counts["OUTRANKED"],
        "share": round(counts["SEND"] / decided, 4) if decided else None,
        **_expected(counts["SEND"], plan),
    }


def per_customer(counts: list[int]) -> dict[str, float]:
    """Invitations per customer to whom something happened: mean, 95th percentile, most."""
    if not counts:
        return {"mean": 0, "p95": 0, "max": 0}
    ordered = sorted(counts)
    place = -(-95 * len(ordered) // 100) - 1  # the nearest rank
    return {"mean": round(sum(ordered) / len(ordered), 4), "p95": ordered[place], "max": ordered[-1]}


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
