"""The SQL of customers: finding them by reference or address, and writing them in sets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in, upsert_for
from portal.people.models import AttributeKind, Customer, ErasedRef, OrgUnit
from portal.people.rules.attributes import SEGMENT
from portal.people.rules.roles import Scope
from portal.people.store import in_scope

TABLE: Any = Customer.__table__  # type: ignore[attr-defined]  # SQLModel hides it
IN_CHUNK = 10_000
"""Binary values can't travel in one JSON parameter; SQLite takes at most 32,766 single ones."""
PAGE = 50
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


def by_ref(session: Session, ref: str) -> Customer | None:
    """One customer."""
    return session.scalars(select(Customer).where(col(Customer.ref) == ref)).one_or_none()


def by_id(session: Session, customer_id: UUID) -> Customer | None:
    """One customer, erased or not."""
    return session.get(Customer, customer_id)


def insert_unless_there(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add customers whose reference is new; another process may add the same at this moment.

    The rows come sorted by reference: two writers that meet wait for each other in one direction only.
    """
    if rows:
        session.execute(upsert_for(session)(TABLE).on_conflict_do_nothing(index_elements=["ref"]), list(rows))


def lock_rows(session: Session, refs: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Whole rows by reference, held until the transaction ends; taken in the order of ids, as persons' locks are."""
    query = select(TABLE).where(keys_in(col(Customer.ref), refs)).order_by(col(Customer.id)).with_for_update(key_share=True)
    return {row["ref"]: dict(row) for row in session.execute(query).mappings()}


def update_rows(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whole rows back, all in one execution."""
    if rows:
        names = [column.name for column in TABLE.columns if column.name not in ("id", "person_id", "shard", "created_at")]
        statement = update(TABLE).where(TABLE.c.id == bindparam("key")).values({name: bindparam(f"new_{name}") for name in names})
        values = [{"key": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
        session.connection().execute(statement, values)


def erased_among(session: Session, hashes: Sequence[bytes]) -> set[bytes]:
    """Which of these keyed hashes of references were erased."""
    column = col(ErasedRef.ref_hash)
    found: set[bytes] = set()
    for chunk in batched(hashes, IN_CHUNK):
        found.update(bytes(one) for one in session.scalars(select(column).where(column.in_(chunk))))
    return found


def put_erased(session: Session, ref_hash: bytes, now: datetime) -> None:
    """Remember that a reference was erased."""
    table: Any = ErasedRef.__table__  # type: ignore[attr-defined]
    session.execute(upsert_for(session)(table).on_conflict_do_nothing(), [{"ref_hash": ref_hash, "erased_at": now}])


def kinds(session: Session) -> list[AttributeKind]:
    """All declared attributes that customers may have beside the usual, by code."""
    return [one for one in declared(session) if one.code != SEGMENT]


def declared(session: Session) -> list[AttributeKind]:
    """All that is declared, by code; the names of segments too."""
    return list(session.scalars(select(AttributeKind).order_by(col(AttributeKind.code))))


def page(
    session: Session, scope: Scope, now: datetime, *, ref: str = "", indexes: Mapping[str, Sequence[bytes]] | None = None, after: str = ""
) -> list[tuple[Customer, OrgUnit | None]]:
    """A page of the scope's customers by reference, one more than a page where there are more.

    ref      the beginning of a reference
    indexes  blind indexes by field: those too whose phone or e-mail is one of these
    """
    query = (
        select(Customer, OrgUnit)
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(Customer.unit_id))
        .where(col(Customer.ref).is_not(None), in_scope(col(Customer.unit_id), scope, now))
        .order_by(col(Customer.ref))
        .limit(PAGE + 1)
    )
    fits = [getattr(Customer, f"{field}_index").in_(list(values)) for field, values in (indexes or {}).items()]
    if ref:
        query = query.where(or_(col(Customer.ref).startswith(ref, autoescape=True), *fits))
    if after:
        query = query.where(col(Customer.ref) > after)
    return [(customer, unit) for customer, unit in session.execute(query)]


def batched(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    """A sequence in pieces of at most `size`."""
    return (values[start : start + size] for start in range(0, len(values), size))


def counts(session: Session) -> dict[str, int]:
    """How many customers there are, stubs and erased ones included."""
    return {"customers": session.scalar(select(func.count()).select_from(Customer)) or 0}


def refs(session: Session, customer_ids: Iterable[UUID]) -> dict[str, str]:
    """The bank's references of customers by the text of their id; those that were erased have none."""
    rows = session.execute(select(col(Customer.id), col(Customer.ref)).where(ids_in(col(Customer.id), set(customer_ids))))
    return {str(key): ref for key, ref in rows if ref}
