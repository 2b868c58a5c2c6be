"""One step for many cases: handed on or noted at once; closing many waits for a second person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.people.approval import SamePerson, second_person
from scheduler.cases import telling
from scheduler.cases.changes import Doer
from scheduler.cases.models import Case
from scheduler.cases.rules.states import Step, Wanted
from scheduler.cases.steps import take_step
from scheduler.cases.store import bulk as store
from scheduler.cases.store import people as people_store
from scheduler.cases.work_models import BULK_ACTS, CaseBulk

MOST = 100
DoerOf = Callable[[Case], Doer]


class BulkSamePerson(SamePerson):
    """Whoever asked for a mass closing can't approve it."""

    code = "needs_second_person"


@dataclass(frozen=True)
class Desk:
    """Who acts, when, and by which bank's day; `doer_of` says what the person is to each case."""

    actor: Actor
    doer_of: DoerOf
    now: datetime
    zone: str


def ask(session: Session, act: str, cases: Sequence[Case], wanted: dict[str, Any], desk: Desk) -> CaseBulk:
    """Do it, or for closings ask another person to.

    Raises  InvalidInput for no case, too many, or an act there is not
    """
    if act not in BULK_ACTS or desk.actor.user_id is None:
        raise InvalidInput({"act": "not_one_of_the_words"})
    if not cases or len(cases) > MOST:
        raise InvalidInput({"cases": "choose_some" if not cases else "too_many_cases"})
    row = CaseBulk(act=act, case_ids=[str(one.id) for one in cases], wanted=wanted, asked_by=desk.actor.user_id, asked_at=desk.now)
    session.add(row)
    session.flush()
    record(session, desk.actor, f"case_bulk.{act}", "case_bulk", row.id, desk.now, {"cases": len(cases)})
    if act == Step.CLOSE:
        _tell_approvers(session, row, cases, desk)
    else:
        _run(session, row, cases, desk)
    return row


def _tell_approvers(session: Session, row: CaseBulk, cases: Sequence[Case], desk: Desk) -> None:
    hands = people_store.hands(session, {one.unit_id for one in cases}, desk.now)
    approvers = {one.user_id for theirs in hands.values() for one in theirs if one.manages} - {row.asked_by}
    facts = {"cases": len(cases)}
    telling.tell_staff(session, [telling.Word(user, "approval", None, f"bulk:{row.id.hex}", facts) for user in sorted(approvers)], desk.now)


def decide(session: Session, bulk_id: UUID, desk: Desk, *, approve: bool) -> CaseBulk:
    """Another person's word on a mass closing; each case is then closed by that person, or says why not.

    Raises  NotFound, BulkSamePerson
    """
    row = store.lock(session, bulk_id)
    if row is None or row.state != "waiting":
        raise NotFound
    row.decided_by, row.decided_at = second_person(desk.actor, [row.asked_by], BulkSamePerson), desk.now
    record(session, desk.actor, "case_bulk.approve" if approve else "case_bulk.refuse", "case_bulk", row.id, desk.now, {"act": row.act})
    if approve:
        _run(session, row, store.cases(session, [UUID(one) for one in row.case_ids]), desk)
    else:
        row.state = "refused"
    return row


def _run(session: Session, row: CaseBulk, cases: Sequence[Case], desk: Desk) -> None:
    """Take the step with each case by the same rules as one by one; what is refused is kept with its reason."""
    refused, done = [], 0
    wanted = Wanted(Step(row.act), **row.wanted)
    for case in cases:
        try:
            with session.begin_nested():
                take_step(session, case.id, desk.doer_of(case), wanted, desk.now, zone=desk.zone)
            done += 1
        except SoundingsError as error:
            refused.append({"number": case.number, "code": error.code})
    row.state, row.done, row.refused = "done", done, refused
