"""Customers over HTTP: upsert in batches, consent, opt-out, erasure and a copy of all data."""

from typing import Annotated, Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import InvalidInput
from portal.foundation.limits import per_key
from portal.people import access, consent, customers, erasure, parts
from portal.people.customer_records import CODE, ConsentRecord, CustomerRecord, Ref
from portal.people.sheets import code_of

blueprint = Blueprint("customers_api", __name__, url_prefix="/api/v1/customers")
web.csrf.exempt(blueprint)
MOST = 10_000


class RefusedRecord(BaseModel):
    """A record that was not taken."""

    index: int
    code: str
    field: str


class CustomerReceipt(BaseModel):
    """What became of a batch: received = created + changed + unchanged + rejected."""

    received: int
    created: int
    changed: int
    unchanged: int
    rejected: list[RefusedRecord]


class OptOutRequest(BaseModel):
    """What the customer does not want to be asked; empty means everything."""

    model_config = ConfigDict(extra="forbid")

    purpose: Annotated[str, Field(max_length=30, pattern=CODE)] = ""
    channel: Annotated[str, Field(max_length=20, pattern=CODE)] = ""
    take_back: bool = False


@blueprint.post("")
@described(
    "Add or change customers: one, or an array of up to 10,000. An absent field leaves what is there, null empties it.",
    body=CustomerRecord | list[CustomerRecord],
    answers={200: CustomerReceipt},
    problems=(400, 413, 415),
)
@per_key
@access.api("customers.write")
def upsert() -> ResponseReturnValue:
    """Take customers in; good ones are kept though others are refused."""
    items = web.json_items(MOST)
    good: list[CustomerRecord] = []
    places: list[int] = []
    refused: list[RefusedRecord] = []
    for index, item in enumerate(items):
        try:
            good.append(CustomerRecord.model_validate(item))
            places.append(index)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            refused.append(RefusedRecord(index=index, code=code_of(first), field=field))
    with web.writing() as session:
        receipt = customers.upsert(session, web.ground().keys, good, web.now())
    refused += [RefusedRecord(index=places[one.index], code=one.code, field=one.field) for one in receipt.refused]
    refused.sort(key=lambda one: one.index)
    counts = {"created": receipt.created, "changed": receipt.changed, "unchanged": receipt.unchanged}
    return CustomerReceipt(received=len(items), rejected=refused, **counts).model_dump(), 200


@blueprint.post("/<ref>/consent")
@described(
    "What a customer said of being asked: agreed or withdrawn.",
    body=ConsentRecord,
    answers={204: None},
    problems=(400, 404, 415, 422),
)
@per_key
@access.api("customers.write")
def give_consent(ref: str) -> ResponseReturnValue:
    """Add a word of the customer's."""
    said = web.parse_json(ConsentRecord)
    if said.at is not None and said.at > web.now():
        raise InvalidInput({"at": "in_the_future"})
    with web.writing() as session:
        customer = erasure.customer_of(session, ref)
        consent.put(session, {customer.id: [said]}, web.now(), web.ground().keys)
    return "", 204


@blueprint.post("/<ref>/opt-out")
@described("Never ask again, or take that back. Holds at once.", body=OptOutRequest, answers={204: None}, problems=(400, 404, 415, 422))
@per_key
@access.api("customers.write")
def opt_out(ref: str) -> ResponseReturnValue:
    """An unknown customer is made, so that the word is not lost."""
    said = web.parse_json(OptOutRequest)
    try:
        TypeAdapter(Ref).validate_python(ref)
    except ValidationError:
        raise InvalidInput({"ref": "not_valid"}) from None
    with web.writing() as session:
        key = customers.customers_by_ref(session, [ref], web.now(), keys=web.ground().keys).get(ref)
        if key is not None and said.take_back:
            consent.take_back(session, key.id, web.now(), [(said.purpose, said.channel)])
        elif key is not None:
            consent.opt_out(session, key.id, web.now(), "api", said.purpose, said.channel)
    return "", 204


@blueprint.delete("/<ref>")
@described(
    "Erase a customer: the person is removed everywhere, answers and figures stay. The reference never comes in again.",
    answers={204: None},
    problems=(404,),
)
@per_key
@access.api("customers.erase")
def erase(ref: str) -> ResponseReturnValue:
    """Safe to send twice."""
    with web.writing() as session:
        erasure.erase(session, web.ground().keys, ref, parts.registered(), access.actor(), web.now())
    return "", 204


@blueprint.get("/<ref>/export")
@described("A copy of all that is kept about a customer, in the clear.", answers={200: dict[str, Any]}, problems=(404,))
@per_key
@access.api("customers.export")
def export(ref: str) -> ResponseReturnValue:
    """Written down in the trail."""
    with web.writing() as session:
        customer = erasure.customer_of(session, ref)
        return erasure.export(session, web.ground().keys, customer, parts.registered(), access.actor(), web.now()), 200
