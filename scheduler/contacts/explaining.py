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
from scheduler.contacts.models import Contact, Decision, PolicyVersion
from scheduler.contacts.rules.decide import Rulebook, Verdict
from scheduler.contacts.rules.explain import Row, as_of, explain
from scheduler.contacts.rules.facts import Candidate, Person, Touchpoint
from scheduler.contacts.rules.reasons import Outcome, Rule
from scheduler.contacts.rules.room import Room
from scheduler.contacts.rules.timebar import TimeBar, draw, spans
from scheduler.contacts.standing import Standing, book_of, standing_at
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
class Then:
    """A decision's facts as they stood, under the policy that decided it or another."""

    book: Rulebook
    candidate: Candidate
    person: Person
    at: datetime


@dataclass(frozen=True)
class Other:
    """What another version would have decided."""

    version: PolicyVersion
    verdict: Verdict
    rules: list[Row]


@dataclass(frozen=True)
class Explained:
    """Everything the page shows; `bar` are pauses and windows drawn along time, `other` what another policy says."""

    decisions: list[DecisionRow]
    contacts: list[Contact]
    waiting: list[WaitingCandidate]
    chosen: DecisionRow | None
    channel: str | None
    rules: list[Row]
    possible: list[Possible]
    bar: TimeBar | None = None
    other: Other | None = None


def explained(
    session: Session, customer: Customer, decision_id: UUID | None, settings: Settings, now: datetime, *, years: int = 1,
    other_id: UUID | None = None,
) -> Explained:  # fmt: skip
    """A customer's last years, and one decision in full (the newest where none is named), also under another version."""
    person_id = customer.person_id
    decisions = store.decisions_of(session, person_id, now - YEAR * years, MOST * years)
    contacts = store.contacts_of(session, person_id, now - YEAR * years, MOST * years)
    chosen = next((one for one in decisions if one.decision.id == decision_id), decisions[0] if decisions else None)
    standing = standing_at(session, policies.in_force(session, now), settings, now)
    channel = next((one.channel for one in contacts if chosen and one.decision_id == chosen.decision.id), None)
    then = _then(session, person_id, chosen, standing, settings) if chosen else None
    final = _final(chosen.decision) if chosen else None
    rules = _agreeing(explain(then.book, then.candidate, then.person, then.at, final), final) if then and final else []
    return Explained(
        decisions, contacts, store.waiting_of_person(session, person_id), chosen, channel, rules,
        _possible(session, person_id, standing, settings, now),
        _bar(then, chosen, settings) if then and chosen else None,
        _other(session, other_id, then, settings) if then and other_id else None,
    )  # fmt: skip


def _final(decision: Decision) -> Verdict:
    return Verdict(Outcome(decision.outcome), Rule.RESERVE, decision.code, decision.evidence, decision.probability)


def _then(session: Session, person_id: UUID, chosen: DecisionRow, standing: Standing, settings: Settings) -> Then | None:
    """The facts as they stood when it was decided: that policy, the ledger of then.

    Note    what a customer is (zone, reachability, consent, with whom they are one person) is today's: only the ledger remembers
    """
    decision = chosen.decision
    row = store.candidate_row(session, decision.id)
    version = standing_store.policy_version(session, decision.policy_version_id)
    if row is None or version is None:
        return None
    later = store.person_contacts_after(session, person_id, decision.evaluated_at)
    at = decision.evaluated_at
    people = gather(session, [person_id], at, settings.zone, since=at - standing.since - YEAR, without=later, within=standing.circles)
    person = people.persons.get(person_id)
    if person is None:
        return None
    person = person._replace(history=as_of(person.history, at))
    then = Standing(book_of(version), version.id, version.salt, standing.touchpoints, standing.rows, standing.plan)
    candidate = candidate_facts(row, then, person.ref, ZoneInfo(settings.zone))
    return Then(then.book, candidate, person, at)


def _bar(then: Then, chosen: DecisionRow, settings: Settings) -> TimeBar | None:
    decision = chosen.decision
    found = spans(then.book.policy, then.candidate, then.person, then.at, decision.code, decision.evidence)
    return draw(found, then.at, ZoneInfo(settings.zone))


def _other(session: Session, version_id: UUID, then: Then, settings: Settings) -> Other | None:
    """The same facts under another version or a draft; the draw stays, since versions keep their salt."""
    version = standing_store.policy_version(session, version_id)
    if version is None:
        return None
    book = book_of(version)
    person = then.person._replace(shared=Room(ZoneInfo(settings.zone)))
    verdict = book.weigh(then.candidate, person, then.at)
    return Other(version, verdict, explain(book, then.candidate, person, then.at))


def _agreeing(rows: list[Row], final: Verdict) -> list[Row]:
    """The decision as it was stored wins over what the rules say of it today, such as a touchpoint that was closed since."""
    if any(row.code == final.code for row in rows) or final.outcome is Outcome.SEND:
        return rows
    return [row._replace(facts={**row.facts, **final.evidence}) for row in rows]


def _possible(session: Session, person_id: UUID, standing: Standing, settings: Settings, now: datetime) -> list[Possible]:
    people = gather(session, [person_id], now, settings.zone, since=now - standing.since, within=standing.circles)
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
