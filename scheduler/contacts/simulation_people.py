"""Recorded events and the people behind them, read page by page while a run is played: no transaction is open for longer than a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.people.consent import under_age
from scheduler.contacts import simulation_store as store
from scheduler.contacts.gather import gather
from scheduler.contacts.plans import CustomerPlan, TouchpointPlan
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import INVITATION_LIFE, PastContact, Person
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.standing import EVERYTHING
from scheduler.contacts.simulation_store import Recorded
from scheduler.contacts.store.companies import companies_of, histories
from scheduler.intake.events import EventIn
from scheduler.touchpoints.models import Touchpoint

AT_ONCE = 2_000
OLD_ENOUGH = timedelta(days=366 * 21)
LONG_ENOUGH = timedelta(days=3_660)


class RecordedPeople:
    """Who the customers of recorded events are today, and what they had been sent before the first day.

    Shape   `plans` fills while `events` are read: somebody is known as soon as an event of theirs is given; those alike share
            one plan. With `since` it is the simulator's `past`: the ledger from then on to before `first`
    """

    def __init__(self, ground: Ground, first: datetime, last: datetime, since: datetime | None) -> None:
        self._ground, self._first, self._last, self._since = ground, first, last, since
        self.plans: dict[str, CustomerPlan] = {}
        self._shared: dict[CustomerPlan, CustomerPlan] = {}
        self._sent: dict[str, list[PastContact]] = {}
        self._sent_to_company: dict[str, list[PastContact]] = {}

    def events(self) -> Iterator[EventIn]:
        """All recorded events of the time in order of time."""
        with self._ground.reading() as session:
            types = store.event_types(session)
        several = merge(*(self._of_type(one) for one in types), key=lambda one: one.place)
        while rows := list(islice(several, AT_ONCE)):
            self._learn(rows)
            yield from (one.event for one in rows)

    def of(self, ref: str) -> Sequence[PastContact]:
        """A customer's ledger before the first day, newest first."""
        return self._sent.get(ref, ())

    def of_company(self, code: str) -> Sequence[PastContact]:
        """What all who speak for a company had been sent before the first day, newest first."""
        return self._sent_to_company.get(code, ())

    def _of_type(self, event_type: str) -> Iterator[Recorded]:
        after = None
        while True:
            with self._ground.reading() as session:
                rows = store.page(session, event_type, self._first, self._last, after)
            yield from rows
            if len(rows) < store.PAGE:
                return
            after = rows[-1].place

    def _learn(self, rows: Iterable[Recorded]) -> None:
        new = {row.person_id: row.account_unit for row in rows if row.event.customer_ref not in self.plans}
        if not new:
            return
        with self._ground.reading() as session:
            self._introduce(session, new)

    def _introduce(self, session: Session, new: dict[UUID, str]) -> None:
        since = self._since or self._first
        people = gather(session, sorted(new), self._last, self._ground.settings.zone, since=since if self._since else self._last)
        speakers: dict[UUID, list[UUID]] = {}
        for customer_id, company_id in companies_of(session, people.customers):
            speakers.setdefault(people.customers[customer_id].person_id, []).append(company_id)
        segments = {row.person_id: row.segment for row in people.customers.values() if row.id == row.person_id}
        for person_id, person in people.persons.items():
            plan = self._plan(person, new[person_id], segments.get(person_id), speakers.get(person_id, ()))
            self.plans[person.ref] = self._shared.setdefault(plan, plan)
            if self._since and (before := self._before(person.history)):
                self._sent[person.ref] = before
        fresh = sorted({one for several in speakers.values() for one in several if str(one) not in self._sent_to_company})
        if fresh and self._since:
            for company_id, past in histories(session, fresh, since).items():
                self._sent_to_company[str(company_id)] = sorted(self._before(past), key=_at, reverse=True)

    def _before(self, history: Iterable[PastContact]) -> list[PastContact]:
        return [one for one in history if _at(one) < self._first]

    def _plan(self, person: Person, unit: str, segment: str | None, companies: Iterable[UUID]) -> CustomerPlan:
        """A person for the simulator; a long relation and a full age are as good as unknown, which the rules hold against nobody."""
        born, since = person.birth_date, person.customer_since
        return CustomerPlan(
            ref="*",
            consent="survey" in person.consents and ("survey" in person.guarded or not under_age(born, self._first.date())),
            opt_out=EVERYTHING in person.opted_out or "survey" in person.opted_out,
            birth_date=born if born and born > (self._first - OLD_ENOUGH).date() else None,
            customer_since=since if since and since > (self._first - LONG_ENOUGH).date() else None,
            segment=segment or "",
            listed="never" if person.excluded_by else "bypass" if person.bypass else "",
            company=";".join(sorted(map(str, companies))),
            unit=unit,
            reach=";".join(sorted(person.channels)),
            preferred_channel=person.preferred or "",
            unreachable=" ".join(sorted(person.lost)),
            zone=getattr(person.zone, "key", ""),
        )


def _at(one: PastContact) -> datetime:
    """When a contact counts; an answer that nobody asked for counts when it came."""
    at = one.counts_at or one.answered_at
    if at is None:
        raise ValueError("a contact that counts nowhere is not read")
    return at


def look_back(policy: ContactPolicy, touchpoints: Iterable[TouchpointPlan]) -> timedelta:
    """How far back the ledger matters, as it does for the live engine."""
    own = [days for one in touchpoints for days in one.cooldown.values()]
    return max(Rulebook(policy).look_back, timedelta(days=max(own, default=0))) + INVITATION_LIFE


def touchpoints(session: Session, day: datetime) -> list[TouchpointPlan]:
    """Today's touchpoints for the simulator."""
    rows = store.touchpoints(session)
    chosen = store.chosen_units(session, rows, day.date())
    departments = store.codes(session, [row.department_id for row in rows if row.department_id])
    return [_touchpoint(row, chosen.get(row.code), departments) for row in rows]


def _touchpoint(row: Touchpoint, units: tuple[str, ...] | None, departments: Mapping[UUID, str]) -> TouchpointPlan:
    columns = {name: getattr(row, name) for name in _SAME}
    department = departments.get(row.department_id) if row.department_id else None
    return TouchpointPlan(**columns, channels=tuple(row.channels), cooldown=row.cooldown or {}, units=units, department=department)


_SAME = (
    *("code", "event_type", "class_", "priority", "delay_minutes", "filter", "group", "rate", "tenure_days", "avoid_holidays"),
    *("expires_hours", "in_charge"),
)
"""What a plan holds just as the row does."""


def months(first: datetime, last: datetime) -> list[str]:
    """Every month that a time touches, a day more on either side for the bank's zone."""
    day, end = (first - timedelta(days=1)).date(), (last + timedelta(days=1)).date()
    found = {f"{day + timedelta(days=n):%Y-%m}" for n in range((end - day).days + 1)}
    return sorted(found)
