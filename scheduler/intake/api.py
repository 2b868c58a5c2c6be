"""Events over HTTP."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import WrongMediaType
from portal.foundation.limits import per_key
from portal.people import access
from scheduler.intake.batch import JSON, LINES, EventReceipt, read_batch, receive_batch
from scheduler.intake.events import EventIn
from scheduler.intake.receive import Desk

blueprint = Blueprint("events_api", __name__, url_prefix="/api/v1")
web.csrf.exempt(blueprint)


@blueprint.post("/events")
@described(
    "Take in one event, an array, or one a line (NDJSON), up to 10,000; good ones are kept though others are refused.",
    body={JSON: EventIn | list[EventIn], LINES[0]: EventIn},
    answers={202: EventReceipt},
    problems=(400, 413, 415, 422),
)
@per_key
@access.api("events.write")
def receive_events() -> ResponseReturnValue:
    """Take events in and say what became of each."""
    if request.content_encoding:
        raise WrongMediaType(accepted="identity")
    batch = read_batch(request.mimetype, request.get_data(cache=False))
    ground = web.ground()
    with web.writing() as session:
        receipt = receive_batch(session, batch, Desk(web.now(), ground.settings.zone, keys=ground.keys))
    return receipt.model_dump(), 202
