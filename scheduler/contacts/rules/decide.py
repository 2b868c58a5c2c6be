"""The decision on one candidate. Everything that sends asks here."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from scheduler.contacts.rules import cooldowns, quotas, standing, timing
from scheduler.contacts.rules.caps import caps, channel_for
from scheduler.contacts.rules.checks import NOTHING, Check, Evidence
from scheduler.contacts.rules.facts import Candidate, CandidateClass, Person
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.reasons import Outcome, Reason, Rule
from scheduler.contacts.rules.room import Room


class Verdict(NamedTuple):
    """What became of a candidate and why.

    Shape   `until` only for DEFER, `channel` and `send_at` only for SEND, `winner_id` only for OUTRANKED
    """

    outcome: Outcome
    rule: Rule
    code: str
    evidence: Evidence
    probability: float
    until: datetime | None = None
    channel: str | None = None
    send_at: datetime | None = None
    winner_id: UUID | None = None


CHECKS: tuple[tuple[Rule, Callable[[ContactPolicy], Check | None]], ...] = (
    (Rule.NOT_SEEN, lambda _policy: standing.not_seen),
    (Rule.LIVE, lambda _policy: standing.live),
    (Rule.ELIGIBLE, lambda policy: standing.eligible(policy.eligible)),
    (Rule.LAWFUL, lambda _policy: standing.lawful),
    (Rule.HOLDOUT, standing.holdout),
    (Rule.SAMPLED, standing.sampled),
    (Rule.QUOTA, quotas.room_left),
    (Rule.WORKLOAD, quotas.rested),
    (Rule.ONE_OPEN, cooldowns.one_open),
    (Rule.COOLDOWN, cooldowns.cool_down),
    (Rule.BACKOFF, cooldowns.back_off),
    (Rule.CAPS, caps),
    (Rule.PAIRS, cooldowns.pairs),
    (Rule.TIME, timing.in_time),
    (Rule.CHANNEL, lambda _policy: timing.reachable),
)
"""How each rule is made ready from a policy; None where it is off. R15 weighs candidates against each other (`arbitrate`),
R17 is the reservation itself."""


class Rulebook:
    """A policy made ready: the checks that are on, in order."""

    def __init__(self, policy: ContactPolicy) -> None:
        self.policy = policy
        self.checks: tuple[tuple[Rule, Check], ...] = tuple((rule, made) for rule, make in CHECKS if (made := make(policy)))
        self.window = timedelta(minutes=policy.arbitration.minutes if policy.arbitration else 0)
        self.look_back = look_back(policy)
        self._held = policy.holdout.share if policy.holdout else 0.0
        self._asked_share = 1.0 - self._held
        self._rate = policy.sampling.rate if policy.sampling else 0.0
        self.observes = bool(self.window or policy.quotas or policy.budgets)

    def probability(self, candidate: Candidate, room: Room | None = None) -> float:
        """With which chance an event like this one is asked: outside the holdout, drawn, within quota and budget, not outranked.

        Note    the last two as observed so far at the touchpoint, unit and month
        """
        chosen = self._asked_share * standing.rate_for(candidate, self._rate)
        if room is None or not self.observes or candidate.cls == CandidateClass.SERVICE:
            return chosen
        seen = room.observed.get(candidate.cell)
        return chosen * seen.share() if seen else chosen

    def drawn(self, candidate: Candidate) -> bool:
        """Whether the holdout and the sample leave a candidate a chance; both look at nothing but the candidate."""
        return candidate.holdout_chance >= self._held and candidate.sample_chance < standing.rate_for(candidate, self._rate)

    def weigh(self, candidate: Candidate, person: Person, now: datetime) -> Verdict:
        """Weigh one candidate. The first check that fails names the reason.

        Returns DROP, DEFER with `until`, or SEND: it passes, and arbitration may still let another go first
        """
        probability = self.probability(candidate, person.shared)
        for rule, check in self.checks:
            if failure := check(candidate, person, now):
                if failure.until is not None:
                    return Verdict(Outcome.DEFER, rule, failure.code, failure.evidence, probability, failure.until)
                return Verdict(Outcome.DROP, rule, failure.code, failure.evidence, probability)
        send_at = max(now, candidate.due_at)
        channel = channel_for(candidate, person)
        rate = standing.rate_for(candidate, self._rate)
        evidence = NOTHING if rate >= 1 else {"rate": rate}
        return Verdict(Outcome.SEND, Rule.RESERVE, Reason.SEND, evidence, probability, None, channel, send_at)


def look_back(policy: ContactPolicy) -> timedelta:
    """How old a contact may be and still matter to some rule, touchpoints' own pauses aside."""
    table = policy.cooldown
    rows = [row for row in (table.any, table.group, table.same) if row] if table else []
    cells = [cell for row in rows for cell in (row.sent, row.answered, row.declined, row.abandoned) if cell]
    days = [max(cell.days, cell.high_days) for cell in cells] + [pair.length.total_seconds() / 86_400 for pair in policy.pairs]
    days.append(policy.pending.days if policy.pending else 0)
    spans = [timedelta(days=max(days)), cooldowns.back_off_look_back(policy), *(cap.length for cap in policy.caps)]
    return max(spans)
