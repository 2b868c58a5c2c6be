"""Complaints come in: by link, poster, staff, program, or transferred by the regulator; once each, routed, with a first guess."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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
from scheduler.cases.opening import Opening, open_cases
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
TOLD_AT_ONCE = frozenset({To.MANAGER, To.ABOVE})


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
    [made] = take_many(session, keys, [one], actor, now, bank)
    if isinstance(made, InvalidInput):
        raise made
    return made


def take_many(
    session: Session, keys: Keys, several: Sequence[Incoming], actor: Actor, now: datetime, bank: Settings
) -> list[Taken | InvalidInput]:
    """Take complaints in, with statements that hardly grow with their number; gives each one's outcome, in their order."""
    there = store.by_source_refs(session, {one.source_ref for one in several if one.source_ref})
    offered, guess = codes.ensure(session), codes.guesser(session)
    outcome: list[Taken | InvalidInput | UUID] = []
    ready: dict[UUID, Prepared] = {}
    by_ref: dict[str, UUID] = {}
    for one in several:
        if one.source_ref in there or one.source_ref in by_ref:
            outcome.append(_known(keys, *there[one.source_ref]) if one.source_ref in there else by_ref[one.source_ref])
            continue
        try:
            made = _prepare(session, keys, one, offered, guess, now)
        except InvalidInput as error:
            outcome.append(error)
            continue
        ready[made.case_id] = made
        outcome.append(made.case_id)
        if one.source_ref:
            by_ref[one.source_ref] = made.case_id
    taken = _write(session, keys, list(ready.values()), actor, now, bank) if ready else {}
    first: set[UUID] = set()
    result: list[Taken | InvalidInput] = []
    for each in outcome:
        result.append(replace(taken[each], known=each in first) if isinstance(each, UUID) else each)
        first |= {each} if isinstance(each, UUID) else set()
    return result


@dataclass(frozen=True)
class Prepared:
    """A complaint that will be written."""

    one: Incoming
    case_id: UUID
    phone: str | None
    customer_id: UUID | None
    person_id: UUID | None
    unit: UUID
    guesses: dict[str, Any]


def _known(keys: Keys, complaint: Complaint, case: Case) -> Taken:
    return Taken(complaint, case, keys.link_token(complaint.case_id, complaint.link_key)[0], known=True)


def _prepare(
    session: Session, keys: Keys, one: Incoming, offered: Sequence[ComplaintCode], guess: codes.Guesser, now: datetime
) -> Prepared:
    phone = _phone(one.phone)
    _check(one, offered, now)
    customer_id, person_id, home = _customer(session, keys, one, phone, now)
    guesses = guess(one.words, offered) if one.words.strip() else {}
    unit = _unit(session, one, offered, guesses, home)
    return Prepared(one, new_id(), phone, customer_id, person_id, unit, guesses)


def _write(session: Session, keys: Keys, several: Sequence[Prepared], actor: Actor, now: datetime, bank: Settings) -> dict[UUID, Taken]:
    """Cases, complaints and files; outlet and branch are told at once, the customer where a channel reaches them."""
    rules, calendars = settings.in_force(session), unit_store.calendars(session, {made.unit for made in several})
    due = {made.case_id: limits.first_due(made.one.received_at or now, rules, calendars[made.unit]) for made in several}
    open_cases(session, [_opening(made, due[made.case_id]) for made in several], actor, now, bank.zone)
    cases = store.cases(session, due)
    taken: dict[UUID, Taken] = {}
    for made in several:
        token, link_key = keys.link_token(made.case_id)
        complaint = Complaint(
            case_id=made.case_id, token_hash=token_hash(token), link_key=link_key, received_at=made.one.received_at or now,
            due_at=due[made.case_id], happened_unit_id=made.one.unit_id,
            suggested={kind: [[guess.code, guess.share] for guess in guesses] for kind, guesses in made.guesses.items()},
            **_columns(made.one), **_sealed(keys, made.one, made.phone),
        )  # fmt: skip
        session.add(complaint)
        record(session, actor, "complaint.take", "complaint", made.case_id, now, {"origin": made.one.origin})
        taken[made.case_id] = Taken(complaint, cases[made.case_id], token)
    session.flush()
    telling.escalated(session, [(one.case, "complaint", TOLD_AT_ONCE) for one in taken.values()], now)
    for made in several:
        own = made.one.origin in ("link", "poster")
        keeping.keep(session, keys, owner_of(made.case_id), made.one.files, now, added_by=actor.user_id, from_customer=own)
        if made.customer_id is not None:
            page = {"page": {"path": "complaints", "id": str(made.case_id), "key": taken[made.case_id].complaint.link_key}}
            notify(session, bank, made.customer_id, "notice_received", {**ABOUT, **page}, now)
    return taken


def _opening(made: Prepared, due_at: datetime) -> Opening:
    title = masked(made.one.words.strip().replace("\n", " "))[:TITLE]
    may_call = True if made.one.phone or made.customer_id else None
    return Opening(
        kind="complaint", id=made.case_id, unit_id=made.unit, customer_id=made.customer_id, person_id=made.person_id,
        source=made.one.origin, title=title, resolve_due_at=due_at, may_call=may_call,
    )  # fmt: skip


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
