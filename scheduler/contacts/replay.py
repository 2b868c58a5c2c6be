"""Recorded events through the live engine, into the database, in simulated time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Session

from portal.foundation.db import insert_rows
from portal.foundation.errors import Conflict
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.centres import ensure_centre
from portal.people.customers import customers_by_ref
from portal.people.models import Consent, OptOut
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.logic.definition import Definition, Page, Question, QuestionType, content_hash
from scheduler.contacts import policies, replaying, rooms
from scheduler.contacts.answering import write_answers
from scheduler.contacts.answers import Answering
from scheduler.contacts.decide import Means, Simulated, decide_simulated
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.outcome import Key, Result
from scheduler.contacts.plans import CustomerPlan, TouchpointPlan, assumed_touchpoints
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.simulator import Setup
from scheduler.contacts.standing import policy_of
from scheduler.contacts.store import replaying as store
from scheduler.contacts.store import rooms as room_store
from scheduler.contacts.store import standing as standing_store
from scheduler.contacts.store.precision import Rates
from scheduler.intake.events import EventIn
from scheduler.intake.layout.reading import Reading
from scheduler.intake.layout.shape import Layout
from scheduler.intake.receive import Desk, receive
from scheduler.intake.rules.terms import REPLAY
from scheduler.touchpoints.models import EventType, Touchpoint

LOADED_AT_ONCE, DECIDED_AT_ONCE = 2_000, 2_000
HOLDER = "replay"
LEASE_SPAN = timedelta(seconds=60)
QUESTIONNAIRE = "replay-nps"
BEYOND = timedelta(days=400)
"""No deferral reaches so far beyond the last due time."""


class ReplayRefused(Conflict):
    """Replay would mix with real work; `reason` says with which."""

    code = "replay_refused"


class Lease(Protocol):
    """The clock's lease, which the engine keeps: while replay holds it no job runs."""

    def take(self, session: Session, holder: str, span: timedelta) -> bool:
        """Take or renew it; False where another holds it."""
        ...

    def release(self, session: Session, holder: str) -> None:
        """Give it back."""
        ...


Progress = Callable[[int], None]


def replay(ground: Ground, reading: Reading, layout: Layout, setup: Setup, lease: Lease, progress: Progress | None = None) -> Result:
    """Take every event in as it happened, then decide each candidate at its own due time. Started again, it goes on where it was.

    Raises  ReplayRefused where a clock runs, where the database holds events of real customers, or decisions of another policy
    """
    with _holding(ground, lease) as renew:
        _prepare(ground, reading, layout, setup)
        _load(ground, reading, setup, renew, progress)
        answering = setup.answering if isinstance(setup.answering, Answering) else None
        play(ground, answering, between=renew, progress=progress, plan=_plan(ground, setup))
        return _result(ground, setup.answering)


def play(
    ground: Ground,
    answering: Answering | None = None,
    *,
    until: datetime | None = None,
    between: Callable[[], None] | None = None,
    progress: Progress | None = None,
    plan: Rates | None = None,
) -> int:
    """Decide what waits in simulated time, up to `until` or to the end; what is sent counts as handed over, no channel is called.

    Shape   whole persons in one transaction each batch: killed at any point, nothing is lost and nobody asked twice
    Returns how many candidates were decided or put off
    """
    means = Means(ground.settings, ground.keys)
    with ground.reading() as session:
        last = store.last_due(session)
        room = rooms.whole_room(session, means.zone)
        policy = _policy_played(session)
        room.unit_ids = room_store.unit_ids(session, {one.unit for one in policy.quotas if one.unit})
        rooms.expect_answers(room, policy, room_store.answered(session))
    if last is None:
        return 0
    sent = None if answering is None else lambda session, batch: write_answers(session, batch, answering.plan)
    simulated = Simulated(until or last + BEYOND, room, answering, sent, plan)
    seen = 0
    while True:
        with ground.writing() as session:
            rows = decide_simulated(session, means, simulated, DECIDED_AT_ONCE)
        if not rows:
            return seen
        seen += rows
        if between:
            between()
        if progress:
            progress(rows)


