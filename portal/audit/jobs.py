"""The clock seals the trail."""

from datetime import datetime, timedelta

from portal.audit import chain
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job


def seal(ground: Ground, now: datetime) -> int:
    """Seal what waits; chaining inside requests would line up all writers."""
    with ground.writing() as session:
        return chain.seal(session, now)


SEAL = Job("audit.seal", timedelta(seconds=30), seal, _l("Seal the audit trail"))
