"""What the room adds to the product; the package's feature file hands it on."""

from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from scheduler.touchpoints import store, views

MAKERS = frozenset({Role.DESIGNER, Role.ADMINISTRATOR})
READERS = MAKERS | {Role.APPROVER, Role.ANALYST, Role.COMPLIANCE_OFFICER}

BLUEPRINTS = (views.blueprint,)
PERMISSIONS = (Permission(views.READ, READERS), Permission(views.EDIT, MAKERS))
MENU = (MenuItem("ask", _l("Touchpoints"), "touchpoints.index", "target", views.READ, order=30),)


def stats(session: Session) -> dict[str, int]:
    """How many touchpoints there are."""
    return store.counts(session)
