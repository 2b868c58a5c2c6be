"""Rotas: whose turn it may be when a case of a unit opens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput
from scheduler.cases.store import people as store

MOST = 50


def keep(session: Session, unit_id: UUID, logins: Sequence[str], actor: Actor, now: datetime) -> None:
    """Write a unit's rota anew; an empty one ends it.

    Raises  InvalidInput for `logins`: somebody who is not there, or handles no cases of this unit
    """
    if len(logins) > MOST:
        raise InvalidInput({"logins": "too_many"})
    found = store.by_logins(session, logins)
    handling = {one.user_id for one in store.hands(session, [unit_id], now).get(unit_id, [])}
    unknown = [one for one in logins if found.get(one.lower()) not in handling]
    if unknown:
        raise InvalidInput({"logins": "case_rota_unknown"}, names=", ".join(unknown[:5]))
    store.put_rota(session, unit_id, list(dict.fromkeys(found[one.lower()] for one in logins)))
    record(session, actor, "case_rota.keep", "unit", unit_id, now, {"people": len(logins)})


def all_of(session: Session) -> list[tuple[UUID, list[str]]]:
    """All rotas: unit and log-ins."""
    return store.rotas(session)
