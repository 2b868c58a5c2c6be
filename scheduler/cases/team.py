"""Who works on a case together: helpers beside the owner, the head office's word, names in notes, to-dos and promises, the checklist."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound
from scheduler.cases import telling
from scheduler.cases.entries import add as add_entry
from scheduler.cases.models import Case
from scheduler.cases.rules.kinds import KindSpec, read_value
from scheduler.cases.store import people as people_store
from scheduler.cases.store import units as unit_store
from scheduler.cases.store import work as store
from scheduler.cases.work_models import CaseTask

MENTION = re.compile(r"@([A-Za-z0-9._-]{2,60})")
MOST_MENTIONS, MOST_TASKS, LONGEST_TASK = 10, 50, 200


def mention(session: Session, case: Case, note: str, author: UUID | None, now: datetime) -> int:
    """Tell those whom a note names by `@log-in`; only people who may see the case anyway, so that a name is no way round the scope."""
    named = list(dict.fromkeys(one.rstrip(".-_").lower() for one in MENTION.findall(note)))[:MOST_MENTIONS]
    if not named:
        return 0
    found = people_store.by_logins(session, named)
    hands = {one.user_id for one in people_store.hands(session, [case.unit_id], now).get(case.unit_id, [])}
    readers = (set(found.values()) & (hands | set(store.members(session, case.id)))) - {author}
    key = f"mention:{case.id.hex}:{now:%Y%m%d%H%M%S%f}"
    return telling.tell_staff(
        session, [telling.Word(user, "mentioned", case.id, key, {"number": case.number}) for user in sorted(readers)], now
    )


def add_helper(session: Session, case: Case, user_id: UUID, actor: Actor, now: datetime) -> None:
    """A co-owner: somebody who handles cases here or above, and was not the one who was rated.

    Raises  InvalidInput
    """
    fitting = {one.user_id: one.login for one in people_store.hands(session, [case.unit_id], now).get(case.unit_id, [])}
    if user_id not in fitting:
        raise InvalidInput({"helper": "case_owner_unknown"})
    if case.rated_staff and fitting[user_id] == case.rated_staff:
        raise InvalidInput({"helper": "case_rated_staff"})
    store.add_member(session, case.id, user_id, actor.user_id, now)
    add_entry(session, case, "helper", now, actor_id=actor.user_id, facts={"owner": str(user_id)})
    record(session, actor, "case.helper", "case", case.id, now, {"user": str(user_id)})
    telling.tell_staff(session, [telling.Word(user_id, "assigned", case.id, f"helper:{case.id.hex}", {"number": case.number})], now)


def remove_helper(session: Session, case: Case, user_id: UUID, actor: Actor, now: datetime) -> None:
    """A co-owner less."""
    store.remove_member(session, case.id, user_id)
    add_entry(session, case, "helper_gone", now, actor_id=actor.user_id, facts={"owner": str(user_id)})


def guide(session: Session, case: Case, words: str, actor: Actor, now: datetime) -> None:
    """The head office's guidance: stands above the timeline, and the team is told.

    Raises  InvalidInput
    """
    if not words.strip():
        raise InvalidInput({"note": "case_needs_note"})
    add_entry(session, case, "guidance", now, actor_id=actor.user_id, note=words.strip())
    record(session, actor, "case.guidance", "case", case.id, now)
    telling.to_team(session, case, "guidance", now, but=actor.user_id)


def add_task(
    session: Session, case: Case, words: str, actor: Actor, now: datetime, *, owner_id: UUID | None, due_on: date | None, promised: bool
) -> CaseTask:
    """A to-do; a promise is one that the customer was told of.

    Raises  InvalidInput
    """
    text = words.replace("\x00", "").strip()
    if not text or len(text) > LONGEST_TASK:
        raise InvalidInput({"words": "case_needs_note" if not text else "too_long"})
    if len(store.tasks(session, case.id)) >= MOST_TASKS:
        raise InvalidInput({"words": "too_many"})
    if owner_id is not None and owner_id not in {user.id for user in unit_store.handlers(session, case.unit_id, now)}:
        raise InvalidInput({"owner": "case_owner_unknown"})
    made = CaseTask(
        case_id=case.id, words=text, owner_id=owner_id, due_on=due_on, promised=promised, created_by=actor.user_id, created_at=now
    )
    session.add(made)
    session.flush()
    add_entry(session, case, "promise" if promised else "task", now, actor_id=actor.user_id, note=text, facts={"task": str(made.id)})
    if owner_id not in (None, actor.user_id):
        telling.tell_staff(
            session, [telling.Word(UUID(str(owner_id)), "task", case.id, f"task:{made.id.hex}", {"number": case.number})], now
        )
    return made


def tick_task(session: Session, case: Case, task_id: UUID, actor: Actor, now: datetime) -> CaseTask:
    """A to-do is done, or, ticked again, is not.

    Raises  NotFound
    """
    task = store.task(session, case.id, task_id)
    if task is None:
        raise NotFound
    done = task.done_at is None
    task.done_at, task.done_by = (now, actor.user_id) if done else (None, None)
    add_entry(
        session, case, "task_done" if done else "task_open", now, actor_id=actor.user_id, note=task.words, facts={"task": str(task.id)}
    )
    return task


def fill(
    session: Session, case: Case, spec: KindSpec, typed: Mapping[str, str], ticked: frozenset[str], actor: Actor, now: datetime
) -> None:
    """Keep a kind's own fields and its checklist as they stand on the form.

    Raises  InvalidInput naming the field
    """
    values, wrong = read_fields(spec, typed)
    if wrong:
        raise InvalidInput(wrong)
    case.fields = {**(case.fields or {}), **values}
    case.checks = sorted(ticked & {one.code for one in spec.checklist})
    case.revision += 1
    add_entry(session, case, "filled", now, actor_id=actor.user_id, facts={"checks": len(case.checks)})
    record(session, actor, "case.fill", "case", case.id, now, {"fields": sorted(values)})


def read_fields(spec: KindSpec, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a kind's fields out of a form (`field.<code>`), and what is wrong; a field that is not there stays as it is."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for one in spec.fields:
        name = f"field.{one.code}"
        if name not in typed and f"{name}.shown" not in typed:
            continue
        try:
            values[one.code] = read_value(one, typed.get(name, ""))
        except ValueError:
            wrong[name] = "not_possible"
    return values, wrong
