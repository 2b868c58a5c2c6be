"""Customers' requests about their data: filed, the person identified, done or refused within the limit, with a proof.

The proof holds codes and counts. Its hash stands in the audit trail, which is sealed: so nobody can tell another story later.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import chinese_calendar
from pydantic import ValidationError
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys, token_hash
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.ids import new_id
from portal.people import customer_store, customers, erasure
from portal.people.customer_records import CustomerRecord
from portal.people.models import Customer
from portal.people.parts import CustomerPart
from portal.privacy import held_store, words
from portal.privacy import request_store as store
from portal.privacy.models import PrivacyRequest
from portal.privacy.rules.clocks import end_of_working_day

LIMIT_DAYS = 15
COPY_FOR = timedelta(days=30)
"""How long after its end a request's copy may be fetched; then it is emptied."""
PROVED_AT_THE_DESK = frozenset({"access", "copy"})
"""What a link alone does not open: who holds somebody else's link would get all of their data."""
CORRECTABLE = ("name", "phone", "email", "birth_date", "language")
LONGEST = {"words": 2000, "name": 80, "contact": 120, "reply": 2000}


@dataclass(frozen=True)
class Filing:
    """What is asked, by whom, and how it came."""

    kind: str
    origin: str
    language: str = "zh-Hans"
    words: str = ""
    name: str = ""
    contact: str = ""
    customer: Customer | None = None
    unit_id: UUID | None = None
    """The desk's unit, where it came by one and nobody knows yet whose it is."""


@dataclass(frozen=True)
class Desk:
    """Who works on a request, and with what."""

    keys: Keys
    parts: Iterable[CustomerPart]
    who: Actor
    now: datetime


def file(session: Session, keys: Keys, one: Filing, who: Actor, now: datetime, zone: str) -> tuple[PrivacyRequest, str]:
    """Take a request in. Returns it with the token of the customer's link.

    A link of the customer's own is their identity, but not where they ask for a copy of all data.

    Raises  InvalidInput
    """
    wrong = {name: "too_long" for name, most in LONGEST.items() if len(getattr(one, name, "")) > most}
    if one.kind not in words.KINDS:
        wrong["kind"] = "missing"
    if one.customer is None and not (one.name.strip() and one.contact.strip()):
        wrong |= {name: "missing" for name in ("name", "contact") if not getattr(one, name).strip()}
    if one.kind == "correction" and not one.words.strip():
        wrong["words"] = "missing"
    if wrong:
        raise InvalidInput(wrong)
    key = new_id()
    token, link_key = keys.link_token(key)
    own = one.customer is not None and one.origin == "page" and one.kind not in PROVED_AT_THE_DESK
    sealed = {name: keys.encrypt(text) if (text := getattr(one, name).strip()) else None for name in ("words", "name", "contact")}
    made = PrivacyRequest(
        id=key,
        number=store.next_number(session),
        kind=one.kind,
        origin=one.origin,
        state="identified" if own else "received",
        language=one.language,
        customer_id=one.customer.id if one.customer else None,
        unit_id=one.customer.unit_id if one.customer else one.unit_id,
        token_hash=token_hash(token),
        link_key=link_key,
        words_enc=sealed["words"],
        name_enc=sealed["name"],
        contact_enc=sealed["contact"],
        received_at=now,
        due_at=due_after(now, zone),
        checked_how="link" if own else "",
        checked_at=now if own else None,
    )
    session.add(made)
    session.flush()
    trail.record(session, who, "privacy.request_file", "privacy_request", key, now, {"kind": one.kind, "origin": one.origin})
    return made, token


def due_after(now: datetime, zone: str, days: int = LIMIT_DAYS) -> datetime:
    """The limit: the end of the fifteenth working day."""
    return end_of_working_day(now, days, _works, ZoneInfo(zone))


