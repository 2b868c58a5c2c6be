"""A month of the sample bank: made-up events through the real jobs, in simulated time."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.audit.trail import Actor
from portal.foundation.crypto import token_hash
from portal.foundation.ground import Ground
from portal.shell.features import Sampling
from questionnaires.answering import answers as answering
from questionnaires.answering.ready import Ready
from questionnaires.answering.store import Link
from questionnaires.answering.walking import Sent as Form
from questionnaires.answering.walking import Step as Turn
from questionnaires.logic.definition import Definition
from scheduler.cases.changes import Doer
from scheduler.cases.rules.states import ActorFacts, Outcome, Role, State, Step, Wanted
from scheduler.cases.steps import StepRefused, take_step
from scheduler.engine import sample_asking
from scheduler.engine import sample_store as store
from scheduler.engine.sample_answers import form_of, made_up_answers
from scheduler.engine.sample_setup import content, set_up
from scheduler.engine.sample_store import OpenCase, Sent
from scheduler.intake.events import EventIn
from scheduler.intake.receive import Desk, receive

DAYS = 30
CLOSELY = timedelta(days=4)
"""The last days are played hour by hour, those before in steps of two: what somebody looks at first is the last days."""
HOUSEKEEPING = timedelta(minutes=5)
"""Jobs that run this seldom keep house; in the sample's month once a day is enough for them."""
SEED = 7
FIRST_HOUR, LAST_HOUR = 8, 22


class PlayedClock:
    """The clock of the month that is played."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def now(self) -> datetime:
        """The moment that is being played."""
        return self.moment


@dataclass
class Month:
    """What the play keeps in mind between two hours."""

    ground: Ground
    chance: Random
    words: dict[str, Any]
    versions: dict[UUID, Ready]
    codes: dict[UUID, str]
    seen: datetime
    answers: list[tuple[datetime, int, Sent]] = field(default_factory=list)
    number: Iterator[int] = field(default_factory=count)


def load(ground: Ground, sampling: Sampling) -> None:
    """Set the sample bank up as it was a month ago, and live through the month."""
    start = _morning(sampling.now - timedelta(days=DAYS), ground.settings.zone)
    clock = PlayedClock(start)
    ground = replace(ground, clock=clock)
    with ground.writing() as session:
        units = store.units_by_code(session)
        set_up(session, units, start)
        sample_asking.begin(session, start, ground.settings.zone)
    with ground.reading() as session:
        versions = {key: Ready(key, Definition.from_json(raw)) for key, raw in store.published(session).items()}
        codes = {key: code for code, key in store.units_by_code(session).items()}
        customers = store.customer_refs(session)
    chance = Random(SEED)  # noqa: S311  # made-up data, the same every time
    month = Month(ground, chance, content("sample_month.json"), versions, codes, start)
    events = _events(month, customers, start, sampling.now)
    place, day, previous = 0, start.date(), start
    for moment in _hours(start, sampling.now, ground.settings.zone):
        clock.moment = moment
        if previous < start + sample_asking.PILOT_AFTER <= moment:
            with ground.writing() as session:
                sample_asking.begin_pilot(session, units["coast"], moment)
        previous = moment
        place = _receive(month, events, place, moment)
        morning = moment.date() != day or moment == sampling.now
        for job in sampling.jobs:
            if morning or job.every < HOUSEKEEPING:
                job.run(ground, moment)
        _answer(month, moment)
        _work_on_cases(month, moment, sampling.now)
        if moment.date() != day:
            day = moment.date()
            sampling.tell(f"{day:%d %b}: {place} events")
    for job in sampling.jobs:  # the last answers came after their jobs had run
        if job.every < HOUSEKEEPING:
            job.run(ground, sampling.now)
    sampling.tell(f"{place} events in {DAYS} days")


def _morning(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0).astimezone(UTC)


def _hours(start: datetime, now: datetime, zone: str) -> Iterator[datetime]:
    """Every other waking hour, of the last days every one; nothing is sent in quiet hours, and nobody answers then."""
    moment = start
    while moment < now:
        if FIRST_HOUR <= moment.astimezone(ZoneInfo(zone)).hour <= LAST_HOUR:
            yield moment
        moment += _stride(moment, now)
    yield now


def _stride(moment: datetime, now: datetime) -> timedelta:
    return timedelta(hours=1 if now - moment < CLOSELY else 2)


def _events(month: Month, customers: Sequence[tuple[str, UUID]], start: datetime, now: datetime) -> list[EventIn]:
    chance, found = month.chance, []
    for day in range(DAYS + 1):
        for event_type, per_day in month.words["per_day"].items():
            for _ in range(round(per_day * chance.uniform(0.75, 1.2))):
                at = start + timedelta(days=day, minutes=chance.triangular(30, 720, 200))
                if at < now:
                    found.append(_event(month, event_type, at, *chance.choice(customers)))
    return sorted(found, key=lambda event: event.occurred_at)


def _event(month: Month, event_type: str, at: datetime, ref: str, unit_id: UUID) -> EventIn:
    chance, number = month.chance, next(month.number)
    attributes: dict[str, Any] = {}
    if kinds := month.words["business"].get(event_type):
        attributes["business"] = chance.choice(kinds)
    at_outlet = event_type in ("counter.visit", "account.opened", "loan.decided", "wealth.bought")
    return EventIn(
        event_id=f"sample-{number}",
        event_type=event_type,
        customer_ref=ref,
        occurred_at=at.replace(microsecond=0),
        transaction_ref=f"T{number:07d}",
        unit=month.codes[unit_id] if at_outlet else None,
        staff=f"S{chance.randint(1, 6):02d}" if at_outlet else None,
        channel={"transfer.done": "app", "call.served": "phone"}.get(event_type, "counter"),
        attributes=attributes,
    )


def _receive(month: Month, events: Sequence[EventIn], place: int, moment: datetime) -> int:
    until = place
    while until < len(events) and events[until].occurred_at <= moment:
        until += 1
    if until > place:
        with month.ground.writing() as session:
            receive(session, events[place:until], Desk(moment, month.ground.settings.zone))
    return until


def _answer(month: Month, moment: datetime) -> None:
    """Who was asked makes up their mind at once, and answers some time later, or never."""
    with month.ground.reading() as session:
        sent = store.sent_between(session, month.seen, moment)
    month.seen = moment
    for one in sent:
        delay = timedelta(minutes=month.chance.expovariate(1 / 240) + 2)
        if month.chance.random() < 0.42:
            heapq.heappush(month.answers, (moment + delay, next(month.number), one))
    due = []
    while month.answers and month.answers[0][0] <= moment:
        due.append(heapq.heappop(month.answers))
    for _, _, one in due:
        _open_link(month, one, moment)


def _open_link(month: Month, one: Sent, moment: datetime) -> None:
    """Go the customer's own way: through the link, page by page."""
    token, _ = month.ground.keys.link_token(one.invitation_id, one.link_key)
    ready = month.versions[one.version_id]
    with month.ground.db.quick() as lane:
        if month.chance.random() < 0.06:
            answering.decline(lane, token_hash(token), moment)
            return
        form = form_of(_made_up(month, one))
        page = ready.first_page({"language": one.language})
        for _ in ready.definition.pages:
            sent = Form(form, one.language, page)
            taken = answering.take(lane, token_hash(token), lambda _version: ready, _reading(sent), moment, month.ground.keys)
            if taken.step is not Turn.PAGE:
                return
            page = taken.page


