"""What follows every step of a case, whoever took it: the customer is told, other programs and rooms too."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.webhooks.telling import tell as tell_programs
from scheduler.cases import hooks
from scheduler.cases.models import Case
from scheduler.cases.opening import telling_row
from scheduler.cases.rules.kinds import KindSpec, Tell
from scheduler.cases.rules.states import Outcome, Step, Wanted
from scheduler.cases.store import links as link_store

TOLD_OF = {Step.CONTACT: Tell.CONTACTED, Step.RESOLVE: Tell.RESOLVED, Step.CLOSE: Tell.CLOSED, Step.REOPEN: Tell.REOPENED}


def afterwards(
    session: Session,
    case: Case,
    step: Step,
    actor: Actor,
    now: datetime,
    spec: KindSpec,
    told: dict[str, Any],
    wanted: Wanted | None = None,
) -> None:
    """Write down what the customer is to be told by this kind, tell other programs of a closing, and let rooms follow."""
    what = TOLD_OF.get(step)
    reached = step is not Step.CONTACT or (wanted is not None and wanted.outcome is Outcome.REACHED)
    if what in spec.tell and reached and case.customer_id is not None and not told.get("asked_again"):
        link_store.add_tellings(session, [telling_row(case.id, what, case.reopened, now)])
    if step in (Step.CLOSE, Step.MERGE):
        outcome = "merged" if step is Step.MERGE else "closed"
        payload = {"case": str(case.id), "number": case.number, "kind": case.kind, "unit": str(case.unit_id), "outcome": outcome}
        tell_programs(session, "case.closed", [payload], now)
    hooks.tell(hooks.Happening(session, case, step, actor, now, told, wanted))
