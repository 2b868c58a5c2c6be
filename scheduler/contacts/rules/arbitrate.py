"""R15: one person's candidates together. At most one of those that compete is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from scheduler.contacts.rules.caps import kind_of
from scheduler.contacts.rules.decide import Rulebook, Verdict
from scheduler.contacts.rules.facts import CLASS_ORDER, Candidate, CandidateClass, PastContact, Person
from scheduler.contacts.rules.quotas import occupy
from scheduler.contacts.rules.reasons import Outcome, Reason, Rule
from scheduler.contacts.rules.room import Room
from scheduler.contacts.rules.windows import add

Weighed = tuple[Candidate, Verdict]
BEFORE_QUOTA = frozenset(list(Rule)[: list(Rule).index(Rule.QUOTA)])
_CRITERIA = ("class", "priority", "scarcity", "newest", "event_id", "touchpoint")


def rank(candidate: Candidate) -> tuple[int, int, float, float, str, str]:
    """Who goes first: class, priority, scarcity, newest event; then names, so that no order of arrival matters."""
    return (
        CLASS_ORDER[candidate.cls],
        -candidate.priority,
        -candidate.scarcity,
        -candidate.occurred_at.timestamp(),
        candidate.event_id,
        candidate.touchpoint.code,
    )


def decide_person(book: Rulebook, candidates: Sequence[Candidate], person: Person, now: datetime) -> list[Weighed]:
    """Weigh all candidates of one person that are up at `now`.

    Shape   the caller chooses them: received by now and due before now + `book.window` (due by now where that is zero).
            What is sent joins `person.history`.
    Returns each candidate with its verdict, in the order in which they were weighed
    """
    if len(candidates) == 1 or not book.window:
        ordered = candidates if len(candidates) == 1 else sorted(candidates, key=lambda one: (one.due_at, rank(one)))
        decided = [(one, _settled(book, one, person, now)) for one in ordered]
    else:
        decided = _compete(book, [(one, book.weigh(one, person, now)) for one in sorted(candidates, key=rank)], person, now)
    if person.shared is not None and book.observes:
        _observe(decided, person.shared)
    return decided


def _observe(decided: Sequence[Weighed], room: Room) -> None:
    """Count how those that reached R7 fared: later probabilities rest on it."""
    for one, verdict in decided:
        if verdict.outcome is Outcome.DEFER or verdict.rule in BEFORE_QUOTA or one.cls == CandidateClass.SERVICE:
            continue
        sent = verdict.outcome is Outcome.SEND
        passed = sent or verdict.outcome is Outcome.OUTRANKED
        room.watch(one.cell, fitting=verdict.rule is not Rule.QUOTA, passed=passed, sent=sent)


def _settled(book: Rulebook, candidate: Candidate, person: Person, now: datetime) -> Verdict:
    verdict = book.weigh(candidate, person, now)
    if verdict.outcome is Outcome.SEND:
        _remember(book, candidate, verdict, person, now)
    return verdict


def _compete(book: Rulebook, weighed: list[Weighed], person: Person, now: datetime) -> list[Weighed]:
    passing = [one for one in weighed if one[1].outcome is Outcome.SEND]
    if not passing:
        return weighed
    winner, verdict = passing[0]
    _remember(book, winner, verdict, person, now)
    if len(passing) == 1:
        return weighed
    rivals: dict[str, Any] = {"rivals": [str(one.id) for one, _ in passing[1:]]}
    result: list[Weighed] = []
    for one, own in weighed:
        if own.outcome is not Outcome.SEND:
            result.append((one, own))
        elif one is winner:
            result.append((one, own._replace(evidence={**own.evidence, **rivals})))
        else:
            result.append((one, _outranked(one, own, winner)))
    return result


def _outranked(candidate: Candidate, own: Verdict, winner: Candidate) -> Verdict:
    decisive = next((name for name, a, b in zip(_CRITERIA, rank(winner), rank(candidate), strict=True) if a != b), "touchpoint")
    evidence = {"touchpoint": winner.touchpoint.code, "by": decisive}
    return Verdict(Outcome.OUTRANKED, Rule.ARBITRATION, Reason.OUTRANKED, evidence, own.probability, winner_id=winner.id)


def contact_of(book: Rulebook, candidate: Candidate, verdict: Verdict) -> PastContact:
    """The ledger row that a SEND becomes, as later decisions see it."""
    channel = verdict.channel or ""
    weight = book.policy.weights.get(channel, 1.0)
    return PastContact(verdict.send_at, kind_of(candidate), channel, candidate.touchpoint.code, candidate.touchpoint.group, weight)


def _remember(book: Rulebook, candidate: Candidate, verdict: Verdict, person: Person, now: datetime) -> None:
    """What is sent counts for the person, for the companies they speak for, and in quotas and budgets."""
    contact = contact_of(book, candidate, verdict)
    add(person.history, contact)
    for history in person.companies:
        add(history, contact)
    if person.shared is not None:
        occupy(book.policy, candidate, verdict.channel, person.shared, now)
