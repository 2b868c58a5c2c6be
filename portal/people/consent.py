"""Consent and opt-out: what a customer agreed to, and "never ask me again". Consent rows are only ever added."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from portal.people import consent_store as store
from portal.people.customer_records import ConsentRecord
from portal.people.models import Consent, OptOut

About = tuple[str, str]
"""A purpose and a channel; empty means all."""


def give(session: Session, customer_id: UUID, now: datetime, purpose: str = "survey", channel: str = "", notice_version: str = "1") -> None:
    """The customer agrees to be asked."""
    record = ConsentRecord(given=True, purpose=purpose, channel=channel, at=now, notice_version=notice_version)
    put(session, {customer_id: [record]}, now)


def withdraw(session: Session, customer_id: UUID, now: datetime, purpose: str = "survey", channel: str = "") -> None:
    """The customer no longer agrees."""
    put(session, {customer_id: [ConsentRecord(given=False, purpose=purpose, channel=channel, at=now)]}, now)


def put(session: Session, said: Mapping[UUID, Sequence[ConsentRecord]], now: datetime) -> set[UUID]:
    """Add what customers said, in sets; what is known already is not added again. Returns whose consent has a new row."""
    newest: dict[tuple[UUID, About], Consent] = {}
    if said:
        newest = {(row.customer_id, (row.purpose, row.channel)): row for row in store.consents_of(session, said)}
    rows = [
        _row(customer_id, one, one.at or now)
        for customer_id, several in said.items()
        for one in sorted(several, key=lambda record: record.at or now)
        if not _known(newest.get((customer_id, (one.purpose, one.channel))), one)
    ]
    insert_rows(session, Consent, rows)
    return {row["customer_id"] for row in rows}


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


def _known(newest: Consent | None, said: ConsentRecord) -> bool:
    if newest is None:
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
    }


def told_to_staff(session: Session, customer_id: UUID, back: bool, actor: Actor, now: datetime) -> None:
    """A customer told staff not to ask again, or took that back; written down with who heard it."""
    if back:
        take_back(session, customer_id, now)
    else:
        opt_out(session, customer_id, now, "staff")
    trail.record(session, actor, "customer.opt_out_back" if back else "customer.opt_out", "customer", customer_id, now)
