"""The SQL of applications and recruitment."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlmodel import Session, col

from officers.people.door_models import OfficerCampaign
from officers.people.models import Officer
from portal.foundation.db import ids_in, upsert_for
from portal.people.models import UnitAncestor
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.promoters.models import PromoterStep

GONE = ("rejected", "retired")
TABLE: Any = Officer.__table__  # type: ignore[attr-defined]  # SQLModel hides it


def add(session: Session, row: dict[str, Any]) -> bool:
    """Write an officer unless the alias or the person is there; whether it is new."""
    made = upsert_for(session)(TABLE).values(row).on_conflict_do_nothing().returning(TABLE.c.id)
    return session.execute(made).first() is not None


def wished(session: Session, person_id: UUID) -> bool:
    """Whether a promoter wished to become an officer."""
    query = select(col(PromoterStep.id)).where(col(PromoterStep.person_id) == person_id, col(PromoterStep.kind) == "officer")
    return session.scalars(query.limit(1)).first() is not None


def campaign_by_code(session: Session, code: str, *, lock: bool = False) -> OfficerCampaign | None:
    """A campaign by its poster code; held until the transaction ends where its places are counted."""
    query = select(OfficerCampaign).where(col(OfficerCampaign.code) == code)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def campaign(session: Session, campaign_id: UUID) -> OfficerCampaign | None:
    """A campaign."""
    return session.get(OfficerCampaign, campaign_id)


def campaigns(session: Session, scope: Scope, now: datetime) -> list[OfficerCampaign]:
    """The campaigns of a scope, the newest first."""
    query = select(OfficerCampaign).where(in_scope(col(OfficerCampaign.unit_id), scope, now))
    return list(session.scalars(query.order_by(col(OfficerCampaign.starts_on).desc(), col(OfficerCampaign.code))))


def note_seen(session: Session, campaign_id: UUID) -> None:
    """Count one visit by the poster."""
    rows = update(OfficerCampaign).where(col(OfficerCampaign.id) == campaign_id)
    session.execute(rows.values(seen=col(OfficerCampaign.seen) + 1))


def funnels(session: Session, campaign_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """How far the people of campaigns came: applied, approved, trained, active."""

    def reached(column: Any) -> Any:
        return func.sum(case((col(column).is_not(None), 1), else_=0))

    query = (
        select(
            col(Officer.campaign_id), func.count(), reached(Officer.approved_at), reached(Officer.trained_at),
            func.sum(case((col(Officer.state) == "active", 1), else_=0)),
        )
        .where(ids_in(col(Officer.campaign_id), campaign_ids))
        .group_by(col(Officer.campaign_id))
    )  # fmt: skip
    names = ("applied", "approved", "trained", "active")
    return {row[0]: dict(zip(names, map(int, row[1:]), strict=True)) for row in session.execute(query)}


def placed(session: Session, campaign_id: UUID, segment: str = "", unit_id: UUID | None = None, day: Any = None) -> int:
    """How many people of a campaign hold a place: of a segment, at a unit or below it."""
    query = select(func.count()).select_from(Officer).where(col(Officer.campaign_id) == campaign_id, col(Officer.state).not_in(GONE))
    if segment:
        query = query.where(col(Officer.segment) == segment)
    if unit_id is not None:
        below = select(col(UnitAncestor.unit_id)).where(
            col(UnitAncestor.ancestor_id) == unit_id, col(UnitAncestor.valid_from) <= day, col(UnitAncestor.valid_to) > day
        )
        query = query.where(col(Officer.unit_id).in_(below))
    return session.scalar(query) or 0


def to_invite(session: Session, since: datetime, limit: int) -> Sequence[PromoterStep]:
    """Promoters whose wish to become officers was settled since a moment and who were not written to yet."""
    query = select(PromoterStep).where(
        col(PromoterStep.kind) == "officer", col(PromoterStep.state) == "done", col(PromoterStep.contact_id).is_(None),
        col(PromoterStep.done_at) > since,
    )  # fmt: skip
    return session.scalars(query.order_by(col(PromoterStep.id)).limit(limit).with_for_update(skip_locked=True)).all()
