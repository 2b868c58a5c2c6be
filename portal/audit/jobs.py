"""The clock seals the trail."""

from datetime import datetime, timedelta

from portal.audit import anchors, chain
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job


def seal(ground: Ground, now: datetime) -> int:
    """Seal what waits; chaining inside requests would line up all writers."""
    with ground.writing() as session:
        return chain.seal(session, now)


def place_of(ground: Ground) -> anchors.Place:
    """Where anchors lie, and what signs them."""
    return anchors.Place(ground.settings.data_dir / anchors.FOLDER, ground.keys.link)


def anchor(ground: Ground, now: datetime) -> int:
    """Write the day's anchor beside the database; 1 where it was written now."""
    with ground.reading() as session:
        return int(anchors.write(session, place_of(ground), day_in(ground.settings.zone, now).isoformat(), now))


ANCHOR = Job("audit.anchor", timedelta(hours=1), anchor, _l("Anchor the audit trail"))
SEAL = Job("audit.seal", timedelta(seconds=30), seal, _l("Seal the audit trail"))
