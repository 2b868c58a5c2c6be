"""SQL of replay: what it needs to find before it begins, and what came out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, exists, func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, keys_in, upsert_for
from portal.foundation.ids import new_id
from portal.people.models import Company, CompanyContact, Consent, Customer, OrgUnit
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.logic.definition import Definition
from scheduler.contacts.models import Decision, UnitPause
from scheduler.intake.models import Candidate, Event
from scheduler.touchpoints.models import EventType, Touchpoint

ORIGIN = "replay"


class DecidedRow(NamedTuple):
    """A decision with what it was about."""

    ref: str | None
    event_id: str
    touchpoint: str
    outcome: str
    code: str
    at: datetime
    unit: str | None


def has_other_events(session: Session) -> bool:
    """Whether the database holds events of anybody but replayed customers."""
    query = exists().where(col(Event.customer_id) == col(Customer.id), col(Customer.origin) != ORIGIN)
    return bool(session.scalar(select(query)))


def policies_used(session: Session) -> set[UUID]:
    """The policy versions that decisions were made under."""
    return set(session.scalars(select(col(Decision.policy_version_id)).distinct()))


def unheard(session: Session) -> list[UUID]:
    """Replayed customers who never said whether they may be asked."""
    said = exists().where(col(Consent.customer_id) == col(Customer.id))
    return list(session.scalars(select(col(Customer.id)).where(col(Customer.origin) == ORIGIN, ~said)))


def refs_of(session: Session, customer_ids: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """Customers with the bank's reference."""
    rows = session.execute(select(col(Customer.id), col(Customer.ref)).where(ids_in(Customer.id, customer_ids)))
    return [(row[0], row[1]) for row in rows]


def describe(session: Session, customers: Sequence[Mapping[str, Any]]) -> None:
    """Fill in what a customers file says: `id` and the columns to set, the same for all."""
    if customers:
        session.execute(update(Customer), list(customers))


def questionnaire(session: Session, code: str) -> Questionnaire | None:
    """A questionnaire by code."""
    return session.scalars(select(Questionnaire).where(col(Questionnaire.code) == code)).one_or_none()


def known_codes(session: Session) -> tuple[set[str], set[str]]:
    """The event types and touchpoints that exist."""
    return set(session.scalars(select(col(EventType.code)))), set(session.scalars(select(col(Touchpoint.code))))


def last_due(session: Session) -> datetime | None:
    """When the last candidate falls due."""
    return session.scalar(select(func.max(col(Candidate.due_at))))


def decided(session: Session) -> Iterator[DecidedRow]:
    """Every decision, with the unit in charge (as `listening.unit_in_charge` says it)."""
    here, home, department = col(Event.unit_id), col(Event.account_unit_id), col(Touchpoint.department_id)
    in_charge = case(
        (col(Touchpoint.in_charge) == "department", department),
        (col(Touchpoint.in_charge) == "account_unit", func.coalesce(home, here, department)),
        else_=func.coalesce(here, home, department),
    )
    query = (
        select(
            col(Customer.ref), col(Event.event_id), col(Candidate.touchpoint), col(Decision.outcome), col(Decision.code),
            col(Decision.evaluated_at), col(OrgUnit.code),
        )
        .join(Candidate, col(Candidate.id) == col(Decision.id))
        .join(Event, col(Event.id) == col(Candidate.event_row))
        .join(Customer, col(Customer.id) == col(Candidate.person_id))
        .outerjoin(Touchpoint, col(Touchpoint.code) == col(Candidate.touchpoint))
        .outerjoin(OrgUnit, col(OrgUnit.id) == in_charge)
    )  # fmt: skip
    for row in session.execute(query):
        yield DecidedRow(*row)


def totals(session: Session) -> tuple[int, int]:
    """How many candidates there are, and how often one was put off."""
    row = session.execute(select(func.count(), func.coalesce(func.sum(col(Candidate.deferrals)), 0)).select_from(Candidate)).one()
    return int(row[0]), int(row[1])


def refs_with_events(session: Session) -> set[str]:
    """The persons to whom something happened."""
    query = select(col(Customer.ref)).where(exists().where(col(Event.person_id) == col(Customer.id)))
    return {ref for ref in session.scalars(query) if ref}


def definitions(session: Session, version_ids: Iterable[UUID]) -> dict[UUID, Definition]:
    """The definitions of published versions."""
    query = select(col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition))
    rows = session.execute(query.where(ids_in(QuestionnaireVersion.id, version_ids)))
    return {row[0]: Definition.from_json(row[1]) for row in rows}


def put_companies(session: Session, pairs: Sequence[tuple[UUID, str]], at: datetime) -> None:
    """Let customers (first) speak for companies (second, by reference), making those that are new."""
    if not pairs:
        return
    insert = upsert_for(session)
    companies: list[dict[str, Any]] = [{"id": new_id(), "ref": ref, "created_at": at} for ref in sorted({ref for _, ref in pairs})]
    session.execute(insert(Company.__table__).on_conflict_do_nothing(index_elements=["ref"]), companies)  # type: ignore[attr-defined]
    rows = session.execute(select(col(Company.ref), col(Company.id)).where(keys_in(col(Company.ref), [one["ref"] for one in companies])))
    ids = {row[0]: row[1] for row in rows}
    contacts = [{"id": new_id(), "company_id": ids[ref], "customer_id": customer_id, "position": ""} for customer_id, ref in pairs]
    insert_rows(session, CompanyContact, contacts)


def has_rests(session: Session, unit_ids: Iterable[UUID]) -> bool:
    """Whether some unit rests, or did."""
    return bool(session.scalar(select(exists().where(ids_in(col(UnitPause.unit_id), unit_ids)))))
