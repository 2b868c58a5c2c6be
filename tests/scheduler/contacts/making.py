"""Facts for tests of the rules: a person whom nothing stands against, and candidates around noon in Shanghai."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduler.contacts.rules.facts import Candidate, PastContact, Person, Touchpoint
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.windows import in_order

NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
TRANSFER = Touchpoint("transfer", group="payments", channels=("sms", "email"))
LOAN = Touchpoint("loan", group="credit", channels=("sms", "email"))


def ago(**span: float) -> datetime:
    """So long before noon."""
    return NOON - timedelta(**span)


def candidate(number: int = 1, touchpoint: Touchpoint = TRANSFER, **changes: Any) -> Candidate:
    """A candidate whose event was an hour ago and that is due now."""
    made = Candidate(
        id=UUID(int=number),
        event_id=f"E{number:04d}",
        touchpoint=touchpoint,
        cls="normal",
        priority=50,
        occurred_at=ago(hours=1),
        received_at=ago(hours=1),
        due_at=NOON,
        expires_at=ago(hours=1) + timedelta(days=10),
    )
    return made._replace(**changes)


def past(when: datetime | None, touchpoint: str = "transfer", **changes: Any) -> PastContact:
    """An invitation by SMS at that time."""
    group = {"transfer": "payments", "loan": "credit"}.get(touchpoint)
    return PastContact(when, "invite", "sms", touchpoint, group)._replace(**changes)


def person(*history: PastContact, **changes: Any) -> Person:
    """Somebody who agreed, can be reached by SMS and e-mail, and has this history."""
    made = Person("C1", SHANGHAI, in_order(history), channels=frozenset({"sms", "email"}))
    return made._replace(**changes)


def policy(**sections: Any) -> ContactPolicy:
    """A policy with just these sections."""
    return ContactPolicy.model_validate(sections)
