"""A customer who is an officer and asks to be forgotten: the person goes, growth and points stay under a bare id."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import door_store, growth_store, notice_store, store
from officers.people import erasing_store as own
from officers.people.models import Officer, OfficerStep


def erase(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Forget officers among customers, with their sessions, codes and notices; returns how many."""
    door_store.forget(session, customer_ids)
    found = store.of_customers(session, customer_ids)
    for one in found:
        before, one.state = one.state, "retired"
        one.customer_id, one.erased_at = None, now
        one.alias = f"#{one.id.hex[-12:]}"
        one.why = one.city = one.device = one.age_band = one.segment = one.channel = one.reason = ""
        session.add(OfficerStep(officer_id=one.id, act="erase", before=before, after="retired", at=now))
    session.flush()
    own.forget(session, [one.id for one in found])
    return len(found)


def export(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """What the programme knows of a customer, as JSON."""
    officer = store.of_customer(session, customer_id)
    return [] if officer is None else [_of(session, officer)]


def _of(session: Session, officer: Officer) -> dict[str, Any]:
    names = ("alias", "state", "tier", "language", "channel", "city", "device", "age_band", "segment", "why", "notice_version", "reason")
    moments = ("applied_at", "consented_at", "joined_at", "trained_at", "tier_since")
    return {
        "officer": {name: getattr(officer, name) for name in names}
        | {name: at.isoformat() if (at := getattr(officer, name)) else None for name in moments},
        "steps": [{"at": one.at.isoformat(), "act": one.act, "reason": one.reason} for one in store.steps(session, officer.id)],
        "growth": [
            {"at": one.at.isoformat(), "amount": one.amount, "source": one.source}
            for one in growth_store.newest(session, officer.id, 10_000)
        ],
        "notices": [{"at": one.at.isoformat(), "code": one.code} for one in notice_store.newest(session, officer.id, 10_000)],
    }
