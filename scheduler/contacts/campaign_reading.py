"""A campaign as its page shows it: what it would do under the policy in force, and what its waves did."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.chance import chance
from portal.foundation.clock import day_in
from portal.foundation.settings import Settings
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.nps import NpsCounts, nps
from questionnaires.metrics.rules.proportions import share
from scheduler.contacts import policies
from scheduler.contacts.gather import gather
from scheduler.contacts.rules.facts import Candidate
from scheduler.contacts.rules.precision import Counts
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.standing import Standing, standing_at
from scheduler.contacts.store import campaigns as store
from scheduler.touchpoints import audience
from scheduler.touchpoints.campaign_models import Campaign, CampaignWave
from scheduler.touchpoints.rules.campaigns import wanted

STAFF_STEPS = ("invited", "delivered")
TRIED = 300
"""On so many members the policy is tried for the preview."""


@dataclass(frozen=True)
class Preview:
    """What a wave would do now; `exact` where the audience was counted to the last one. Drops by reason among those tried."""

    audience: int
    exact: bool
    drawn: int
    tried: int
    asked: Estimate
    drops: list[tuple[str, int]]
    response_rate: float

    @property
    def invitations(self) -> float:
        """Expected invitations."""
        return self.drawn * (self.asked.value or 0) / 100

    @property
    def answers(self) -> float:
        """Expected answers."""
        return self.invitations * self.response_rate


def preview(session: Session, campaign: Campaign, settings: Settings, now: datetime) -> Preview:
    """Count the audience, and weigh some of it by the rules as they stand: nothing is written."""
    size = audience.size(session, campaign, now, settings.zone)
    number = wanted(campaign.model_dump())
    drawn = size.number if number is None else min(number, size.number)
    every = max(1, len(size.some) // TRIED)
    some = size.some[::every][:TRIED]
    codes = _weighed(session, campaign, [one["person_id"] for one in some], settings, now) if some else Counter()
    sent = codes.pop(str(Outcome.SEND.value), 0)
    return Preview(size.number, size.exact, drawn, len(some), share(sent, len(some)), codes.most_common(), campaign.response_rate)


def _weighed(session: Session, campaign: Campaign, person_ids: Sequence[UUID], settings: Settings, now: datetime) -> Counter[str]:
    standing = standing_at(session, policies.in_force(session, now), settings, now)
    touchpoint = replace(standing.touchpoint(campaign.touchpoint), live=True, rate=1.0)
    people = gather(session, list(dict.fromkeys(person_ids)), now, settings.zone, since=now - standing.since)
    found: Counter[str] = Counter()
    for person_id, person in people.persons.items():
        candidate = Candidate(
            person_id, str(person_id), touchpoint, "staff" if campaign.audience_kind == "staff" else "normal", campaign.priority,
            now, now, now, now + timedelta(days=10), holdout_chance=_held(standing, person.ref),
        )  # fmt: skip
        verdict = standing.book.weigh(candidate, person, now)
        asked = verdict.outcome in (Outcome.SEND, Outcome.DEFER)
        found[str(Outcome.SEND.value) if asked else str(verdict.code)] += 1
    return found


def _held(standing: Standing, ref: str) -> float:
    return chance("holdout", standing.salt, ref)


@dataclass
class WaveFigures:
    """A wave with what became of it; `score` is the indicator's figure of its days."""

    wave: CampaignWave
    steps: Counter[str] = field(default_factory=Counter)
    drops: Counter[str] = field(default_factory=Counter)
    counts: Counts = field(default_factory=Counts)
    indicator: str = "nps"
    staff: bool = False

    @property
    def score(self) -> Estimate:
        """NPS, or the share of the satisfied."""
        return estimate(self.indicator, self.counts)

    @property
    def decided(self) -> int:
        """How many members have their decision."""
        return self.steps["invited"] + sum(self.drops.values())

    def funnel(self, labels: dict[str, Any]) -> list[dict[str, Any]]:
        """The steps for the funnel's part, members first."""
        names = [name for name in labels if name != "members" and (not self.staff or name in STAFF_STEPS)]
        return [
            {"label": labels["members"], "value": self.wave.asked},
            *({"label": labels[one], "value": self.steps[one]} for one in names),
        ]


def estimate(indicator: str, counts: Counts) -> Estimate:
    """The figure of an indicator from its bands."""
    if kind_of(indicator) is Kind.NPS:
        return nps(NpsCounts(counts.low, counts.mid, counts.high))
    return share(counts.high, counts.n)


def figures(session: Session, campaign: Campaign, waves: Sequence[CampaignWave], zone: str, now: datetime) -> list[WaveFigures]:
    """What became of each wave that has begun: the days from its beginning up to the next one's are its own."""
    begun = [one for one in waves if one.started_at is not None]
    if not begun:
        return []
    starts = [day_in(zone, one.started_at or now) for one in begun]
    after = day_in(zone, now) + timedelta(days=1)
    days, scores = (
        store.steps(session, campaign.touchpoint, starts[0], after),
        store.answers(session, campaign.touchpoint, campaign.indicator, starts[0], after),
    )
    found = []
    for wave, first, last in zip(begun, starts, [*starts[1:], after], strict=True):
        made = WaveFigures(wave, indicator=campaign.indicator, staff=campaign.audience_kind == "staff")
        for one in days:
            if first <= one.day < last:
                (made.drops if one.step == "dropped" else made.steps)[one.code if one.step == "dropped" else one.step] += one.n
        for day, counts in scores:
            if first <= day < last:
                made.counts = made.counts.plus(counts)
        if campaign.audience_kind == "staff":
            made.steps = Counter(dict(zip(STAFF_STEPS, store.staff_steps(session, campaign.touchpoint, wave.id), strict=True)))
        found.append(made)
    return found
