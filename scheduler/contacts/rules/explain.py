"""Every rule evaluated, for the page that says why somebody was, or was not, asked."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from scheduler.contacts.rules.caps import channel_for, count, kind_of, limits
from scheduler.contacts.rules.checks import Evidence
from scheduler.contacts.rules.cooldowns import back_off_look_back, unanswered_run
from scheduler.contacts.rules.decide import Rulebook, Verdict
from scheduler.contacts.rules.facts import Candidate, PastContact, Person
from scheduler.contacts.rules.reasons import Outcome, Rule
from scheduler.contacts.rules.standing import rate_for


class State(StrEnum):
    """How a rule ended."""

    PASS = "pass"  # noqa: S105 - a state, no password
    FAIL = "fail"
    OFF = "off"
    NOT_REACHED = "not_reached"


class Row(NamedTuple):
    """One rule's line: how it ended, the code where it failed, and the figures to be shown."""

    rule: Rule
    state: State
    code: str | None
    facts: Evidence


def explain(book: Rulebook, candidate: Candidate, person: Person, now: datetime, final: Verdict | None = None) -> list[Row]:
    """A row for each of R1 to R17.

    Shape   `final` is what arbitration made of it; without it R15 and R17 follow from the other rules
    """
    on = dict(book.checks)
    figures = _figures(book, candidate, person, now)
    rows = []
    for rule in Rule:
        if rule in (Rule.ARBITRATION, Rule.RESERVE):
            continue
        check = on.get(rule)
        failure = check(candidate, person, now) if check else None
        state = State.OFF if check is None or _is_off(rule, book) else State.FAIL if failure else State.PASS
        rows.append(Row(rule, state, failure.code if failure else None, {**figures.get(rule, {}), **(failure.evidence if failure else {})}))
    passed = all(row.state is not State.FAIL for row in rows)
    outranked = final is not None and final.outcome is Outcome.OUTRANKED
    rows.append(_arbitration(book, final, passed, outranked))
    reserved = passed and not outranked
    rows.append(Row(Rule.RESERVE, State.PASS if reserved else State.NOT_REACHED, None, {}))
    return sorted(rows, key=lambda row: list(Rule).index(row.rule))


def _is_off(rule: Rule, book: Rulebook) -> bool:
    return rule is Rule.COOLDOWN and book.policy.cooldown is None


def _arbitration(book: Rulebook, final: Verdict | None, passed: bool, outranked: bool) -> Row:
    minutes = int(book.window.total_seconds() // 60)
    if not book.window:
        return Row(Rule.ARBITRATION, State.OFF, None, {})
    if not passed:
        return Row(Rule.ARBITRATION, State.NOT_REACHED, None, {"minutes": minutes})
    if outranked and final is not None:
        return Row(Rule.ARBITRATION, State.FAIL, final.code, {"minutes": minutes, **final.evidence})
    return Row(Rule.ARBITRATION, State.PASS, None, {"minutes": minutes})


def _figures(book: Rulebook, candidate: Candidate, person: Person, now: datetime) -> dict[Rule, dict[str, Any]]:
    """What a page shows also where a rule passes."""
    channel = channel_for(candidate, person)
    newest = next((one for one in person.history if one.counts_at), None)
    since = person.customer_since
    return {
        Rule.ELIGIBLE: {"tenure": (candidate.occurred_at.date() - since).days if since else None},
        Rule.HOLDOUT: {"hash": round(candidate.holdout_chance, 6)},
        Rule.SAMPLED: {"hash": round(candidate.sample_chance, 6), "rate": rate_for(candidate, _default_rate(book))},
        Rule.COOLDOWN: {"last": newest.counts_at.isoformat() if newest and newest.counts_at else None},
        Rule.BACKOFF: {"run": len(unanswered_run(person.history, now, back_off_look_back(book.policy)))},
        Rule.CAPS: {"counts": _counts(book, candidate, person, now, channel)},
        Rule.CHANNEL: {"channel": channel},
    }


def _default_rate(book: Rulebook) -> float:
    return book.policy.sampling.rate if book.policy.sampling else 0.0


def _counts(book: Rulebook, candidate: Candidate, person: Person, now: datetime, channel: str | None) -> list[dict[str, Any]]:
    kind = kind_of(candidate)
    return [
        {"code": one.code, "used": count(one, person.history, now).used, "n": one.n, "days": one.length.total_seconds() / 86_400}
        for one in limits(book.policy)
        if kind in one.kinds and one.channel in (None, channel)
    ]


def as_of(history: list[PastContact], at: datetime) -> list[PastContact]:
    """The history as it was at an instant: steps taken later are left out."""

    def before(step: datetime | None) -> datetime | None:
        return step if step is None or step <= at else None

    return [
        one._replace(
            answered_at=before(one.answered_at),
            declined_at=before(one.declined_at),
            abandoned_at=before(one.abandoned_at),
            expired_at=before(one.expired_at),
        )
        for one in history
    ]
