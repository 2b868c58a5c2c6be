"""Badges: their rules, who has them, who has earned one. Each measure is one grouped statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlmodel import Session, col

from officers.club.models import ActivityPlace, ArticleReading, Badge, BadgeRule, ClubMember
from officers.club.store.standings import YEAR
from officers.ideas.models import Idea
from officers.people.models import GrowthEntry, Officer
from officers.points.models import PointAward
from officers.work.models import Submission
from portal.foundation.db import upsert_for
from portal.foundation.ids import new_id

GOOD = ("approved", "overturned")
ADOPTED = ("adopted", "piloting", "in_progress", "implemented")


class Held(NamedTuple):
    """A badge with when it was awarded; None where the officer does not have it yet."""

    rule: BadgeRule
    awarded_at: datetime | None


def rules(session: Session, *, active: bool = False) -> Sequence[BadgeRule]:
    """The rules, in their order."""
    rows = select(BadgeRule).order_by(col(BadgeRule.position), col(BadgeRule.code))
    return session.scalars(rows.where(col(BadgeRule.active)) if active else rows).all()


def rule(session: Session, rule_id: UUID) -> BadgeRule | None:
    """One rule."""
    return session.get(BadgeRule, rule_id)


def by_code(session: Session, code: str) -> BadgeRule | None:
    """The rule of a code."""
    return session.scalars(select(BadgeRule).where(col(BadgeRule.code) == code)).one_or_none()


def of_officer(session: Session, officer_id: UUID) -> list[Held]:
    """All badges that can be had, and those that an officer has though their rule rests."""
    rows = select(BadgeRule, col(Badge.awarded_at)).join(
        Badge, (col(Badge.rule_id) == col(BadgeRule.id)) & (col(Badge.officer_id) == officer_id), isouter=True
    )
    rows = rows.where(col(BadgeRule.active) | col(Badge.awarded_at).is_not(None))
    return [Held(*row) for row in session.execute(rows.order_by(col(BadgeRule.position), col(BadgeRule.code)))]


def counts(session: Session) -> dict[UUID, int]:
    """How many officers have each badge."""
    return dict(session.execute(select(col(Badge.rule_id), func.count()).group_by(col(Badge.rule_id))).all())


def _measured(measure: str, now: datetime) -> tuple[Any, Any, Any]:
    """The officer's column of a measure, its amount, and what is counted."""
    one: Any = func.count()
    table: dict[str, tuple[Any, Any, Any]] = {
        "submissions": (col(Submission.officer_id), one, col(Submission.state).in_(GOOD)),
        "ideas": (col(Idea.officer_id), one, col(Idea.state).in_(ADOPTED)),
        "activities": (col(ActivityPlace.officer_id), one, col(ActivityPlace.checked_in_at).is_not(None)),
        "streak": (col(ClubMember.officer_id), func.max(col(ClubMember.longest)), col(ClubMember.longest) > 0),
        "growth": (col(GrowthEntry.officer_id), func.sum(col(GrowthEntry.amount)), col(GrowthEntry.counts_at) > now - YEAR),
        "articles": (col(ArticleReading.officer_id), one, col(ArticleReading.at) <= now),
        "verified": (col(PointAward.officer_id), one, col(PointAward.second_at).is_not(None)),
    }
    return table[measure]


def earned(session: Session, rule: BadgeRule, now: datetime, limit: int) -> Sequence[UUID]:
    """Active officers who reach a rule's least and don't have its badge."""
    who, amount, counted = _measured(rule.measure, now)
    reached: Select[Any] = select(who).where(counted, who.is_not(None)).group_by(who).having(amount >= rule.least)
    has = select(col(Badge.officer_id)).where(col(Badge.rule_id) == rule.id)
    rows = select(col(Officer.id)).where(
        col(Officer.state) == "active", col(Officer.id).in_(reached), col(Officer.id).not_in(has)
    )  # fmt: skip
    return session.scalars(rows.order_by(col(Officer.id)).limit(limit)).all()


def give(session: Session, rule_id: UUID, officer_ids: Sequence[UUID], now: datetime) -> Sequence[UUID]:
    """Give a badge; gives those to whom it was new."""
    if not officer_ids:
        return []
    rows = [{"id": new_id(), "officer_id": one, "rule_id": rule_id, "awarded_at": now} for one in officer_ids]
    made = upsert_for(session)(Badge).values(rows)
    made = made.on_conflict_do_nothing(index_elements=["officer_id", "rule_id"]).returning(col(Badge.officer_id))
    return session.scalars(made).all()


def change(session: Session, rule_id: UUID, values: dict[str, Any]) -> None:
    """Change a rule."""
    session.execute(update(BadgeRule).where(col(BadgeRule.id) == rule_id).values(**values))
