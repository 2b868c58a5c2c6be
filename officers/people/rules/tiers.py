"""Tiers: which one growth and gates give, when somebody moves up at once and when down, slowly."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

YEAR = timedelta(days=365)
"""Growth counts over a rolling year: exactly a year old counts no more."""
MOST_FACTOR = Decimal("1.2")
Words = Annotated[str, Field(max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TierBenefit(_Strict):
    """What a tier brings, as a sentence in both languages."""

    zh: Words
    en: Words


class Tier(_Strict):
    """One tier: from so much growth in a year on, with this factor on points."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
    name_zh: Annotated[str, Field(min_length=1, max_length=20)]
    name_en: Annotated[str, Field(min_length=1, max_length=30)]
    threshold: Annotated[int, Field(ge=0, le=10_000_000)]
    factor: Annotated[Decimal, Field(ge=1, le=MOST_FACTOR, decimal_places=2)]
    benefits: Annotated[tuple[TierBenefit, ...], Field(max_length=10)] = ()


class Scheme(_Strict):
    """The tiers with their gates and the slow way down.

    Shape   tiers from the lowest, which begins at 0; shares 0–1; days whole
    """

    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=8)]
    approved_share: Annotated[float, Field(ge=0, le=1)] = 0.6
    of_last: Annotated[int, Field(ge=1, le=100)] = 20
    fraud_days: Annotated[int, Field(ge=0, le=730)] = 90
    hold_share: Annotated[float, Field(ge=0, le=1)] = 0.9
    hold_days: Annotated[int, Field(ge=0, le=730)] = 100
    notice_days: Annotated[int, Field(ge=0, le=365)] = 30

    @model_validator(mode="after")
    def _tiers_rise(self) -> "Scheme":
        thresholds = [one.threshold for one in self.tiers]
        if thresholds[0] != 0 or any(low >= high for low, high in pairwise(thresholds)):
            raise ValueError("thresholds begin at 0 and rise")
        if len({one.code for one in self.tiers}) < len(self.tiers):
            raise ValueError("a code twice")
        if any(low.factor > high.factor for low, high in pairwise(self.tiers)):
            raise ValueError("factors never fall")
        return self

    def place(self, code: str) -> int:
        """How high a tier stands, 0 for the lowest and for a code that is no tier any more."""
        return next((place for place, one in enumerate(self.tiers) if one.code == code), 0)

    def reached(self, growth: int) -> int:
        """The highest place whose threshold is reached."""
        return max(place for place, one in enumerate(self.tiers) if place == 0 or growth >= one.threshold)


def _tier(code: str, zh: str, en: str, threshold: int, factor: str, benefits: Sequence[tuple[str, str]]) -> Tier:
    return Tier(
        code=code, name_zh=zh, name_en=en, threshold=threshold, factor=Decimal(factor),
        benefits=tuple(TierBenefit(zh=one, en=other) for one, other in benefits),
    )  # fmt: skip


DEFAULT = Scheme(
    tiers=(
        _tier("explorer", "探索级", "Explorer", 0, "1", [("可领取基础体验任务", "Basic tasks")]),
        _tier("silver", "银级", "Silver", 300, "1.05", [("可领取众测任务", "Crowd tests"), ("积分系数 1.05", "Points by 1.05")]),
        _tier("gold", "金级", "Gold", 1000, "1.1", [("优先领取网点走访", "First pick of visits"), ("积分系数 1.1", "Points by 1.1")]),
        _tier(
            "diamond",
            "钻石级",
            "Diamond",
            3000,
            "1.2",
            [("受邀参加产品共创会", "Design workshops"), ("积分系数 1.2", "Points by 1.2")],
        ),
    )
)
"""What holds until the programme's managers put a version of their own into force."""


class Record(NamedTuple):
    """What the work of an officer says: of their last submissions that were decided, how many approved; the last upheld fraud."""

    reviewed: int = 0
    approved: int = 0
    fraud_at: datetime | None = None


class Gate(StrEnum):
    """What keeps somebody from moving up, beside growth."""

    APPROVED = "gate_approved"
    FRAUD = "gate_fraud"
    TRAINING = "gate_training"


class Facts(NamedTuple):
    """What is known of an officer when the tier is looked at; `growth` over the rolling year."""

    tier: str
    since: datetime
    notice_at: datetime | None
    growth: int
    trained: bool
    record: Record
    on_leave: bool = False


class Verdict(NamedTuple):
    """The tier from now on and what is said of it: `up`, `down`, `notice`, `kept` (the notice is withdrawn) or nothing."""

    tier: str
    word: str = ""


def closed_gates(facts: Facts, scheme: Scheme, now: datetime) -> tuple[Gate, ...]:
    """The gates that do not hold. Without a decided submission the share of approvals says nothing and holds nobody back."""
    record, found = facts.record, []
    if record.reviewed and record.approved < scheme.approved_share * record.reviewed:
        found.append(Gate.APPROVED)
    if record.fraud_at is not None and now - record.fraud_at < timedelta(days=scheme.fraud_days):
        found.append(Gate.FRAUD)
    if not facts.trained:
        found.append(Gate.TRAINING)
    return tuple(found)


def rise(facts: Facts, scheme: Scheme, now: datetime) -> Verdict:
    """Up at once, by as many steps as growth gives, if all gates hold and nobody is on leave."""
    held, reached = scheme.place(facts.tier), scheme.reached(facts.growth)
    if reached > held and not facts.on_leave and not closed_gates(facts, scheme, now):
        return Verdict(scheme.tiers[reached].code, "up")
    return Verdict(facts.tier)


def monthly(facts: Facts, scheme: Scheme, now: datetime) -> Verdict:
    """The monthly check: up where it is due; down one step only below the holding line, long enough in the tier, and warned.

    Note    leave pauses the clock: whoever is on leave is not looked at, and `since` and `notice_at` were moved on afterwards
    """
    if facts.on_leave:
        return Verdict(facts.tier)
    up = rise(facts, scheme, now)
    held = scheme.place(facts.tier)
    if up.word or held == 0:
        return up
    if facts.growth >= scheme.hold_share * scheme.tiers[held].threshold:
        return Verdict(facts.tier, "kept" if facts.notice_at else "")
    if facts.notice_at is None:
        return Verdict(facts.tier, "notice")
    warned = now - facts.notice_at >= timedelta(days=scheme.notice_days)
    if warned and now - facts.since >= timedelta(days=scheme.hold_days):
        return Verdict(scheme.tiers[held - 1].code, "down")
    return Verdict(facts.tier)
