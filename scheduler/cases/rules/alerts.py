"""Alert rules: which answers open a case, for whom, and why some that meet a rule open none."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from portal.foundation.conditions import fields_of, holds, parse

SCORES = ("nps", "csat", "ces")
"""Fields every answer may have; more come from its cuts and its questions (`q.<code>`)."""

CUTS = ("touchpoint", "stage", "channel", "product", "segment", "source", "language")


STARS = "stars"
"""What a review gave, 1 to 5: no indicator, and part of no figure."""

LOW_RUN, TOPIC, MOOD = "low_run", "topic", "mood"
"""Facts that are looked up only where a rule in force reads them: low answers in a row, what the words are about, and their mood."""


class Source(StrEnum):
    """What a rule is held against."""

    ANSWER = "answer"
    ALARM = "alarm"


class Merging(StrEnum):
    """Which open case of the same customer a further answer joins."""

    TOUCHPOINT = "touchpoint"
    UNIT = "unit"
    NEVER = "never"


class Reason(StrEnum):
    """Why an answer that meets a rule has no case."""

    NO_CONTACT = "no_contact"
    NOT_A_CUSTOMER = "not_a_customer"
    NO_UNIT = "no_unit"
    EXEMPT = "exempt"
    TOO_OLD = "too_old"


class InCharge(StrEnum):
    """Whose case an answer at a touchpoint is."""

    EVENT_UNIT = "event_unit"
    ACCOUNT_UNIT = "account_unit"
    DEPARTMENT = "department"


class Routing(BaseModel):
    """Whose case it is, and how much anybody gets.

    Shape   ids of units as text: by topic, else by product, else the fixed `unit`, else the unit in charge as the touchpoint says
            `unit_cap`: a unit with so many open cases hands further ones to the level above; `person_cap`: nobody of its rota gets more
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: Source = Source.ANSWER
    unit: str = ""
    by_product: dict[str, str] = Field(default_factory=dict, max_length=100)
    by_topic: dict[str, str] = Field(default_factory=dict, max_length=100)
    rota: bool = True
    unit_cap: int | None = Field(default=None, ge=1, le=10_000)
    person_cap: int | None = Field(default=None, ge=1, le=1_000)
    merging: Merging = Merging.TOUCHPOINT

    @field_validator("unit")
    @classmethod
    def _an_id(cls, value: str) -> str:
        return str(UUID(value)) if value else ""

    @field_validator("by_product", "by_topic")
    @classmethod
    def _ids(cls, value: dict[str, str]) -> dict[str, str]:
        return {code: str(UUID(unit)) for code, unit in value.items()}

    def chosen(self, product: str | None, topics: Sequence[str]) -> UUID | None:
        """The unit that this rule names for an answer; None leaves it to the unit in charge."""
        by_topic = next((self.by_topic[one] for one in topics if one in self.by_topic), "")
        found = by_topic or (self.by_product.get(product, "") if product else "") or self.unit
        return UUID(found) if found else None


class AlertSpec(BaseModel):
    """What an alert rule says; stored as JSON in its row, never changed once it ran."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name_zh: str = Field(min_length=1, max_length=60)
    name_en: str = Field(min_length=1, max_length=100)
    kind: str = Field(default="low_score", pattern=r"^[a-z][a-z0-9_]{0,19}$")
    condition: dict[str, Any]
    routing: Routing = Routing()

    @field_validator("condition")
    @classmethod
    def _condition_reads_something(cls, value: dict[str, Any]) -> dict[str, Any]:
        """Refuse what does not parse, and a condition without a field, which every answer would meet."""
        if not list(fields_of(parse(value))):
            raise ValueError("a condition needs at least one field")
        return value


LOW_UP_TO = {"nps": 6, "csat": 2, "ces": 3}

DEFAULT_CONDITION: dict[str, Any] = {
    "any": [
        {"field": "nps", "op": "le", "value": 6},
        {"field": "csat", "op": "le", "value": 2},
        {"field": "ces", "op": "le", "value": 3},
        {"field": "stars", "op": "le", "value": 2},
        {"field": "q.call_me", "op": "eq", "value": True},
    ]
}
"""Low scores, reviews of one or two stars, and whoever would rather be called than answer."""


@dataclass(frozen=True)
class Scored:
    """One score of an answer: the kind of its indicator (nps, csat, ces) and the indicator's own code."""

    metric: str
    indicator: str
    value: float


