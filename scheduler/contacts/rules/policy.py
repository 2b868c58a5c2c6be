"""A contact policy: one section a rule. A section that is absent, and a limit of 0 or blank, mean that the rule is off."""

import json
import tomllib
from hashlib import sha256
from typing import Annotated, Self

from pydantic import Field, model_validator

from scheduler.contacts.rules.sections import (
    WHATS,
    WHOS,
    Arbitration,
    BackOff,
    BudgetRule,
    Cap,
    Code,
    CoolDown,
    CoolDowns,
    CoolDownTable,
    Eligible,
    Holdout,
    Holidays,
    Pair,
    Pending,
    QuietHours,
    QuotaRule,
    Reminders,
    Sampling,
    Section,
    Workload,
)

__all__ = [
    "WHATS",
    "WHOS",
    "Arbitration",
    "BackOff",
    "BudgetRule",
    "Cap",
    "ContactPolicy",
    "CoolDown",
    "CoolDownTable",
    "CoolDowns",
    "Eligible",
    "Holdout",
    "Holidays",
    "Pair",
    "Pending",
    "QuietHours",
    "QuotaRule",
    "Reminders",
    "Sampling",
    "Workload",
    "from_toml",
    "standard_policy",
]


class ContactPolicy(Section):
    """All limits on asking customers. Draw and hash need the salt, which a stored version keeps beside it."""

    eligible: Eligible | None = None
    holdout: Holdout | None = None
    sampling: Sampling | None = None
    quotas: tuple[QuotaRule, ...] = ()
    budgets: tuple[BudgetRule, ...] = ()
    costs: dict[Code, Annotated[int, Field(ge=0, le=100_000)]] = Field(default_factory=dict)
    workload: Workload | None = None
    pending: Pending | None = None
    cooldown: CoolDownTable | None = None
    backoff: BackOff | None = None
    caps: tuple[Cap, ...] = ()
    weights: dict[Code, Annotated[float, Field(gt=0, le=100)]] = Field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    quiet_hours: QuietHours | None = None
    holidays: Holidays | None = None
    reminders: Reminders | None = None
    arbitration: Arbitration | None = None
    salt: Annotated[str, Field(max_length=100)] = ""

    @model_validator(mode="after")
    def _caps_have_different_codes(self) -> Self:
        codes = [cap.code for cap in self.caps]
        if len(codes) != len(set(codes)):
            raise ValueError("two caps count the same thing in the same window")
        if len({(one.what, one.by, one.touchpoint, one.unit, one.segment) for one in self.quotas}) != len(self.quotas):
            raise ValueError("two quotas count the same thing")
        if len({one.channel for one in self.budgets}) != len(self.budgets):
            raise ValueError("two budgets for one channel")
        return self

    def canonical(self) -> str:
        """The one JSON text of this policy: sorted keys, no blanks, nothing that is off."""
        return json.dumps(self.model_dump(mode="json", exclude_none=True), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def hash(self) -> str:
        """SHA-256 of the canonical text: the same limits have the same hash."""
        return sha256(self.canonical().encode()).hexdigest()

    def cooldown_days(self, who: str, what: str) -> CoolDown:
        """One pause of the table; zero where it is off."""
        row: CoolDowns | None = getattr(self.cooldown, who, None)
        cell: CoolDown | None = getattr(row, what, None)
        return cell or CoolDown()


def from_toml(text: str) -> ContactPolicy:
    """Read a policy file: one table a rule, `[cooldown.any.sent]` with `days = 7`.

    Raises  ValueError for text that is no TOML, an unknown rule or an impossible limit
    """
    return ContactPolicy.model_validate(tomllib.loads(text))


def standard_policy() -> ContactPolicy:
    """The policy that the product is shipped with."""
    return ContactPolicy.model_validate(
        {
            "eligible": {"tenure_days": 30, "min_age": 14, "stale_hours": 72, "future_minutes": 5},
            "holdout": {"share": 0.02},
            "pending": {"days": 14},
            "cooldown": {
                "any": {"sent": {"days": 30, "high_days": 14}, "declined": {"days": 90}},
                "same": {"sent": {"days": 90}, "answered": {"days": 90}},
            },
            "backoff": {"days": [30, 60, 120, 180]},
            "caps": [
                {"scope": "invite", "n": 1, "window": "24h"},
                {"scope": "invite", "n": 2, "window": "90d"},
                {"scope": "invite", "n": 6, "window": "365d"},
                {"scope": "invite", "channel": "sms", "n": 1, "window": "7d"},
                {"scope": "message", "n": 4, "window": "90d"},
            ],
            "quiet_hours": {"start": "21:00", "end": "09:00"},
            "reminders": {"count": 1, "after_hours": 72},
            "arbitration": {"minutes": 60},
        }
    )
