"""A contact policy: one section a rule. A section that is absent, and a limit of 0 or blank, mean that the rule is off."""

import json
import tomllib
from datetime import time, timedelta
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Days = Annotated[float, Field(ge=0, le=3_650, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
WHOS = ("any", "group", "same")
WHATS = ("sent", "answered", "declined", "abandoned")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Eligible(_Section):
    """R3: who and which events come into question."""

    tenure_days: Annotated[int, Field(ge=0, le=3_650)] = 0
    min_age: Annotated[int, Field(ge=0, le=120)] = 0
    stale_hours: Annotated[float, Field(ge=0, le=8_760)] = 0
    future_minutes: Annotated[float, Field(ge=0, le=1_440)] = 0


class Holdout(_Section):
    """R5: a share of the customers who are never asked, by hash."""

    share: Share = 0


class Sampling(_Section):
    """R6: the rate where a touchpoint names none."""

    rate: Share = 0


class Pending(_Section):
    """R9: no second invitation while one is open."""

    days: Days = 0


class CoolDown(_Section):
    """R10: one pause. `high_days` takes its place for the class `high`."""

    days: Days = 0
    high_days: Days = 0


class CoolDowns(_Section):
    """R10: the pauses after one step of a contact."""

    sent: CoolDown | None = None
    answered: CoolDown | None = None
    declined: CoolDown | None = None
    abandoned: CoolDown | None = None


class CoolDownTable(_Section):
    """R10: pauses by which contact started them: any, one of the same group, one of the same touchpoint."""

    any: CoolDowns | None = None
    group: CoolDowns | None = None
    same: CoolDowns | None = None


class BackOff(_Section):
    """R11: the pause after 1, 2, 3 … unanswered invitations in a row; the last holds for longer runs."""

    days: tuple[Days, ...] = ()


class Cap(_Section):
    """R12: at most `n` within a rolling window.

    Shape   scope `invite` counts invitations and re-ratings, `message` reminders too, `panel` the panel's; never notices.
            `kind` narrows it to one kind, `weighted` adds the contacts' weights instead of counting them
    """

    scope: Literal["invite", "message", "panel"] = "invite"
    channel: Code = "any"
    kind: Literal["invite", "reminder", "rerate", "panel"] | None = None
    n: Annotated[int, Field(ge=0, le=10_000)]
    window: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[hd]$")]
    weighted: bool = False

    @property
    def length(self) -> timedelta:
        """The window as a span."""
        number = int(self.window[:-1])
        return timedelta(hours=number) if self.window.endswith("h") else timedelta(days=number)

    @property
    def code(self) -> str:
        """The reason code, such as CAP_INVITE_ANY_24H."""
        return f"CAP_{self.kind or self.scope}_{self.channel}_{self.window}".upper()


class Pair(_Section):
    """R13: not `then` within `days` after `first`; with `either_way` not the other way round either."""

    first: Code
    then: Code
    days: Annotated[float, Field(gt=0, le=3_650)]
    either_way: bool = False


class QuietHours(_Section):
    """R14: from `start` to `end` by the customer's clock nothing is sent; it waits."""

    start: time
    end: time

    @model_validator(mode="after")
    def _without_zone(self) -> Self:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("quiet hours are wall-clock times without a zone")
        return self


class Arbitration(_Section):
    """R15: candidates of one customer that fall due within so many minutes compete."""

    minutes: Annotated[float, Field(ge=0, le=10_080)] = 0


class ContactPolicy(_Section):
    """All limits on asking customers. Draw and hash need the salt, which a stored version keeps beside it."""

    eligible: Eligible | None = None
    holdout: Holdout | None = None
    sampling: Sampling | None = None
    pending: Pending | None = None
    cooldown: CoolDownTable | None = None
    backoff: BackOff | None = None
    caps: tuple[Cap, ...] = ()
    weights: dict[Code, Annotated[float, Field(gt=0, le=100)]] = Field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    quiet_hours: QuietHours | None = None
    arbitration: Arbitration | None = None
    salt: Annotated[str, Field(max_length=100)] = ""

    @model_validator(mode="after")
    def _caps_have_different_codes(self) -> Self:
        codes = [cap.code for cap in self.caps]
        if len(codes) != len(set(codes)):
            raise ValueError("two caps count the same thing in the same window")
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
            "arbitration": {"minutes": 60},
        }
    )
