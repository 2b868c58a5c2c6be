"""Timed work of webhooks."""

from datetime import timedelta

from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.webhooks.sending import BATCH, forget, send_due

JOBS = (
    Job("webhooks.send_due", timedelta(seconds=3), send_due, _l("Tell other programs of events"), batch=BATCH),
    Job("webhooks.forget", timedelta(hours=6), forget, _l("Shorten the log of what other programs were told"), batch=1_000),
)
