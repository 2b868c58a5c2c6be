"""What this room adds to the product; `feature.py` takes it over."""

from portal.shell.features import Check
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.commands import make_replay_command, simulate_command

COMMANDS = (simulate_command,)
CHECKS = (Check("contacts", check_contacts),)
__all__ = ["CHECKS", "COMMANDS", "make_replay_command"]
