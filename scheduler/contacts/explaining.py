"""Why a customer was, or was not, asked: the sentence, the rules one by one, and when it would be possible again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.settings import Settings
from portal.people.models import Customer
from scheduler.contacts import policies
from scheduler.contacts.gather import candidate_facts, gather
from scheduler.contacts.models import Contact
from scheduler.contacts.rules.decide import Rulebook, Verdict
from scheduler.contacts.rules.explain import Row, as_of, explain
from scheduler.contacts.rules.facts import Candidate, Person, Touchpoint
from scheduler.contacts.rules.reasons import Outcome, Rule
from scheduler.contacts.standing import Standing, policy_of, standing_at
from scheduler.contacts.store import reading as store
from scheduler.contacts.store import standing as standing_store
from scheduler.contacts.store.reading import DecisionRow
from scheduler.intake.models import Candidate as WaitingCandidate

YEAR = timedelta(days=365)
MOST = 60


class Possible(NamedTuple):
    """When one touchpoint might ask again, were something to happen now; None in `at`: now."""

    touchpoint: Touchpoint
    at: datetime | None
    code: str
    rate: float


@dataclass(frozen=True)
class Explained:
    """Everything the page shows."""

    decisions: list[DecisionRow]
    contacts: list[Contact]
    waiting: list[WaitingCandidate]
    chosen: DecisionRow | None
    channel: str | None
    rules: list[Row]
    possible: list[Possible]


def explained(session: Session, customer: Customer, decision_id: UUID | None, settings: Settings, now: datetime) -> Explained:
    """A customer's year, and one decision in full (the newest where none is named)."""
    person_id = customer.person_id
    decisions = store.decisions_of(session, person_id, now - YEAR, MOST)
    contacts = store.contacts_of(session, person_id, now - YEAR, MOST)
    chosen = next((one for one in decisions if one.decision.id == decision_id), decisions[0] if decisions else None)
    standing = standing_at(session, policies.in_force(session, now), settings, now)
    channel = next((one.channel for one in contacts if chosen and one.decision_id == chosen.decision.id), None)
    rules = _rules(session, chosen, standing, settings) if chosen else []
    return Explained(
        decisions, contacts, store.waiting_of_person(session, person_id), chosen, channel, rules,
        _possible(session, person_id, standing, settings, now),
    )  # fmt: skip


def _rules(session: Session, chosen: DecisionRow, standing: Standing, settings: Settings) -> list[Row]:
    """Every rule as it stood when it was decided: that policy, the ledger of then.

    Note    what a customer is (zone, reachability, consent) is today's: only the ledger remembers its past
    """
    decision = chosen.decision
    row = store.candidate_row(session, decision.id)
    version = standing_store.policy_version(session, decision.policy_version_id)
    if row is None or version is None:
        return []
    later = store.person_contacts_after(session, decision.person_id, decision.evaluated_at)
    at = decision.evaluated_at
    people = gather(session, [decision.person_id], at, settings.zone, since=at - standing.since - YEAR, without=later)
    person = people.persons[decision.person_id]
    person = person._replace(history=as_of(person.history, at))
    then = Standing(Rulebook(policy_of(version)), version.id, version.salt, standing.touchpoints, standing.rows)
    candidate = candidate_facts(row, then, person.ref, ZoneInfo(settings.zone))
    final = Verdict(Outcome(decision.outcome), Rule.RESERVE, decision.code, decision.evidence, decision.probability)
    return _agreeing(explain(then.book, candidate, person, at, final), final)


def _agreeing(rows: list[Row], final: Verdict) -> list[Row]:
    """The decision as it was stored wins over what the rules say of it today, such as a touchpoint that was closed since."""
    if any(row.code == final.code for row in rows) or final.outcome is Outcome.SEND:
        return rows
    return [row._replace(facts={**row.facts, **final.evidence}) for row in rows]


def _possible(session: Session, person_id: UUID, standing: Standing, settings: Settings, now: datetime) -> list[Possible]:
    people = gather(session, [person_id], now, settings.zone, since=now - standing.since)
    person = people.persons.get(person_id)
    if person is None:
        return []
    live = [one for one in standing.touchpoints.values() if one.live]
    found = [_when(standing, touchpoint, standing.rows[touchpoint.code].class_, person, now) for touchpoint in live]
    return [one for one in found if one is not None]


def _when(standing: Standing, touchpoint: Touchpoint, cls: str, person: Person, now: datetime) -> Possible | None:
    """Ask the rules about an event of now, and of the moment each reason ends, until one lets it through."""
    at = now
    code = ""
    for _ in range(6):
        candidate = Candidate(UUID(int=0), "", touchpoint, cls, 50, at, at, at, at + timedelta(days=10), 1.0, 0.0)
        verdict = standing.book.weigh(candidate, person, at)
        rate = standing.book.probability(candidate)
        if verdict.outcome is Outcome.SEND:
            return Possible(touchpoint, at if at > now else None, code, rate)
        next_at = verdict.until or (datetime.fromisoformat(verdict.evidence["next_at"]) if "next_at" in verdict.evidence else None)
        code = code or str(verdict.code)
        if next_at is None or next_at <= at:
            return Possible(touchpoint, datetime.max.replace(tzinfo=now.tzinfo), str(verdict.code), rate)
        at = next_at
    return None
