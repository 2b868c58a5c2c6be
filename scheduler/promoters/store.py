"""The SQL of promoters: wishes to take up, codes, leads, rewards, and the funnel."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, upsert_for
from portal.people.models import Customer
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import Response, Score
from scheduler.promoters.models import PromoterStep, ReferralCode, ReferralLead, ReferralReward

SHOWN = 100


class Funnel(NamedTuple):
    """How far referrals of a scope came."""

    codes: int
    visits: int
    left: int
    customers: int
    rewards: int


def wishes(session: Session, limit: int) -> Sequence[Response]:
    """Answers with a wish that nobody took up, of known customers; rows that another process holds are left to it."""
    taken = exists().where(col(PromoterStep.response_id) == col(Response.id))
    rows = select(Response).where(
        col(Response.wish).is_not(None), col(Response.submitted_at).is_not(None), col(Response.person_id).is_not(None),
        col(Response.customer_id).is_not(None), col(Response.test).is_(False), ~taken,
    )  # fmt: skip
    return session.scalars(rows.order_by(col(Response.id)).limit(limit).with_for_update(skip_locked=True)).all()


def scores(session: Session, response_ids: Iterable[UUID]) -> dict[UUID, float]:
    """The NPS that each answer gave."""
    rows = session.execute(
        select(col(Score.response_id), col(Score.value)).where(ids_in(col(Score.response_id), response_ids), col(Score.indicator) == "nps")
    )
    return {row[0]: row[1] for row in rows}


def earlier(session: Session, person_ids: Iterable[UUID]) -> dict[UUID, list[tuple[str, datetime]]]:
    """What persons were offered before; what was held back does not count."""
    rows = session.execute(
        select(col(PromoterStep.person_id), col(PromoterStep.kind), col(PromoterStep.at)).where(
            ids_in(col(PromoterStep.person_id), person_ids), col(PromoterStep.state) != "held_back"
        )
    )
    found: dict[UUID, list[tuple[str, datetime]]] = {}
    for person, kind, at in rows:
        found.setdefault(person, []).append((kind, at))
    return found


def customers(session: Session, ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Customers by id."""
    return {row.id: row for row in session.scalars(select(Customer).where(ids_in(col(Customer.id), ids)))}


def customer_by_ref(session: Session, ref: str) -> Customer | None:
    """A customer by the bank's reference."""
    return session.scalars(select(Customer).where(col(Customer.ref) == ref, col(Customer.erased_at).is_(None))).one_or_none()


def code_of(session: Session, person_id: UUID) -> ReferralCode | None:
    """A person's code."""
    return session.scalars(select(ReferralCode).where(col(ReferralCode.person_id) == person_id)).one_or_none()


def code(session: Session, text: str) -> ReferralCode | None:
    """A code as it was typed or opened."""
    return session.get(ReferralCode, text.upper()[:12])


def note_visit(session: Session, text: str) -> None:
    """One more look at a code's page."""
    session.execute(update(ReferralCode).where(col(ReferralCode.code) == text).values(visits=ReferralCode.visits + 1))


def add_lead(session: Session, row: Mapping[str, Any]) -> bool:
    """Somebody left their number; False where the bank has it from a code already."""
    made = upsert_for(session)(ReferralLead).values(**row).on_conflict_do_nothing(index_elements=["phone_index"]).returning(ReferralLead.id)
    return session.execute(made).first() is not None


