"""What the room adds to the product; the package's feature file hands it on."""

from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from scheduler.touchpoints import catalogue_views, journey_views, store, views

MAKERS = frozenset({Role.DESIGNER, Role.ADMINISTRATOR})
READERS = MAKERS | {Role.APPROVER, Role.ANALYST, Role.COMPLIANCE_OFFICER}

APPROVERS = frozenset({Role.APPROVER, Role.ADMINISTRATOR, Role.DESIGNER})
"""Whoever may approve an event type; never the one who wrote it."""

BLUEPRINTS = (journey_views.blueprint, views.blueprint, catalogue_views.blueprint)
PERMISSIONS = (Permission(views.READ, READERS), Permission(views.EDIT, MAKERS), Permission(catalogue_views.APPROVE, APPROVERS))
MENU = (
    MenuItem("ask", _l("Customer journeys"), "journeys.index", "layers", views.READ, order=28),
    MenuItem("ask", _l("Touchpoints"), "touchpoints.index", "target", views.READ, order=30),
)


def stats(session: Session) -> dict[str, int]:
    """How many touchpoints there are."""
    return store.counts(session)
