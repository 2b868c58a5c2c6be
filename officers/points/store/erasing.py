"""The SQL of erasure and of the copy of one's data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from officers.people.models import Officer
from officers.points.benefit_models import Benefit, Redemption
from officers.points.models import PointCorrection, PointEntry
from portal.foundation.db import ids_in

QUIET = {"synchronize_session": False}


def forget(session: Session, customer_ids: Sequence[UUID]) -> int:
    """Addresses of these customers' officers and what was written beside their redemptions are gone; how many rows changed."""
    redeemed = update(Redemption).where(col(Redemption.officer_id).in_(_officers(customer_ids))).values(address_enc=None, note="")
    return int(session.execute(redeemed.execution_options(**QUIET)).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def forget_reasons(session: Session, customer_ids: Sequence[UUID]) -> int:
    """Why their corrections were made is gone; the entries hold no personal data and stay."""
    return forget_reasons_of(session, session.scalars(select(col(Officer.id)).where(ids_in(col(Officer.customer_id), customer_ids))).all())


def forget_reasons_of(session: Session, officer_ids: Sequence[UUID]) -> int:
    """The same for officers who are nobody's any more."""
    corrected = update(PointCorrection).where(ids_in(col(PointCorrection.officer_id), officer_ids))
    done = session.execute(corrected.values(reason="–", evidence="–").execution_options(**QUIET))
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def officer_of(session: Session, customer_id: UUID) -> UUID | None:
    """The officer that a customer is."""
    return session.scalar(select(col(Officer.id)).where(col(Officer.customer_id) == customer_id))


def _officers(customer_ids: Sequence[UUID]) -> Any:
    return select(col(Officer.id)).where(ids_in(col(Officer.customer_id), customer_ids)).scalar_subquery()


def last_entry(session: Session, customer_id: UUID) -> datetime | None:
    """When the last entry of a customer's officer was written; None where there is none."""
    theirs = select(func.max(col(PointEntry.at))).where(col(PointEntry.officer_id).in_(_officers([customer_id])))
    return session.scalar(theirs)


def copy_of(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """Entries and redemptions of a customer's officer."""
    ours = select(col(Officer.id)).where(col(Officer.customer_id) == customer_id).scalar_subquery()
    entries = select(PointEntry).where(col(PointEntry.officer_id).in_(ours)).order_by(col(PointEntry.at), col(PointEntry.id))
    rows: list[dict[str, Any]] = [
        {"at": one.at.isoformat(), "entry": one.kind, "points": one.amount, "owed": one.owed, "rule": one.rule}
        for one in session.scalars(entries)
    ]
    redeemed = select(Redemption, Benefit).join(Benefit, col(Benefit.id) == col(Redemption.benefit_id))
    redeemed = redeemed.where(col(Redemption.officer_id).in_(ours)).order_by(col(Redemption.reserved_at), col(Redemption.id))
    for redemption, benefit in session.execute(redeemed):
        rows.append(
            {"at": redemption.reserved_at.isoformat(), "redemption": benefit.name_en, "points": redemption.cost, "state": redemption.state}
        )
    return rows
