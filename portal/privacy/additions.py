"""What this room adds to the product; the package's feature file hands it on."""

from datetime import datetime, timedelta

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people import parts
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.privacy import edge, hold_views, holding, register, replaying, requests, retention
from portal.privacy.views import menu_count

READERS = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER, Role.COMPLAINT_CENTRE})
DESK = frozenset({Role.COMPLIANCE_OFFICER, Role.COMPLAINT_CENTRE})

BLUEPRINTS = (hold_views.blueprint,)  # the pages of this room share one
PERMISSIONS = (
    Permission(edge.READ, READERS | {Role.APPROVER}),
    Permission(edge.WORK, DESK),
    Permission(edge.HOLD, DESK),
    Permission(edge.EDIT, frozenset({Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR})),
    Permission(edge.PUBLISH, frozenset({Role.COMPLIANCE_OFFICER, Role.APPROVER})),
)
CUSTOMER_PARTS = (CustomerPart("requests", _l("Requests about personal data"), erase=requests.erase, export=requests.export),)


def release(ground: Ground, now: datetime) -> int:
    """Empty held records whose period is over, and copies of data that nobody may fetch any more."""
    with ground.writing() as session:
        requests.drop_copies(session, now, retention.STEP)
        return holding.release(session, parts.registered(), now)


JOBS = (
    Job("privacy.note_erasures", timedelta(minutes=5), replaying.note, _l("Note erasures beside the database, for restored backups")),
    Job("privacy.release", retention.EVERY, release, _l("Empty records of erased customers whose period is over")),
    Job("privacy.expire", retention.EVERY, retention.expire, _l("Empty what was kept long enough"), batch=retention.STEP),
)


def load(ground: Ground, now: datetime) -> None:
    """The sample bank's register of processing."""
    with ground.writing() as session:
        register.load_shipped(session, now)


__all__ = ["BLUEPRINTS", "CUSTOMER_PARTS", "JOBS", "PERMISSIONS", "load", "menu_count"]
