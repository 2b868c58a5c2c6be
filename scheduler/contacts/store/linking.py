"""The SQL of a person who was found to be another: rows of the scheduler get the new key, table by table."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.people.models import Customer
from questionnaires.answering.models import Invitation, Response
from scheduler.contacts.models import Contact, ContactHold
from scheduler.delivery.models import Message
from scheduler.intake.models import WAITING, Candidate, Event

QUIET = {"synchronize_session": False}
KEYED: tuple[type[Any], ...] = (Event, Contact, ContactHold, Invitation)
"""Tables whose rows name the person; decisions do too, but are written once: they are found by all customers of the person."""


def rekey(session: Session, old: UUID, new: UUID, shard: int) -> int:
    """Let the rows of one person be another's; both are locked. Returns how many rows."""
    rows = 0
    for model in KEYED:
        rows += _changed(session, update(model).where(col(model.person_id) == old).values(person_id=new))
    waiting_ones = update(Candidate).where(col(Candidate.person_id) == old, WAITING)
    rows += _changed(session, waiting_ones.values(person_id=new, shard=shard))
    ours = select(col(Customer.id)).where(col(Customer.person_id) == new)
    answers = update(Response).where(col(Response.customer_id).in_(ours), col(Response.person_id) == old)
    rows += _changed(session, answers.values(person_id=new))
    waiting = update(Message).where(col(Message.customer_id).in_(ours), col(Message.state) == "waiting").values(shard=shard)
    return rows + _changed(session, waiting)


def _changed(session: Session, statement: Any) -> int:
    done: Any = session.execute(statement.execution_options(**QUIET))
    return int(done.rowcount)