def _policy_played(session: Session) -> ContactPolicy:
    active = standing_store.active_policy(session)
    return policy_of(active) if active else ContactPolicy()


@contextmanager
def _holding(ground: Ground, lease: Lease) -> Iterator[Callable[[], None]]:
    """Hold the lease; a replay that was killed takes its own again at once."""

    def renew() -> None:
        with ground.writing() as session:
            if not lease.take(session, HOLDER, LEASE_SPAN):
                raise ReplayRefused(reason="clock_running")

    renew()
    try:
        yield renew
    finally:
        with ground.writing() as session:
            lease.release(session, HOLDER)


def _prepare(ground: Ground, reading: Reading, layout: Layout, setup: Setup) -> None:
    """Policy, questionnaire and touchpoints; nothing of it twice."""
    now = ground.now()
    with ground.writing() as session:
        if store.has_other_events(session):
            raise ReplayRefused(reason="real_events")
        ours = {version.id for version in _policies(session, setup, now)}
        if store.policies_used(session) - ours:
            raise ReplayRefused(reason="another_policy")
        if layout.fixed_unit:
            ensure_centre(session, layout.fixed_unit)
        replaying.rest(session, setup.rests or {})
        plans = setup.touchpoints
        if plans is None:
            plans = assumed_touchpoints({event.event_type for event in reading.events()})
        _add_touchpoints(session, plans, now)


def _policies(session: Session, setup: Setup, now: datetime) -> list[PolicyVersion]:
    """The versions that are played, written unless they are in force already."""
    there, policy = standing_store.approved(session), setup.policy
    active = next((one for one in there if one.variant_share is None), None)
    if active is None or active.content_hash != policy.hash() or active.salt != policy.salt:
        active, there = policies.put_in_force(session, policy, now, policy.salt), []
    if setup.variant is None:
        return [active]
    beside = next((one for one in there if one.variant_share == setup.variant.share), None)
    return [active, beside or policies.put_variant_in_force(session, setup.variant.policy, now, setup.variant.share)]


def _plan(ground: Ground, setup: Setup) -> Rates | None:
    """Planned rates by the ids of units."""
    if setup.rates is None:
        return None
    with ground.reading() as session:
        ids = room_store.unit_ids(session, {unit for _, unit, _ in setup.rates if unit})
    return {(touchpoint, ids[unit] if unit else None, period): rate for (touchpoint, unit, period), rate in setup.rates.items()}


def _add_touchpoints(session: Session, plans: list[TouchpointPlan], now: datetime) -> None:
    questionnaire = store.questionnaire(session, QUESTIONNAIRE) or _publish(session, now)
    event_types, codes = store.known_codes(session)
    for code in sorted({plan.event_type for plan in plans} - event_types):
        session.add(EventType(code=code, name_zh=code, name_en=code))
    session.flush()
    ids = _units_named(session, plans)
    for plan in plans:
        if plan.code not in codes:
            fields = plan.model_dump(exclude={"cooldown", "channels", "units", "department"})
            more: dict[str, Any] = {"channels": list(plan.channels), "cooldown": plan.cooldown or None}
            more["units"] = None if plan.units is None else [str(ids[one]) for one in plan.units]
            more["department_id"] = ids[plan.department] if plan.department else None
            names: dict[str, Any] = {"name_zh": plan.code, "name_en": plan.code, "questionnaire_id": questionnaire.id}
            session.add(Touchpoint(**fields, **more, **names, active=True, created_at=now, updated_at=now))
    session.flush()


def _units_named(session: Session, plans: list[TouchpointPlan]) -> dict[str, UUID]:
    """The units that touchpoints name, by code.

    Raises  ReplayRefused for one that the database does not know
    """
    named = {one for plan in plans for one in (*(plan.units or ()), plan.department) if one}
    ids = room_store.unit_ids(session, named)
    if named - ids.keys():
        raise ReplayRefused(reason="unknown_unit")
    return ids


