"""What makes a policy contradict itself, or speak of what there is not; each problem names its rule."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.reasons import Rule
from scheduler.contacts.rules.sections import Cap, Reminders

RULE_OF: Mapping[str, str] = {
    "eligible": Rule.ELIGIBLE, "holdout": Rule.HOLDOUT, "sampling": Rule.SAMPLED, "quotas": Rule.QUOTA, "budgets": Rule.QUOTA,
    "costs": Rule.QUOTA, "workload": Rule.WORKLOAD, "pending": Rule.ONE_OPEN, "cooldown": Rule.COOLDOWN, "backoff": Rule.BACKOFF,
    "caps": Rule.CAPS, "weights": Rule.CAPS, "pairs": Rule.PAIRS, "quiet_hours": Rule.TIME, "holidays": Rule.TIME,
    "reminders": Rule.CAPS, "arbitration": Rule.ARBITRATION,
}  # fmt: skip
ANY = "any"


class Problem(NamedTuple):
    """What is wrong: the rule, the field such as `caps.0.n`, a code, and figures for its words."""

    rule: str
    field: str
    code: str
    facts: Mapping[str, Any]


class Known(NamedTuple):
    """What a policy may speak of."""

    touchpoints: frozenset[str]
    units: frozenset[str]
    channels: frozenset[str]


def problems_of(policy: ContactPolicy, known: Known) -> list[Problem]:
    """All that is wrong with a policy whose figures are possible one by one."""
    return [*_reminders(policy), *_names(policy, known), *_money(policy)]


def problem_of_error(error: ValidationError) -> Problem:
    """The first thing that a policy's model refused, with the rule it belongs to."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = [str(part) for part in first["loc"]]
    section = where[0] if where else ""
    code = "unknown_zone" if where[-1:] == ["zone"] else "unknown_rule" if first["type"] == "extra_forbidden" else "not_possible"
    return Problem(str(RULE_OF.get(section, section or "policy")), ".".join(where), code, {"why": first["msg"]})


def _reminders(policy: ContactPolicy) -> Iterator[Problem]:
    """A cap that leaves no room for a reminder that is wanted: it would never be sent."""
    wanted = policy.reminders
    if wanted is None or not wanted.count:
        return
    for place, cap in enumerate(policy.caps):
        needed = _needed(cap, wanted)
        if cap.n and not cap.weighted and cap.n < needed:
            yield Problem(Rule.CAPS, f"caps.{place}.n", "cap_below_reminder", {"n": cap.n, "needed": needed, "window": cap.window})


def _needed(cap: Cap, wanted: Reminders) -> int:
    """How many places of a cap an invitation with its reminders takes within the cap's window."""
    after = timedelta(hours=wanted.after_hours)
    if cap.channel != ANY or (cap.kind or cap.scope) not in ("message", "reminder"):
        return 0
    messages = 1 + wanted.count if cap.kind is None else wanted.count
    spans = -(-cap.length // after) if after else messages  # a window shorter than the pause never sees two of them
    return min(messages, int(spans))


def _names(policy: ContactPolicy, known: Known) -> Iterator[Problem]:
    told: list[tuple[str, str, str | None, frozenset[str]]] = []
    for place, pair in enumerate(policy.pairs):
        told += [(f"pairs.{place}.{name}", "touchpoint", getattr(pair, name), known.touchpoints) for name in ("first", "then")]
    for place, quota in enumerate(policy.quotas):
        told += [(f"quotas.{place}.touchpoint", "touchpoint", quota.touchpoint, known.touchpoints)]
        told += [(f"quotas.{place}.unit", "unit", quota.unit, known.units)]
    told += [(f"caps.{place}.channel", "channel", cap.channel, known.channels | {ANY}) for place, cap in enumerate(policy.caps)]
    told += [(f"budgets.{place}.channel", "channel", one.channel, known.channels) for place, one in enumerate(policy.budgets)]
    told += [(f"{name}.{one}", "channel", one, known.channels) for name in ("costs", "weights") for one in getattr(policy, name)]
    for field, what, value, there in told:
        if value is not None and value not in there:
            yield Problem(str(RULE_OF[field.split(".")[0]]), field, f"unknown_{what}", {what: value})


def _money(policy: ContactPolicy) -> Iterable[Problem]:
    for place, one in enumerate(policy.budgets):
        if one.cents and not policy.costs.get(one.channel):
            yield Problem(Rule.QUOTA, f"budgets.{place}.channel", "budget_without_cost", {"channel": one.channel})
