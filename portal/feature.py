"""What the portal adds to the product."""

from portal.audit import anchors, chain
from portal.audit.jobs import ANCHOR, SEAL, place_of
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.house import additions as house
from portal.people import api, customer_store, customer_views, key_views, linking, settings_views, trail_views, unit_views, user_views
from portal.people import views as people
from portal.people.finding import FINDERS
from portal.people.rules.roles import Permission, Role
from portal.privacy import additions as privacy
from portal.shell import additions, key_commands, openapi, user_commands, views
from portal.shell.commands import COMMANDS
from portal.shell.demo import demo
from portal.shell.features import Check, CheckResult, Feature, MenuItem, Panel, Sampling
from portal.shell.jobs import PARTITIONS
from portal.webhooks import jobs as webhook_jobs
from portal.webhooks import sample as webhook_sample
from portal.webhooks import views as webhook_views

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
CUSTOMER_ROLES = frozenset({Role.OUTLET_MANAGER, Role.CASE_HANDLER, Role.COMPLAINT_CENTRE, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR})
PERMISSIONS = (
    Permission("shell.parts", ADMINISTRATOR),
    Permission("people.read", frozenset({Role.ADMINISTRATOR, Role.OUTLET_MANAGER, Role.EXECUTIVE, Role.COMPLIANCE_OFFICER})),
    Permission("units.edit", ADMINISTRATOR),
    Permission("units.import", ADMINISTRATOR),
    Permission("users.edit", ADMINISTRATOR),
    Permission("customers.read", CUSTOMER_ROLES),
    Permission("customers.reveal", CUSTOMER_ROLES - ADMINISTRATOR),
    Permission("customers.edit", CUSTOMER_ROLES - ADMINISTRATOR),
    Permission("customers.import", ADMINISTRATOR),
    Permission("audit.read", frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER})),
    Permission("api_keys.edit", ADMINISTRATOR),
    Permission(webhook_views.EDIT, ADMINISTRATOR),
    Permission("settings.read", frozenset({Role.ADMINISTRATOR, Role.APPROVER, Role.COMPLIANCE_OFFICER})),
    Permission("settings.edit", ADMINISTRATOR),
)
MENU = (
    MenuItem("listen", _l("Customers"), "customers.index", "user", "customers.read", 80),
    MenuItem("manage", _l("Organisation"), "units.index", "tree", "people.read", 10),
    MenuItem("manage", _l("Users"), "users.index", "users", "people.read", 20),
    MenuItem("manage", _l("Approval routes"), "approval.index", "check-square", "settings.read", 30),
    MenuItem("manage", _l("Customer attributes"), "attributes.attribute_index", "list", "settings.read", 40),
    MenuItem("manage", _l("API keys"), "api_keys.key_index", "lock", "api_keys.edit", 50),
    MenuItem("manage", _l("Webhooks"), "webhooks.index", "link", webhook_views.EDIT, 55, webhook_views.menu_count),
    MenuItem("manage", _l("Privacy"), "privacy.index", "lock", "privacy.read", 58, privacy.menu_count),
    MenuItem("manage", _l("Policy documents"), "house.index", "check-square", "documents.see", 57),
    MenuItem("manage", _l("Settings"), "house.settings_page", "settings", "house.read", 68),
    MenuItem("manage", _l("Audit trail"), "audit.index", "eye", "audit.read", 60),
)


def check_trail(ground: Ground) -> CheckResult:
    """The trail's hash chain gone through anew, and every day's anchor held against it."""
    with ground.reading() as session:
        checked, violations = chain.verify(session, ground.now())
        _days, wrong = anchors.verify(session, place_of(ground))
    return CheckResult(checked, violations + wrong)


def _sample(ground: Ground, sampling: Sampling) -> None:
    webhook_sample.load(ground, sampling.now)
    privacy.load(ground, sampling.now)


FEATURE = Feature(
    name="portal",
    blueprints=[
        views.blueprint,
        openapi.blueprint,
        people.blueprint,
        unit_views.blueprint,
        user_views.blueprint,
        customer_views.blueprint,
        settings_views.routes,
        settings_views.attributes,
        key_views.keys,
        trail_views.blueprint,
        api.blueprint,
        webhook_views.blueprint,
        *privacy.BLUEPRINTS,
        *house.BLUEPRINTS,
        *additions.BLUEPRINTS,
    ],
    menu=[*MENU, *additions.MENU],
    panels=[*additions.PANELS, Panel(_l("You still have to read"), "portal/house/to_read.html", "documents.see", house.to_read, order=4)],
    jobs=[SEAL, ANCHOR, PARTITIONS, *linking.JOBS, *webhook_jobs.JOBS, *privacy.JOBS, *additions.JOBS],
    commands=[*COMMANDS, *key_commands.COMMANDS, *user_commands.COMMANDS, demo],
    permissions=[*PERMISSIONS, *privacy.PERMISSIONS, *house.PERMISSIONS, *additions.PERMISSIONS],
    finders=FINDERS,
    customer_parts=privacy.CUSTOMER_PARTS,
    stats=customer_store.counts,
    checks=[Check("trail", check_trail)],
    sample=_sample,
)
