"""What the room adds to the product; the package's feature file hands it on."""

from datetime import datetime, timedelta

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from scheduler.intake import api, dead, dead_store, dead_views, waves
from scheduler.intake.commands import events_group
from scheduler.intake.store import events, seen

REMEMBERED = timedelta(days=400)
PURGE_BATCH = 5_000

LETTERS_KEPT = timedelta(days=180)

BLUEPRINTS = (api.blueprint, dead_views.blueprint)
PERMISSIONS = (Permission(dead_views.REDRIVE, frozenset({Role.ADMINISTRATOR, Role.DESIGNER})),)
CUSTOMER_PARTS = (CustomerPart("dead_letters", _l("Events that do not fit"), erase=dead.forget),)
COMMANDS = (events_group,)


def forget_old_keys(ground: Ground, now: datetime) -> int:
    """Forget the keys of events that nobody will send again."""
    with ground.writing() as session:
        return seen.purge(session, day_in(ground.settings.zone, now - REMEMBERED), PURGE_BATCH)


def forget_old_letters(ground: Ground, now: datetime) -> int:
    """Remove refused events that nobody touched for half a year."""
    with ground.writing() as session:
        return dead_store.purge(session, now - LETTERS_KEPT, PURGE_BATCH)


JOBS = (
    Job("intake.forget_old_keys", timedelta(hours=6), forget_old_keys, _l("Forget the keys of old events"), batch=PURGE_BATCH),
    Job("intake.forget_old_letters", timedelta(hours=6), forget_old_letters, _l("Forget refused events of long ago"), batch=PURGE_BATCH),
    Job("intake.waves", timedelta(seconds=15), waves.run_waves, _l("Ask the audiences of campaigns")),
)


def stats(session: Session) -> dict[str, int]:
    """How many events and candidates there are."""
    return events.counts(session)
