"""What the portal adds to the product."""

from portal.people.rules.roles import Permission, Role
from portal.shell import openapi, views
from portal.shell.commands import COMMANDS
from portal.shell.features import Feature

FEATURE = Feature(name="portal", blueprints=[views.blueprint, openapi.blueprint], commands=COMMANDS, permissions=[Permission("shell.parts", frozenset({Role.ADMINISTRATOR}))])
