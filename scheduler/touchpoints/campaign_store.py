"""The SQL of campaigns, their waves, lists and members."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, keys_in, upsert_for
from portal.people.models import CompanyContact, Customer, CustomerTag, OrgUnit, UnitAncestor
from scheduler.touchpoints.campaign_models import Campaign, CampaignListed, CampaignMember, CampaignWave

_CUSTOMER = ("id", "person_id", "ref", "shard", "segment", "language", "large_text", "birth_date", "customer_since", "attributes")

OPEN = ("waiting", "drawing", "asking")


class Member(NamedTuple):
    """A drawn person whose event is to be written."""

    person_id: UUID
    customer_id: UUID
    ref: str
    chance: float


def campaigns(session: Session) -> list[Campaign]:
    """All campaigns, the newest first."""
    return list(session.scalars(select(Campaign).order_by(col(Campaign.created_at).desc(), col(Campaign.code))))


def campaign(session: Session, campaign_id: UUID, *, lock: bool = False) -> Campaign | None:
    """One campaign; locked where it is about to change."""
    query = select(Campaign).where(col(Campaign.id) == campaign_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def code_taken(session: Session, code: str) -> bool:
    """Whether a campaign has this code."""
    return bool(session.scalar(select(exists().where(col(Campaign.code) == code))))


def waves(session: Session, campaign_ids: Iterable[UUID]) -> list[CampaignWave]:
    """The waves of campaigns, in order."""
    query = select(CampaignWave).where(ids_in(CampaignWave.campaign_id, campaign_ids))
    return list(session.scalars(query.order_by(col(CampaignWave.campaign_id), col(CampaignWave.number))))


def remove_waves(session: Session, campaign_id: UUID) -> None:
    """Take a draft's waves away, to be written anew."""
    session.execute(delete(CampaignWave).where(col(CampaignWave.campaign_id) == campaign_id))


def stop_waves(session: Session, campaign_id: UUID, now: datetime) -> None:
    """End what has not come to its end."""
    query = (
        update(CampaignWave)
        .where(col(CampaignWave.campaign_id) == campaign_id, col(CampaignWave.state).in_(OPEN))
        .values(state="stopped", finished_at=now)
    )
    session.execute(query.execution_options(synchronize_session=False))


def _wave_to_do(now: datetime) -> Any:
    return (
        select(CampaignWave)
        .join(Campaign, col(Campaign.id) == col(CampaignWave.campaign_id))
        .where(col(CampaignWave.state).in_(OPEN), col(CampaignWave.starts_at) <= now, col(Campaign.state) == "approved")
        .order_by(col(CampaignWave.starts_at), col(CampaignWave.id))
        .limit(1)
    )


def anything_to_do(session: Session, now: datetime) -> bool:
    """Whether a wave has work to do."""
    return session.scalars(_wave_to_do(now)).first() is not None


def claim_wave(session: Session, now: datetime) -> CampaignWave | None:
    """The wave that has waited longest; one that another process holds is passed over."""
    wave: CampaignWave | None = session.scalars(_wave_to_do(now).with_for_update(of=CampaignWave, skip_locked=True)).one_or_none()
    return wave


def _of_campaign(campaign: Campaign, today: date) -> list[ColumnElement[bool]]:
    """Whose rows come into question before any condition: living customers; staff only where staff is asked."""
    clauses: list[ColumnElement[bool]] = [col(Customer.erased_at).is_(None), col(Customer.ref).is_not(None)]
    if campaign.audience_kind == "list":
        listed = select(col(CampaignListed.customer_id)).where(col(CampaignListed.campaign_id) == campaign.id)
        return [*clauses, col(Customer.id).in_(listed)]
    clauses.append(col(Customer.staff).is_(campaign.audience_kind == "staff"))
    if campaign.audience_kind == "staff":
        below = select(col(UnitAncestor.unit_id)).where(
            ids_in(UnitAncestor.ancestor_id, [UUID(one) for one in campaign.audience.get("units", ())]),
            col(UnitAncestor.valid_from) <= today, col(UnitAncestor.valid_to) > today,
        )  # fmt: skip
        clauses.append(col(Customer.unit_id).in_(below))
    return clauses