def _reading(form: Form) -> Callable[[Link, Ready], Form]:
    return lambda _link, _ready: form


def _made_up(month: Month, one: Sent) -> dict[str, Any]:
    unit = month.codes.get(one.unit_id, "") if one.unit_id else ""
    mood = month.words["mood"].get(unit, 0.55) + month.words["mood_of_touchpoint"].get(one.touchpoint, 0)
    return made_up_answers(
        month.versions[one.version_id].definition, mood, month.chance, month.words["words"][one.touchpoint], one.language
    )


WAY = {
    State.NEW: Step.ASSIGN,
    State.ASSIGNED: Step.CONTACT,
    State.REOPENED: Step.CONTACT,
    State.CONTACTED: Step.START,
    State.IN_PROGRESS: Step.RESOLVE,
    State.RESOLVED: Step.CLOSE,
}
CAUSES = ("outlet.waiting", "outlet.attitude", "outlet.skill", "outlet.hours", "app.crash", "money.fee", "money.loan", "money.transfer")
PACE = {State.NEW: 0.14, State.ASSIGNED: 0.1, State.REOPENED: 0.1, State.CONTACTED: 0.1, State.IN_PROGRESS: 0.03, State.RESOLVED: 0.012}
"""The chance that a case in a state moves on within an hour."""


def _work_on_cases(month: Month, moment: datetime, now: datetime) -> None:
    """The outlets work on their cases; of the last day's, most still wait."""
    hour = moment.astimezone(ZoneInfo(month.ground.settings.zone)).hour
    if not 9 <= hour < 18 or now - moment < timedelta(hours=10):
        return
    hours = _stride(moment, now) / timedelta(hours=1)
    with month.ground.writing() as session:
        for case in store.open_cases(session):
            if case.owner_id is None or month.chance.random() > hours * PACE.get(State(case.state), 0):
                continue
            doer = Doer(Actor("user", str(case.owner_id)), ActorFacts(str(case.owner_id), Role.MANAGER))
            try:
                take_step(session, case.id, doer, _wanted(month, case), moment, zone=month.ground.settings.zone)
            except StepRefused:
                continue  # such as a call to somebody who wants none: a person would choose another step


def _wanted(month: Month, case: OpenCase) -> Wanted:
    step, words = WAY[State(case.state)], month.words["case_words"]
    if step is Step.CONTACT and case.may_call is False:
        step = Step.START
    if step is Step.ASSIGN:
        return Wanted(step, owner=str(case.owner_id))
    if step is Step.CONTACT:
        return Wanted(step, note=month.chance.choice(words["contacted"]), outcome=Outcome.REACHED)
    if step is Step.RESOLVE:
        return Wanted(step, done=month.chance.choice(words["remedy"]), root_cause=month.chance.choice(CAUSES))
    return Wanted(step, note="")
