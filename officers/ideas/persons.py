"""Who acts on an idea: a colleague, a customer, an officer who is one of both, or somebody whom nobody knows."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.ideas.store import people as store
from officers.people import roster
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys

ID_LENGTH = 32


@dataclass(frozen=True)
class Person:
    """Somebody. `who` is the same however the person came in, so that nobody counts twice."""

    who: str
    kind: str
    user_id: UUID | None = None
    customer_id: UUID | None = None
    officer_id: UUID | None = None
    language: str = "zh-Hans"

    @property
    def actor(self) -> Actor:
        """For the audit trail."""
        if self.user_id is not None:
            return Actor("user", str(self.user_id))
        return Actor("customer", str(self.customer_id or ""))

    @property
    def columns(self) -> dict[str, Any]:
        """What a row keeps of the person."""
        return {"who": self.who, "user_id": self.user_id, "customer_id": self.customer_id, "officer_id": self.officer_id}


def of_user(session: Session, user_id: UUID, language: str | None = None) -> Person:
    """A colleague; an officer too, where they are one."""
    officer = roster.of_user(session, user_id)
    active = officer.id if officer is not None and officer.state == "active" else None
    return Person(f"user:{user_id.hex}", "staff", user_id=user_id, officer_id=active, language=language or "zh-Hans")


def of_customer(session: Session, customer_id: UUID) -> Person | None:
    """A customer of the bank, by person; None where there is none any more."""
    found = store.customer(session, customer_id)
    if found is None or found.erased_at is not None:
        return None
    officer = roster.of_customer(session, found.id)
    active = officer.id if officer is not None and officer.state == "active" else None
    who = f"customer:{found.person_id.hex}"
    return Person(who, "customer", customer_id=found.id, officer_id=active, language=found.language or "zh-Hans")


def guest(number: str, language: str) -> Person:
    """Somebody whom nobody knows, by the browser."""
    return Person(f"guest:{number}", "guest", language=language)


def key_of(keys: Keys, customer_id: UUID) -> str:
    """What a link of the bank's app carries behind `?k=`, so that the customer is known: id and token."""
    return f"{customer_id.hex}.{keys.link_token(customer_id)[0]}"


def read_key(keys: Keys, text: str) -> UUID | None:
    """The customer whom a signed key names, under any live key; None for any other text."""
    name, _, token = text.partition(".")
    try:
        found = UUID(name) if len(name) == ID_LENGTH else None
    except ValueError:
        return None
    if found is None:
        return None
    good = [keys.link_token(found, number)[0] for number in keys.link]
    return found if any(hmac.compare_digest(one.encode(), token.encode("utf-8", "replace")) for one in good) else None


def names(session: Session, rows: Iterable[object], *, inside: bool) -> dict[str, str]:
    """What people are called on a page, by `who`: officers by alias, colleagues by name inside the bank only, customers never."""
    found = list(rows)
    aliases = roster.names(session, {one for row in found if (one := getattr(row, "officer_id", None))})
    staff = store.user_names(session, {one for row in found if (one := getattr(row, "user_id", None))}) if inside else {}
    called = {}
    for row in found:
        alias = aliases.get(row.officer_id) if row.officer_id else None  # type: ignore[attr-defined]  # ideas, votes and comments alike
        name = staff.get(row.user_id) if row.user_id else None  # type: ignore[attr-defined]
        called[row.who] = alias or name or ""  # type: ignore[attr-defined]
    return called
