"""What the room adds to the product; the package's feature file hands it on."""

from portal.foundation.i18n import _l
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from scheduler.engine import views
from scheduler.engine.commands import clock, worker
from scheduler.engine.queues import QUEUES
from scheduler.engine.retention import JOBS

BLUEPRINTS = (views.blueprint,)
COMMANDS = (clock, worker)
PERMISSIONS = (Permission(views.READ, frozenset({Role.ADMINISTRATOR})),)
MENU = (MenuItem("manage", _l("Operations"), "operations.index", "clock", views.READ, 70),)

__all__ = ["BLUEPRINTS", "COMMANDS", "JOBS", "MENU", "PERMISSIONS", "QUEUES"]
