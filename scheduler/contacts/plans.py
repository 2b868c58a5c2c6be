"""What simulator and replay are told besides events and policy: touchpoints and customers, from files or assumed."""

import csv
import tomllib
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from portal.foundation.conditions import parse
from portal.foundation.errors import SoundingsError
from portal.foundation.zones import zones
from scheduler.contacts.answers import ResponsePlan
from scheduler.contacts.rules.facts import Touchpoint
from scheduler.contacts.rules.policy import WHATS, WHOS, ContactPolicy, from_toml
from scheduler.contacts.standing import days_off_by_calendar
from scheduler.touchpoints.rules.listening import Listening

Made = TypeVar("Made")
Code = Annotated[str, Field(min_length=1, max_length=60)]
_COOLDOWNS = {f"{who}.{what}" for who in WHOS for what in WHATS}


class FileRefused(SoundingsError):
    """A policy, touchpoints or customers file can't be used; `file`, `field` and `problem` say where and why."""

    code, status = "plan_refused", 422


class TouchpointPlan(BaseModel):
    """One touchpoint of a plan; without a file each event type is one.

    Shape   `units`: codes of all units whose events are asked about, None = all; `department`: the code of the one in charge
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    code: Code
    event_type: Code
    class_: Annotated[Literal["service", "high", "normal", "panel", "staff"], Field(alias="class")] = "normal"
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    delay_minutes: Annotated[int, Field(ge=0, le=10_080)] = 0
    filter: dict[str, Any] | None = None
    group: Annotated[str, Field(max_length=40)] | None = None
    channels: tuple[Code, ...] = ("file",)
    rate: Annotated[float, Field(ge=0, le=1)] | None = None
    tenure_days: Annotated[int, Field(ge=0)] | None = None
    cooldown: dict[str, Annotated[float, Field(ge=0, le=3_650)]] = Field(default_factory=dict)
    avoid_holidays: bool = False
    expires_hours: Annotated[int, Field(ge=1, le=1_440)] | None = None
    units: tuple[Code, ...] | None = None
    in_charge: Literal["event_unit", "account_unit", "department"] = "event_unit"
    department: Code | None = None

    @model_validator(mode="after")
    def _department_is_named(self) -> Self:
        if self.in_charge == "department" and not self.department:
            raise ValueError("a department in charge needs its code")
        return self

    @field_validator("filter")
    @classmethod
    def _filter_is_a_condition(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value is not None:
            parse(value)
        return value

    @field_validator("cooldown")
    @classmethod
    def _cooldowns_are_known(cls, value: dict[str, float]) -> dict[str, float]:
        if unknown := value.keys() - _COOLDOWNS:
            raise ValueError(f"unknown cool-down {min(unknown)}")
        return value

    def listening(self, version_id: UUID) -> Listening:
        """The touchpoint as intake sees it."""
        condition = parse(self.filter) if self.filter else None
        delay = timedelta(minutes=self.delay_minutes)
        return Listening(
            self.code, self.event_type, condition, version_id, self.class_, self.priority, delay, self.group, self.in_charge,
            unit_codes=None if self.units is None else frozenset(self.units),
            expires_after=timedelta(hours=self.expires_hours) if self.expires_hours else None,
        )  # fmt: skip

    def facts(self, *, weekends: bool = False) -> Touchpoint:
        """The touchpoint as the rules see it; `weekends` are days off too where it keeps holidays."""
        days = {name: days for name, days in self.cooldown.items() if days}
        off = days_off_by_calendar(weekends) if self.avoid_holidays else {}
        return Touchpoint(
            self.code, self.group, channels=self.channels, rate=self.rate, tenure_days=self.tenure_days, cooldowns=days, days_off=off
        )


def _known_zone(zone: str) -> str:
    if zone and zone not in zones():
        raise ValueError("not a time zone of the IANA list")
    return zone


class CustomerPlan(BaseModel):
    """One customer of a file; blank is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ref: Annotated[str, Field(min_length=1, max_length=100)]
    consent: bool = True
    opt_out: bool = False
    customer_since: date | None = None
    birth_date: date | None = None
    zone: Annotated[str, AfterValidator(_known_zone)] = ""
    segment: Annotated[str, Field(max_length=40)] = ""
    listed: Literal["", "never", "bypass"] = ""
    company: Annotated[str, Field(max_length=2_000)] = ""
    unit: Annotated[str, Field(max_length=60)] = ""
    reach: Annotated[str, Field(max_length=100)] = ""
    preferred_channel: Annotated[str, Field(max_length=20)] = ""
    unreachable: Annotated[str, Field(max_length=120)] = ""
    language: Annotated[str, Field(max_length=20)] = ""

    @property
    def channels(self) -> frozenset[str]:
        """The channels that lead to one of their addresses, besides those that need none."""
        return frozenset(one.strip() for one in self.reach.split(";")) - {""}

    @property
    def companies(self) -> tuple[str, ...]:
        """The companies they speak for."""
        return tuple(sorted({one.strip() for one in self.company.split(";")} - {""}))

    def columns(self) -> dict[str, Any]:
        """What is written of it on the customer's row."""
        return {
            "zone": self.zone or None,
            "customer_since": self.customer_since,
            "birth_date": self.birth_date,
            "segment": self.segment or None,
            "language": self.language or None,
            "preferred_channel": self.preferred_channel or None,
            "unreachable": self.unreachable,
        }


def assumed_touchpoints(event_types: Iterable[str]) -> list[TouchpointPlan]:
    """Each event type is one touchpoint: normal, priority 50, no delay."""
    return [TouchpointPlan(code=one, event_type=one) for one in sorted(set(event_types))]


def read_policy(path: Path) -> ContactPolicy:
    """A policy file.

    Raises  FileRefused
    """
    return _refusing(path, lambda: from_toml(path.read_text(encoding="utf-8")))


def read_touchpoints(path: Path) -> list[TouchpointPlan]:
    """A touchpoints file: `[[touchpoint]]` tables.

    Raises  FileRefused
    """

    def read() -> list[TouchpointPlan]:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        if set(raw) - {"touchpoint"}:
            raise ValueError("only [[touchpoint]] tables")
        plans = [TouchpointPlan.model_validate(one) for one in raw.get("touchpoint", [])]
        if len({plan.code for plan in plans}) != len(plans):
            raise ValueError("two touchpoints of one code")
        return plans

    return _refusing(path, read)


def read_customers(path: Path) -> dict[str, CustomerPlan]:
    """A customers file (CSV with a header), by reference.

    Raises  FileRefused
    """

    def read() -> dict[str, CustomerPlan]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [{name: value for name, value in row.items() if value != ""} for row in csv.DictReader(file)]
        plans = [CustomerPlan.model_validate(row) for row in rows]
        return {plan.ref: plan for plan in plans}

    return _refusing(path, read)


def _refusing(path: Path, make: Callable[[], Made]) -> Made:
    try:
        return make()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise FileRefused(file=path.name, field=".".join(map(str, first["loc"])), problem=first["msg"]) from None
    except (ValueError, OSError) as error:
        raise FileRefused(file=path.name, problem=str(error)) from None


def read_responses(path: Path) -> ResponsePlan:
    """A responses file.

    Raises  FileRefused
    """
    return _refusing(path, lambda: ResponsePlan.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))))
