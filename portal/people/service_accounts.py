"""Service accounts: programs that call, and the members of staff who answer for them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.people import api_key_store as store
from portal.people import store as people
from portal.people.access_models import ServiceAccount


def make(session: Session, name: str, owner: str, actor: Actor, now: datetime) -> ServiceAccount:
    """Make an account; `owner` is the log-in name of whoever answers for it.

    Raises  InvalidInput naming the field at fault
    """
    name = name.replace("\x00", "").strip()
    user = people.user_by_login(session, owner.replace("\x00", "")[:60])
    problems = {}
    if not name or len(name) > 60:
        problems["account_name"] = "too_long" if name else "missing"
    elif store.account_named(session, name) is not None:
        problems["account_name"] = "already_there"
    if user is None or not user.active:
        problems["owner"] = "unknown_user"
    if problems or user is None:
        raise InvalidInput(problems)
    made = ServiceAccount(name=name, owner_id=user.id, made_at=now)
    session.add(made)
    session.flush()
    trail.record(session, actor, "service_account.make", "service_account", made.id, now, {"owner": str(user.id)})
    return made


def lives(session: Session, account_id: UUID) -> bool:
    """Whether an account is in use."""
    found = session.get(ServiceAccount, account_id)
    return found is not None and found.ended_at is None


def end(session: Session, account_id: UUID, actor: Actor, now: datetime) -> int:
    """End an account and all its keys at once; returns how many keys.

    Raises  NotFound
    """
    found = session.get(ServiceAccount, account_id)
    if found is None:
        raise NotFound
    ended = store.revoke_all(session, account_id, now)
    if found.ended_at is None:
        found.ended_at = now
        trail.record(session, actor, "service_account.end", "service_account", account_id, now, {"keys": ended})
    return ended
