"""What providers call: receipts, and customers' text messages. With a key, and receipts signed."""

from typing import Annotated, Any, Literal
from uuid import UUID

from cryptography.fernet import InvalidToken
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import Forbidden, InvalidInput, NotFound, NotSignedIn
from portal.foundation.limits import per_key
from portal.foundation.signatures import HEADER, verify
from portal.people import access
from scheduler.delivery import inbound, receipts
from scheduler.delivery.inbound import Arrived
from scheduler.delivery.receipts import Said
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.wordings import CHANNELS

blueprint = Blueprint("providers_api", __name__, url_prefix="/api/v1")
web.csrf.exempt(blueprint)
MOST = 1_000
Line = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]


class ReceiptsNotSetUp(Forbidden):
    """Nobody set the secret by which receipts of this channel are signed."""

    code = "receipts_not_set_up"


class WrongSignature(NotSignedIn):
    """The body is not signed with the channel's secret, or too long ago."""

    code = "wrong_signature"


class ReceiptIn(BaseModel):
    """One receipt: `key` is ours (Idempotency-Key), `ref` the reference that the provider answered with."""

    model_config = ConfigDict(extra="forbid")

    key: UUID | None = None
    ref: Line | None = None
    status: Literal["delivered", "undelivered", "bounced", "blocked"]
    at: AwareDatetime
    reason: Annotated[str, Field(max_length=60, pattern=r"^[\w.:-]*$")] = ""

    @model_validator(mode="after")
    def _names_a_message(self) -> "ReceiptIn":
        if self.key is None and self.ref is None:
            raise ValueError("key or ref is needed")
        return self


class RefusedReceipt(BaseModel):
    """A receipt that was not taken."""

    index: int
    code: str
    field: str


class ReceiptsTaken(BaseModel):
    """What became of them: received = applied + repeated + unknown + rejected."""

    received: int
    applied: int
    repeated: int
    unknown: int
    rejected: list[RefusedReceipt]


class TextIn(BaseModel):
    """A customer's text message; `id` is the gateway's own."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: Line
    sender: Annotated[str, Field(alias="from", min_length=1, max_length=40)]
    text: Annotated[str, Field(max_length=2_000)]
    at: AwareDatetime | None = None


class TextTaken(BaseModel):
    """What it was taken for."""

    kind: Literal["answer", "stop", "help", "silent"]
    repeated: bool


@blueprint.post("/receipts/<channel>")
@described(
    "Receipts of messages: one, or an array of up to 1,000, signed in the header Soundings-Signature. Copies are dropped.",
    body=ReceiptIn | list[ReceiptIn],
    answers={200: ReceiptsTaken},
    problems=(400, 404, 413, 415, 422),
)
@per_key
@access.api("receipts.write")
def take_receipts(channel: str) -> ResponseReturnValue:
    """Good ones are kept though others are refused."""
    if channel not in CHANNELS:
        raise NotFound
    _check_signature(channel, needed=True)
    items = web.json_items(MOST)
    said, places, refused = _read(items)
    with web.writing() as session:
        taken = receipts.take(session, channel, said, web.now())
    refused += [RefusedReceipt(index=places[one.place], code=one.code, field="at") for one in taken.refused]
    refused.sort(key=lambda one: one.index)
    counts = {"applied": taken.applied, "repeated": taken.repeated, "unknown": taken.unknown}
    return ReceiptsTaken(received=len(items), rejected=refused, **counts).model_dump(), 200


def _read(items: list[Any]) -> tuple[list[Said], list[int], list[RefusedReceipt]]:
    """The receipts that can be read, their places, and those that can't be."""
    said: list[Said] = []
    places: list[int] = []
    refused: list[RefusedReceipt] = []
    for index, item in enumerate(items):
        try:
            one = ReceiptIn.model_validate(item)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            refused.append(RefusedReceipt(index=index, code=first["type"], field=".".join(str(part) for part in first["loc"]) or "body"))
            continue
        said.append(Said(one.status, one.at, one.key, one.ref, one.reason))
        places.append(index)
    return said, places, refused


def _check_signature(channel: str, *, needed: bool) -> None:
    with web.reading() as session:
        row = channel_store.settings(session).get(channel)
    try:
        secret = web.ground().keys.decrypt(row.receipt_secret_enc) if row and row.receipt_secret_enc else ""
    except InvalidToken:
        raise ReceiptsNotSetUp from None
    if not secret and needed:
        raise ReceiptsNotSetUp
    if secret and not verify(secret, request.headers.get(HEADER, ""), request.get_data(), web.now()):
        raise WrongSignature


@blueprint.post("/inbound/sms")
@described(
    "A customer's text message: 0 to 10 answers the one-question form, R, TD or 退订 opts out at once, anything else gets one help text.",
    body=TextIn,
    answers={200: TextTaken},
    problems=(400, 415, 422),
)
@per_key
@access.api("inbound.write")
def take_text() -> ResponseReturnValue:
    """Safe to send twice: the gateway's id tells copies. Signed where the channel has a secret."""
    _check_signature("sms", needed=False)
    text = web.parse_json(TextIn)
    if "\x00" in text.text or "\x00" in text.sender:
        raise InvalidInput({"text": "not_valid"})
    understood = inbound.take(web.ground(), Arrived(text.id, text.sender, text.text), web.now())
    return TextTaken(kind=understood.kind, repeated=understood.repeated).model_dump(), 200
