"""Timed work of the frame."""

from datetime import datetime, timedelta

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.migrations.partitions import ensure_partitions


def make_partitions(ground: Ground, now: datetime) -> int:
    """Make the partitions of this month and the next two; nothing to do on SQLite."""
    if ground.db.dialect != "postgresql":
        return 0
    with ground.writing() as session:
        return ensure_partitions(session.connection(), now)


PARTITIONS = Job("partitions", timedelta(hours=6), make_partitions, _l("Prepare the partitions of coming months"))
