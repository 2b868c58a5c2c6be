"""What the interchange adds; `questionnaires/feature.py` takes it in. Its commands hang themselves on `soundings questionnaires`."""

from questionnaires.answering.test_links import questionnaires
from questionnaires.interchange import commands
from questionnaires.interchange.responses_commands import responses
from questionnaires.interchange.views import blueprint

BLUEPRINTS = [blueprint]
assert commands.import_command.name == "import"  # importing the module hangs its commands on the group
COMMANDS = [questionnaires, responses]
