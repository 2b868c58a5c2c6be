"""A policy in sentences, as data: the page translates the pattern and fills in the figures."""

from typing import Any, NamedTuple

from scheduler.contacts.rules.policy import WHATS, WHOS, Arbitration, Cap, ContactPolicy, Eligible, Holdout, Pending, Sampling
from scheduler.contacts.rules.reasons import Rule


class Sentence(NamedTuple):
    """A pattern (English, the key of its translation) and what fills it."""

    rule: Rule
    text: str
    facts: dict[str, Any]


COOLDOWN_TEXTS = {
    ("any", "sent"): "After any invitation, %(days)s days without another.",
    ("any", "answered"): "After any answer, %(days)s days without another invitation.",
    ("any", "declined"): "After “not this time”, %(days)s days without any invitation.",
    ("any", "abandoned"): "After an answer left unfinished, %(days)s days without any invitation.",
    ("group", "sent"): "After an invitation, %(days)s days without another of the same group of touchpoints.",
    ("group", "answered"): "After an answer, %(days)s days without an invitation of the same group of touchpoints.",
    ("group", "declined"): "After “not this time”, %(days)s days without an invitation of the same group of touchpoints.",
    ("group", "abandoned"): "After an answer left unfinished, %(days)s days without an invitation of the same group of touchpoints.",
    ("same", "sent"): "After an invitation, %(days)s days without another for the same touchpoint.",
    ("same", "answered"): "After an answer, %(days)s days without an invitation for the same touchpoint.",
    ("same", "declined"): "After “not this time”, %(days)s days without an invitation for the same touchpoint.",
    ("same", "abandoned"): "After an answer left unfinished, %(days)s days without an invitation for the same touchpoint.",
}
CAP_TEXTS = {
    ("invite", "d"): "At most %(n)s invitations per customer in %(window)s days.",
    ("invite", "h"): "At most %(n)s invitations per customer in %(window)s hours.",
    ("message", "d"): "At most %(n)s messages of all kinds but notices per customer in %(window)s days.",
    ("message", "h"): "At most %(n)s messages of all kinds but notices per customer in %(window)s hours.",
    ("panel", "d"): "At most %(n)s panel surveys per officer in %(window)s days.",
    ("panel", "h"): "At most %(n)s panel surveys per officer in %(window)s hours.",
}
CAP_CHANNEL_TEXTS = {
    ("invite", "d"): "At most %(n)s invitations by %(channel)s per customer in %(window)s days.",
    ("invite", "h"): "At most %(n)s invitations by %(channel)s per customer in %(window)s hours.",
    ("message", "d"): "At most %(n)s messages by %(channel)s per customer in %(window)s days.",
    ("message", "h"): "At most %(n)s messages by %(channel)s per customer in %(window)s hours.",
    ("panel", "d"): "At most %(n)s panel surveys by %(channel)s per officer in %(window)s days.",
    ("panel", "h"): "At most %(n)s panel surveys by %(channel)s per officer in %(window)s hours.",
}

ONE = {
    ("any", "d"): "At most one invitation per customer in %(window)s days.",
    ("any", "h"): "At most one invitation per customer in %(window)s hours.",
    ("channel", "d"): "At most one invitation by %(channel)s per customer in %(window)s days.",
    ("channel", "h"): "At most one invitation by %(channel)s per customer in %(window)s hours.",
}


def plain(number: float) -> str:
    """A number as people write it: 30, not 30.0."""
    return f"{number:g}"


def sentences(policy: ContactPolicy) -> list[Sentence]:
    """What the policy says, rule by rule, in order; rules that are off say nothing."""
    return [*_standing(policy), *_pauses(policy), *[_cap(cap) for cap in policy.caps if cap.n], *_rest(policy)]


def _standing(policy: ContactPolicy) -> list[Sentence]:
    eligible, holdout = policy.eligible or Eligible(), policy.holdout or Holdout()
    sampling, pending = policy.sampling or Sampling(), policy.pending or Pending()
    tenure = "Only customers of at least %(n)s days, unless a touchpoint says otherwise."
    drawn = "%(percent)s %% of events are drawn where a touchpoint has no rate of its own."
    lawful = "Never without consent, after an opt-out, on a never-contact list or while a case is open."
    return [
        *_if(Rule.ELIGIBLE, tenure, n=eligible.tenure_days),
        *_if(Rule.ELIGIBLE, "Nobody under %(n)s years of age.", n=eligible.min_age),
        *_if(Rule.ELIGIBLE, "No event that reaches us more than %(n)s hours late.", n=eligible.stale_hours),
        Sentence(Rule.LAWFUL, lawful, {}),
        *_if(Rule.HOLDOUT, "%(percent)s %% of customers are never asked, for comparison.", percent=holdout.share * 100),
        *_if(Rule.SAMPLED, drawn, percent=sampling.rate * 100),
        *_room(policy),
        *_if(Rule.ONE_OPEN, "No second invitation while one is open, at most %(days)s days.", days=pending.days),
    ]


