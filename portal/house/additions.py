"""What this room adds to the product; the package's feature file hands it on."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.house import documents, views
from portal.people.access import Me
from portal.people.rules.roles import Permission, Role

WRITERS = frozenset({Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR, Role.OFFICER_MANAGER})
PUBLISHERS = frozenset({Role.APPROVER, Role.COMPLIANCE_OFFICER})

BLUEPRINTS = (views.blueprint,)
PERMISSIONS = (
    Permission(views.SEE, frozenset({Role.ADMINISTRATOR})),
    Permission(views.SWITCH, frozenset({Role.ADMINISTRATOR})),
    Permission(views.ALL, frozenset(Role) - {Role.API_CLIENT}),
    Permission(views.KNOW, WRITERS | PUBLISHERS),
    Permission(views.WRITE, WRITERS),
    Permission(views.PUBLISH, PUBLISHERS),
)


def to_read(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """The reminder on the home page: what somebody still has to read."""
    found = documents.due(session, me, now)
    return {"due": found} if found else None
