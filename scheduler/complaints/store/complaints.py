"""Complaints, their extensions, reviews and recusals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select, text, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in
from portal.people.models import Customer
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import PosterCode
from scheduler.cases.models import Case
from scheduler.complaints.library_models import ExpertOpinion
from scheduler.complaints.models import OPEN, Complaint, ComplaintExtension, ComplaintRecusal, ComplaintReview, ComplaintRules

PAGE = 50
_IS_OPEN = text(f"complaint.{OPEN.text}")
"""The very words of the partial index: those that are settled, nearly all, are never read."""


@dataclass(frozen=True)
class Filter:
    """What a list shows."""

    scope: Scope
    now: datetime
    stage: str = ""
    view: str = ""
    business: str = ""
    reason: str = ""
    number: str = ""
    before: UUID | None = None


Pair = tuple[Complaint, Case]


def page(session: Session, wanted: Filter, limit: int = PAGE) -> list[Pair]:
    """A page of complaints with their cases, newest first, with one more to tell whether there are others."""
    rows = select(Complaint, Case).join(Case, col(Case.id) == col(Complaint.case_id))
    rows = rows.where(in_scope(col(Case.unit_id), wanted.scope, wanted.now))
    for column, value in ((Complaint.stage, wanted.stage), (Complaint.business, wanted.business), (Complaint.reason, wanted.reason)):
        if value:
            rows = rows.where(col(column) == value)
    if wanted.view == "open":
        rows = rows.where(_IS_OPEN)
    if wanted.view == "overdue":
        rows = rows.where(_IS_OPEN, col(Complaint.due_at) < wanted.now)
    if wanted.number:
        rows = rows.where(col(Case.number).contains(wanted.number, autoescape=True))
    if wanted.before is not None:
        rows = rows.where(col(Complaint.case_id) < wanted.before)
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(Complaint.case_id).desc()).limit(limit + 1))]


def counts(session: Session, scope: Scope, now: datetime) -> dict[str, int]:
    """How many complaints of a scope are to be decided, and how many of them are overdue; every page of the staff asks."""
    late = func.count(case((col(Complaint.due_at) < now, 1)))
    rows = select(func.count(), late).select_from(Complaint).join(Case, col(Case.id) == col(Complaint.case_id))
    found = session.execute(rows.where(_IS_OPEN, in_scope(col(Case.unit_id), scope, now))).one()
    return {"open": int(found[0]), "overdue": int(found[1])}


def by_number(session: Session, number: str) -> Pair | None:
    """A complaint by its case's number."""
    rows = select(Complaint, Case).join(Case, col(Case.id) == col(Complaint.case_id)).where(col(Case.number) == number)
    row = session.execute(rows).one_or_none()
    return (row[0], row[1]) if row else None


def by_token(session: Session, hashed: bytes) -> Pair | None:
    """A complaint by its link."""
    rows = select(Complaint, Case).join(Case, col(Case.id) == col(Complaint.case_id)).where(col(Complaint.token_hash) == hashed)
    row = session.execute(rows).one_or_none()
    return (row[0], row[1]) if row else None


def by_case(session: Session, case_id: UUID) -> Complaint | None:
    """The complaint of a case."""
    return session.get(Complaint, case_id)


