"""The operations page, and /metrics for Prometheus."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from portal.audit import alarms
from portal.foundation import web
from portal.foundation.errors import Forbidden
from portal.foundation.jobs import Job, Queue
from portal.migrations import run as migrations
from portal.people import access
from portal.shell.navigation import features
from portal.shell.readiness import schema_state, served_version
from scheduler.delivery.words import CHANNELS
from scheduler.engine import figures, watching_store
from scheduler.engine.overview import HOUR, overview, per_minute

READ = "operations.read"
blueprint = Blueprint("operations", __name__)


@blueprint.get("/portal/operations")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Queues, jobs, channels and processes at one look."""
    settings = web.ground().settings
    with web.reading() as session:
        seen = overview(session, _jobs(), _queues())
        rate = per_minute(watching_store.accepted_times(session, seen.now - HOUR), seen.now)
        months, removed = watching_store.partitions(session), watching_store.removals(session)
    return web.render(
        "scheduler/engine/operations.html",
        seen=seen, rate=rate, partitions=months, removed=removed, settings=settings, version=served_version(),
        channel_names=CHANNELS, schema=schema_state(migrations.current(web.ground().db.engine)), dialect=web.ground().db.dialect,
    )  # fmt: skip


@blueprint.get("/metrics")
@access.public
def metrics() -> ResponseReturnValue:
    """Figures for Prometheus: whoever has the token, or comes from this machine itself.

    Raises  Forbidden
    """
    if not web.from_inside():
        raise Forbidden
    with web.reading() as session:
        seen = overview(session, _jobs(), _queues())
        tried = alarms.last_hour(session, seen.now)
    schema = schema_state(migrations.current(web.ground().db.engine))
    return Response(figures.text_of(seen, schema, tried), content_type="text/plain; version=0.0.4; charset=utf-8")


def _jobs() -> list[Job]:
    return [job for feature in features() for job in feature.jobs]


def _queues() -> list[Queue]:
    return [queue for feature in features() for queue in feature.queues]
