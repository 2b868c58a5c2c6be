"""The rules of points as data: what pays how much, in which parts, within which caps, and when it expires."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

HUGE = 100_000
"""No rule pays more at once."""
Points = Annotated[int, Field(ge=0, le=HUGE)]
Share = Annotated[Decimal, Field(ge=0, le=1)]


class Refusal(StrEnum):
    """Why nothing is awarded; each is a code with words."""

    NO_RULE = "point_rule_unknown"
    VERSION = "point_rules_not_in_force"
    OWN_DUPLICATE = "point_own_duplicate"
    SLIGHT_DUPLICATE = "point_slight_duplicate"
    ORIGINAL = "point_original_not_accepted"
    NOTHING = "point_amount_is_nothing"
    DAY_CAP = "point_day_cap"
    TASK_BUDGET = "point_task_budget"
    MONTH_BUDGET = "point_month_budget"
    REVOKED = "point_award_revoked"


class AwardRule(BaseModel):
    """What one kind of work pays.

    Shape   `base` for all, or by severity (1 the highest) or grade; `most`: the caller names the points itself, up to so many;
            `first`: the share that is paid at once, the rest once the work is verified; `growth`: it counts for tiers
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: Points = 0
    by_severity: dict[int, Points] = {}
    by_grade: dict[str, Points] = {}
    most: Points = 0
    quality: bool = False
    tier: bool = True
    share: Share = Decimal(1)
    severities: tuple[int, ...] = ()
    first: Annotated[Decimal, Field(gt=0, le=1)] = Decimal(1)
    growth: bool = True

    @model_validator(mode="after")
    def _pays_something(self) -> "AwardRule":
        if not (self.base or self.most or any(self.by_severity.values()) or any(self.by_grade.values())):
            raise ValueError("pays nothing")
        return self


class Caps(BaseModel):
    """How much of an officer counts in a day; 0 is no cap."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: Points = 200
    submissions: Points = 10
    uploads: Points = 60


class Rulebook(BaseModel):
    """One version of all rules; every figure is edited by the programme's manager and holds once a second person agreed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str = Field(default="Asia/Shanghai", max_length=60)
    pending_days: int = Field(default=7, ge=0, le=90)
    expiry_months: int = Field(default=12, ge=1, le=60)
    warn_days: tuple[int, int, int] = (60, 30, 7)
    grace_days: int = Field(default=30, ge=1, le=365)
    reserve_hours: int = Field(default=24, ge=1, le=720)
    month_budget: int = Field(default=100_000, ge=0, le=100_000_000)
    year_value_cents: int = Field(default=80_000, ge=0, le=100_000_000)
    quality: dict[int, Decimal] = {1: Decimal("0.5"), 2: Decimal(1), 3: Decimal("1.5"), 4: Decimal(2)}
    caps: Caps = Caps()
    awards: dict[str, AwardRule] = {}

    @model_validator(mode="after")
    def _fits(self) -> "Rulebook":
        if not self.warn_days[0] > self.warn_days[1] > self.warn_days[2] > 0:
            raise ValueError("warnings go from early to late")
        if set(self.quality) != {1, 2, 3, 4} or not all(0 < one <= 5 for one in self.quality.values()):
            raise ValueError("quality has four steps")
        return self

    def stored(self) -> dict[str, Any]:
        """As it is kept."""
        return self.model_dump(mode="json")


SEVERITY = {1: 40, 2: 20, 3: 10, 4: 5}


def standard(zone: str = "Asia/Shanghai") -> Rulebook:
    """What the product is shipped with."""
    half = Decimal("0.5")
    return Rulebook(
        zone=zone,
        awards={
            "submission": AwardRule(by_severity=SEVERITY, base=5, quality=True, first=half),
            "duplicate": AwardRule(by_severity=SEVERITY, quality=True, share=Decimal("0.25"), severities=(1, 2), growth=False),
            "idea": AwardRule(by_grade={"A": 80, "B": 40, "C": 20, "D": 10}, tier=False, first=half),
            "idea_implemented": AwardRule(base=50, by_grade={"A": 100, "B": 50, "C": 25, "D": 10}, tier=False),
            "activity": AwardRule(base=10, most=200, tier=False),
            "training": AwardRule(base=10, tier=False),
            "contest": AwardRule(base=20, most=1_000, tier=False),
            "manual": AwardRule(most=2_000, tier=False, growth=False),
        },
    )
