"""A case's life: its states, the steps between them, what a step needs and who may take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    CONTACTED = "contacted"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"


OPEN_STATES = frozenset({State.NEW, State.ASSIGNED, State.CONTACTED, State.IN_PROGRESS, State.REOPENED})
"""Somebody still owes the customer something: these hold back invitations and count as the unit's load."""


class Step(StrEnum):
    """What people (and the clock) do with a case."""

    ASSIGN = "assign"
    ACCEPT = "accept"
    CONTACT = "contact"
    START = "start"
    WAIT = "wait"
    CONTINUE = "continue"
    NOTE = "note"
    TRANSFER = "transfer"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"


class Outcome(StrEnum):
    """How an attempt to reach the customer ended."""

    REACHED = "reached"
    DECLINED = "declined"
    CALL_BACK = "call_back"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    UNREACHABLE = "unreachable"


TRIES_BEFORE_UNREACHABLE = 2
"""Attempts on record before "unreachable" may be the outcome: the third try may say so."""

CLOSES_CONTACT = frozenset({Outcome.REACHED, Outcome.DECLINED, Outcome.UNREACHABLE})


class Role(StrEnum):
    """What an actor is to one case; the edge works it out from permissions and unit scope."""

    READER = "reader"
    WORKER = "worker"
    MANAGER = "manager"
    SYSTEM = "system"


class Refusal(StrEnum):
    """Why a step is refused; each is an error code."""

    STATE = "case_step_not_now"
    RIGHT = "case_step_not_yours"
    OWNER = "case_has_another_owner"
    RATED = "case_rated_staff"
    NOTE = "case_needs_note"
    OWNER_MISSING = "case_needs_owner"
    UNIT = "case_needs_unit"
    SAME_UNIT = "case_already_there"
    OUTCOME = "case_needs_outcome"
    TRIES = "case_needs_more_tries"
    NO_CALL = "case_no_call"
    ROOT_CAUSE = "case_needs_root_cause"
    DONE = "case_needs_what_was_done"
    TARGET = "case_needs_target"
    SECOND_PERSON = "case_needs_second_person"
    NOT_WAITING = "case_not_waiting"
    WAITING = "case_already_waiting"
    FIELDS = "case_needs_fields"
    CHECKS = "case_needs_checks"
    ABOVE = "case_needs_level_above"


@dataclass(frozen=True)
class CaseFacts:
    """What the rules need to know of a case.

    Shape   `closing` (nobody, manager, above), `needs_cause`, `missing` (fields by the step that needs them) and `unchecked` are its
            kind's word; see `rules.kinds`
    """

    state: State
    kind: str = "low_score"
    owner: str | None = None
    unit: str | None = None
    rated_staff: str | None = None
    resolved_by: str | None = None
    accepted: bool = False
    paused: bool = False
    may_call: bool = True
    tries: int = 0
    unreachable: bool = False
    closing: str = "nobody"
    needs_cause: bool = True
    missing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unchecked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ActorFacts:
    """Who takes the step; `above` is somebody who manages the level above the case's unit."""

    id: str | None
    role: Role
    staff_code: str | None = None
    above: bool = False


@dataclass(frozen=True)
class Wanted:
    """The step and what was filled in for it."""

    step: Step
    note: str = ""
    outcome: Outcome | None = None
    owner: str | None = None
    unit: str | None = None
    into: str | None = None
    root_cause: str = ""
    done: str = ""
    result: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """What a permitted step makes of a case; times are set by the caller."""

    state: State
    stamps: tuple[str, ...] = field(default=())


WORKING = frozenset({State.ASSIGNED, State.CONTACTED, State.IN_PROGRESS, State.REOPENED})

FROM: dict[Step, frozenset[State]] = {
    Step.ASSIGN: OPEN_STATES,
    Step.ACCEPT: frozenset({State.NEW, State.ASSIGNED, State.REOPENED}),
    Step.CONTACT: WORKING,
    Step.START: frozenset({State.ASSIGNED, State.CONTACTED, State.REOPENED}),
    Step.WAIT: WORKING,
    Step.CONTINUE: WORKING,
    Step.NOTE: frozenset(State),
    Step.TRANSFER: OPEN_STATES,
    Step.ESCALATE: OPEN_STATES,
    Step.RESOLVE: frozenset({State.CONTACTED, State.IN_PROGRESS}),
    Step.CLOSE: frozenset({State.RESOLVED}),
    Step.REOPEN: frozenset({State.RESOLVED, State.CLOSED}),
    Step.MERGE: OPEN_STATES,
}

MANAGERS = frozenset({Role.MANAGER, Role.SYSTEM})
WORKERS = frozenset({Role.WORKER, Role.MANAGER, Role.SYSTEM})
RIGHTS: dict[Step, frozenset[Role]] = dict.fromkeys(Step, WORKERS) | {
    Step.ASSIGN: MANAGERS,
    Step.MERGE: MANAGERS,
}
OWNERS_STEPS = frozenset({Step.CONTACT, Step.START, Step.WAIT, Step.CONTINUE, Step.RESOLVE, Step.CLOSE})
"""Steps of the work itself: the owner takes them, or the manager in his place."""

NEEDS_NOTE = frozenset({Step.NOTE, Step.TRANSFER, Step.ESCALATE, Step.REOPEN, Step.WAIT, Step.MERGE})


def refuse(case: CaseFacts, actor: ActorFacts, wanted: Wanted) -> Refusal | None:
    """Why the step may not be taken, or None. Right first, then state, then what was filled in."""
    return refuse_step(case, actor, wanted.step) or _refuse_content(case, wanted)


