"""The desk: every step an idea takes, who may take it, what it pays, and who hears of it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.ideas.models import Idea
from officers.ideas.rules.states import OPEN, Refusal, State, Step, Wanted, missing, target
from officers.ideas.store import ideas as store
from officers.ideas.store import people as people_store
from officers.ideas.store import votes as vote_store
from officers.ideas.submitting import OBJECT, IdeaRefused
from officers.points import awarding
from officers.points.awarding import Award, Paid
from officers.points.lines import KeyTaken
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope
from scheduler.improvement.store import issues as issue_store

FIRST, WHOLE = "first", "whole"


class IdeaChanged(Conflict):
    """Somebody took a step while this page was open."""

    code = "idea_changed"


def source_of(idea_id: UUID) -> str:
    """What an idea's points are written under."""
    return f"idea:{idea_id}"


def take_step(
    session: Session, idea_id: UUID, wanted: Wanted, actor: Actor, scope: Scope, now: datetime, *, revision: int | None = None
) -> Idea:
    """Take one step with an idea of a scope; never with one's own.

    Raises  NotFound, IdeaChanged, InvalidInput, IdeaRefused
    """
    seen = store.by_id(session, idea_id)
    into = store.by_number(session, wanted.into.upper()) if wanted.step is Step.MERGE and wanted.into else None
    held = store.lock(session, [idea_id, *([into.id] if into else [])]) if seen else {}
    idea = held.get(idea_id)
    if idea is None or not unit_in_scope(session, scope, idea.unit_id, now):
        raise NotFound
    _check(session, idea, wanted, actor, revision)
    if wanted.step is Step.MERGE:
        other = held.get(into.id) if into is not None and unit_in_scope(session, scope, into.unit_id, now) else None
        return _merge(session, idea, other, wanted, actor, now)
    goal = target(State(idea.state), wanted.step)
    assert goal is not None  # checked
    _apply(idea, wanted, actor, now)
    idea.state, idea.revision = goal.value, idea.revision + 1
    session.flush()
    note = wanted.reason or wanted.result or wanted.pilot_result or wanted.note
    store.add_step(session, idea.id, wanted.step.value, now, actor.user_id, note, {"grade": idea.grade} if idea.grade else {}, tell=True)
    record(session, actor, f"idea.{wanted.step}", OBJECT, idea.id, now, {"state": idea.state})
    _pay(session, idea, wanted.step, now)
    return idea


def _check(session: Session, idea: Idea, wanted: Wanted, actor: Actor, revision: int | None) -> None:
    if revision is not None and revision != idea.revision:
        raise IdeaChanged
    if idea.user_id is not None and idea.user_id == actor.user_id:
        raise IdeaRefused(Refusal.OWN)
    if target(State(idea.state), wanted.step) is None:
        raise IdeaRefused(Refusal.STATE)
    fields = missing(wanted, State(idea.state))
    if wanted.pilot_units and len(people_store.unit_names(session, _ids(wanted.pilot_units))) != len(set(wanted.pilot_units)):
        fields["pilot_units"] = "unknown_unit"
    if fields:
        raise InvalidInput(fields)


def _ids(texts: tuple[str, ...]) -> list[UUID]:
    try:
        return [UUID(one) for one in texts]
    except ValueError:
        return []


def _apply(idea: Idea, wanted: Wanted, actor: Actor, now: datetime) -> None:
    """What each step writes into the row, apart from the state."""
    if wanted.step is Step.SCREEN:
        idea.screened_at, idea.screened_by = now, actor.user_id
    elif wanted.step is Step.ADOPT:
        idea.grade, idea.decided_at, idea.decided_by = wanted.grade, now, actor.user_id
    elif wanted.step is Step.PILOT:
        idea.pilot_units, idea.pilot_from, idea.pilot_to = list(wanted.pilot_units), wanted.pilot_from, wanted.pilot_to
    elif wanted.step is Step.START:
        idea.pilot_result = wanted.pilot_result or idea.pilot_result
    elif wanted.step is Step.IMPLEMENT:
        idea.result, idea.implemented_at = wanted.result, now
    elif wanted.step is Step.DECLINE:
        idea.reason, idea.decided_at, idea.decided_by = wanted.reason, now, actor.user_id
    elif wanted.step is Step.REOPEN:
        idea.reason, idea.screened_at = "", idea.screened_at or now
        idea.screened_by = idea.screened_by or actor.user_id
        idea.grade = idea.decided_at = idea.decided_by = None


def _pay(session: Session, idea: Idea, step: Step, now: datetime) -> None:
    """Officers are paid for an adopted idea by its grade, and again once it is at work.

    Note    the second part of an adopted idea waits for the issue that it is tied to; where there is none, for the idea itself
    """
    if idea.officer_id is None or step not in (Step.ADOPT, Step.IMPLEMENT):
        return
    told = {"grade": idea.grade}
    if step is Step.ADOPT:
        paid = _award(session, Award(idea.officer_id, "idea", source_of(idea.id), FIRST, told), now)
    else:
        paid = _award(session, Award(idea.officer_id, "idea_implemented", f"idea_implemented:{idea.id}", WHOLE, told), now)
        if not issue_store.issues_of(session, "idea", idea.id):
            awarding.verified(session, source_of(idea.id), now)
    facts = {"points": paid.points, "growth": paid.growth, "refused": paid.refused}
    store.add_step(session, idea.id, "paid", now, None, facts={name: value for name, value in facts.items() if value})


def _award(session: Session, wanted: Award, now: datetime) -> Paid:
    """Pay it; an idea that is adopted again with another grade was paid already, and the timeline says so."""
    try:
        return awarding.award(session, wanted, now)
    except KeyTaken:
        return Paid(refused=Refusal.PAID_BEFORE.value)


def _merge(session: Session, idea: Idea, into: Idea | None, wanted: Wanted, actor: Actor, now: datetime) -> Idea:
    """Votes move: none twice, none of the other's own author, and never to one's own idea; the counters follow their rows."""
    if into is None:
        raise InvalidInput({"into": "unknown_idea"})
    if into.user_id is not None and into.user_id == actor.user_id:
        raise IdeaRefused(Refusal.OWN)
    if into.id == idea.id or State(into.state) not in OPEN or into.screened_at is None or into.hidden_at is not None:
        raise IdeaRefused(Refusal.MERGE_TARGET)
    moved, votes = vote_store.move(session, idea.id, into.id, into.who)
    idea.state, idea.merged_into, idea.reason, idea.revision = State.MERGED.value, into.id, wanted.note, idea.revision + 1
    idea.decided_at, idea.decided_by = now, actor.user_id
    session.flush()
    session.refresh(idea)
    session.refresh(into)
    store.add_step(session, idea.id, "merge", now, actor.user_id, wanted.note, {"into": into.number, "votes": moved}, tell=True)
    store.add_step(session, into.id, "took_in", now, actor.user_id, "", {"from": idea.number, "votes": votes})
    record(session, actor, "idea.merge", OBJECT, idea.id, now, {"into": str(into.id), "moved": moved})
    return idea