@dataclass(frozen=True)
class AnswerFacts:
    """What decides whether an answer may become a case."""

    purpose: str = "customer"
    source: str = "invited"
    knows_customer: bool = True
    fresh: bool = True


@dataclass(frozen=True)
class Units:
    """The units that could be in charge of an answer."""

    event: UUID | None = None
    account: UUID | None = None
    department: UUID | None = None
    head: UUID | None = None


def facts_of(scores: Iterable[Scored], cuts: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The flat facts a condition reads: the lowest score of each kind, each indicator, the cuts, and `q.<code>` for answers."""
    facts: dict[str, Any] = {name: cuts.get(name) for name in CUTS}
    for score in scores:
        facts[score.indicator] = score.value
        known = facts.get(score.metric)
        if score.metric != score.indicator or known is None:
            facts[score.metric] = score.value if known is None else min(known, score.value)
    facts.update({f"q.{code}": value for code, value in answers.items()})
    return facts


def meets(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether an answer certainly meets a rule; an unanswered question meets nothing."""
    return holds(parse(condition), facts)


def reads(conditions: Iterable[Mapping[str, Any]], wanted: Collection[str]) -> bool:
    """Whether one of some conditions reads one of some fields."""
    return any(field in wanted for one in conditions for field in fields_of(parse(one)))


def low(scores: Iterable[Scored]) -> bool:
    """Whether an answer's scores hold one that ships as low: a detractor, 1 or 2 of 5, 1 to 3 of 7."""
    return any(score.value <= LOW_UP_TO[score.metric] for score in scores if score.metric in LOW_UP_TO)


def reason_for_none(answer: AnswerFacts, unit: UUID | None) -> Reason | None:
    """Why this answer opens no case though it meets a rule.

    A self-chosen answer (poster, kiosk) without a known customer is an improvement item: nobody can be called.
    """
    if answer.purpose != "customer":
        return Reason.NOT_A_CUSTOMER
    if not answer.fresh:
        return Reason.TOO_OLD
    if not answer.knows_customer:
        return Reason.NO_CONTACT
    return Reason.NO_UNIT if unit is None else None


def unit_in_charge(in_charge: InCharge | None, units: Units) -> UUID | None:
    """The unit whose case it is: as the touchpoint says, else the next one that is known.

    A mobile-bank score has no outlet, and an outlet may be missing on an event: a case must still land on a desk.
    """
    order = {
        InCharge.EVENT_UNIT: (units.event, units.account, units.department, units.head),
        InCharge.ACCOUNT_UNIT: (units.account, units.event, units.department, units.head),
        InCharge.DEPARTMENT: (units.department, units.event, units.account, units.head),
    }[in_charge or InCharge.EVENT_UNIT]
    return next((unit for unit in order if unit is not None), None)


class ApprovalRefusal(StrEnum):
    """Why an alert rule is not switched; each is an error code."""

    SAME_PERSON = "needs_second_person"
    NOT_WAITING = "alert_rule_not_waiting"


def refuse_approval(*, waiting: bool, asked_by: UUID | None, approver: UUID | None) -> ApprovalRefusal | None:
    """Four eyes: whoever asked for a rule to run may not be the one who lets it run."""
    if not waiting:
        return ApprovalRefusal.NOT_WAITING
    return ApprovalRefusal.SAME_PERSON if asked_by is not None and asked_by == approver else None
