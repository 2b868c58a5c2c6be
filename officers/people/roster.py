"""Who is an officer: what the other rooms ask."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import store
from officers.people.models import Officer
from portal.foundation import conditions
from portal.foundation.errors import NotFound
from portal.people.rules.roles import Role

FIELDS = ("kind", "tier", "unit", "city", "device", "age_band", "segment", "language")
"""What conditions on officers may ask."""


def lock(session: Session, officer_id: UUID) -> Officer:
    """Hold the officer's lock until the transaction ends; whatever is read of them afterwards is as it stands under it.

    Raises  NotFound
    """
    officer = store.locked(session, officer_id)
    if officer is None:
        raise NotFound
    return officer


def lock_all(session: Session, officer_ids: Iterable[UUID]) -> None:
    """Hold the locks of several officers, always in the same order, so that two who do never wait for one another."""
    store.lock_all(session, officer_ids)


def find(session: Session, officer_id: UUID) -> Officer | None:
    """An officer in any state."""
    return store.by_id(session, officer_id)


def of_user(session: Session, user_id: UUID) -> Officer | None:
    """The officer that a member of staff is, in any state."""
    return store.of_user(session, user_id)


def of_customer(session: Session, customer_id: UUID) -> Officer | None:
    """The officer that a customer is, in any state."""
    return store.of_customer(session, customer_id)


def names(session: Session, officer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Aliases by id; real names are never shown among officers."""
    return store.aliases(session, officer_ids)


def manager_of(session: Session, officer: Officer, now: datetime) -> set[UUID]:
    """The managers of an officer's unit: holders of that role there or above. They neither review nor judge the officer's work."""
    return store.managers(session, officer.unit_id, Role.OUTLET_MANAGER.value, now)


def audience(session: Session, asked: conditions.Parsed | dict[str, Any] | None) -> list[UUID]:
    """Active officers who meet conditions over `FIELDS`; None: all of them. In the order of their ids.

    Raises  pydantic's ValidationError for what is no condition
    """
    wanted = conditions.parse(asked) if isinstance(asked, dict) else asked
    found = store.cuts(session)
    chosen = found if wanted is None else [one for one in found if conditions.holds(wanted, facts(one))]
    return sorted(one.id for one in chosen)


def meets(session: Session, officer_id: UUID, asked: conditions.Parsed | dict[str, Any] | None) -> bool:
    """Whether one officer is active and meets conditions."""
    wanted = conditions.parse(asked) if isinstance(asked, dict) else asked
    found = store.cuts(session, [officer_id])
    return bool(found) and (wanted is None or bool(conditions.holds(wanted, facts(found[0]))))


def facts(one: store.Cut) -> dict[str, Any]:
    """An officer as conditions read them; what is not known is blank, which is neither true nor false."""
    return {name: getattr(one, name) or None for name in FIELDS}
