"""From rows to facts: persons with what they said and what they were sent, candidates with their chances."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session

from portal.foundation.chance import chance
from portal.foundation.queries import together
from scheduler.contacts.rules.facts import Candidate, CandidateClass, Person, Touchpoint
from scheduler.contacts.rules.room import Room
from scheduler.contacts.rules.standing import EVERYTHING
from scheduler.contacts.standing import Draws, Standing
from scheduler.contacts.store import facts as store
from scheduler.contacts.store.claiming import CandidateRow
from scheduler.contacts.store.facts import BETWEEN, COMMON, WITHIN, ConsentRow, CustomerRow, HoldRow
from scheduler.contacts.store.history import History, ask_history
from scheduler.touchpoints import circles

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)

CAMPAIGN = "campaign."
OPEN_CHANNELS = ("file", "app", "wecom")
"""Channels that need no address: they go by the customer's reference."""
NO_CASES: frozenset[UUID] = frozenset()
_PERSON, _CUSTOMER = attrgetter("person_id"), attrgetter("customer_id")


class People:
    """The persons of a batch, ready for the rules, and the customer rows behind them."""

    def __init__(self, persons: dict[UUID, Person], customers: dict[UUID, CustomerRow]) -> None:
        self.persons = persons
        self.customers = customers


class Gathering:
    """What is known of persons whose locks are held: three questions, however many they are, read as the answers come.

    Shape   holds as of `now`; make it within `together`, and say for whom the ledger is wanted before the people are made ready;
            `inside`: who is in which circle, read before; `shared`: what all of them share; `refs`: where they are known already
    """

    def __init__(
        self, session: Session, person_ids: Sequence[UUID], now: datetime, inside: Mapping[UUID, frozenset[str]] = circles.NOBODY,
        *, shared: Room | None = None, refs: Mapping[UUID, str] | None = None,
    ) -> None:  # fmt: skip
        self._session, self._inside, self._shared = session, inside, shared
        self._asked = store.CUSTOMERS.ask(session, persons=person_ids)
        self._holds = store.HOLDS.ask(session, persons=person_ids, at=now)
        self._history: Callable[[], History] = dict
        self._told = refs

    @cached_property
    def _customers(self) -> list[CustomerRow]:
        return self._asked()

    @cached_property
    def _of_person(self) -> dict[UUID, list[CustomerRow]]:
        return _by(self._customers, _PERSON)

    @cached_property
    def refs(self) -> Mapping[UUID, str]:
        """The persons' own refs; one who was found to be another is not among them."""
        if self._told is not None:
            return self._told
        return {person_id: _own(rows, person_id).ref or "" for person_id, rows in self._of_person.items()}

    def ask_history(self, person_ids: Sequence[UUID], since: datetime, *, without: Sequence[UUID] = ()) -> None:
        """Ask for the ledger of some of them since a time, but for the rows `without`; of the others no history is read."""
        if person_ids:
            self._history = ask_history(self._session, person_ids, since, without=without)

    def segments(self) -> dict[UUID, str | None]:
        """Each customer's segment."""
        return {row.id: row.segment for row in self._customers}

    def people(self, bank_zone: str) -> People:
        """The persons, ready for the rules."""
        holds = _by(self._holds(), _PERSON)
        several = [row.id for rows in self._of_person.values() if len(rows) > 1 for row in rows]
        consents = _by(store.CONSENTS.rows(self._session, customers=several), _CUSTOMER) if several else {}
        persons = {
            person_id: _person(rows, consents, holds.get(person_id, ()) if holds else (), bank_zone, self._shared)
            for person_id, rows in self._of_person.items()
        }
        for person_id, contacts in self._history().items():  # the longest answer: it came while the persons were made
            persons[person_id].history.extend(contacts)
        persons |= {one: persons[one]._replace(circles=codes) for one, codes in self._inside.items() if one in persons}
        return People(persons, {row.id: row for row in self._customers})


