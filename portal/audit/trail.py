"""Write down who did what: ids only, in the transaction of the deed itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.models import AuditEntry


@dataclass(frozen=True)
class Actor:
    """Who acts: `user`, `api`, `customer` or `system`, with an id."""

    kind: str
    id: str

    @classmethod
    def system(cls, name: str) -> "Actor":
        """A job or command."""
        return cls("system", name)

    @property
    def user_id(self) -> UUID | None:
        """The user's id, where a user acts."""
        return UUID(self.id) if self.kind == "user" else None


def record(
    session: Session,
    actor: Actor,
    act: str,
    object_kind: str,
    object_id: UUID | str | None,
    at: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Add one entry. `act` is a verb phrase such as `questionnaire.publish`; facts hold ids, codes and counts, never personal data."""
    session.add(
        AuditEntry(
            at=at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            act=act,
            object_kind=object_kind,
            object_id=None if object_id is None else str(object_id),
            facts=facts or {},
        )
    )
