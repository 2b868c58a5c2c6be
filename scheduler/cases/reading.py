"""A case's page: everything its reader may see, gathered once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.people.customer_kinds import segment_name, segments
from portal.people.models import Customer
from portal.people.rules.roles import Scope
from questionnaires.analysis.models import Feedback
from questionnaires.answering import private
from questionnaires.answering.models import Response
from scheduler.cases import causes, kinds
from scheduler.cases.clockwork import facts_of_case, stage_of_case
from scheduler.cases.listing import Names
from scheduler.cases.models import Case, CaseStep
from scheduler.cases.rules.customer import CallWish, call_wish, mask_name, mask_phone
from scheduler.cases.rules.guide import main_step, offered, progress
from scheduler.cases.rules.kinds import KindSpec
from scheduler.cases.rules.sla import Stage, Urgency, share_used, urgency
from scheduler.cases.rules.states import ActorFacts, CaseFacts, Step
from scheduler.cases.rules.voice import CHOICES, Said, said
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import customer as customer_store
from scheduler.cases.store import feedback as feedback_store
from scheduler.cases.store import units as unit_store
from scheduler.cases.store import work as work_store
from scheduler.cases.store.customer import Past
from scheduler.cases.work_models import CaseTask

YEAR = timedelta(days=365)
SHOWN = 6


@dataclass(frozen=True)
class Clock:
    """The limit that counts now."""

    stage: Stage | None
    due_at: datetime | None
    left: timedelta
    share: float
    word: Urgency


@dataclass(frozen=True)
class Answer:
    """What the customer said."""

    response: Response
    version: int
    lines: Sequence[Said]
    wish: CallWish

    @property
    def words(self) -> list[Said]:
        """His own words."""
        return [line for line in self.lines if line.free]

    @property
    def choices(self) -> list[Said]:
        """What he ticked."""
        return [line for line in self.lines if line.kind in CHOICES]


@dataclass(frozen=True)
class Person:
    """The customer, masked."""

    ref: str
    name: str
    phone: str
    since: Any
    segment: str | None


@dataclass(frozen=True)
class CaseView:
    """All of one case."""

    case: Case
    facts: CaseFacts
    steps: Sequence[CaseStep]
    clock: Clock
    behind: int
    answer: Answer | None
    feedback: Feedback | None
    person: Person | None
    past: Sequence[Past]
    spec: KindSpec
    kind: Names
    tasks: Sequence[CaseTask]
    helpers: Sequence[tuple[UUID, str]]
    guidance: Sequence[CaseStep]
    causes: dict[str, Names]
    units: dict[UUID, Names]
    people: dict[UUID, str]
    touchpoints: dict[str, Names]
    offered: tuple[Step, ...]
    main: Step | None

    @property
    def earlier(self) -> list[Past]:
        """What the customer was asked, and answered, before."""
        return [one for one in self.past if one.what in ("contact", "self") and one.id != self.case.response_id]

    @property
    def others(self) -> list[Past]:
        """The customer's other cases that the reader may see."""
        return [one for one in self.past if one.what == "case"]

    @property
    def promises(self) -> list[Past]:
        """What he was promised in this and other cases."""
        return [one for one in self.past if one.what == "promise"]


def read_case(session: Session, case: Case, actor: ActorFacts, scope: Scope, keys: Keys, now: datetime) -> CaseView:
    """Gather a case's page; a fixed number of statements. Other cases are shown where they lie in the reader's scope."""
    steps = case_store.steps_of(session, case.id)
    spec = kinds.load(session).of(case.kind, case.kind_version)
    facts = facts_of_case(case, steps, spec)
    answer = _answer(session, case)
    past = customer_store.past(session, case, scope, now, now - YEAR, SHOWN) if case.person_id else []
    tasks, helpers = work_store.tasks(session, case.id), work_store.member_names(session, case.id)
    codes = {case.touchpoint, *(one.touchpoint for one in past)}
    return CaseView(
        case=case,
        facts=facts,
        steps=[step for step in steps if actor.above or not _confided(step)],
        clock=_clock(session, case, now),
        behind=progress(facts.state, contacted=case.contacted_at, may_call=facts.may_call),
        answer=answer,
        feedback=feedback_store.one(session, case.feedback_id) if case.feedback_id else None,
        person=_person(session, case, keys),
        past=past,
        spec=spec,
        kind=(spec.name_zh, spec.name_en),
        tasks=tasks,
        helpers=helpers,
        guidance=[step for step in steps if step.act == "guidance"],
        causes=causes.names(session, {case.root_cause, *(step.facts.get("root_cause") for step in steps if step.act == "resolve")}),
        units=unit_store.names(session, _units(case, steps)),
        people=unit_store.people(session, _people(case, steps) | {task.owner_id for task in tasks if task.owner_id}),
        touchpoints={code: (row.name_zh, row.name_en) for code, row in answer_store.touchpoints(session, codes).items()},
        offered=offered(facts, actor),
        main=main_step(facts, actor),
    )


