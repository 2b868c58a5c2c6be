"""What the interchange adds; `questionnaires/feature.py` takes it in. Its commands hang themselves on `soundings questionnaires`."""

from questionnaires.answering.test_links import questionnaires
from questionnaires.interchange import commands, preview
from questionnaires.interchange.files_jobs import JOBS
from questionnaires.interchange.responses_commands import responses
from questionnaires.interchange.views import blueprint
from questionnaires.reports.commands import export_command

BLUEPRINTS = [blueprint]
assert commands.import_command.name == "import"  # importing the module hangs its commands on the group
responses.add_command(export_command)  # the room of reports makes the file; the group is this room's
COMMANDS = [questionnaires, responses]
assert preview.PREVIEW  # importing the module hangs its route on the pages of links
__all__ = ["BLUEPRINTS", "COMMANDS", "JOBS"]
