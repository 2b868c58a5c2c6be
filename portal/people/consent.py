"""Consent and opt-out: what a customer agreed to, and "never ask me again". Consent rows are only ever added."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.db import insert_rows
from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_id
from portal.people import consent_store as store
from portal.people.customer_records import ConsentRecord, GuardianRecord
from portal.people.models import Consent, Customer, Guardian, OptOut

GUARDED_BELOW = 14
"""The age from which on people agree for themselves (PIPL, Art. 31)."""
About = tuple[str, str]
"""A purpose and a channel; empty means all."""


def give(session: Session, customer_id: UUID, now: datetime, purpose: str = "survey", channel: str = "", notice_version: str = "1") -> None:
    """The customer agrees to be asked."""
    record = ConsentRecord(given=True, purpose=purpose, channel=channel, at=now, notice_version=notice_version)
    put(session, {customer_id: [record]}, now)


def withdraw(session: Session, customer_id: UUID, now: datetime, purpose: str = "survey", channel: str = "") -> None:
    """The customer no longer agrees."""
    put(session, {customer_id: [ConsentRecord(given=False, purpose=purpose, channel=channel, at=now)]}, now)


def put(session: Session, said: Mapping[UUID, Sequence[ConsentRecord]], now: datetime, keys: Keys | None = None) -> set[UUID]:
    """Add what customers said, or guardians for them, in sets; what is known already is not added again.

    keys    seal guardians' names; needed only where there are guardians
    Returns whose consent has a new row
    """
    newest: dict[tuple[UUID, About], Consent] = {}
    if said:
        newest = {(row.customer_id, (row.purpose, row.channel)): row for row in store.consents_of(session, said)}
    spoke = [customer_id for customer_id, several in said.items() if any(one.guardian for one in several)]
    names = guardians(session, keys, spoke) if spoke else {}
    rows, guards = [], []
    for customer_id, several in said.items():
        for one in sorted(several, key=lambda record: record.at or now):
            before = newest.get((customer_id, (one.purpose, one.channel)))
            if _known(before, one, names):
                continue
            rows.append(_row(customer_id, one, one.at or now))
            if one.guardian:
                assert keys is not None
                sealed = {"relation": one.guardian.relation, "name_enc": keys.encrypt(one.guardian.name)}
                guards.append({"consent_id": rows[-1]["id"], "customer_id": customer_id, **sealed})
    insert_rows(session, Consent, rows)
    insert_rows(session, Guardian, guards)
    return {row["customer_id"] for row in rows}


class Spoke(NamedTuple):
    """Who spoke for a customer: the name in the clear ("" once it was erased), parent or other."""

    name: str
    relation: str


def guardians(session: Session, keys: Keys | None, customer_ids: Iterable[UUID]) -> dict[UUID, Spoke]:
    """Who spoke for some customers, by the statement."""
    rows = store.guardians_of(session, customer_ids)
    return {key: Spoke(keys.decrypt(row.name_enc) if row.name_enc and keys else "", row.relation) for key, row in rows.items()}


def agree_for(session: Session, keys: Keys, customer: Customer, said: GuardianRecord, actor: Actor, now: datetime) -> None:
    """A guardian told staff that the customer may be asked; written down with who heard it, never with the name.

    Raises  InvalidInput where the customer is not known to be under 14
    """
    if not under_age(customer.birth_date, now.date()):
        raise InvalidInput({"name": "not_under_age"})
    put(session, {customer.id: [ConsentRecord(given=True, at=now, guardian=said)]}, now, keys)
    trail.record(session, actor, "customer.guardian_consent", "customer", customer.id, now, {"relation": said.relation})


def take_from(session: Session, customer: Customer, actor: Actor, now: datetime) -> None:
    """A guardian, or whoever agreed, took the consent to surveys back in front of staff."""
    withdraw(session, customer.id, now)
    trail.record(session, actor, "customer.withdraw", "customer", customer.id, now)


def under_age(born: date | None, today: date) -> bool:
    """Whether a guardian must agree for somebody. What is not known is not held against anybody."""
    return born is not None and (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < GUARDED_BELOW


def opt_out(session: Session, customer_id: UUID, now: datetime, source: str, purpose: str = "", channel: str = "") -> OptOut:
    """ "Never ask me again": holds at once. Said twice it holds once."""
    for row in store.opt_outs_in_force(session, customer_id):
        if (row.purpose, row.channel) == (purpose, channel):
            return row
    row = OptOut(customer_id=customer_id, purpose=purpose, channel=channel, source=source, at=now)
    session.add(row)
    session.flush()
    return row


def take_back(session: Session, customer_id: UUID, now: datetime, about: Iterable[About] | None = None) -> int:
    """The customer may be asked again: all opt-outs end, or those about some things. Returns how many ended."""
    wanted = None if about is None else set(about)
    ended = [row for row in store.opt_outs_in_force(session, customer_id) if wanted is None or (row.purpose, row.channel) in wanted]
    for row in ended:
        row.taken_back_at = max(now, row.at)
    session.flush()
    return len(ended)


def standing(rows: Iterable[Consent]) -> dict[About, Consent]:
    """The newest word about each purpose and channel; rows come the oldest first."""
    return {(row.purpose, row.channel): row for row in rows}


def _known(newest: Consent | None, said: ConsentRecord, names: Mapping[UUID, Spoke]) -> bool:
    if newest is None:
        return False
    if said.given and said.guardian and names.get(newest.id) != Spoke(said.guardian.name, said.guardian.relation):
        return False
    return (newest.withdrawn_at is None, newest.notice_version) == (said.given, said.notice_version) or (
        newest.withdrawn_at is not None and not said.given
    )


def _row(customer_id: UUID, said: ConsentRecord, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "customer_id": customer_id,
        "purpose": said.purpose,
        "channel": said.channel,
        "at": at,
        "given_at": at if said.given else None,
        "withdrawn_at": None if said.given else at,
        "notice_version": said.notice_version,
        "by_guardian": True if said.guardian else None,
    }


def told_to_staff(session: Session, customer_id: UUID, back: bool, actor: Actor, now: datetime) -> None:
    """A customer told staff not to ask again, or took that back; written down with who heard it."""
    if back:
        take_back(session, customer_id, now)
    else:
        opt_out(session, customer_id, now, "staff")
    trail.record(session, actor, "customer.opt_out_back" if back else "customer.opt_out", "customer", customer_id, now)
