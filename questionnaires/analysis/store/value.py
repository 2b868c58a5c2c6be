"""The SQL of the bank's figures about customers: written a month at a time, read in sums alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table, and_, case, delete, exists, func, or_, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in, upsert_for
from portal.people.models import Consent, Customer
from questionnaires.analysis.models import CustomerValue
from questionnaires.answering.models import Response, Score


class Moved(NamedTuple):
    """Customers of one group with one fate: how many, and sums of the change in products held."""

    low: bool
    high: bool
    recovered: bool
    stayed: bool
    move: int
    n: int
    with_band: int
    with_products: int
    change: int
    change2: int


def put(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a month's figures; a customer's earlier ones of that month are replaced."""
    if not rows:
        return
    table: Table = CustomerValue.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    insert = upsert_for(session)(table)
    new = {name: insert.excluded[name] for name in ("band", "products", "stayed", "taken_at")}
    session.execute(insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=new), list(rows))


def customers(session: Session, refs: Iterable[str]) -> dict[str, UUID]:
    """Customers by reference."""
    query = select(col(Customer.ref), col(Customer.id)).where(keys_in(Customer.ref, refs), col(Customer.erased_at).is_(None))
    return {row[0]: row[1] for row in session.execute(query)}


def said_no(session: Session, customer_ids: Iterable[UUID], purpose: str) -> set[UUID]:
    """Those whose newest word about a purpose is that it is withdrawn."""
    query = select(col(Consent.customer_id), col(Consent.withdrawn_at)).where(
        ids_in(Consent.customer_id, customer_ids), col(Consent.purpose) == purpose
    )
    newest: dict[UUID, bool] = {}
    for customer_id, withdrawn in session.execute(query.order_by(col(Consent.at))):
        newest[customer_id] = withdrawn is not None
    return {customer_id for customer_id, withdrawn in newest.items() if withdrawn}


def months(session: Session) -> list[tuple[date, int]]:
    """The months that were taken in, the newest first, with how many customers."""
    query = select(col(CustomerValue.month), func.count()).group_by(col(CustomerValue.month)).order_by(col(CustomerValue.month).desc())
    return [(row[0], int(row[1])) for row in session.execute(query)]


def moved(session: Session, start: datetime, end: datetime, before: date, after: date) -> list[Moved]:
    """What became of customers from one month to another, by the last NPS they gave in between two instants; one statement."""
    place = func.row_number().over(
        partition_by=col(Response.customer_id), order_by=(col(Response.submitted_at).desc(), col(Response.id).desc())
    )
    given = (
        select(col(Response.customer_id), col(Score.value), place.label("place"))
        .join(Score, and_(col(Score.response_id) == col(Response.id), col(Score.indicator) == "nps"))
        .where(
            col(Response.submitted_at) >= start,
            col(Response.submitted_at) < end,
            col(Response.customer_id).is_not(None),
            col(Response.source) == "invited",
            col(Response.purpose) == "customer",
            col(Response.test).is_(False),
        )
        .subquery()
    )
    then, since = (CustomerValue.__table__.alias(name) for name in ("then", "since"))  # type: ignore[attr-defined]  # SQLModel hides it
    low, high = given.c.value <= 6, given.c.value >= 9
    move = case((since.c.band > then.c.band, 1), (since.c.band < then.c.band, -1), else_=0)
    change = since.c.products - then.c.products
    key = (
        case((low, 1), else_=0),
        case((high, 1), else_=0),
        case((_recovered(given.c.customer_id, start), 1), else_=0),
        since.c.stayed,
        move,
    )
    sums = (func.count(), func.count(since.c.band - then.c.band), func.count(change), func.sum(change), func.sum(change * change))
    query: Any = select(*key, *sums).select_from(given).join(then, and_(then.c.customer_id == given.c.customer_id, then.c.month == before))
    query = query.join(since, and_(since.c.customer_id == given.c.customer_id, since.c.month == after))
    query = query.where(given.c.place == 1, then.c.stayed).group_by(*key)
    return [Moved(*(bool(one) for one in row[:4]), *(int(one or 0) for one in row[4:])) for row in session.execute(query)]


def _recovered(customer_id: Any, start: datetime) -> Any:
    """Whether the customer re-rated well after a case."""
    good = or_(
        and_(col(Score.indicator).like("csat%"), col(Score.value) >= 4),
        and_(col(Score.indicator).like("nps%"), col(Score.value) >= 9),
        and_(col(Score.indicator).like("ces%"), col(Score.value) >= 5),
    )
    return exists().where(
        col(Response.customer_id) == customer_id,
        col(Response.source) == "rerate",
        col(Response.submitted_at) >= start,
        col(Score.response_id) == col(Response.id),
        good,
    )


def forget(session: Session, customer_ids: Iterable[UUID]) -> int:
    """Remove everything about some customers."""
    gone = session.execute(
        delete(CustomerValue).where(ids_in(CustomerValue.customer_id, customer_ids)).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
