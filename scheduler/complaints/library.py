"""The case library: written by one person, published by another, looked at again by its date; and the group of experts."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.approval import SamePerson, second_person
from portal.people.store import user_by_id
from scheduler.complaints.handling import Desk, hold, note, refuse
from scheduler.complaints.library_models import ENTRY_KINDS, ComplaintExpert, ExpertOpinion, LibraryEntry
from scheduler.complaints.rules.stages import OPEN, Refusal
from scheduler.complaints.store import library as store

QUARTER = re.compile(r"20\d\d-Q[1-4]\Z")
LENGTHS = {"title": 120, "situation": 3000, "handling": 3000, "lesson": 2000}


class SameAuthor(SamePerson):
    """Whoever wrote an entry does not publish it."""

    code = "needs_second_person"


@dataclass(frozen=True)
class NewEntry:
    """An entry as it is written."""

    kind: str
    title: str
    situation: str
    handling: str
    review_on: date | None
    lesson: str = ""
    root_cause: str = ""
    business: str = ""
    from_case: str = ""


def write(session: Session, new: NewEntry, actor: Actor, now: datetime, entry_id: UUID | None = None) -> LibraryEntry:
    """A new entry, or other words for one that is there; either way it waits for a second person.

    Raises  NotFound, InvalidInput naming the field
    """
    fields = {name: "too_long" for name, most in LENGTHS.items() if len(getattr(new, name)) > most}
    fields |= {name: "missing" for name in ("title", "situation", "handling") if not getattr(new, name).strip()}
    if new.kind not in ENTRY_KINDS:
        fields["kind"] = "missing"
    if new.review_on is None or new.review_on <= now.date():
        fields["review_on"] = "missing" if new.review_on is None else "in_the_past"
    if fields:
        raise InvalidInput(fields)
    assert new.review_on is not None  # told missing else
    found = store.entry(session, entry_id) if entry_id else None
    if entry_id is not None and (found is None or found.state == "retired"):
        raise NotFound
    me = UUID(actor.id)
    row = found or LibraryEntry(
        kind=new.kind,
        title="",
        situation="",
        handling="",
        owner_id=me,
        author_id=me,
        review_on=new.review_on,
        created_at=now,
        updated_at=now,
    )
    row.kind, row.title, row.situation, row.handling, row.lesson = (
        new.kind,
        new.title.strip(),
        new.situation.strip(),
        new.handling.strip(),
        new.lesson.strip(),
    )
    row.root_cause, row.business, row.from_case, row.review_on, row.updated_at = (
        new.root_cause,
        new.business,
        new.from_case[:20],
        new.review_on,
        now,
    )
    row.state, row.approved_by, row.author_id = "draft", None, me
    session.add(row)
    session.flush()
    record(session, actor, "library.write", "library_entry", row.id, now)
    return row


def _draft(session: Session, entry_id: UUID) -> LibraryEntry:
    found = store.entry(session, entry_id)
    if found is None:
        raise NotFound
    return found


def publish(session: Session, entry_id: UUID, actor: Actor, now: datetime) -> LibraryEntry:
    """Let colleagues read it; never one's own.

    Raises  NotFound, SameAuthor
    """
    row = _draft(session, entry_id)
    row.approved_by = second_person(actor, [row.author_id], SameAuthor)
    row.state, row.reviewed_at = "published", now
    record(session, actor, "library.publish", "library_entry", row.id, now)
    return row


def look_again(session: Session, entry_id: UUID, review_on: date | None, actor: Actor, now: datetime) -> LibraryEntry:
    """It was looked at and still holds, until the next date.

    Raises  NotFound, InvalidInput
    """
    row = _draft(session, entry_id)
    if review_on is None or review_on <= now.date():
        raise InvalidInput({"review_on": "missing" if review_on is None else "in_the_past"})
    row.review_on, row.reviewed_at = review_on, now
    record(session, actor, "library.look_again", "library_entry", row.id, now)
    return row


def crown(session: Session, entry_id: UUID, quarter: str, actor: Actor, now: datetime) -> LibraryEntry:
    """Best practice of a quarter; a blank takes it back.

    Raises  NotFound, InvalidInput
    """
    row = _draft(session, entry_id)
    if quarter and (not QUARTER.match(quarter) or row.state != "published"):
        raise InvalidInput({"quarter": "not_a_code"})
    row.best_of = quarter
    record(session, actor, "library.crown", "library_entry", row.id, now, {"quarter": quarter})
    return row


def retire(session: Session, entry_id: UUID, actor: Actor, now: datetime) -> LibraryEntry:
    """Off the shelf; the row stays.

    Raises  NotFound
    """
    row = _draft(session, entry_id)
    row.state = "retired"
    record(session, actor, "library.retire", "library_entry", row.id, now)
    return row


def set_expert(session: Session, user_id: UUID, topics: str, actor: Actor, now: datetime, *, on: bool = True) -> None:
    """Put somebody into the group of experts, or take them out.

    Raises  InvalidInput for nobody
    """
    if user_by_id(session, user_id) is None:
        raise InvalidInput({"user": "missing"})
    there = store.expert(session, user_id)
    if there is not None and not on:
        session.delete(there)
    elif there is not None:
        there.topics = topics[:200]
    elif on:
        session.add(ComplaintExpert(user_id=user_id, topics=topics[:200], added_by=UUID(actor.id), added_at=now))
    record(session, actor, "experts.change", "app_user", user_id, now, {"on": on})


def ask(session: Session, case_id: UUID, expert_id: UUID | None, question: str, desk: Desk) -> ExpertOpinion:
    """Ask an expert about a difficult complaint; never one who stepped aside.

    Raises  NotFound, InvalidInput, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    refuse(None if held.standing.stage in OPEN else Refusal.STAGE)
    if expert_id is None or store.expert(session, expert_id) is None:
        raise InvalidInput({"expert": "missing"})
    if not 0 < len(question.strip()) <= 1000:
        raise InvalidInput({"question": "too_long" if question.strip() else "missing"})
    refuse(Refusal.RECUSED if expert_id in held.standing.recused else None)
    row = ExpertOpinion(case_id=case_id, expert_id=expert_id, question=question.strip(), asked_by=UUID(desk.actor.id), asked_at=desk.now)
    session.add(row)
    held.complaint.difficult = True
    session.flush()
    note(session, desk, held, "expert_asked", {"expert": str(expert_id)})
    return row


def answer(session: Session, opinion_id: UUID, words: str, desk: Desk) -> ExpertOpinion:
    """An expert's opinion, once; only who was asked gives it.

    Raises  NotFound, InvalidInput, Conflict
    """
    row = store.opinion(session, opinion_id)
    if row is None or row.expert_id != desk.actor.user_id:
        raise NotFound
    if row.given_at is not None:
        raise Conflict
    if not 0 < len(words.strip()) <= 3000:
        raise InvalidInput({"opinion": "too_long" if words.strip() else "missing"})
    row.opinion, row.given_at = words.strip(), desk.now
    session.flush()
    held = hold(session, row.case_id, desk)
    note(session, desk, held, "expert_said", {"expert": str(row.expert_id)})
    return row