def _room(policy: ContactPolicy) -> list[Sentence]:
    """Quotas, money and workload."""
    found: list[Sentence] = []
    for quota in policy.quotas:
        text = "At most %(n)s answers a day (%(what)s)." if quota.what == "completes" else "At most %(n)s invitations a day (%(what)s)."
        parts = [*quota.by, *(one for one in (quota.touchpoint, quota.unit, quota.segment) if one)]
        found += [Sentence(Rule.QUOTA, text, {"n": quota.n, "what": ", ".join(parts) or "*"})] if quota.n else []
    for one in policy.budgets:
        facts = {"channel": one.channel, "money": f"{one.cents / 100:.2f}"}
        found += [Sentence(Rule.QUOTA, "Messages by %(channel)s cost at most %(money)s a day.", facts)] if one.cents else []
    if policy.workload and policy.workload.capacity:
        rest: dict[str, Any] = {"n": policy.workload.capacity, "days": plain(policy.workload.days)}
        text = "A unit with %(n)s or more open cases is left out of ordinary surveys, at most %(days)s days on end."
        found.append(Sentence(Rule.WORKLOAD, text, rest))
    return found


def _if(rule: Rule, text: str, **figure: float | None) -> list[Sentence]:
    """The sentence, where its one figure is not off."""
    ((name, number),) = figure.items()
    return [Sentence(rule, text, {name: plain(number)})] if number else []


def _pauses(policy: ContactPolicy) -> list[Sentence]:
    found: list[Sentence] = []
    for who in WHOS:
        for what in WHATS:
            cell = policy.cooldown_days(who, what)
            found += _if(Rule.COOLDOWN, COOLDOWN_TEXTS[who, what], days=cell.days)
            found += _if(Rule.COOLDOWN, "For rare, important moments %(days)s days are enough instead.", days=cell.high_days)
    if policy.backoff and any(policy.backoff.days):
        steps = " → ".join(plain(days) for days in policy.backoff.days if days)
        found.append(Sentence(Rule.BACKOFF, "Unanswered invitations in a row lengthen the pause: %(steps)s days.", {"steps": steps}))
    return found


def _cap(cap: Cap) -> Sentence:
    table = CAP_TEXTS if cap.channel == "any" else CAP_CHANNEL_TEXTS
    scope = "message" if cap.kind == "reminder" else cap.scope
    text = table[scope, cap.window[-1]]
    if scope == "invite" and cap.n == 1:
        text = ONE["any" if cap.channel == "any" else "channel", cap.window[-1]]
    return Sentence(Rule.CAPS, text, {"n": cap.n, "window": cap.window[:-1], "channel": cap.channel})


def _rest(policy: ContactPolicy) -> list[Sentence]:
    found: list[Sentence] = []
    for pair in policy.pairs:
        both = "%(first)s and %(then)s: neither within %(days)s days after the other."
        if pair.never:
            found.append(Sentence(Rule.PAIRS, "%(first)s and %(then)s: never both.", {"first": pair.first, "then": pair.then}))
            continue
        text = both if pair.either_way else "No %(then)s within %(days)s days after %(first)s."
        found.append(Sentence(Rule.PAIRS, text, {"first": pair.first, "then": pair.then, "days": plain(pair.days)}))
    if quiet := policy.quiet_hours:
        facts = {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}"}
        found.append(Sentence(Rule.TIME, "Nothing is sent from %(start)s to %(end)s by the customer's clock; it waits.", facts))
    if policy.reminders and policy.reminders.count:
        wanted: dict[str, Any] = {"n": policy.reminders.count, "hours": plain(policy.reminders.after_hours)}
        found.append(Sentence(Rule.CAPS, "Who does not answer is reminded at most %(n)s times, after %(hours)s hours.", wanted))
    best = "Of several occasions within %(minutes)s minutes, only the most important leads to an invitation."
    return found + _if(Rule.ARBITRATION, best, minutes=(policy.arbitration or Arbitration()).minutes)