def refuse_step(case: CaseFacts, actor: ActorFacts, step: Step) -> Refusal | None:
    """Why the actor may not take this step now, whatever he fills in; decides which buttons are shown."""
    if actor.role not in RIGHTS[step]:
        return Refusal.RIGHT
    if case.rated_staff and actor.staff_code == case.rated_staff and step is not Step.TRANSFER:
        return Refusal.RATED
    if case.state not in FROM[step] and not _starts_without_a_call(case, step):
        return Refusal.STATE
    if step in OWNERS_STEPS and actor.role is Role.WORKER and case.owner != actor.id:
        return Refusal.OWNER
    return _refuse_by_state(case, actor, step)


def _starts_without_a_call(case: CaseFacts, step: Step) -> bool:
    """Where the customer wants no call there is no contact to wait for."""
    return step is Step.RESOLVE and not case.may_call and case.state in WORKING


def _refuse_by_state(case: CaseFacts, actor: ActorFacts, step: Step) -> Refusal | None:
    if step is Step.ACCEPT and case.state is not State.NEW and case.accepted:
        return Refusal.STATE
    if step is Step.ACCEPT and case.owner not in (None, actor.id) and actor.role is Role.WORKER:
        return Refusal.OWNER
    if step is Step.CONTACT and not case.may_call:
        return Refusal.NO_CALL
    if step is Step.WAIT and case.paused:
        return Refusal.WAITING
    if step is Step.CONTINUE and not case.paused:
        return Refusal.NOT_WAITING
    if step is Step.CLOSE and needs_second_person(case):
        return refuse_closing(case.resolved_by, actor, above=case.closing == "above")
    return None


def _refuse_content(case: CaseFacts, wanted: Wanted) -> Refusal | None:
    step = wanted.step
    if step is Step.ASSIGN and not wanted.owner:
        return Refusal.OWNER_MISSING
    if step is Step.TRANSFER and not wanted.unit:
        return Refusal.UNIT
    if step is Step.TRANSFER and wanted.unit == case.unit:
        return Refusal.SAME_UNIT
    if step is Step.MERGE and not wanted.into:
        return Refusal.TARGET
    if step is Step.CONTACT and wanted.outcome is None:
        return Refusal.OUTCOME
    if step is Step.CONTACT and wanted.outcome is Outcome.UNREACHABLE and case.tries < TRIES_BEFORE_UNREACHABLE:
        return Refusal.TRIES
    if step is Step.RESOLVE and case.needs_cause and not wanted.root_cause.strip():
        return Refusal.ROOT_CAUSE
    if step is Step.RESOLVE and not wanted.done.strip():
        return Refusal.DONE
    return _refuse_by_kind(case, wanted)


def _refuse_by_kind(case: CaseFacts, wanted: Wanted) -> Refusal | None:
    """What the kind asks for at this step, then the words that every such step needs."""
    step = wanted.step
    filled = {code for code, value in wanted.fields.items() if value not in (None, "", [])}
    if case.missing.get(step, frozenset()) - filled:
        return Refusal.FIELDS
    if step is Step.RESOLVE and case.unchecked:
        return Refusal.CHECKS
    needs = step in NEEDS_NOTE or (step is Step.CONTACT and wanted.outcome in (Outcome.REACHED, Outcome.DECLINED))
    return Refusal.NOTE if needs and not wanted.note.strip() else None


def refuse_closing(resolved_by: str | None, actor: ActorFacts, *, above: bool = False) -> Refusal | None:
    """Closing that needs a second person: a manager, of the level above where the kind says so, and not the one who resolved it."""
    if actor.role not in MANAGERS:
        return Refusal.RIGHT
    if above and not actor.above and actor.role is not Role.SYSTEM:
        return Refusal.ABOVE
    return Refusal.SECOND_PERSON if actor.id is not None and actor.id == resolved_by else None


def needs_second_person(case: CaseFacts) -> bool:
    """Kinds that say so, and customers nobody reached: closed by another person than the one who resolved the case."""
    return case.closing != "nobody" or case.unreachable


def take(case: CaseFacts, wanted: Wanted) -> Moved:
    """The state after a permitted step, and which clock columns it sets.

    Ask `refuse` first: this trusts that the step may be taken.
    """
    step = wanted.step
    if step is Step.ASSIGN:
        return Moved(State.ASSIGNED if case.state is State.NEW else case.state, ("assigned_at",))
    if step is Step.ACCEPT:
        return Moved(State.ASSIGNED if case.state is State.NEW else case.state, ("assigned_at", "accepted_at"))
    if step is Step.CONTACT:
        return _contacted(case, wanted)
    if step is Step.START:
        return Moved(State.IN_PROGRESS, ("accepted_at", "started_at"))
    if step is Step.TRANSFER:
        return Moved(State.NEW)
    if step is Step.RESOLVE:
        return Moved(State.RESOLVED, ("resolved_at",))
    if step is Step.CLOSE:
        return Moved(State.CLOSED, ("closed_at",))
    if step is Step.REOPEN:
        return Moved(State.REOPENED, ("reopened_at",))
    if step is Step.MERGE:
        return Moved(State.MERGED, ("closed_at",))
    return Moved(case.state)


def _contacted(case: CaseFacts, wanted: Wanted) -> Moved:
    """A try that reached nobody is kept, but the clock for the first contact runs on."""
    if wanted.outcome not in CLOSES_CONTACT:
        return Moved(case.state, ("accepted_at",))
    waits = case.state in (State.ASSIGNED, State.REOPENED)
    return Moved(State.CONTACTED if waits else case.state, ("accepted_at", "contacted_at"))
