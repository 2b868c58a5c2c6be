"""The SQL of what belongs to a customer: tags, and the companies they speak for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in, upsert_for
from portal.people.models import Company, CompanyContact, CustomerTag


def tags_of(session: Session, customer_ids: Iterable[UUID]) -> list[CustomerTag]:
    """All tags of some customers, expired ones too."""
    return list(
        session.scalars(select(CustomerTag).where(ids_in(col(CustomerTag.customer_id), customer_ids)).order_by(col(CustomerTag.tag)))
    )


def live_tags(session: Session, customer_id: UUID, now: datetime) -> list[CustomerTag]:
    """A customer's tags that have not expired."""
    lives = or_(col(CustomerTag.expires_at).is_(None), col(CustomerTag.expires_at) > now)
    return list(
        session.scalars(select(CustomerTag).where(col(CustomerTag.customer_id) == customer_id, lives).order_by(col(CustomerTag.tag)))
    )


def put_tags(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set tags, replacing those of the same name."""
    table: Any = CustomerTag.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    if rows:
        insert = upsert_for(session)(table)
        new = {name: insert.excluded[name] for name in ("source", "owner_id", "set_at", "expires_at")}
        session.execute(insert.on_conflict_do_update(index_elements=["customer_id", "tag"], set_=new), list(rows))


def drop_tags(session: Session, customer_id: UUID, tags: Sequence[str] | None = None) -> None:
    """Take tags away, all where none is named."""
    statement = delete(CustomerTag).where(col(CustomerTag.customer_id) == customer_id)
    session.execute(statement if tags is None else statement.where(keys_in(col(CustomerTag.tag), tags)))


def put_companies(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[str, Company]:
    """Add companies whose reference is new; all of them by reference."""
    table: Any = Company.__table__  # type: ignore[attr-defined]
    session.execute(upsert_for(session)(table).on_conflict_do_nothing(index_elements=["ref"]), list(rows))
    wanted = [row["ref"] for row in rows]
    return {one.ref: one for one in session.scalars(select(Company).where(keys_in(col(Company.ref), wanted)))}


def contacts_of(session: Session, customer_ids: Iterable[UUID]) -> list[tuple[CompanyContact, Company]]:
    """For which companies some customers speak."""
    query = select(CompanyContact, Company).join(Company, col(Company.id) == col(CompanyContact.company_id))
    rows = session.execute(query.where(ids_in(col(CompanyContact.customer_id), customer_ids)).order_by(col(Company.ref)))
    return [(contact, company) for contact, company in rows]


def put_contacts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let customers speak for companies, replacing their position."""
    table: Any = CompanyContact.__table__  # type: ignore[attr-defined]
    insert = upsert_for(session)(table)
    new = {"position": insert.excluded["position"]}
    session.execute(insert.on_conflict_do_update(index_elements=["company_id", "customer_id"], set_=new), list(rows))


def drop_contacts(session: Session, customer_id: UUID) -> None:
    """A customer speaks for no company any more."""
    session.execute(delete(CompanyContact).where(col(CompanyContact.customer_id) == customer_id))
