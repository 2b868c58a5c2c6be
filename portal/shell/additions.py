"""What rights, log-in and programs' access add to the product."""

from portal.foundation.i18n import _l
from portal.people import access_views, emergency_views, factor_views, provisioning_api, sso_views, trail_api, trail_views
from portal.people.jobs import JOBS
from portal.people.rules.roles import Permission, Role
from portal.shell import api_page
from portal.shell.features import MenuItem, Panel

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
LOOKING = ADMINISTRATOR | {Role.COMPLIANCE_OFFICER}
BLUEPRINTS = (
    access_views.blueprint,
    emergency_views.blueprint,
    factor_views.blueprint,
    provisioning_api.blueprint,
    sso_views.blueprint,
    api_page.blueprint,
    trail_api.blueprint,
)
PERMISSIONS = (
    Permission(access_views.READ, LOOKING),
    Permission(access_views.EDIT, ADMINISTRATOR),
    Permission(access_views.DECIDE, LOOKING),
    Permission(emergency_views.READ, LOOKING),
    Permission(emergency_views.USE, LOOKING),
    Permission(emergency_views.JUDGE, LOOKING),
    Permission(sso_views.EDIT, ADMINISTRATOR),
)
MENU = (
    MenuItem("manage", _l("Who can do what"), "rights.index", "shield", access_views.READ, 22),
    MenuItem("manage", _l("Groups of the directory"), "sso.groups", "users", access_views.READ, 24),
    MenuItem("manage", _l("Emergencies"), "emergency.index", "alert", emergency_views.READ, 26, emergency_views.menu_count),
    MenuItem("manage", _l("Try the API"), "api_page.index", "play", api_page.READ, 52),
)
PANELS = (
    Panel(_l("Emergencies"), "portal/people/emergency_panel.html", emergency_views.JUDGE, emergency_views.panel, 1),
    Panel(_l("Unusual in the last hour"), "portal/people/alarm_panel.html", "audit.read", trail_views.panel, 1),
)
__all__ = ["BLUEPRINTS", "JOBS", "MENU", "PANELS", "PERMISSIONS"]
