"""What the portal adds to the product."""

from portal.shell import views
from portal.shell.features import Feature

FEATURE = Feature(name="portal", blueprints=[views.blueprint])
