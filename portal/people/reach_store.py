"""The SQL of channels that do not reach a customer."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import Customer

Change = Callable[[set[str]], set[str]]
TABLE: Any = Customer.__table__  # type: ignore[attr-defined]  # SQLModel hides it


def held(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The channels that do not reach these customers, whose rows are held until the transaction ends, in the order of ids."""
    query = select(col(Customer.id), col(Customer.unreachable)).where(
        ids_in(col(Customer.id), customer_ids), col(Customer.erased_at).is_(None)
    )
    return {row[0]: row[1] for row in session.execute(query.order_by(col(Customer.id)).with_for_update(key_share=True))}


def write(session: Session, texts: Mapping[UUID, str], now: datetime) -> None:
    """Write what was found out, all in one execution."""
    if texts:
        statement = update(TABLE).where(TABLE.c.id == bindparam("key")).values(unreachable=bindparam("text"), updated_at=now)
        session.connection().execute(statement, [{"key": key, "text": text} for key, text in texts.items()])
