"""Alert rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from scheduler.cases.models import AlertRule
from scheduler.touchpoints.models import Touchpoint


def in_force(session: Session, now: datetime) -> Sequence[AlertRule]:
    """The rules that answers are held against now."""
    return session.scalars(
        select(AlertRule).where(col(AlertRule.active).is_(True), col(AlertRule.active_from) <= now).order_by(col(AlertRule.code))
    ).all()


def all_rules(session: Session) -> Sequence[AlertRule]:
    """Every rule, those in force first."""
    return session.scalars(select(AlertRule).order_by(col(AlertRule.active).desc(), col(AlertRule.created_at).desc())).all()


def by_id(session: Session, rule_id: UUID) -> AlertRule | None:
    """A rule, held until the transaction ends."""
    return session.scalars(select(AlertRule).where(col(AlertRule.id) == rule_id).with_for_update()).one_or_none()


def by_code(session: Session, code: str) -> AlertRule | None:
    """A rule by its code."""
    return session.scalars(select(AlertRule).where(col(AlertRule.code) == code)).one_or_none()


def any_rule(session: Session) -> bool:
    """Whether there is any rule, in force or not."""
    return session.scalar(select(col(AlertRule.id)).limit(1)) is not None


def add_default(session: Session, row: Mapping[str, Any]) -> None:
    """The shipped rule; of two processes that try at once one succeeds and the other finds it there."""
    session.execute(upsert_for(session)(AlertRule).values(row).on_conflict_do_nothing(index_elements=["code", "version"]))


def touchpoint_names(session: Session) -> dict[str, tuple[str, str]]:
    """All touchpoints: code to names, Chinese and English."""
    rows = session.execute(select(col(Touchpoint.code), col(Touchpoint.name_zh), col(Touchpoint.name_en)).order_by(col(Touchpoint.code)))
    return {row[0]: (row[1], row[2]) for row in rows}
