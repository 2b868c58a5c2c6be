"""The way from an event to an answer: how many got how far, and why the others were not asked."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session

from questionnaires.metrics.asked import Place
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.proportions import share
from questionnaires.metrics.store import funnel as store
from questionnaires.metrics.store.reading import Cut

STEPS = ("events", "candidates", "invited", "delivered", "opened", "started", "completed")


@dataclass(frozen=True)
class Funnel:
    """Counts per step, each on the day it happened, with reasons for those who were not asked."""

    steps: tuple[tuple[str, int], ...]
    drops: tuple[tuple[str, int], ...]
    response_rate: Estimate
    response_rate_before: Estimate

    def count(self, step: str) -> int:
        """How many got to a step."""
        return dict(self.steps)[step]

    @property
    def empty(self) -> bool:
        """Whether nothing happened at all."""
        return not any(n for _, n in self.steps)


def read_funnel(session: Session, place: Place, period: Period) -> Funnel:
    """The funnel of a place and period, one statement."""
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    drops: Counter[str] = Counter()
    for row in store.funnel(session, place.cut, period):
        if row.code:
            drops[row.code] += row.now
        else:
            now[row.step] += row.now
            before[row.step] += row.before
    return Funnel(
        tuple((step, now[step]) for step in steps_of(place.cut)),
        tuple((code, n) for code, n in drops.most_common() if n),
        response_rate(now),
        response_rate(before),
    )


def steps_of(cut: Cut) -> tuple[str, ...]:
    """The steps that a cut can see: an event belongs to no touchpoint yet, a candidate to no channel."""
    if cut.channel:
        return STEPS[2:]
    return STEPS[1:] if cut.touchpoint else STEPS


def response_rate(steps: Counter[str]) -> Estimate:
    """Completed of delivered; steps are counted on their own days, so that a short period may see more answers than messages."""
    reached = steps["delivered"] or steps["invited"]
    return share(min(steps["completed"], reached), reached)
