"""What people do with a case: every step is checked, changes the row, and leaves a line in the timeline and in the audit trail."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation.errors import Conflict, NotFound, SoundingsError
from portal.people.store import user_by_id
from scheduler.cases import hooks, kinds, team, telling
from scheduler.cases.afterwards import afterwards
from scheduler.cases.changes import Deed, Doer, Told, change
from scheduler.cases.clockwork import facts_of_case, first_times, stage_of_case, wind
from scheduler.cases.models import Case
from scheduler.cases.rerating import ask_again, reopen
from scheduler.cases.rules.kinds import To
from scheduler.cases.rules.states import OPEN_STATES, Moved, Refusal, Step, Wanted, refuse, take
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import holds
from scheduler.cases.store import units as unit_store

STAMPS = ("accepted_at", "contacted_at", "resolved_at", "closed_at")


class StepRefused(SoundingsError):
    """The step may not be taken; its code says why."""

    status = 409

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.code = refusal.value


class CaseChanged(Conflict):
    """Somebody took a step while this page was open."""

    code = "case_changed"


class UnknownOwner(SoundingsError):
    """The person chosen does not handle cases of this unit."""

    code, status = "case_owner_unknown", 422


def take_step(
    session: Session, case_id: UUID, doer: Doer, wanted: Wanted, now: datetime, *, revision: int | None = None, zone: str = "Asia/Shanghai"
) -> Case:
    """Take one step with a case.

    Shape   `revision` is the one the page showed; another step in between is refused rather than overwritten
            `zone` is the bank's: the day on which a re-rating is asked for
    Raises  NotFound, CaseChanged, UnknownOwner, StepRefused
    """
    case = case_store.lock(session, case_id)
    if case is None:
        raise NotFound
    if revision is not None and revision != case.revision:
        raise CaseChanged
    spec = kinds.load(session).of(case.kind, case.kind_version)
    facts = facts_of_case(case, case_store.steps_of(session, case_id), spec)
    if refusal := refuse(facts, doer.facts, wanted):
        raise StepRefused(refusal)
    hooks.ask(hooks.Happening(session, case, wanted.step, doer.actor, now, {}, wanted))
    deed = Deed(session, case, doer, wanted, now, spec)
    _check_target(deed)
    told = _apply(deed, take(facts, wanted))
    if wanted.step is Step.RESOLVE and spec.rerate:
        told["asked_again"] = ask_again(session, case, now, zone)
    step = case_store.step_row(case.id, now, wanted.step, actor_id=doer.actor.user_id, facts=told, note=wanted.note.strip())
    case_store.add_steps(session, [step])
    record(session, doer.actor, f"case.{wanted.step}", "case", case.id, now, told)
    _notices(deed)
    afterwards(session, case, wanted.step, doer.actor, now, spec, told, wanted)
    return case


def _notices(deed: Deed) -> None:
    """Tell colleagues what concerns them: a new owner, a team, who is named in a note, whom a manual escalation goes to."""
    case, step, me = deed.case, deed.wanted.step, deed.doer.actor.user_id
    if step is Step.ASSIGN and case.owner_id not in (None, me):
        key = f"assigned:{case.id.hex}:{case.revision}"
        telling.tell_staff(
            deed.session, [telling.Word(UUID(str(case.owner_id)), "assigned", case.id, key, {"number": case.number})], deed.now
        )
    elif step is Step.ESCALATE:
        telling.escalated(deed.session, [(case, "person", frozenset({To.ABOVE}))], deed.now)
    elif step is Step.TRANSFER:
        row = {"id": case.id, "unit_id": case.unit_id, "owner_id": None, "number": case.number, "kind": case.kind, "score": case.score}
        telling.opened(deed.session, [row], deed.now)
    elif step in (Step.REOPEN, Step.MERGE, Step.RESOLVE, Step.CLOSE, Step.NOTE):
        telling.to_team(deed.session, case, f"step_{step}", deed.now, but=me)
    if deed.wanted.note:
        team.mention(deed.session, case, deed.wanted.note, me, deed.now)


def _check_target(deed: Deed) -> None:
    """A new owner must handle cases of this unit and not be the one who was rated; a new unit must exist."""
    wanted, case = deed.wanted, deed.case
    if wanted.step is Step.TRANSFER and not unit_store.exists(deed.session, UUID(wanted.unit or "")):
        raise NotFound
    if wanted.step is Step.MERGE:
        _check_merge(deed)
    if wanted.step is not Step.ASSIGN:
        return
    if wanted.owner not in {str(user.id) for user in unit_store.handlers(deed.session, case.unit_id, deed.now)}:
        raise UnknownOwner
    owner = user_by_id(deed.session, UUID(wanted.owner))
    if owner is not None and case.rated_staff and owner.login == case.rated_staff:
        raise StepRefused(Refusal.RATED)


def _check_merge(deed: Deed) -> None:
    """A case goes into another open case of the same customer."""
    case, target = deed.case, case_store.by_id(deed.session, UUID(deed.wanted.into or ""))
    same = target is not None and target.id != case.id and case.person_id is not None and target.person_id == case.person_id
    if target is None or not same or target.state not in OPEN_STATES:
        raise StepRefused(Refusal.TARGET)
    told = {"from": str(case.id), "number": case.number}
    step = case_store.step_row(target.id, deed.now, "merged_in", actor_id=deed.doer.actor.user_id, facts=told)
    case_store.add_steps(deed.session, [step])


def _apply(deed: Deed, moved: Moved) -> Told:
    """Change the row, its clocks and what the contact policy reads."""
    case, session = deed.case, deed.session
    if deed.wanted.step is Step.REOPEN:
        reopen(session, case, deed.now, deed.spec)
        return {}
    stage, was_open = stage_of_case(case), case.state in OPEN_STATES
    told = change(deed)
    case.state = moved.state
    _stamp(deed, moved)
    wind(case, stage, unit_store.calendars(session, [case.unit_id])[case.unit_id], deed.spec.marks)
    if was_open and case.state not in OPEN_STATES:
        holds.release(session, [case.id], deed.now)
        holds.change_load(session, {case.unit_id: -1}, deed.now)
    case.revision += 1
    session.flush()
    return told


def _stamp(deed: Deed, moved: Moved) -> None:
    """Set the clock columns that a step names and that are still empty: the first time counts."""
    for name in moved.stamps:
        if name in STAMPS and getattr(deed.case, name) is None:
            setattr(deed.case, name, deed.now)
    first_times(deed.case)