def _works(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # no table of that year yet
        return day.weekday() < 5


def identify(session: Session, request_id: UUID, how: str, ref: str, who: Actor, now: datetime) -> PrivacyRequest:
    """Somebody made sure who asks, and found the customer.

    Raises  NotFound, Conflict, InvalidInput
    """
    found = _open(session, request_id, "received")
    if how not in words.CHECKS or how == "link":
        raise InvalidInput({"how": "missing"})
    customer = customer_store.by_ref(session, ref.strip()[:100].replace("\x00", "")) if ref.strip() else None
    if customer is None:
        raise InvalidInput({"ref": "unknown_customer"})
    found.state, found.checked_how, found.checked_by, found.checked_at = "identified", how, who.user_id, now
    found.customer_id, found.unit_id = customer.id, customer.unit_id
    session.flush()
    trail.record(session, who, "privacy.request_identify", "privacy_request", found.id, now, {"how": how, "customer": str(customer.id)})
    return found


def do(session: Session, request_id: UUID, desk: Desk, reply: str = "", change: dict[str, str] | None = None) -> PrivacyRequest:
    """Do what was asked, all in one transaction, and write the proof.

    Raises  NotFound, Conflict, InvalidInput, holding.OnLegalHold
    """
    found = _open(session, request_id, "identified")
    customer = store.customer(session, found.customer_id) if found.customer_id else None
    if customer is None or customer.ref is None:
        raise Conflict(state="erased")
    if len(reply) > LONGEST["reply"]:
        raise InvalidInput({"reply": "too_long"})
    act = {"access": _copy, "copy": _copy, "correction": _correct, "deletion": _delete}[found.kind]
    proof = act(session, found, customer, desk, change or {})
    found.reply_enc = desk.keys.encrypt(reply.strip()) if reply.strip() and found.kind != "deletion" else None
    _end(session, found, "done", desk.who, desk.now, proof)
    return found


def refuse(session: Session, request_id: UUID, reason: str, reply: str, desk: Desk) -> PrivacyRequest:
    """Refuse, with a reason that the customer is told.

    Raises  NotFound, Conflict, InvalidInput
    """
    found = _open(session, request_id)
    if reason not in words.REFUSALS:
        raise InvalidInput({"reason": "missing"})
    if len(reply) > LONGEST["reply"]:
        raise InvalidInput({"reply": "too_long"})
    found.reason = reason
    found.reply_enc = desk.keys.encrypt(reply.strip()) if reply.strip() else None
    _end(session, found, "refused", desk.who, desk.now, {"reason": reason})
    return found


def take_back(session: Session, found: PrivacyRequest, who: Actor, now: datetime) -> None:
    """The customer no longer asks.

    Raises  Conflict
    """
    if found.state not in store.OPEN:
        raise Conflict(state=found.state)
    _end(session, found, "withdrawn", who, now, {})


def _open(session: Session, request_id: UUID, state: str = "") -> PrivacyRequest:
    found = store.one(session, request_id, lock=True)
    if found is None:
        raise NotFound
    if found.state not in store.OPEN or (state and found.state != state):
        raise Conflict(state=found.state)
    return found


def _copy(session: Session, found: PrivacyRequest, customer: Customer, desk: Desk, _change: dict[str, str]) -> dict[str, Any]:
    copy = erasure.export(session, desk.keys, customer, desk.parts, desk.who, desk.now)
    text = json.dumps(copy, ensure_ascii=False, indent=1, default=str)
    found.copy_enc = desk.keys.encrypt(text)
    rows = {name: len(rows) for name, rows in copy.items() if isinstance(rows, list)}
    return {"rows": rows, "copy": hashlib.sha256(text.encode()).hexdigest()}


def _correct(session: Session, _found: PrivacyRequest, customer: Customer, desk: Desk, change: dict[str, str]) -> dict[str, Any]:
    given = {name: text.strip() for name in CORRECTABLE if (text := change.get(name, "")).strip()}
    if not given:
        raise InvalidInput({"name": "missing"})
    try:
        record = CustomerRecord.model_validate({"ref": customer.ref, **given})
    except ValidationError as error:
        raise InvalidInput({str(one["loc"][0]): "not_valid" for one in error.errors(include_input=False) if one["loc"]}) from None
    receipt = customers.upsert(session, desk.keys, [record], desk.now)
    if receipt.refused:
        raise InvalidInput({one.field: one.code for one in receipt.refused})
    return {"fields": sorted(given)}


def _delete(session: Session, found: PrivacyRequest, customer: Customer, desk: Desk, _change: dict[str, str]) -> dict[str, Any]:
    assert customer.ref is not None  # asked before
    erasure.erase(session, desk.keys, customer.ref, desk.parts, desk.who, desk.now)
    held = held_store.records_of(session, customer.id)
    session.refresh(found)
    return {"held": [{"part": one.part, "basis": one.basis, "until": one.until.isoformat()} for one in held]}


def _end(session: Session, found: PrivacyRequest, state: str, who: Actor, now: datetime, proof: dict[str, Any]) -> None:
    whole = {"number": found.number, "kind": found.kind, "result": state, "at": now.isoformat(), "identity": found.checked_how, **proof}
    found.state, found.ended_at, found.ended_by = state, now, who.user_id
    found.proof, found.proof_hash = whole, proof_hash(whole)
    session.flush()
    facts = {"proof": found.proof_hash, "late": now > found.due_at}
    trail.record(session, who, f"privacy.request_{state}", "privacy_request", found.id, now, facts)


def proof_hash(proof: dict[str, Any]) -> str:
    """The hash of a proof in one form only."""
    return hashlib.sha256(json.dumps(proof, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def copy_over(found: PrivacyRequest, now: datetime) -> bool:
    """Whether the time to fetch a request's copy is over."""
    return found.ended_at is not None and found.ended_at + COPY_FOR <= now


def drop_copies(session: Session, now: datetime, limit: int) -> int:
    """Empty copies that can no longer be fetched; returns how many."""
    return store.drop_copies(session, now - COPY_FOR, limit)


def erase(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    """An erased customer's requests lose their words; what was done stays provable."""
    return store.empty(session, [one.id for one in store.of_customers(session, customer_ids)])


def export(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """A customer's requests, for the copy of all data."""
    plain = {"number", "kind", "state", "received_at", "due_at", "ended_at", "reason"}
    return [one.model_dump(mode="json", include=plain, exclude_none=True) for one in store.of_customers(session, [customer_id])]


def expire(session: Session, _done: str, before: datetime, limit: int) -> tuple[int, str]:
    """Requests that ended long ago lose their words."""
    return store.empty(session, store.ended_before(session, before, limit)), ""