def _publish(session: Session, now: datetime) -> Questionnaire:
    """One NPS question for everything that is replayed."""
    asked = {"zh-Hans": "您有多大可能把我们推荐给亲友？", "en": "How likely are you to recommend us to a friend or relative?"}
    question = Question(code="nps", type=QuestionType.NPS, text=asked, required=True, indicator="nps")
    title = {"zh-Hans": "回放问卷", "en": "Replay questionnaire"}
    definition = Definition(title=title, pages=(Page(id="page_1", questions=(question,)),))
    stored, version_id = definition.to_json(), new_id()
    row = Questionnaire(
        code=QUESTIONNAIRE, title_zh=title["zh-Hans"], title_en=title["en"], status="published", draft=stored,
        current_version_id=version_id, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(QuestionnaireVersion(
        id=version_id, questionnaire_id=row.id, number=1, definition=stored, content_hash=content_hash(definition), published_at=now,
    ))  # fmt: skip
    session.flush()
    return row


def _load(ground: Ground, reading: Reading, setup: Setup, renew: Callable[[], None], progress: Progress | None) -> None:
    """Take the events in; those that are there already, from a replay that was killed, are duplicates and add nothing."""
    numbered = reading.numbered()
    while batch := list(islice(numbered, LOADED_AT_ONCE)):
        with ground.writing() as session:
            desk = Desk(ground.now(), ground.settings.zone, terms=REPLAY, keys=ground.keys)
            _settle(session, setup, [event for _, event in batch], desk)
            receipt = receive(session, [event for _, event in batch], desk)
            _introduce(session, setup, batch[0][1].occurred_at)
        for refusal in receipt.rejected:
            reading.reject(batch[refusal.place][0], f"{refusal.field}: {refusal.code}")
        renew()
        if progress:
            progress(len(batch))


def _settle(session: Session, setup: Setup, events: list[EventIn], desk: Desk) -> None:
    """Customers whose account some unit keeps must be known before their events: intake writes that unit on each event."""
    known = setup.customers or {}
    wanted = {one.customer_ref for one in events if (plan := known.get(one.customer_ref)) and plan.unit}
    if wanted:
        customers_by_ref(session, wanted, desk.now, desk.terms.origin, desk.keys)
        _introduce(session, setup, events[0].occurred_at)


def _introduce(session: Session, setup: Setup, at: datetime) -> None:
    """Let new customers say what the customers file has them say; without a file they all agree."""
    new = store.unheard(session)
    if setup.customers is None:
        insert_rows(session, Consent, [_consent(customer_id, at, given=True) for customer_id in new])
        return
    known = setup.customers
    plans = [(one, known.get(ref) or CustomerPlan(ref=ref, consent=False)) for one, ref in store.refs_of(session, new)]
    homes = room_store.unit_ids(session, {plan.unit for _, plan in plans if plan.unit})
    store.describe(session, [{"id": customer_id, "unit_id": homes.get(plan.unit), **plan.columns()} for customer_id, plan in plans])
    replaying.introduce(session, plans, at)
    insert_rows(session, Consent, [_consent(customer_id, at, given=plan.consent) for customer_id, plan in plans])
    out = [
        {"id": new_id(), "customer_id": customer_id, "purpose": "", "channel": "", "source": "page", "at": at}
        for customer_id, plan in plans
        if plan.opt_out
    ]
    insert_rows(session, OptOut, out)


def _consent(customer_id: UUID, at: datetime, *, given: bool) -> dict[str, object]:
    times = {"given_at": at, "withdrawn_at": None} if given else {"given_at": None, "withdrawn_at": at}
    return {
        "id": new_id(),
        "customer_id": customer_id,
        "purpose": "survey",
        "channel": "",
        "at": at,
        "notice_version": "replay",
        "by_guardian": given,
        **times,
    }


def _result(ground: Ground, answering: object) -> Result:
    """What the database holds now, in the simulator's words."""
    result = Result(plan=answering.plan) if isinstance(answering, Answering) else Result()
    with ground.reading() as session:
        result.candidates, result.deferrals = store.totals(session)
        result.persons = store.refs_with_events(session)
        for row in store.decided(session):
            result.note(row.ref or "", Key(row.event_id, row.touchpoint), row.outcome, row.code, row.at, row.unit or "")
    return result
