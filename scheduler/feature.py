"""What scheduler adds to the product."""

from portal.shell.features import Feature
from scheduler.engine.commands import clock
from scheduler.intake import api as events_api
from scheduler.intake.commands import events_group

FEATURE = Feature(
    name="scheduler",
    blueprints=[events_api.blueprint],
    commands=[clock, events_group],
)
