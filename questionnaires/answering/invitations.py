"""Invitations: one person's link to one version. Rows are made in sets; the link is derived whenever it is needed."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Session

from portal.foundation.crypto import Keys, token_hash
from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from questionnaires.answering.models import Invitation

VALID_FOR = timedelta(days=14)
"""How long a link can be answered after it was sent."""
TEST_VALID_FOR = timedelta(days=30)
LARGE_FROM_AGE = 65


@dataclass(frozen=True, slots=True)
class InvitationSpec:
    """Who is asked about what, with which version; `id` is made here so that contacts and messages can name it.

    `large` opens it in large text with the short variant (see `wants_large`).
    `expires_at` is 14 days after `sent_at` (after now, where that is not given) unless it is said.
    """

    version_id: UUID
    person_id: UUID | None = None
    customer_id: UUID | None = None
    touchpoint: str = ""
    stage: str = ""
    unit_id: UUID | None = None
    account_unit_id: UUID | None = None
    counter: str | None = None
    staff: str | None = None
    channel: str = ""
    product: str | None = None
    segment: str | None = None
    purpose: str = "customer"
    source: str = "invited"
    language: str | None = None
    large: bool = False
    happened_at: datetime | None = None
    probability: float | None = None
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    test: bool = False
    id: UUID = field(default_factory=new_id)


_COLUMNS = tuple(one.name for one in fields(InvitationSpec) if one.name != "sent_at")


class Linked(Protocol):
    """Whatever knows an invitation's id and the number of the key of its link: the row, or a narrower reading of it."""

    @property
    def id(self) -> UUID:
        """The invitation's id."""
        ...

    @property
    def link_key(self) -> int:
        """The number of the key that made its token."""
        ...


def make_rows(specs: Iterable[InvitationSpec], keys: Keys, now: datetime) -> list[dict[str, Any]]:
    """Rows of `Invitation`, all with the same columns, for `insert_rows`; one for each spec, in the same order."""
    return [_row(spec, keys, now) for spec in specs]


def _row(spec: InvitationSpec, keys: Keys, now: datetime) -> dict[str, Any]:
    row = {name: getattr(spec, name) for name in _COLUMNS}  # asdict copies deeply, thirty times slower
    sent_at = spec.sent_at or now
    token, number = keys.link_token(spec.id)
    row["expires_at"] = spec.expires_at or sent_at + VALID_FOR
    short = short_number(keys, spec.id, number)
    return row | {"token_hash": token_hash(token), "link_key": number, "counted_steps": 0, "number": short}


def wants_large(large_text: bool | None, birth_date: date | None, on: date) -> bool:
    """Whether a customer is met with large text: as was said, else from 65 years on."""
    if large_text is not None or birth_date is None:
        return bool(large_text)
    return (on.year - birth_date.year) - ((on.month, on.day) < (birth_date.month, birth_date.day)) >= LARGE_FROM_AGE


def short_number(keys: Keys, invitation_id: UUID, link_key: int) -> int:
    """The eight digits that every message of an invitation names; whoever doubts it types them at `/verify`."""
    mac = hmac.digest(keys.link[link_key], b"number" + invitation_id.bytes, "sha256")
    return 10_000_000 + int.from_bytes(mac[:8], "big") % 90_000_000


def spoken_number(number: int) -> str:
    """A short number in two groups, as people read it out."""
    return f"{number // 10_000} {number % 10_000:04d}"


def link(public_url: str, keys: Keys, invitation: Linked) -> str:
    """The address that a customer opens; reminders and retries make the same one again."""
    token, _ = keys.link_token(invitation.id, invitation.link_key)
    return f"{public_url.rstrip('/')}/s/{token}"


def make_test_link(session: Session, keys: Keys, version_id: UUID, public_url: str, now: datetime, language: str | None = None) -> str:
    """A link to a published version whose answers are left out of every figure."""
    spec = InvitationSpec(version_id, language=language, channel="link", expires_at=now + TEST_VALID_FOR, test=True)
    rows = make_rows([spec], keys, now)
    insert_rows(session, Invitation, rows)
    return link(public_url, keys, Invitation(**rows[0]))