def lock(session: Session, case_id: UUID) -> Complaint | None:
    """A complaint, held until the transaction ends."""
    fresh = select(Complaint).where(col(Complaint.case_id) == case_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def by_source_refs(session: Session, refs: Iterable[str]) -> dict[str, Pair]:
    """Complaints that other systems sent before, by their own reference."""
    rows = select(Complaint, Case).join(Case, col(Case.id) == col(Complaint.case_id))
    return {row[0].source_ref: (row[0], row[1]) for row in session.execute(rows.where(keys_in(col(Complaint.source_ref), refs)))}


def cases(session: Session, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Cases by id."""
    return {row.id: row for row in session.scalars(select(Case).where(ids_in(col(Case.id), ids)))}


def alike(session: Session, one: Complaint, person_id: UUID | None, since: datetime, limit: int = 6) -> Sequence[Pair]:
    """Complaints since a moment with the same words, from the same number or the same customer; duplicates among them or not."""
    same = [col(Complaint.fingerprint) == one.fingerprint] if one.fingerprint else []
    if one.phone_index is not None:
        same.append(col(Complaint.phone_index) == one.phone_index)
    if person_id is not None:
        same.append(col(Case.person_id) == person_id)
    if not same:
        return []
    rows = select(Complaint, Case).join(Case, col(Case.id) == col(Complaint.case_id))
    rows = rows.where(or_(*same), col(Complaint.case_id) != one.case_id, col(Complaint.received_at) >= since)
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(Complaint.received_at).desc()).limit(limit))]


def extensions(session: Session, case_id: UUID) -> Sequence[ComplaintExtension]:
    """A complaint's extensions, in their order."""
    rows = select(ComplaintExtension).where(col(ComplaintExtension.case_id) == case_id)
    return session.scalars(rows.order_by(col(ComplaintExtension.asked_at))).all()


def extension(session: Session, extension_id: UUID) -> ComplaintExtension | None:
    """One extension, held until the transaction ends."""
    fresh = select(ComplaintExtension).where(col(ComplaintExtension.id) == extension_id).with_for_update()
    return session.scalars(fresh.execution_options(populate_existing=True)).one_or_none()


def review_of(session: Session, case_id: UUID) -> ComplaintReview | None:
    """The review of a complaint's decision."""
    fresh = select(ComplaintReview).where(col(ComplaintReview.case_id) == case_id)
    return session.scalars(fresh).one_or_none()


def recused(session: Session, case_id: UUID) -> Sequence[ComplaintRecusal]:
    """Who takes no part in a complaint."""
    rows = select(ComplaintRecusal).where(col(ComplaintRecusal.case_id) == case_id).order_by(col(ComplaintRecusal.at))
    return session.scalars(rows).all()


def newest_rules(session: Session) -> ComplaintRules | None:
    """The limits in force; none where the bank set none of its own."""
    return session.scalars(select(ComplaintRules).order_by(col(ComplaintRules.number).desc()).limit(1)).one_or_none()


def customers_by_phone(session: Session, indexes: Sequence[bytes]) -> Sequence[Customer]:
    """Customers with a phone number; several where a family shares it."""
    rows = select(Customer).where(col(Customer.phone_index).in_(indexes), col(Customer.erased_at).is_(None))
    return session.scalars(rows.limit(2)).all()


def customer(session: Session, customer_id: UUID) -> Customer | None:
    """A customer."""
    return session.get(Customer, customer_id)


def of_customers(session: Session, customer_ids: Iterable[UUID]) -> Sequence[Complaint]:
    """The complaints of some customers."""
    rows = select(Complaint).join(Case, col(Case.id) == col(Complaint.case_id)).where(ids_in(col(Case.customer_id), customer_ids))
    return session.scalars(rows).all()


def empty_opinions(session: Session, case_ids: Sequence[UUID]) -> None:
    """What experts were asked about these complaints, and said, is gone."""
    ours = update(ExpertOpinion).where(ids_in(col(ExpertOpinion.case_id), case_ids))
    said = case((col(ExpertOpinion.opinion) == "", ""), else_="–")
    session.execute(ours.values(question="–", opinion=said).execution_options(synchronize_session=False))


def poster_unit(session: Session, code: str) -> UUID | None:
    """The unit where a poster's code hangs."""
    found = session.get(PosterCode, code)
    return found.unit_id if found is not None and found.retired_at is None else None


def received_between(session: Session, scope: Scope, first: datetime, end: datetime, now: datetime) -> Sequence[Pair]:
    """All complaints of a scope that came in during a time, oldest first."""
    rows = select(Complaint, Case).join(Case, col(Case.id) == col(Complaint.case_id))
    rows = rows.where(col(Complaint.received_at) >= first, col(Complaint.received_at) < end, in_scope(col(Case.unit_id), scope, now))
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(Complaint.received_at), col(Case.number)))]


def extension_kinds(session: Session, case_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Which extensions complaints had, those that were told."""
    rows = session.execute(
        select(col(ComplaintExtension.case_id), col(ComplaintExtension.kind)).where(
            ids_in(col(ComplaintExtension.case_id), case_ids), col(ComplaintExtension.state) == "told"
        )
    )
    found: dict[UUID, set[str]] = {}
    for case_id, kind in rows:
        found.setdefault(case_id, set()).add(kind)
    return found


def total(session: Session) -> int:
    """How many complaints there are."""
    return int(session.scalar(select(func.count()).select_from(Complaint)) or 0)
