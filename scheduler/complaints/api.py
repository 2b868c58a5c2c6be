"""Complaints over HTTP: in one by one or many at once, and out as a list without persons."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import InvalidInput
from portal.foundation.limits import per_key
from portal.people import access
from portal.people.edge import uuid_of
from scheduler.cases.store import units as unit_store
from scheduler.complaints import codes, intake
from scheduler.complaints.intake import Incoming, Taken
from scheduler.complaints.store import codes as code_store
from scheduler.complaints.store import complaints as store

blueprint = Blueprint("complaints_api", __name__, url_prefix="/api/v1")
web.csrf.exempt(blueprint)
MOST, MOST_AT_ONCE = 200, 500
Short = Annotated[str, Field(max_length=80)]
Code = Annotated[str, Field(max_length=40)]


class ComplaintIn(BaseModel):
    """A complaint. `reference` is the sender's own: the same one a second time gives the first answer and changes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reference: Annotated[str, Field(min_length=1, max_length=100)]
    words: Annotated[str, Field(max_length=intake.MOST_WORDS)] = ""
    wish: Annotated[str, Field(max_length=2000)] = ""
    name: Short = ""
    phone: Short = ""
    email: Short = ""
    agent: Short = ""
    customer_ref: Annotated[str, Field(max_length=100)] = ""
    unit: Annotated[str, Field(max_length=60, description="code of the unit where it happened")] = ""
    channel: Code = ""
    business: Code = ""
    reason: Code = ""
    regulator_ref: Annotated[str, Field(max_length=60)] = ""
    language: Annotated[str, Field(pattern="^(zh-Hans|en)$")] = "zh-Hans"
    happened_at: Annotated[datetime | None, Field(description="ISO 8601 with an offset")] = None
    received_at: Annotated[datetime | None, Field(description="when another system took it in; its limit runs from there")] = None


class ComplaintBatch(BaseModel):
    """Up to 500 complaints at once; good ones are kept though others are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    complaints: Annotated[list[ComplaintIn], Field(min_length=1, max_length=MOST_AT_ONCE)]


class ComplaintOut(BaseModel):
    """One complaint: number, state, limit, codes, guesses, unit in charge."""

    reference: str | None
    number: str
    state: str
    unit: str | None
    channel: str
    business: str
    reason: str
    suggested: dict[str, list[tuple[str, float]]]
    received_at: datetime
    due_at: datetime
    outcome: str | None
    known: bool = False


class Refused(BaseModel):
    """One that was not taken: its reference, and what is wrong by field."""

    reference: str
    errors: dict[str, str]


class BatchOut(BaseModel):
    """received = taken + known + refused."""

    received: int
    taken: int
    known: int
    refused: list[Refused]
    complaints: list[ComplaintOut]


class ComplaintsOut(BaseModel):
    """A page of complaints, and where the next one begins."""

    complaints: list[ComplaintOut]
    next_cursor: str | None


@blueprint.post("/complaints")
@described(
    "Take in one complaint, or up to 500 at once; the same reference twice gives the first answer.",
    body=ComplaintIn | ComplaintBatch,
    answers={201: ComplaintOut, 200: BatchOut},
    problems=(400, 415, 422),
)
@per_key
@access.api("complaints.write")
def take() -> ResponseReturnValue:
    """Take complaints in and say what became of each."""
    many = request.is_json and isinstance(request.get_json(silent=True), dict) and "complaints" in (request.get_json(silent=True) or {})
    if many:
        return _many(web.parse_json(ComplaintBatch))
    one = web.parse_json(ComplaintIn)
    with web.writing() as session:
        taken = _take(session, one)
        units = unit_store.codes(session, [taken.case.unit_id])
    return _out(taken, units).model_dump(mode="json"), 200 if taken.known else 201


def _many(batch: ComplaintBatch) -> ResponseReturnValue:
    taken: list[Taken] = []
    refused: list[Refused] = []
    ground = web.ground()
    with web.writing() as session:
        codes_of = code_store.units_by_code(session, {one.unit for one in batch.complaints if one.unit})
        read = [(one, _incoming(one, codes_of)) for one in batch.complaints]
        good = [made for _one, made in read if isinstance(made, Incoming)]
        outcomes = iter(intake.take_many(session, ground.keys, good, access.actor(), web.now(), ground.settings))
        for one, made in read:
            outcome = next(outcomes) if isinstance(made, Incoming) else made
            if isinstance(outcome, InvalidInput):
                refused.append(Refused(reference=one.reference, errors=outcome.fields))
            else:
                taken.append(outcome)
        units = unit_store.codes(session, {one.case.unit_id for one in taken})
    known = sum(one.known for one in taken)
    lines = [_out(one, units) for one in taken]
    body = BatchOut(received=len(batch.complaints), taken=len(taken) - known, known=known, refused=refused, complaints=lines)
    return body.model_dump(mode="json")


def _take(session: Session, one: ComplaintIn) -> Taken:
    made = _incoming(one, code_store.units_by_code(session, [one.unit] if one.unit else []))
    if isinstance(made, InvalidInput):
        raise made
    ground = web.ground()
    return intake.take(session, ground.keys, made, access.actor(), web.now(), ground.settings)


def _incoming(one: ComplaintIn, units: dict[str, UUID]) -> Incoming | InvalidInput:
    """A complaint as it is taken in, or what is wrong with it before anything is looked up."""
    if one.unit and one.unit not in units:
        return InvalidInput({"unit": "unknown_unit"})
    if naive := [name for name in ("happened_at", "received_at") if (at := getattr(one, name)) and at.tzinfo is None]:
        return InvalidInput({naive[0]: "naive_time"})
    if any("\x00" in value for value in one.model_dump().values() if isinstance(value, str)):
        return InvalidInput({"words": "control_character"})
    told = one.model_dump(exclude={"reference", "unit"})
    origin = "regulator" if one.regulator_ref else "api"
    return Incoming(origin=origin, source_ref=one.reference, unit_id=units.get(one.unit), **told)


def _out(taken: Taken, units: dict[UUID, str]) -> ComplaintOut:
    one, case = taken.complaint, taken.case
    return ComplaintOut(
        reference=one.source_ref, number=case.number, state=one.stage, unit=units.get(case.unit_id), channel=one.channel,
        business=one.business, reason=one.reason, suggested=one.suggested, received_at=one.received_at, due_at=one.due_at,
        outcome=one.outcome, known=taken.known,
    )  # fmt: skip


@blueprint.get("/complaints")
@described(
    "A page of complaints, the newest first, without words and persons.",
    answers={200: ComplaintsOut},
    query={"view": "open, overdue or all (default)", "limit": "how many, 50 where not said, 200 at most", "cursor": "`next_cursor`"},
)
@per_key
@access.api("complaints.read")
def listed() -> ResponseReturnValue:
    """A page of complaints."""
    view, limit = request.args.get("view", ""), request.args.get("limit", type=int) or 50
    size = max(1, min(limit, MOST))
    with web.writing() as session:
        codes.ensure(session)
        wanted = store.Filter(
            access.scope("complaints.read"),
            web.now(),
            view=view if view in ("open", "overdue") else "",
            before=uuid_of(request.args.get("cursor")),
        )
        rows = store.page(session, wanted, size)
        units = unit_store.codes(session, {case.unit_id for _one, case in rows})
    lines = [_out(Taken(one, case, ""), units) for one, case in rows[:size]]
    cursor = str(rows[size - 1][0].case_id) if len(rows) > size else None
    return ComplaintsOut(complaints=lines, next_cursor=cursor).model_dump(mode="json")
