"""Made-up answers for replay and simulator: who answers, when and with which score, by hash of the event's id."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from portal.foundation.chance import chance
from scheduler.contacts.rules.facts import Candidate, PastContact

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_PROMOTERS_MOSTLY = (1, 1, 1, 1, 1, 2, 2, 4, 6, 7, 8)


class ResponsePlan(BaseModel):
    """A responses file.

    Shape   `rate` of invitations are answered, `decline_rate` declined, after between `delay_minutes[0]` and `[1]`;
            `scores` weigh the points 0 to 10 of the NPS question
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: Share = 0.2
    decline_rate: Share = 0
    delay_minutes: tuple[Annotated[float, Field(ge=1)], Annotated[float, Field(le=20_000)]] = (5, 2_880)
    scores: Annotated[tuple[Weight, ...], Field(min_length=11, max_length=11)] = _PROMOTERS_MOSTLY

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.rate + self.decline_rate > 1:
            raise ValueError("rate and decline_rate together exceed 1")
        if self.delay_minutes[0] > self.delay_minutes[1] or not sum(self.scores):
            raise ValueError("delays in order and at least one score")
        return self


class Answer(NamedTuple):
    """What one invited person does: answers with a score, or declines."""

    after: timedelta
    score: int | None


def answer_to(plan: ResponsePlan, event_id: str) -> Answer | None:
    """What becomes of the invitation to an event; None where nobody reacts."""
    drawn = chance("answer", event_id)
    if drawn >= plan.rate + plan.decline_rate:
        return None
    first, last = plan.delay_minutes
    after = timedelta(minutes=round(first + (last - first) * chance("delay", event_id)))
    return Answer(after, _score(plan.scores, chance("score", event_id)) if drawn < plan.rate else None)


def _score(weights: Sequence[float], drawn: float) -> int:
    left = drawn * sum(weights)
    for score, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return score
    return max(score for score, weight in enumerate(weights) if weight)


class Answering:
    """Fills in the times of the answer when a contact is sent."""

    def __init__(self, plan: ResponsePlan) -> None:
        self.plan = plan

    def __call__(self, candidate: Candidate, contact: PastContact) -> PastContact:
        """The contact as it will have been."""
        answer = answer_to(self.plan, candidate.event_id)
        if answer is None or contact.counts_at is None:
            return contact
        at = contact.counts_at + answer.after
        return contact._replace(declined_at=at) if answer.score is None else contact._replace(answered_at=at)
