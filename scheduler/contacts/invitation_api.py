"""Invitations that other programs of the bank ask for."""

from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.limits import per_key
from portal.people import access
from scheduler.contacts import asking
from scheduler.contacts.decide import Means
from scheduler.intake.events import EventIn

blueprint = Blueprint("invitations_api", __name__, url_prefix="/api/v1")
web.csrf.exempt(blueprint)
Id = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]+$")]


class InvitationRequest(BaseModel):
    """Whom to ask, and about what. `request_id` is the program's own: sent again, the first answer holds."""

    model_config = ConfigDict(extra="forbid")

    request_id: Id
    touchpoint: Id
    customer_ref: Id
    unit: str | None = None
    transaction_ref: str | None = None
    attributes: dict[str, Any] = {}


class InvitationAnswer(BaseModel):
    """What the policy made of it; `link` where the customer is invited. `reason` where nobody was to be asked, or why it waits."""

    event_id: str
    outcome: str | None
    code: str | None
    reason: str | None
    due_at: datetime | None
    link: str | None
    expires_at: datetime | None


@blueprint.post("/invitations")
@described(
    "Ask for one customer to be invited now, still through the contact policy: the touchpoint's filter, consent, pauses and quotas hold. "
    "The message goes out on the touchpoint's channels as well.",
    body=InvitationRequest,
    answers={200: InvitationAnswer},
    problems=(400, 409, 415, 422),
)
@per_key
@access.api("invitations.write")
def invite() -> ResponseReturnValue:
    """One customer, decided at once."""
    wanted, ground, now = web.parse_json(InvitationRequest), web.ground(), web.now()
    with web.reading() as session:
        event_type = asking.event_type_of(session, wanted.touchpoint)
        begun = asking.begun_at(session, wanted.request_id, now)
    facts = {"event_id": asking.PREFIX + wanted.request_id, "event_type": event_type, "occurred_at": begun.isoformat()}
    facts |= wanted.model_dump(include={"customer_ref", "unit", "transaction_ref", "attributes"}, exclude_none=True)
    try:
        event = EventIn.model_validate(facts)
    except ValidationError as error:
        raise web.invalid_input(error) from None
    with web.writing() as session:
        asked = asking.ask(session, event, wanted.touchpoint, Means(ground.settings, ground.keys), now)
    return InvitationAnswer.model_validate(asked, from_attributes=True).model_dump(mode="json")
