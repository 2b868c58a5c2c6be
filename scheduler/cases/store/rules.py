"""Alert rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from scheduler.cases.models import AlertRule
from scheduler.touchpoints.models import Touchpoint


def _not_ended(now: datetime) -> ColumnElement[bool]:
    return or_(col(AlertRule.active_until).is_(None), col(AlertRule.active_until) > now)


def in_force(session: Session, now: datetime) -> Sequence[AlertRule]:
    """The rules that answers are held against now."""
    return session.scalars(
        select(AlertRule)
        .where(col(AlertRule.active).is_(True), col(AlertRule.active_from) <= now, _not_ended(now))
        .order_by(col(AlertRule.code), col(AlertRule.version))
    ).all()


def ever_in_force(session: Session, now: datetime) -> Sequence[AlertRule]:
    """The rules that answers were ever held against."""
    return session.scalars(
        select(AlertRule).where(col(AlertRule.active_from) <= now).order_by(col(AlertRule.code), col(AlertRule.version))
    ).all()


def last_version(session: Session, code: str) -> int:
    """The highest version of a rule; 0 where there is none."""
    return session.scalar(select(func.max(col(AlertRule.version))).where(col(AlertRule.code) == code)) or 0


def others_active(session: Session, rule: AlertRule) -> Sequence[AlertRule]:
    """Other versions of the same rule that are in force, held until the transaction ends."""
    same = select(AlertRule).where(col(AlertRule.code) == rule.code, col(AlertRule.id) != rule.id, col(AlertRule.active).is_(True))
    return session.scalars(same.with_for_update()).all()


def all_rules(session: Session) -> Sequence[AlertRule]:
    """Every rule, those in force first."""
    return session.scalars(select(AlertRule).order_by(col(AlertRule.active).desc(), col(AlertRule.created_at).desc())).all()


def one(session: Session, rule_id: UUID) -> AlertRule | None:
    """A version of a rule, to be read."""
    return session.get(AlertRule, rule_id)


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
