"""Complaints come in: by link, poster, staff, program, or transferred by the regulator; once each, routed, with a first guess."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys, token_hash
from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.people import addresses
from portal.people.customers import customers_by_ref
from portal.people.store import head_id
from questionnaires.metrics.rules.masking import masked
from scheduler.cases import telling
from scheduler.cases.models import Case
from scheduler.cases.opening import Opening, open_case
from scheduler.cases.rules.kinds import To
from scheduler.cases.store import units as unit_store
from scheduler.complaints import codes, settings
from scheduler.complaints.models import Complaint, ComplaintCode
from scheduler.complaints.rules import limits
from scheduler.complaints.rules.classify import fingerprint
from scheduler.complaints.store import complaints as store
from scheduler.contacts.notices import notify
from scheduler.evidence import keeping

MOST_WORDS, MOST_NAME = 10_000, 80
TITLE = 60
ABOUT = {"name_zh": "您的投诉", "name_en": "your complaint"}
"""What notices are about."""


@dataclass(frozen=True)
class Incoming:
    """A complaint as it came in.

    Shape   `words` may be empty only where a reason's code is given; `unit_id` is where it happened; `agent` the name of who
            complains for the customer; `received_at` for those that the regulator or another system had before
    """

    words: str
    origin: str
    wish: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    agent: str = ""
    customer_ref: str = ""
    unit_id: UUID | None = None
    channel: str = ""
    business: str = ""
    reason: str = ""
    source_ref: str = ""
    regulator_ref: str = ""
    language: str = "zh-Hans"
    happened_at: datetime | None = None
    received_at: datetime | None = None
    files: Sequence[tuple[str, bytes]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Taken:
    """What became of it: the complaint with its case, its link, and whether it was there before."""

    complaint: Complaint
    case: Case
    token: str
    known: bool = False


def take(session: Session, keys: Keys, one: Incoming, actor: Actor, now: datetime, bank: Settings) -> Taken:
    """Take a complaint in; the same reference of another system a second time gives the first.

    Raises  InvalidInput naming the field
    """
    if one.source_ref and (there := store.by_source_refs(session, [one.source_ref]).get(one.source_ref)):
        return Taken(there[0], there[1], keys.link_token(there[0].case_id, there[0].link_key)[0], known=True)
    offered = codes.ensure(session)
    phone = _phone(one.phone)
    _check(one, offered, now)
    customer_id, person_id, home = _customer(session, keys, one, phone, now)
    guesses = codes.suggest(session, one.words, offered) if one.words.strip() else {}
    unit = _unit(session, one, offered, guesses, home)
    received = one.received_at or now
    calendar = unit_store.calendars(session, [unit])[unit]
    due_at = limits.first_due(received, settings.in_force(session), calendar)
    case_id = new_id()
    opening = Opening(
        kind="complaint", id=case_id, unit_id=unit, customer_id=customer_id, person_id=person_id, source=one.origin,
        title=masked(one.words.strip().replace("\n", " "))[:TITLE], resolve_due_at=due_at,
        may_call=True if one.phone or customer_id else None,
    )  # fmt: skip
    case = open_case(session, opening, actor, now, bank.zone)
    token, link_key = keys.link_token(case_id)
    complaint = Complaint(
        case_id=case_id, token_hash=token_hash(token), link_key=link_key, received_at=received, due_at=due_at, happened_unit_id=one.unit_id,
        suggested={kind: [[guess.code, guess.share] for guess in several] for kind, several in guesses.items()},
        **_columns(one), **_sealed(keys, one, phone),
    )  # fmt: skip
    session.add(complaint)
    session.flush()
    owner, by = owner_of(case_id), actor.user_id
    keeping.keep(session, keys, owner, one.files, now, added_by=by, from_customer=one.origin in ("link", "poster"))
    telling.escalated(session, [(case, "complaint", frozenset({To.MANAGER, To.ABOVE}))], now)  # outlet and branch are told at once
    if customer_id is not None:
        page = {"page": {"path": "complaints", "id": str(case_id), "key": link_key}}
        notify(session, bank, customer_id, "notice_received", {**ABOUT, **page}, now)
    record(session, actor, "complaint.take", "complaint", case_id, now, {"origin": one.origin})
    return Taken(complaint, case, token)


def owner_of(case_id: UUID) -> str:
    """What a complaint's files are filed under."""
    return f"complaint:{case_id.hex}"


def _columns(one: Incoming) -> dict[str, Any]:
    return {
        "origin": one.origin, "source_ref": one.source_ref or None, "regulator_ref": one.regulator_ref, "language": one.language,
        "channel": one.channel, "business": one.business, "reason": one.reason, "fingerprint": fingerprint(one.words),
        "happened_at": one.happened_at,
    }  # fmt: skip


def _sealed(keys: Keys, one: Incoming, phone: str | None) -> dict[str, Any]:
    def seal(text: str) -> bytes | None:
        return keys.encrypt(text.strip()) if text.strip() else None

    return {
        "words_enc": keys.encrypt(one.words.strip()), "wish_enc": seal(one.wish), "name_enc": seal(one.name), "email_enc": seal(one.email),
        "phone_enc": seal(phone or one.phone), "phone_index": keys.blind_index("phone", phone) if phone else None,
        "agent_enc": seal(one.agent),
    }  # fmt: skip


def _phone(text: str) -> str | None:
    """The number as it is looked up; None for what is no number: it is kept as it was typed."""
    try:
        return addresses.phone(text)
    except ValueError:
        return None


def _check(one: Incoming, offered: Sequence[ComplaintCode], now: datetime) -> None:
    known = {(code.kind, code.code) for code in offered}
    fields = {
        name: "unknown_code" for name in ("channel", "business", "reason") if getattr(one, name) and (name, getattr(one, name)) not in known
    }
    if not one.words.strip() and not one.reason:
        fields["words"] = "missing"
    if len(one.words) > MOST_WORDS:
        fields["words"] = "too_long"
    fields |= {name: "too_long" for name in ("name", "agent", "phone", "email") if len(getattr(one, name)) > MOST_NAME}
    if len(one.wish) > 2000:
        fields["wish"] = "too_long"
    fields |= {name: "in_the_future" for name in ("received_at", "happened_at") if (at := getattr(one, name)) is not None and at > now}
    if fields:
        raise InvalidInput(fields)


def _customer(
    session: Session, keys: Keys, one: Incoming, phone: str | None, now: datetime
) -> tuple[UUID | None, UUID | None, UUID | None]:
    """Customer, person and the unit that keeps the account: by the bank's reference, else by a number that only one person has."""
    if one.customer_ref:
        found = customers_by_ref(session, [one.customer_ref], now, keys=keys).get(one.customer_ref)
        return (found.id, found.person_id, found.unit_id) if found else (None, None, None)
    if phone and not one.agent:
        several = store.customers_by_phone(session, keys.blind_indexes("phone", phone))
        if len(several) == 1:
            return several[0].id, several[0].person_id, several[0].unit_id
    return None, None, None


def _unit(session: Session, one: Incoming, offered: Sequence[ComplaintCode], guesses: dict[str, Any], home: UUID | None) -> UUID:
    """Where it happened, else the department that the business names, else who keeps the account, else head office."""
    business = one.business or (guesses["business"][0].code if guesses.get("business") else "")
    department = next((code.unit_id for code in offered if (code.kind, code.code) == ("business", business)), None)
    unit = one.unit_id or department or home or head_id(session)
    if unit is None or not unit_store.exists(session, unit):
        raise InvalidInput({"unit": "unknown_unit"})
    return unit
