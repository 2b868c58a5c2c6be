"""Timed work of ideas."""

from datetime import timedelta

from officers.ideas import following
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job

TELL_NEWS = Job(
    "ideas.tell_news",
    timedelta(seconds=10),
    following.tell_news,
    _l("Tell of issues, and pay what verified ones pay"),
    batch=following.BATCH,
)
TELL_STEPS = Job(
    "ideas.tell_steps", timedelta(seconds=15), following.tell_steps, _l("Tell authors of their ideas"), batch=5 * following.BATCH
)
JOBS = (TELL_NEWS, TELL_STEPS)
