"""How the reviews stand, for the desk, the programme's dashboard and managers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.work.rules.reviewing import Agreement, agreement
from officers.work.store import reviews as store
from portal.people.rules.roles import Scope

WINDOW = timedelta(days=90)


@dataclass(frozen=True)
class Figures:
    """What waits at the desk, and how well two looks agreed in the last 90 days."""

    waiting: store.Counts
    agreement: Agreement


def figures(session: Session, scope: Scope, now: datetime, but: UUID | None = None) -> Figures:
    """The desk's figures for a scope, without the visits to units that `but` manages."""
    return Figures(store.counts(session, scope, now, but), agreement(store.pairs(session, since=now - WINDOW)))
