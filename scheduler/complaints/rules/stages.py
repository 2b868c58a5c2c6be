"""The life of a complaint beside its case: what may be done when, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Stage(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


class Refusal(StrEnum):
    """Why something is not done; each is an error code."""

    STAGE = "complaint_stage_does_not_fit"
    RECUSED = "complaint_recused"
    NOT_DECIDED = "complaint_not_decided"
    EXTENDED = "complaint_extended_before"
    NOT_COMPLEX = "complaint_not_complex"
    TOO_LATE = "complaint_too_late"
    SAME_PERSON = "needs_second_person"
    NOT_ABOVE = "complaint_not_above"
    REVIEWED = "complaint_reviewed_before"
    ITSELF = "complaint_itself"
    AGENT = "complaint_agent_unchecked"
    OWNER_RECUSED = "complaint_owner_recused"


OPEN = frozenset({Stage.RECEIVED, Stage.ACCEPTED})


@dataclass(frozen=True)
class Standing:
    """What decides whether somebody may do something with a complaint."""

    stage: Stage
    due_at: datetime
    recused: frozenset[UUID] = frozenset()
    agent_waits: bool = False
    extensions: frozenset[str] = frozenset()


def refuse_work(standing: Standing, user_id: UUID | None) -> Refusal | None:
    """Whoever has an interest in the matter takes no part in it; a settled complaint is not worked on."""
    if user_id is not None and user_id in standing.recused:
        return Refusal.RECUSED
    return None if standing.stage in OPEN else Refusal.STAGE


def refuse_extension(standing: Standing, kind: str, now: datetime) -> Refusal | None:
    """Each extension once, before the limit it extends is over; the second needs the first."""
    if kind in standing.extensions:
        return Refusal.EXTENDED
    if kind == "approved" and "complex" not in standing.extensions:
        return Refusal.NOT_COMPLEX
    return Refusal.TOO_LATE if now > standing.due_at else None


def refuse_approval(asked_by: UUID, approver: UUID | None, above: Sequence[UUID]) -> Refusal | None:
    """Another person at a level above says yes."""
    if approver == asked_by:
        return Refusal.SAME_PERSON
    return None if above else Refusal.NOT_ABOVE


def refuse_decision(standing: Standing, user_id: UUID | None) -> Refusal | None:
    """A decision needs an accepted complaint, and an agent's authority looked at first."""
    if refusal := refuse_work(standing, user_id):
        return refusal
    if standing.stage is not Stage.ACCEPTED:
        return Refusal.STAGE
    return Refusal.AGENT if standing.agent_waits else None


def refuse_review(stage: Stage, decided_at: datetime | None, until: datetime | None, asked_before: bool, now: datetime) -> Refusal | None:
    """A customer may ask once for a review, in time after the decision."""
    if asked_before:
        return Refusal.REVIEWED
    if stage not in (Stage.DECIDED, Stage.CLOSED) or decided_at is None or until is None:
        return Refusal.STAGE
    return Refusal.TOO_LATE if now > until else None
