"""The customer's second opinion: asked for when a case is resolved, taken when it comes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from questionnaires.answering.models import Response
from questionnaires.metrics.rules.indicators import SCALES, kind_of
from scheduler.cases import kinds, telling
from scheduler.cases.afterwards import afterwards
from scheduler.cases.clockwork import facts_of_case, restart, stage_of_case, wind
from scheduler.cases.models import Case
from scheduler.cases.rules.alerts import Scored
from scheduler.cases.rules.clocks import start
from scheduler.cases.rules.customer import was_pressed
from scheduler.cases.rules.kinds import PLAIN, KindSpec, To
from scheduler.cases.rules.states import State, Step, needs_second_person
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import holds
from scheduler.cases.store import rerating as store
from scheduler.cases.store import units as unit_store
from scheduler.intake.events import EventIn
from scheduler.intake.receive import Desk, receive
from scheduler.touchpoints.store import all_listening

CUSTOMER = Actor("customer", "")
EVENT_TYPE = "case.resolved"
REMEMBERED = timedelta(days=60)
"""A re-rating that comes later than this belongs to no case any more."""


def ask_again(session: Session, case: Case, now: datetime, zone: str) -> bool:
    """Let the customer say whether it is better now: an event that a re-rating's touchpoint may ask about.

    Returns whether there is such a touchpoint and a customer to ask; whether he is asked is the contact policy's word.
    """
    if case.customer_id is None or not any(one.active for one in all_listening(session, {EVENT_TYPE})):
        return False
    ref, unit = answer_store.customer_ref(session, case.customer_id), unit_store.codes(session, [case.unit_id]).get(case.unit_id)
    if ref is None:
        return False
    event = EventIn(
        event_id=f"{EVENT_TYPE}:{case.number}:{case.revision}",
        event_type=EVENT_TYPE,
        customer_ref=ref,
        occurred_at=now,
        transaction_ref=f"{case.number}:{case.revision}",
        unit=unit,
        attributes={"case": case.number, "case_id": str(case.id), "touchpoint": case.touchpoint},
    )
    return receive(session, [event], Desk(now, zone)).candidates > 0


def take_rerating(
    session: Session, responses: Sequence[Response], scores: Mapping[UUID, list[Scored]], low: set[UUID], now: datetime
) -> dict[UUID, UUID]:
    """Each re-rating's case: a low one reopens it, a good one closes it, anything between is only written down.

    The first score is never touched. Gives the case of every re-rating that has one.
    """
    if not responses:
        return {}
    cases = _cases_of(session, responses, now)
    for response in responses:
        if response.id in cases:
            _take(session, cases[response.id], response, scores.get(response.id, []), response.id in low, now)
    return {response_id: case.id for response_id, case in cases.items()}


def _cases_of(session: Session, responses: Sequence[Response], now: datetime) -> dict[UUID, Case]:
    """The case that each was asked about; where nobody knows any more, the customer's case that was solved last."""
    asked = store.asked_about(session, [one.invitation_id for one in responses if one.invitation_id is not None], EVENT_TYPE)
    own = store.lock_by_number(session, asked.values())
    newest: dict[UUID | None, Case] = {}
    for case in case_store.finished_of_persons(session, [one.person_id for one in responses if one.person_id is not None]):
        if case.resolved_at is not None and now - case.resolved_at < REMEMBERED:
            newest.setdefault(case.person_id, case)
    found = {one.id: own.get(asked.get(one.invitation_id, "")) if one.invitation_id else None for one in responses}
    chosen = {one.id: found[one.id] or newest.get(one.person_id) for one in responses}
    return {key: case for key, case in chosen.items() if case is not None}


def _take(session: Session, case: Case, response: Response, scores: Sequence[Scored], low: bool, now: datetime) -> None:
    facts = {"response": str(response.id), "scores": {score.indicator: score.value for score in scores}}
    _keep(case, response, scores, now)
    book = kinds.load(session)
    spec = book.of(case.kind, case.kind_version)
    steps = [case_store.step_row(case.id, response.submitted_at or now, "rerated", facts=facts)]
    if was_pressed(response.answers):
        case.escalated += 1
        above = unit_store.level_above(session, [case.unit_id], now).get(case.unit_id)
        steps.append(case_store.step_row(case.id, now, "escalate", facts={"unit": str(above) if above else None, "by": "pressure"}))
        telling.escalated(session, [(case, "pressure", frozenset({To.ABOVE}))], now)
    if low and case.state in (State.RESOLVED, State.CLOSED):
        reopen(session, case, now, spec)
        steps.append(case_store.step_row(case.id, now, "reopen", facts={"by": "rerating"}))
        telling.to_team(session, case, "reopened", now)
        _follow(session, case, Step.REOPEN, now, spec)
    elif case.state == State.RESOLVED and _content(scores) and not _needs_second_person(session, case, spec):
        case.state, case.closed_at = State.CLOSED, now
        case.revision += 1
        steps.append(case_store.step_row(case.id, now, "close", facts={"by": "rerating"}))
        _follow(session, case, Step.CLOSE, now, spec)
    case_store.add_steps(session, steps)


def _follow(session: Session, case: Case, step: Step, now: datetime, spec: KindSpec) -> None:
    """What belongs to a step that the customer's own answer takes."""
    afterwards(session, case, step, CUSTOMER, now, spec, {"by": "rerating"})


def _keep(case: Case, response: Response, scores: Sequence[Scored], now: datetime) -> None:
    """The second opinion beside the first, which stays: on the same indicator where both have it."""
    same = next((one for one in scores if one.indicator == case.indicator), None)
    of_kind = next((one for one in scores if case.indicator and kind_of(one.indicator) == kind_of(case.indicator)), None)
    chosen = same or of_kind or next(iter(scores), None)
    case.rerated_at = response.submitted_at or now
    if chosen is None:
        return
    case.rerated_score = chosen.value
    first, second = kind_of(case.indicator or ""), kind_of(chosen.indicator)
    if first is not None and second is not None and case.score is not None:
        case.recovered = case.score < SCALES[first].middle_from and chosen.value >= SCALES[second].high_from


def reopen(session: Session, case: Case, now: datetime, spec: KindSpec = PLAIN) -> None:
    """Back to work: clocks start again, the customer is left in peace again, the unit's load grows."""
    calendar = unit_store.calendars(session, [case.unit_id])[case.unit_id]
    before = stage_of_case(case)
    case.state = State.REOPENED
    restart(case, start(now, calendar, spec.times), now)
    wind(case, before, calendar, spec.marks)
    case.revision += 1
    case.reopened += 1
    if spec.hold and case.person_id is not None:
        holds.hold_again(session, [case.id])
    holds.change_load(session, {case.unit_id: 1}, now)


def _content(scores: Sequence[Scored]) -> bool:
    """Whether every score of the re-rating lies in the upper part of its scale."""
    kinds = [(kind_of(score.indicator), score.value) for score in scores]
    known = [value >= SCALES[kind].high_from for kind, value in kinds if kind is not None]
    return bool(known) and all(known)


def _needs_second_person(session: Session, case: Case, spec: KindSpec) -> bool:
    return needs_second_person(facts_of_case(case, case_store.steps_of(session, case.id), spec))
