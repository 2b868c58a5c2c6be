"""The SQL of customers: finding them by reference or address, and writing them in sets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import keys_in, upsert_for
from portal.people.models import Customer, ErasedRef

TABLE: Any = Customer.__table__  # type: ignore[attr-defined]  # SQLModel hides it
IN_CHUNK = 10_000
"""Binary values can't travel in one JSON parameter; SQLite takes at most 32,766 single ones."""
Value = TypeVar("Value")


class CustomerKey(NamedTuple):
    """What other rooms carry of a customer."""

    id: UUID
    person_id: UUID
    shard: int
    unit_id: UUID | None


def keys_by_ref(session: Session, refs: Iterable[str]) -> dict[str, CustomerKey]:
    """Customers by the bank's reference; unknown ones are absent."""
    rows = session.execute(
        select(col(Customer.ref), col(Customer.id), col(Customer.person_id), col(Customer.shard), col(Customer.unit_id)).where(
            keys_in(col(Customer.ref), refs)
        )
    )
    return {ref: CustomerKey(*key) for ref, *key in rows}


def insert_unless_there(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add customers whose reference is new; another process may add the same at this moment.

    The rows come sorted by reference: two writers that meet wait for each other in one direction only.
    """
    if rows:
        session.execute(upsert_for(session)(TABLE).on_conflict_do_nothing(index_elements=["ref"]), list(rows))


def erased_among(session: Session, hashes: Sequence[bytes]) -> set[bytes]:
    """Which of these keyed hashes of references were erased."""
    column = col(ErasedRef.ref_hash)
    found: set[bytes] = set()
    for chunk in batched(hashes, IN_CHUNK):
        found.update(bytes(one) for one in session.scalars(select(column).where(column.in_(chunk))))
    return found


def batched(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    """A sequence in pieces of at most `size`."""
    return (values[start : start + size] for start in range(0, len(values), size))