def gather(
    session: Session, person_ids: Sequence[UUID], now: datetime, bank_zone: str, *, since: datetime, without: Sequence[UUID] = (),
    within: Collection[str] = (),
) -> People:  # fmt: skip
    """All that is known of persons whose locks are held, read at once; of the circles `within` also who is in them."""
    inside = circles.of_persons(session, within, person_ids)
    with together(session):
        gathering = Gathering(session, person_ids, now, inside)
        gathering.ask_history(person_ids, since, without=without)
        return gathering.people(bank_zone)


def _by(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _own(rows: list[CustomerRow], person_id: UUID) -> CustomerRow:
    return rows[0] if len(rows) == 1 else next((row for row in rows if row.id == person_id), rows[0])


class _Common(NamedTuple):
    """What follows from the columns that many customers have alike."""

    zone: ZoneInfo
    consents: frozenset[str]
    opted_out: frozenset[str]
    channels: frozenset[str]
    calendar: str
    preferred: str | None
    lost: frozenset[str]
    guarded: frozenset[str]


def _person(
    rows: list[CustomerRow],
    consents: dict[UUID, list[ConsentRow]],
    holds: Sequence[HoldRow],
    bank_zone: str,
    shared: Room | None,
) -> Person:
    """One person over all their customer rows: the newest statement counts, an opt-out on any of them holds for all. No history yet."""
    own = _own(rows, rows[0].person_id)
    common = _common(bank_zone, own[COMMON]) if len(rows) == 1 else _merged(own, rows, consents, bank_zone)
    lists = [one for one in holds if one.kind == "list"] if holds else ()
    return Person(
        own.ref or "",
        common.zone,
        [],
        common.consents,
        common.opted_out,
        common.channels,
        (lists[0].reason or str(lists[0].source_id)) if lists else None,
        frozenset([one.source_id for one in holds if one.kind == "open_case"]) if holds else NO_CASES,
        any(one.kind == "bypass" for one in holds) if holds else False,
        own.customer_since,
        own.birth_date,
        common.calendar,
        shared=shared,
        preferred=common.preferred,
        lost=common.lost,
        guarded=common.guarded,
    )


@lru_cache(maxsize=10_000)
def _common(bank_zone: str, columns: tuple[Any, ...]) -> _Common:
    """Of the `COMMON` columns of a person who is one customer."""
    zone, unit_zone, calendar, by_phone, by_email, by_wechat, unreachable, erased, preferred, said, refused = columns
    reach = _reach([(by_phone, by_email, by_wechat, unreachable)])
    return _common_of(zone or unit_zone or bank_zone, calendar, preferred, erased, reach, said or "", refused or "")


def _merged(own: CustomerRow, rows: list[CustomerRow], consents: dict[UUID, list[ConsentRow]], bank_zone: str) -> _Common:
    """The same of a person who is several customers: all that they said, in order of time, and all their addresses."""
    reach = _reach([(row.by_phone, row.by_email, row.by_wechat, row.unreachable) for row in rows])
    said = sorted((one for row in rows for one in consents.get(row.id, ())), key=lambda one: one.at)
    words = [WITHIN.join((one.purpose, one.channel, "012"[one.given and 1 + bool(one.by_guardian)])) for one in said]
    refused = BETWEEN.join(sorted({row.refused for row in rows if row.refused}))
    zone = own.zone or own.unit_zone or bank_zone
    return _common_of(zone, own.calendar, own.preferred, own.erased, reach, BETWEEN.join(words), refused)


def _common_of(
    zone: str,
    calendar: str | None,
    preferred: str | None,
    erased: bool,
    reach: tuple[frozenset[str], frozenset[str]],
    said: str,
    refused: str,
) -> _Common:
    agreed, withdrawn, guarded = _agreed_to(said)
    opted_out, not_by = _opted_out(refused)
    channels, lost = reach
    consents = frozenset[str]() if erased else agreed
    return _Common(zone_of(zone), consents, opted_out, channels - not_by - withdrawn, calendar or "cn", preferred, lost, guarded)


def _agreed_to(said: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The purposes agreed to, the channels that were taken back, the purposes a guardian agreed to; the newest word on each counts.

    Shape   purpose, channel, how it was given; statements come oldest first; one on all channels ends what was said of single ones before
    """
    words: dict[str, dict[str, str]] = {}
    for word in said.split(BETWEEN) if said else ():
        purpose, channel, given = word.split(WITHIN)
        channels = words.setdefault(purpose, {})
        if not channel:
            channels.clear()
        channels[channel] = given
    agreed = frozenset(purpose for purpose, channels in words.items() if any(how != "0" for how in channels.values()))
    guarded = frozenset(purpose for purpose, channels in words.items() if "2" in channels.values())
    return agreed, frozenset(channel for channels in words.values() for channel, how in channels.items() if channel and how == "0"), guarded


def _opted_out(refused: str) -> tuple[frozenset[str], frozenset[str]]:
    """The purposes somebody will not be asked for at all, and the channels refused for any purpose."""
    words = [word.split(WITHIN) for word in refused.split(BETWEEN)] if refused else []
    return frozenset([purpose or EVERYTHING for purpose, channel in words if not channel]), frozenset([one for _, one in words if one])


def _reach(rows: Iterable[tuple[bool, bool, bool, str]]) -> tuple[frozenset[str], frozenset[str]]:
    """The channels that lead to any of a person's addresses (by phone, by e-mail, by WeChat), and those that led to one and were lost."""
    found, lost = {"file"}, set[str]()
    for by_phone, by_email, by_wechat, unreachable in rows:
        gone = unreachable.split()
        own = {
            *OPEN_CHANNELS,
            *(("sms", "rcs") if by_phone else ()),
            *(("email",) if by_email else ()),
            *(("wechat",) if by_wechat else ()),
        }
        found |= own.difference(gone)
        lost.update(gone)
    return frozenset(found), frozenset(lost - found)


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """A zone by name; a name nobody knows is the bank's concern at import, here it means Shanghai's clock."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")


def candidate_facts(row: CandidateRow, standing: Standing, ref: str, bank_zone: ZoneInfo, segment: str | None = None) -> Candidate:
    """A candidate for the rules, with its chances: both stick to the person, the draw to touchpoint and month too."""
    touchpoint, in_charge, month, cell, planned = standing.place(row, period_of(row.occurred_at, bank_zone))
    own = _own_draw(row) if row.touchpoint.startswith(CAMPAIGN) else None
    rate = own[0] if own else planned.rate if planned else None
    held, drawn = chances(standing.draws, standing.salt, touchpoint, ref, month, rate)
    return Candidate(
        row.id,
        row.event_id,
        touchpoint,
        row.class_,
        row.priority,
        row.occurred_at,
        row.received_at,
        row.due_at,
        row.expires_at,
        held,
        own[1] if own else drawn,
        scarcity=planned.scarcity if planned else 0.0,
        case_id=_case_of(row) if row.class_ == CandidateClass.SERVICE else None,
        unit_id=row.unit_id,
        in_charge=in_charge,
        cell=cell,
        segment=segment,
        rate=rate,
    )


def _own_draw(row: CandidateRow) -> tuple[float, float] | None:
    """Rate and chance of a campaign's wave, which draws its members itself; they come with the event."""
    rate, drawn = row.attribute("rate"), row.attribute("chance")
    return (float(rate), float(drawn)) if isinstance(rate, int | float) and isinstance(drawn, int | float) else None


def period_of(occurred_at: datetime, bank_zone: ZoneInfo) -> str:
    """The month of an event at the bank."""
    if 2 <= occurred_at.day <= 27:  # the same month in every zone, and finding out costs more than all else here
        return _month(occurred_at.year, occurred_at.month)
    day = occurred_at.astimezone(bank_zone)
    return _month(day.year, day.month)


@cache
def _month(year: int, month: int) -> str:
    return f"{year:04}-{month:02}"


def chances(draws: Draws, salt: str, touchpoint: Touchpoint, ref: str, period: str, planned: float | None = None) -> tuple[float, float]:
    """The numbers of the holdout and of the draw; not made where no rule asks for them."""
    held = chance("holdout", salt, ref) if draws.holdout else 1.0
    if not (planned or touchpoint.rate or draws.sampling):
        return held, 0.0
    return held, chance("sample", salt, touchpoint.code, ref, period)


def _case_of(row: CandidateRow) -> UUID | None:
    try:
        return UUID(str(row.attribute("case_id")))
    except ValueError:
        return None
