"""The customer's own page of a case: its link is derived like an invitation's; only the hash is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.crypto import Keys, token_hash
from scheduler.cases.models import Case
from scheduler.cases.store import links as store

PATH = "c"


def token_of(session: Session, keys: Keys, case_id: UUID, now: datetime) -> tuple[str, int]:
    """The token of a case's page and the number of its key; made at the first asking."""
    row = store.by_case(session, case_id)
    if row is not None and row.link_key in keys.link:
        return keys.link_token(case_id, row.link_key)
    token, key = keys.link_token(case_id)
    store.put(session, case_id, token_hash(token), key, now)
    return token, key


def page_of(session: Session, keys: Keys, case: Case, now: datetime) -> dict[str, Any]:
    """What a message's facts say of the page, so that its link is made when it is sent and stands in no row."""
    _token, key = token_of(session, keys, case.id, now)
    return {"page": {"path": PATH, "id": str(case.id), "key": key}}
