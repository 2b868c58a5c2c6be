"""How many points a piece of work pays: computed in one go, rounded down once, then split."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from officers.points.rules.rulebook import AwardRule, Refusal, Rulebook

MOST_TIER = Decimal("1.2")
PARTS = ("first", "second", "whole")


class BadFacts(ValueError):
    """The facts of an award are wrong; the argument names the field."""


@dataclass(frozen=True)
class Amount:
    """What an award comes to. `factors` say in plain figures how; `refused` where it pays nothing."""

    first: int = 0
    second: int = 0
    growth_first: int = 0
    growth_second: int = 0
    factors: dict[str, Any] = field(default_factory=dict)
    refused: Refusal | None = None

    @property
    def total(self) -> int:
        """Both parts."""
        return self.first + self.second


def amount_of(book: Rulebook, code: str, part: str, facts: Mapping[str, Any], tier: Decimal) -> Amount:
    """Compute an award.

    Shape   facts: severity 1 (highest) to 4, quality 1 to 4, grade, points; tier: the officer's factor, never above 1.2
    Raises  BadFacts naming the field
    """
    rule = book.awards.get(code)
    if rule is None:
        return Amount(refused=Refusal.NO_RULE)
    if part not in PARTS:
        raise BadFacts("part")
    severity = _step(facts, "severity")
    if rule.severities and severity not in rule.severities:
        return Amount(refused=Refusal.SLIGHT_DUPLICATE)
    base = _base(rule, facts, severity)
    quality = book.quality[_step(facts, "quality") or 2] if rule.quality else Decimal(1)
    lift = min(max(tier, Decimal(1)), MOST_TIER) if rule.tier else Decimal(1)
    plain = base * quality * rule.share
    total, growth = int(plain * lift), int(plain) if rule.growth else 0
    factors = {"base": base, "quality": str(quality), "tier": str(lift), "share": str(rule.share), "first": str(rule.first)}
    for name in ("severity", "grade"):
        if facts.get(name) is not None:
            factors[name] = facts[name]
    if not total:
        return Amount(factors=factors, refused=Refusal.NOTHING)
    return Amount(*split(total, rule.first, part), *split(growth, rule.first, part), factors)


def split(total: int, share: Decimal, part: str) -> tuple[int, int]:
    """What is paid now and what is promised. Whoever asks for the second part alone gets it now; the rest was not asked for."""
    first = int(total * share)
    if part == "whole":
        return total, 0
    if part == "second":
        return total - first, 0
    return (first, total - first) if first else (total, 0)


def capped(amount: Amount, left: int) -> Amount:
    """The same within what a day's cap leaves; the parts shrink in step."""
    if amount.refused or amount.total <= left:
        return amount
    if left <= 0:
        return Amount(factors=amount.factors, refused=Refusal.DAY_CAP)
    first = min(amount.first, max(1, left * amount.first // amount.total))
    return Amount(first, left - first, amount.growth_first, amount.growth_second, {**amount.factors, "capped_from": amount.total})


def _base(rule: AwardRule, facts: Mapping[str, Any], severity: int | None) -> int:
    points = facts.get("points")
    if rule.most and points is not None:
        if not isinstance(points, int) or isinstance(points, bool) or not 0 < points <= rule.most:
            raise BadFacts("points")
        return points
    if points is not None:
        raise BadFacts("points")
    if rule.by_severity and severity is not None:
        return rule.by_severity.get(severity, rule.base)
    grade = facts.get("grade")
    if rule.by_grade and grade is not None:
        if grade not in rule.by_grade:
            raise BadFacts("grade")
        return rule.by_grade[grade]
    return rule.base


def _step(facts: Mapping[str, Any], name: str) -> int | None:
    value = facts.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 4:
        raise BadFacts(name)
    return value