def audience_step(
    session: Session, campaign: Campaign, after: UUID | None, limit: int, today: date, shards: tuple[int, int] | None = None
) -> list[Mapping[str, Any]]:
    """The next customers in order of id, with what conditions read; `shards` narrows it to a chance part of them."""
    clauses = _of_campaign(campaign, today)
    if after is not None:
        clauses.append(col(Customer.id) > after)
    if shards is not None:
        clauses.append(col(Customer.shard).between(*shards))
    company = exists().where(col(CompanyContact.customer_id) == col(Customer.id))
    columns = [col(getattr(Customer, name)) for name in _CUSTOMER]
    query = (
        select(*columns, col(OrgUnit.code).label("unit_code"), company.label("company"))
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(Customer.unit_id))
        .where(*clauses)
        .order_by(col(Customer.id))
        .limit(limit)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def tags_of(session: Session, customer_ids: Iterable[UUID], now: datetime) -> dict[UUID, list[str]]:
    """The tags of customers that have not expired."""
    query = select(col(CustomerTag.customer_id), col(CustomerTag.tag), col(CustomerTag.expires_at))
    found: dict[UUID, list[str]] = {}
    for customer_id, tag, expires_at in session.execute(query.where(ids_in(CustomerTag.customer_id, customer_ids))):
        if expires_at is None or expires_at > now:
            found.setdefault(customer_id, []).append(tag)
    return found


def customers_by_ref(session: Session, refs: Iterable[str]) -> dict[str, UUID]:
    """Known customers of references; nobody is made."""
    query = select(col(Customer.ref), col(Customer.id)).where(keys_in(col(Customer.ref), refs), col(Customer.erased_at).is_(None))
    return dict(session.execute(query).all())


def set_list(session: Session, campaign_id: UUID, customer_ids: Sequence[UUID]) -> None:
    """Replace a campaign's list."""
    session.execute(delete(CampaignListed).where(col(CampaignListed.campaign_id) == campaign_id))
    insert_rows(session, CampaignListed, [{"campaign_id": campaign_id, "customer_id": one} for one in customer_ids])


def listed(session: Session, campaign_id: UUID) -> int:
    """How many customers a list holds."""
    return session.scalar(select(func.count()).select_from(CampaignListed).where(col(CampaignListed.campaign_id) == campaign_id)) or 0


def add_members(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add drawn persons; one who is there already stays."""
    if rows:
        session.execute(upsert_for(session)(CampaignMember).on_conflict_do_nothing(), list(rows))


def members_count(session: Session, wave_id: UUID) -> int:
    """How many are drawn by now."""
    return session.scalar(select(func.count()).select_from(CampaignMember).where(col(CampaignMember.wave_id) == wave_id)) or 0


def chance_at(session: Session, wave_id: UUID, place: int) -> float | None:
    """The chance of the member at a place (from 0) in ascending order."""
    query = select(col(CampaignMember.chance)).where(col(CampaignMember.wave_id) == wave_id)
    return session.scalar(query.order_by(col(CampaignMember.chance)).offset(place).limit(1))


def remove_members_from(session: Session, wave_id: UUID, chance: float) -> None:
    """Let go of members from a chance on."""
    session.execute(delete(CampaignMember).where(col(CampaignMember.wave_id) == wave_id, col(CampaignMember.chance) >= chance))


def members_to_ask(session: Session, wave_id: UUID, limit: int) -> list[Member]:
    """The next members in order of their chance, so that a wave that is stopped early is a sample too; erased ones are passed over."""
    query = (
        select(col(CampaignMember.person_id), col(CampaignMember.customer_id), col(Customer.ref), col(CampaignMember.chance))
        .join(Customer, col(Customer.id) == col(CampaignMember.customer_id))
        .where(col(CampaignMember.wave_id) == wave_id, col(CampaignMember.asked_at).is_(None), col(Customer.ref).is_not(None))
        .order_by(col(CampaignMember.chance), col(CampaignMember.person_id))
        .limit(limit)
    )
    return [Member(*row) for row in session.execute(query)]


def mark_asked(session: Session, wave_id: UUID, person_ids: Iterable[UUID], now: datetime) -> None:
    """Note that members' events are written."""
    query = update(CampaignMember).where(col(CampaignMember.wave_id) == wave_id, ids_in(CampaignMember.person_id, person_ids))
    session.execute(query.values(asked_at=now).execution_options(synchronize_session=False))
