"""What this room adds to the product; `feature.py` takes it over."""

from datetime import timedelta

from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.shell.features import Check
from scheduler.contacts import jobs
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.commands import make_replay_command, simulate_command
from scheduler.contacts.decide import BATCH

COMMANDS = (simulate_command,)
CHECKS = (Check("contacts", check_contacts),)
JOBS = (
    Job("contacts.decide", timedelta(seconds=2), jobs.decide, _l("Decide who is asked"), batch=BATCH),
    Job("contacts.take_over", timedelta(seconds=2), jobs.take_over, _l("Bring the contact ledger up to date"), batch=BATCH),
)
__all__ = ["CHECKS", "COMMANDS", "JOBS", "make_replay_command"]
