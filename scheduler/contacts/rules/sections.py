"""The sections of a contact policy, one a rule. What is absent, and a limit of 0 or blank, mean that the rule is off."""

from datetime import time, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from portal.foundation.zones import zones

Days = Annotated[float, Field(ge=0, le=3_650, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
FOR_GOOD = timedelta(days=3_650)
"""As long as a ledger is kept: what is never to follow is looked for so far back."""


def _known_zone(zone: str) -> str:
    if zone not in zones():
        raise ValueError("not a time zone of the IANA list")
    return zone


Zone = Annotated[str, AfterValidator(_known_zone)]
WHOS = ("any", "group", "same")
WHATS = ("sent", "answered", "declined", "abandoned")


class Section(BaseModel):
    """One table of a policy file: closed and unchangeable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Eligible(Section):
    """R3: who and which events come into question."""

    tenure_days: Annotated[int, Field(ge=0, le=3_650)] = 0
    min_age: Annotated[int, Field(ge=0, le=120)] = 0
    stale_hours: Annotated[float, Field(ge=0, le=8_760)] = 0
    future_minutes: Annotated[float, Field(ge=0, le=1_440)] = 0


class Holdout(Section):
    """R5: a share of the customers who are never asked, by hash."""

    share: Share = 0


class Sampling(Section):
    """R6: the rate where a touchpoint names none."""

    rate: Share = 0


class Pending(Section):
    """R9: no second invitation while one is open."""

    days: Days = 0


class CoolDown(Section):
    """R10: one pause. `high_days` takes its place for the class `high`."""

    days: Days = 0
    high_days: Days = 0


class CoolDowns(Section):
    """R10: the pauses after one step of a contact."""

    sent: CoolDown | None = None
    answered: CoolDown | None = None
    declined: CoolDown | None = None
    abandoned: CoolDown | None = None


class CoolDownTable(Section):
    """R10: pauses by which contact started them: any, one of the same group, one of the same touchpoint."""

    any: CoolDowns | None = None
    group: CoolDowns | None = None
    same: CoolDowns | None = None


class BackOff(Section):
    """R11: the pause after 1, 2, 3 … unanswered invitations in a row; the last holds for longer runs."""

    days: tuple[Days, ...] = ()


class Cap(Section):
    """R12: at most `n` within a rolling window.

    Shape   scope `invite` counts invitations and re-ratings, `message` reminders too, `panel` the panel's; never notices.
            `kind` narrows it to one kind, `weighted` adds the contacts' weights instead of counting them; it holds `per`
            person, per company (all its contact persons together), or for both
    """

    scope: Literal["invite", "message", "panel"] = "invite"
    channel: Code = "any"
    kind: Literal["invite", "reminder", "rerate", "panel"] | None = None
    n: Annotated[int, Field(ge=0, le=10_000)]
    window: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[hd]$")]
    weighted: bool = False
    per: Literal["person", "company", "both"] = "both"

    @property
    def length(self) -> timedelta:
        """The window as a span."""
        number = int(self.window[:-1])
        return timedelta(hours=number) if self.window.endswith("h") else timedelta(days=number)

    @property
    def code(self) -> str:
        """The reason code, such as CAP_INVITE_ANY_24H."""
        return f"CAP_{self.kind or self.scope}_{self.channel}_{self.window}".upper()


class Pair(Section):
    """R13: not `then` within `days` after `first`; with `either_way` not the other way round either.

    Shape   `never`: one excludes the other for good, in either order
    """

    first: Code
    then: Code
    days: Annotated[float, Field(ge=0, le=3_650)] = 0
    either_way: bool = False
    never: bool = False

    @model_validator(mode="after")
    def _says_how_long(self) -> Self:
        if not self.never and not self.days:
            raise ValueError("a pair needs days, or never")
        return self

    @property
    def length(self) -> timedelta:
        """How long the first keeps the second away."""
        return FOR_GOOD if self.never else timedelta(days=self.days)

    @property
    def both_ways(self) -> bool:
        """Whether the order does not matter."""
        return self.either_way or self.never


class QuietHours(Section):
    """R14: from `start` to `end` by the customer's clock nothing is sent; it waits.

    Shape   the clock is that of the customer's zone, else the unit's, else `zone`, else the bank's
    """

    start: time
    end: time
    zone: Zone | None = None

    @model_validator(mode="after")
    def _without_zone(self) -> Self:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("quiet hours are wall-clock times without a zone")
        return self


class Holidays(Section):
    """R14, where a touchpoint keeps holidays: `weekends` are days off too, those that China works aside."""

    weekends: bool = False


class QuotaRule(Section):
    """R7: at most `n` a day (the bank's).

    Shape   `by` names what is counted apart (touchpoint, unit, segment); `touchpoint`, `unit` (code), `segment` narrow it to one.
            `what` invites: taken at the reservation; completes: answers that came in on that day
    """

    what: Literal["invites", "completes"] = "invites"
    n: Annotated[int, Field(ge=0, le=10_000_000)]
    by: tuple[Literal["touchpoint", "unit", "segment"], ...] = ()
    touchpoint: Code | None = None
    unit: Code | None = None
    segment: Code | None = None


class BudgetRule(Section):
    """R7: what a channel may cost a day, in cents; a message costs what `[costs]` says."""

    channel: Code
    cents: Annotated[int, Field(ge=0, le=1_000_000_000)]


class Workload(Section):
    """R8: a unit with `capacity` or more open cases is not asked about in these classes, at most so many days on end."""

    capacity: Annotated[int, Field(ge=0, le=100_000)] = 0
    days: Annotated[float, Field(gt=0, le=30)] = 5
    classes: tuple[Literal["high", "normal", "panel", "staff"], ...] = ("normal",)


class Reminders(Section):
    """One or two reminders after so many hours without an answer."""

    count: Annotated[int, Field(ge=0, le=2)] = 0
    after_hours: Annotated[float, Field(ge=1, le=336)] = 72


class Arbitration(Section):
    """R15: candidates of one customer that fall due within so many minutes compete."""

    minutes: Annotated[float, Field(ge=0, le=10_080)] = 0
