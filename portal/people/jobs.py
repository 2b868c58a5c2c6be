"""The clock forgets what is past: sessions of long ago, counts of wrong passwords, kept answers."""

from datetime import datetime, timedelta

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people import idempotency, session_store, sessions
from portal.people.rules.delays import FORGOTTEN


def forget(ground: Ground, now: datetime) -> int:
    """Forget what no longer says anything; returns how many rows."""
    with ground.writing() as session:
        rows = sessions.forget_old(session, now)
        return rows + session_store.drop_tries(session, now - FORGOTTEN) + idempotency.forget(session, now)


JOBS = (Job("people.forget_log_ins", timedelta(hours=6), forget, _l("Forget old sessions and kept answers")),)
