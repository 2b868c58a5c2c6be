"""Alert rules: which answers open a case, for whom, and why some that meet a rule open none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from portal.foundation.conditions import fields_of, holds, parse

SCORES = ("nps", "csat", "ces")
"""Fields every answer may have; more come from its cuts and its questions (`q.<code>`)."""

CUTS = ("touchpoint", "stage", "channel", "product", "segment", "source", "language")


class Kind(StrEnum):
    """What sort of case a rule opens."""

    LOW_SCORE = "low_score"
    COMPLAINT = "complaint"


class Reason(StrEnum):
    """Why an answer that meets a rule has no case."""

    NO_CONTACT = "no_contact"
    NOT_A_CUSTOMER = "not_a_customer"
    NO_UNIT = "no_unit"
    EXEMPT = "exempt"


class InCharge(StrEnum):
    """Whose case an answer at a touchpoint is."""

    EVENT_UNIT = "event_unit"
    ACCOUNT_UNIT = "account_unit"
    DEPARTMENT = "department"


class AlertSpec(BaseModel):
    """What an alert rule says; stored as JSON in its row, never changed once it ran."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name_zh: str = Field(min_length=1, max_length=60)
    name_en: str = Field(min_length=1, max_length=100)
    kind: Kind = Kind.LOW_SCORE
    condition: dict[str, Any]

    @field_validator("condition")
    @classmethod
    def _condition_reads_something(cls, value: dict[str, Any]) -> dict[str, Any]:
        """Refuse what does not parse, and a condition without a field, which every answer would meet."""
        if not list(fields_of(parse(value))):
            raise ValueError("a condition needs at least one field")
        return value


DEFAULT_CONDITION: dict[str, Any] = {
    "any": [
        {"field": "nps", "op": "le", "value": 6},
        {"field": "csat", "op": "le", "value": 2},
        {"field": "ces", "op": "le", "value": 3},
        {"field": "q.call_me", "op": "eq", "value": True},
    ]
}
"""Low scores, and whoever would rather be called than answer."""


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


def reason_for_none(answer: AnswerFacts, unit: UUID | None) -> Reason | None:
    """Why this answer opens no case though it meets a rule.

    A self-chosen answer (poster, kiosk) without a known customer is an improvement item: nobody can be called.
    """
    if answer.purpose != "customer":
        return Reason.NOT_A_CUSTOMER
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
