"""What replay writes of a customers file besides customers themselves: companies, lists, units that rest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ids import new_id
from scheduler.contacts.models import ContactHold, UnitPause
from scheduler.contacts.plans import CustomerPlan
from scheduler.contacts.rules.room import Rest
from scheduler.contacts.store import replaying as store
from scheduler.contacts.store import rooms

HOLDS = {"never": "list", "bypass": "bypass"}


def introduce(session: Session, plans: Sequence[tuple[UUID, CustomerPlan]], at: datetime) -> None:
    """Let new customers speak for their companies and stand on their lists, from long before their first event."""
    store.put_companies(session, [(customer_id, ref) for customer_id, plan in plans for ref in plan.companies], at)
    begin = at.replace(year=at.year - 1, day=min(at.day, 28))
    session.add_all(
        ContactHold(person_id=customer_id, kind=HOLDS[plan.listed], source_id=new_id(), from_=begin, reason="file")
        for customer_id, plan in plans
        if plan.listed
    )
    session.flush()


def rest(session: Session, rests: Mapping[str, Sequence[Rest]]) -> None:
    """Let units rest as the setup says; nothing of it twice."""
    units = rooms.unit_ids(session, rests)
    if store.has_rests(session, units.values()):
        return
    session.add_all(
        UnitPause(unit_id=units[code], from_=one.from_, until=one.until, open_cases=1, capacity=1)
        for code, several in rests.items()
        if code in units
        for one in several
    )
    session.flush()
