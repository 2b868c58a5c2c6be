"""Invitations: one person's link to one version. Rows are made in sets; the link is derived whenever it is needed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class InvitationSpec:
    """Who is asked about what, with which version; `id` is made here so that contacts and messages can name it.

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
    happened_at: datetime | None = None
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
    return row | {"token_hash": token_hash(token), "link_key": number, "counted_steps": 0}


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