def lead(session: Session, lead_id: UUID) -> ReferralLead | None:
    """A lead, held until the transaction ends."""
    fresh = select(ReferralLead).where(col(ReferralLead.id) == lead_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def add_reward(session: Session, row: Mapping[str, Any]) -> bool:
    """What is owed for a referred person; False where somebody has it already."""
    made = upsert_for(session)(ReferralReward).values(**row).on_conflict_do_nothing().returning(ReferralReward.id)
    return session.execute(made).first() is not None


def reward(session: Session, reward_id: UUID) -> ReferralReward | None:
    """A reward, held until the transaction ends."""
    fresh = select(ReferralReward).where(col(ReferralReward.id) == reward_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def step(session: Session, step_id: UUID) -> PromoterStep | None:
    """A wish that was taken up, held until the transaction ends."""
    fresh = select(PromoterStep).where(col(PromoterStep.id) == step_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def steps(session: Session, scope: Scope, now: datetime) -> Sequence[tuple[PromoterStep, str]]:
    """Wishes of a scope with their customers' references, newest first."""
    rows = select(PromoterStep, col(Customer.ref)).join(Customer, col(Customer.id) == col(PromoterStep.customer_id))
    rows = (
        rows.where(in_scope(col(PromoterStep.unit_id), scope, now)).order_by(col(PromoterStep.at).desc(), col(PromoterStep.id)).limit(SHOWN)
    )
    return [(row[0], row[1]) for row in session.execute(rows)]


def leads(session: Session, scope: Scope, now: datetime) -> Sequence[ReferralLead]:
    """Leads of a scope, those that wait first."""
    rows = select(ReferralLead).where(in_scope(col(ReferralLead.unit_id), scope, now))
    return session.scalars(
        rows.order_by(col(ReferralLead.state).in_(["customer", "declined"]), col(ReferralLead.consented_at)).limit(SHOWN)
    ).all()


def rewards(session: Session, scope: Scope, now: datetime) -> Sequence[tuple[ReferralReward, str]]:
    """Rewards of a scope with the referring customers' references, those owed first."""
    rows = select(ReferralReward, col(Customer.ref)).join(ReferralLead, col(ReferralLead.id) == col(ReferralReward.lead_id))
    rows = rows.join(ReferralCode, col(ReferralCode.code) == col(ReferralLead.code)).join(
        Customer, col(Customer.id) == col(ReferralCode.customer_id)
    )
    rows = rows.where(in_scope(col(ReferralCode.unit_id), scope, now)).order_by(col(ReferralReward.state) != "owed", col(ReferralReward.at))
    return [(row[0], row[1]) for row in session.execute(rows.limit(SHOWN))]


def funnel(session: Session, scope: Scope, now: datetime) -> Funnel:
    """How far referrals of a scope came."""
    mine, theirs = in_scope(col(ReferralCode.unit_id), scope, now), in_scope(col(ReferralLead.unit_id), scope, now)
    codes = session.execute(select(func.count(), func.coalesce(func.sum(col(ReferralCode.visits)), 0)).where(mine)).one()
    counted = session.execute(select(col(ReferralLead.state), func.count()).where(theirs).group_by(col(ReferralLead.state)))
    states = {row[0]: int(row[1]) for row in counted}
    joined = select(func.count()).select_from(ReferralReward).join(ReferralLead, col(ReferralLead.id) == col(ReferralReward.lead_id))
    owed = session.scalar(joined.where(theirs, col(ReferralReward.state) != "void"))
    return Funnel(int(codes[0]), int(codes[1]), sum(states.values()), states.get("customer", 0), int(owed or 0))


def waiting(session: Session, scope: Scope, now: datetime) -> int:
    """How many wishes and leads of a scope wait for somebody."""
    wishes_waiting = select(func.count()).where(col(PromoterStep.state) == "taken_up", in_scope(col(PromoterStep.unit_id), scope, now))
    leads_waiting = select(func.count()).where(col(ReferralLead.state) == "left", in_scope(col(ReferralLead.unit_id), scope, now))
    return int(session.scalar(wishes_waiting) or 0) + int(session.scalar(leads_waiting) or 0)


def forget(session: Session, customer_ids: Sequence[UUID]) -> int:
    """Leads that became these customers lose name and number; codes of these customers bring nobody any more."""
    gone = update(ReferralLead).where(ids_in(col(ReferralLead.customer_id), customer_ids)).values(name_enc=None, phone_enc=None)
    ended = update(ReferralCode).where(ids_in(col(ReferralCode.customer_id), customer_ids)).values(expires_at=ReferralCode.created_at)
    numbers = [session.execute(one.execution_options(synchronize_session=False)).rowcount for one in (gone, ended)]  # type: ignore[attr-defined]
    return sum(numbers)


def rekey(session: Session, old: UUID, new: UUID, _shard: int) -> int:
    """What one person was offered is another's: they were found to be one. A code stays with who has none."""
    moved = update(PromoterStep).where(col(PromoterStep.person_id) == old).values(person_id=new)
    number = session.execute(moved.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    if code_of(session, new) is None:
        codes = update(ReferralCode).where(col(ReferralCode.person_id) == old).values(person_id=new)
        session.execute(codes.execution_options(synchronize_session=False))
    rewarded = update(ReferralReward).where(col(ReferralReward.person_id) == old, col(ReferralReward.referred_person_id) != new)
    session.execute(rewarded.values(person_id=new).execution_options(synchronize_session=False))
    return int(number)
