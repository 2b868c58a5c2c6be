"""Claims: an officer takes a place, gets more time once, gives it back, or lets it expire."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import hours, roster, tiers
from officers.people.models import Officer
from officers.people.panel_models import OfficerGroup
from officers.people.rules.tiers import Scheme
from officers.points import rulebooks
from officers.work import told
from officers.work.errors import WorkRefused
from officers.work.models import Task, TaskCell, TaskClaim
from officers.work.rules import claiming as rules
from officers.work.rules.claiming import EXPIRED_WINDOW, PAUSE, Offer, Place, Refusal, Taker
from officers.work.rules.states import ClaimState, TaskKind, TaskState
from officers.work.store import claims as store
from officers.work.store import tasks as task_store
from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.crypto import Keys
from portal.foundation.errors import NotFound
from portal.foundation.ids import new_id
from questionnaires.answering.invitations import InvitationSpec, make_rows

NOT_YOURS = "claim_not_open"


def offer_of(task: Task, scheme: Scheme) -> Offer:
    """A task as the rules see it."""
    tier = scheme.place(task.tier) if task.tier else 0
    return Offer(TaskKind(task.kind), TaskState(task.state), task.opens_at, task.closes_at, task.audience, tier)


def taker_of(session: Session, officer: Officer, now: datetime) -> Taker:
    """An officer as the rules see them; whether one task is claimed already is put in by whoever asks."""
    staff = officer.kind == "staff"
    return Taker(
        facts_of(session, officer),
        officer.unit_id,
        task_store.direct_managers(session, officer.unit_id, now) if staff else frozenset(),
        tiers.rank(session, officer.tier),
        staff,
        hours.allowed(session, officer.id, now, rulebooks.seen(session, now).book.zone),
        store.expired(session, officer.id, now - EXPIRED_WINDOW - PAUSE),
    )


def facts_of(session: Session, officer: Officer) -> dict[str, Any]:
    """What conditions of a task may ask of an officer: what the roster knows, and the named groups."""
    unit = task_store.unit_names(session, [officer.unit_id]).get(officer.unit_id)
    known = {name: getattr(officer, name, "") or None for name in roster.FIELDS if name != "unit"}
    known["unit"] = unit.code if unit else None
    by_hand = task_store.groups_by_hand(session, officer.id)
    groups = [one.code for one in task_store.groups(session) if _belongs(one, by_hand, known)]
    return {**known, "groups": groups}


def _belongs(group: OfficerGroup, by_hand: set[UUID], facts: Mapping[str, Any]) -> bool:
    return group.id in by_hand if group.kind == "hand" else rules.fits(group.conditions, facts)


def managers_of(session: Session, cells: Iterable[TaskCell], now: datetime) -> Mapping[UUID, frozenset[UUID]]:
    """Who manages the units that are to be visited in some cells; one statement, none where nobody goes anywhere."""
    units = {one.unit_id for one in cells if one.unit_id}
    return task_store.managers_above(session, units, now) if units else {}


def places_of(cells: Sequence[TaskCell], managers: Mapping[UUID, frozenset[UUID]]) -> list[Place]:
    """The places of a task as the rules see them; `managers` of at least their units."""
    return [
        Place(
            one.id, one.condition, one.unit_id, managers.get(one.unit_id, frozenset()) if one.unit_id else frozenset(), one.cap - one.used
        )
        for one in cells
    ]


def take(session: Session, keys: Keys, officer_id: UUID, task_id: UUID, now: datetime, cell_id: UUID | None = None) -> TaskClaim:
    """Give an officer a place in a task: the one asked for, else the one with most room that is meant for them.

    Raises  NotFound, WorkRefused saying why not
    """
    officer = roster.lock(session, officer_id)
    task = task_store.by_id(session, task_id)
    if task is None or officer.state != "active":
        raise NotFound
    session.refresh(task)  # it may have been paused while we waited for the lock
    taker = taker_of(session, officer, now)
    if store.live_of(session, task.id, officer.id) is not None:
        raise WorkRefused(Refusal.ALREADY)
    if refusal := rules.refuse(offer_of(task, tiers.scheme(session)), taker, now):
        raise WorkRefused(refusal)
    cells = {one.id: one for one in task_store.cells(session, [task.id]).get(task.id, [])}
    chosen = rules.choose(places_of(list(cells.values()), managers_of(session, cells.values(), now)), taker, cell_id)
    if isinstance(chosen, Refusal):
        raise WorkRefused(chosen)
    for place in chosen:
        if task_store.take_place(session, place.id):
            return _claimed(session, keys, officer, task, cells[place.id], now)
    raise WorkRefused(Refusal.FULL)


def _claimed(session: Session, keys: Keys, officer: Officer, task: Task, cell: TaskCell, now: datetime) -> TaskClaim:
    due = now + rules.claim_time(TaskKind(task.kind), task.hours)
    invitation_id = None
    if task.version_id is not None:
        # nothing in it leads to the officer: whoever reads answers of a unit must not learn who was there
        spec = InvitationSpec(
            task.version_id, touchpoint=task.touchpoint, unit_id=cell.unit_id, channel="task", purpose="officer", source="officer",
            language=officer.language, happened_at=now, expires_at=due,
        )  # fmt: skip
        invitation_id = spec.id
        store.add_invitation(session, make_rows([spec], keys, now)[0])
    claim: dict[str, Any] = {
        "id": new_id(), "task_id": task.id, "cell_id": cell.id, "officer_id": officer.id, "unit_id": cell.unit_id, "state": "reserved",
        "claimed_at": now, "due_at": due, "extended_at": None, "ended_at": None, "invitation_id": invitation_id,
    }  # fmt: skip
    draft: dict[str, Any] = {
        "id": new_id(), "claim_id": claim["id"], "task_id": task.id, "officer_id": officer.id, "unit_id": cell.unit_id, "started_at": now,
        "state": "draft", "title": "", "text": "", "steps": [], "scores": {}, "question": "", "reply": "", "reason": "", "note": "",
        "revoke_reason": "", "second_wanted": False, "revision": 1,
    }  # fmt: skip
    store.add(session, claim, draft)
    record(session, Actor("officer", str(officer.id)), "task.claim", "task", task.id, now)
    made = store.by_id(session, UUID(str(claim["id"])))
    assert made is not None  # written above
    return made


def own(session: Session, officer_id: UUID, claim_id: UUID) -> TaskClaim:
    """A claim of this officer.

    Raises  NotFound, also for somebody else's
    """
    claim = store.by_id(session, claim_id)
    if claim is None or claim.officer_id != officer_id:
        raise NotFound
    return claim


def extend(session: Session, officer_id: UUID, claim_id: UUID, now: datetime) -> TaskClaim:
    """As much time again, once.

    Raises  NotFound, WorkRefused
    """
    roster.lock(session, officer_id)
    claim = own(session, officer_id, claim_id)
    task = task_store.by_id(session, claim.task_id)
    assert task is not None  # a claim has a task
    until = claim.due_at + rules.claim_time(TaskKind(task.kind), task.hours)
    if now >= claim.due_at or not store.extend(session, claim, until, now):
        raise WorkRefused("claim_extended_before" if claim.extended_at else NOT_YOURS)
    record(session, Actor("officer", str(officer_id)), "task.extend", "task", task.id, now)
    return own(session, officer_id, claim_id)


def release(session: Session, officer_id: UUID, claim_id: UUID, now: datetime) -> None:
    """Give the place back before its time is over; that costs nothing.

    Raises  NotFound, WorkRefused where it was handed in or is over
    """
    roster.lock(session, officer_id)
    claim = own(session, officer_id, claim_id)
    if now >= claim.due_at or not _end(session, claim, ClaimState.RELEASED, now):
        raise WorkRefused(NOT_YOURS)
    record(session, Actor("officer", str(officer_id)), "task.release", "task", claim.task_id, now)


def _end(session: Session, claim: TaskClaim, state: ClaimState, now: datetime) -> bool:
    if not store.move(session, claim.id, state.value, now):
        return False
    task_store.give_place_back(session, claim.cell_id)
    store.end_link(session, claim.invitation_id, now)
    return True


def expire(session: Session, officer_id: UUID, claim_id: UUID, now: datetime) -> bool:
    """Take back the place of a claim whose time is over; False where something else happened meanwhile."""
    roster.lock(session, officer_id)
    claim = store.by_id(session, claim_id)
    if claim is None or claim.state != ClaimState.RESERVED or claim.due_at > now or not _end(session, claim, ClaimState.EXPIRED, now):
        return False
    task = task_store.by_id(session, claim.task_id)
    assert task is not None  # a claim has a task
    told.tell(session, officer_id, "claim_expired", task, now)
    if until := rules.paused_until(store.expired(session, officer_id, now - EXPIRED_WINDOW - PAUSE), now):
        told.tell(session, officer_id, "claims_paused", task, now, until=day_in(rulebooks.seen(session, now).book.zone, until).isoformat())
    return True