def _confided(step: CaseStep) -> bool:
    """That a customer was asked to change his score is for the level above: he was told that those who handled the case don't learn it."""
    return step.act == "escalate" and step.facts.get("by") == "pressure"


def _clock(session: Session, case: Case, now: datetime) -> Clock:
    stage, due_at = stage_of_case(case), case.due_at
    calendar = unit_store.calendars(session, [case.unit_id])[case.unit_id]
    word = urgency(case.clock_from, due_at, now, calendar, paused=case.paused_at is not None)
    if due_at is None:
        return Clock(None, None, timedelta(0), 1.0, word)
    seen = case.paused_at or now
    return Clock(stage, due_at, abs(due_at - now), min(1.0, share_used(case.clock_from, due_at, seen, calendar)), word)


def _answer(session: Session, case: Case) -> Answer | None:
    response = customer_store.response(session, case.response_id) if case.response_id else None
    if response is None:
        return None
    number, definition = customer_store.definition(session, response.version_id)
    return Answer(response, number, said(definition, response.answers), call_wish(response.answers))


def _person(session: Session, case: Case, keys: Keys) -> Person | None:
    customer = customer_store.customer(session, case.customer_id) if case.customer_id else None
    if customer is None or customer.erased_at is not None:
        return None
    name = keys.decrypt(customer.name_enc) if customer.name_enc else ""
    phone = keys.decrypt(customer.phone_enc) if customer.phone_enc else ""
    short = customer.id.hex[-4:].upper()
    segment = segment_name(segments(session), customer.segment) if customer.segment else None
    return Person(short, mask_name(name), mask_phone(phone) if phone else "", customer.customer_since, segment)


def contact_data(session: Session, case: Case, keys: Keys) -> tuple[str, list[str]]:
    """The customer's whole name and numbers; whoever shows them writes it into the audit trail first."""
    customer: Customer | None = customer_store.customer(session, case.customer_id) if case.customer_id else None
    known = customer is not None and customer.erased_at is None
    name = keys.decrypt(customer.name_enc) if known and customer and customer.name_enc else ""
    numbers = [keys.decrypt(customer.phone_enc)] if known and customer and customer.phone_enc else []
    response = customer_store.response(session, case.response_id) if case.response_id else None
    typed = private.numbers(response.answers, response.private_enc, keys) if response else []
    if response and (wished := call_wish(private.opened(response.answers, response.private_enc, keys)).number):
        typed.insert(0, wished)
    if response and response.call_enc:
        typed.insert(0, keys.decrypt(response.call_enc))
    return name, list(dict.fromkeys([*typed, *numbers]))


def _units(case: Case, steps: Sequence[CaseStep]) -> set[UUID]:
    told = {step.facts.get(name) for step in steps for name in ("unit", "from") if step.act in ("opened", "transfer", "escalate")}
    return {case.unit_id} | {UUID(one) for one in told if one}


def _people(case: Case, steps: Sequence[CaseStep]) -> set[UUID]:
    told = {step.facts.get("owner") for step in steps if step.act in ("assign", "accept", "helper", "helper_gone")}
    actors = {step.actor_id for step in steps if step.actor_id}
    return {UUID(one) for one in told if one} | actors | ({case.owner_id} if case.owner_id else set())
