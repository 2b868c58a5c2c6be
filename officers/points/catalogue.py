"""The catalogue of benefits: draft, on sale, paused, retired; its stock, and codes that are uploaded as a file."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import Session

from officers.points.benefit_models import BENEFIT_KINDS, Benefit
from officers.points.store import benefits as store
from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.ids import new_id
from portal.people.sheets import Rejected, decode, read

OBJECT = "benefit"
COST_MOST, CENTS_MOST, STOCK_MOST, CODES_MOST = 100_000, 10_000_000, 100_000, 20_000
STEPS = {"on_sale": ("draft", "paused"), "paused": ("on_sale",), "retired": ("draft", "on_sale", "paused")}
"""To which state from which."""
INDEX = "benefit_code"


class BenefitMoved(Conflict):
    """It is in a state from which this does not lead on, or somebody changed its stock."""

    code = "benefit_moved"


@dataclass(frozen=True)
class NewBenefit:
    """What a form says about a benefit; figures that can't be read are -1."""

    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    kind: str
    cost: int
    value_cents: int
    limit_each: int
    tier: str
    sale_from: datetime | None = None
    sale_until: datetime | None = None


class CodeRow(BaseModel):
    """A line of a file of codes."""

    code: str = Field(min_length=4, max_length=120)


@dataclass(frozen=True)
class Taken:
    """What came of a file: how many codes were taken, and which lines were not, and why."""

    taken: int
    rejected: list[Rejected]


def make(session: Session, new: NewBenefit, actor: Actor, now: datetime) -> Benefit:
    """A new benefit, a draft without stock.

    Raises  InvalidInput naming the fields
    """
    _check(new)
    row = Benefit(**vars(new), created_by=actor.user_id, created_at=now)
    session.add(row)
    session.flush()
    record(session, actor, "benefit.make", OBJECT, row.id, now, {"cost": row.cost, "value_cents": row.value_cents})
    return row


def change(session: Session, benefit_id: UUID, new: NewBenefit, actor: Actor, now: datetime) -> Benefit:
    """Change a benefit; its kind only while it is a draft. What was redeemed keeps the cost and value it had.

    Raises  NotFound, BenefitMoved, InvalidInput naming the fields
    """
    row = _held(session, benefit_id)
    if row.state == "retired":
        raise BenefitMoved
    _check(new)
    if new.kind != row.kind and (row.state != "draft" or row.placed):
        raise InvalidInput({"kind": "benefit_kind_fixed"})
    for name, value in vars(new).items():
        setattr(row, name, value)
    record(session, actor, "benefit.change", OBJECT, row.id, now, {"cost": row.cost, "value_cents": row.value_cents})
    return row


def move(session: Session, benefit_id: UUID, state: str, actor: Actor, now: datetime) -> Benefit:
    """Put it on sale, pause it, or retire it for good.

    Raises  NotFound, BenefitMoved
    """
    row = _held(session, benefit_id)
    if row.state not in STEPS.get(state, ()):
        raise BenefitMoved
    row.state = state
    record(session, actor, f"benefit.{state}", OBJECT, row.id, now)
    return row


def restock(session: Session, benefit_id: UUID, number: int, actor: Actor, now: datetime) -> None:
    """More items, or fewer. The stock of codes is changed by uploading codes.

    Raises  NotFound, BenefitMoved, InvalidInput
    """
    row = _held(session, benefit_id)
    if row.kind == "code" or not 0 < abs(number) <= STOCK_MOST:
        raise InvalidInput({"number": "out_of_range"})
    if not store.restock(session, benefit_id, number):
        raise BenefitMoved
    record(session, actor, "benefit.restock", OBJECT, row.id, now, {"number": number})


def upload_codes(session: Session, keys: Keys, benefit_id: UUID, raw: bytes, actor: Actor, now: datetime) -> Taken:
    """Codes from a CSV file with a column `code`, encrypted one by one; each becomes an item of the stock. A code that is known
    anywhere, or twice in the file, is rejected with its line.

    Raises  NotFound; InvalidInput for `file`
    """
    row = _held(session, benefit_id)
    if row.kind != "code":
        raise InvalidInput({"file": "benefit_takes_no_codes"})
    good: dict[str, int] = {}
    rejected: list[Rejected] = []
    for line in read(decode(raw), CodeRow, {"代码": "code", "兑换码": "code"}, ["code"]):
        if isinstance(line, Rejected):
            rejected.append(line)
        elif line.row.code in good:
            rejected.append(Rejected(line.line, "code", "code_twice"))
        else:
            good[line.row.code] = line.line
    if len(good) > CODES_MOST:
        raise InvalidInput({"file": "too_many_rows"}, line=CODES_MOST)
    known = store.known_codes(session, [index for code in good for index in keys.blind_indexes(INDEX, code)])
    taken = 0
    for code, number in good.items():
        values = {
            "id": new_id(), "benefit_id": benefit_id, "code_enc": keys.encrypt(code), "code_index": keys.blind_index(INDEX, code),
            "redemption_id": None, "uploaded_by": actor.user_id, "uploaded_at": now,
        }  # fmt: skip
        if known.intersection(keys.blind_indexes(INDEX, code)) or not store.add_code(session, values):
            rejected.append(Rejected(number, "code", "code_known"))
        else:
            taken += 1
    if taken:
        store.restock(session, benefit_id, taken)
    record(session, actor, "benefit.codes", OBJECT, row.id, now, {"taken": taken, "rejected": len(rejected)})
    return Taken(taken, sorted(rejected, key=lambda one: one.line))


def _check(new: NewBenefit) -> None:
    fields = {}
    for name in ("name_zh", "name_en"):
        text = getattr(new, name)
        if not 0 < len(text) <= 60:
            fields[name] = "too_long" if text else "missing"
    fields |= {name: "too_long" for name in ("about_zh", "about_en") if len(getattr(new, name)) > 1000}
    for name, least, most in (("cost", 1, COST_MOST), ("value_cents", 0, CENTS_MOST), ("limit_each", 0, 1000)):
        if not least <= getattr(new, name) <= most:
            fields[name] = "out_of_range"
    if new.kind not in BENEFIT_KINDS:
        fields["kind"] = "missing"
    if new.sale_from and new.sale_until and new.sale_until <= new.sale_from:
        fields["sale_until"] = "before_the_start"
    if fields:
        raise InvalidInput(fields)


def _held(session: Session, benefit_id: UUID) -> Benefit:
    row = store.held_benefit(session, benefit_id)
    if row is None:
        raise NotFound
    return row
