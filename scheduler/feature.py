"""What scheduler adds to the product."""

from portal.shell.features import Feature
from scheduler.cases import additions as cases
from scheduler.contacts import additions as contacts
from scheduler.engine.commands import clock
from scheduler.engine.lease import ClockLease
from scheduler.intake import api as events_api
from scheduler.intake.commands import events_group

FEATURE = Feature(
    name="scheduler",
    blueprints=[events_api.blueprint, *cases.BLUEPRINTS],
    commands=[clock, events_group, *contacts.COMMANDS, contacts.make_replay_command(ClockLease())],
    menu=[*cases.MENU],
    panels=[*cases.PANELS],
    jobs=[*cases.JOBS],
    permissions=[*cases.PERMISSIONS],
    checks=[*cases.CHECKS, *contacts.CHECKS],
)
