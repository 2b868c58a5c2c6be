"""Whether a staff officer's manager has said yes to hours for tasks in this quarter. Customers need nobody's yes."""

from datetime import datetime

from sqlmodel import Session

from officers.people.models import Officer
from officers.work.store import tasks as store


def quarter(now: datetime) -> str:
    """The quarter of a moment, as `2026-Q2`."""
    return f"{now.year}-Q{(now.month + 2) // 3}"


def agreed(session: Session, officer: Officer, now: datetime) -> bool:
    """Whether the officer may take tasks as far as their manager is concerned."""
    return officer.kind != "staff" or store.hours_allowed(session, officer.id, quarter(now))
