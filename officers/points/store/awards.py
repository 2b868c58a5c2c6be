"""Awards, budgets, caps of a day, and the versions of the rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from officers.people.models import Officer
from officers.points.models import OfficerDayUse, PointAward, PointBudget, PointCorrection, PointRules
from portal.foundation.db import upsert_for
from portal.people.rules.roles import Scope
from portal.people.store import in_scope

QUIET = {"synchronize_session": False}


def award_by_key(session: Session, key: str) -> PointAward | None:
    """The award that was made under a key, as it stands now."""
    fresh = select(PointAward).where(col(PointAward.key) == key).execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def add_award(session: Session, row: dict[str, Any]) -> bool:
    """Write an award; False where its key is taken."""
    made = upsert_for(session)(PointAward).values(**row).on_conflict_do_nothing(index_elements=["key"]).returning(PointAward.id)
    return session.execute(made).first() is not None


def pay_refused(session: Session, award_id: UUID, values: dict[str, Any]) -> bool:
    """A refused award that is paid after all; False where another was quicker."""
    return _changed(session, update(PointAward).where(col(PointAward.id) == award_id, col(PointAward.state) == "refused").values(**values))


def of_source(session: Session, source: str, state: str = "paid") -> Sequence[PointAward]:
    """The awards of a source in a state, as they stand now."""
    rows = select(PointAward).where(col(PointAward.source) == source, col(PointAward.state) == state)
    return session.scalars(rows.order_by(col(PointAward.officer_id), col(PointAward.key)).execution_options(populate_existing=True)).all()


def mark_second(session: Session, award_id: UUID, now: datetime) -> bool:
    """The second part is paid now; False where it was, or is not to be."""
    ours = update(PointAward).where(
        col(PointAward.id) == award_id, col(PointAward.state) == "paid", col(PointAward.second) > 0, col(PointAward.second_at).is_(None)
    )
    return _changed(session, ours.values(second_at=now))


def mark_revoked(session: Session, award_id: UUID, now: datetime) -> bool:
    """The award is taken back; False where it was before."""
    ours = update(PointAward).where(col(PointAward.id) == award_id, col(PointAward.state) == "paid")
    return _changed(session, ours.values(state="revoked", revoked_at=now))


def revoke_refused(session: Session, source: str, now: datetime) -> None:
    """What was refused under a source is never paid: the work behind it is revoked."""
    ours = update(PointAward).where(col(PointAward.source) == source, col(PointAward.state) == "refused")
    session.execute(ours.values(state="revoked", code="", revoked_at=now).execution_options(**QUIET))


def note_verified(session: Session, source: str, now: datetime) -> None:
    """What was refused under a source so far is owed its second part too: the work behind it is verified."""
    ours = update(PointAward).where(
        col(PointAward.source) == source, col(PointAward.state) == "refused", col(PointAward.verified_at).is_(None)
    )
    session.execute(ours.values(verified_at=now).execution_options(**QUIET))


def refused(session: Session, scope: Scope, now: datetime, limit: int = 100) -> Sequence[PointAward]:
    """Refused awards of a scope's officers, the newest first."""
    rows = select(PointAward).join(Officer, col(Officer.id) == col(PointAward.officer_id))
    rows = rows.where(col(PointAward.state) == "refused", in_scope(col(Officer.unit_id), scope, now))
    return session.scalars(rows.order_by(col(PointAward.at).desc(), col(PointAward.id)).limit(limit)).all()


def open_budget(session: Session, scope: str, period: str, cap: int) -> None:
    """A budget with a cap; one that is there takes the new cap, though never less than it has paid already."""
    made = upsert_for(session)(PointBudget).values(scope=scope, period=period, cap=cap, used=0).on_conflict_do_nothing()
    session.execute(made)
    mine = update(PointBudget).where(col(PointBudget.scope) == scope, col(PointBudget.period) == period, col(PointBudget.cap) != cap)
    session.execute(mine.where(col(PointBudget.used) <= cap).values(cap=cap).execution_options(**QUIET))


def use_budget(session: Session, scope: str, period: str, amount: int) -> bool:
    """Take from a budget what it still has; False where it has less."""
    mine = update(PointBudget).where(
        col(PointBudget.scope) == scope, col(PointBudget.period) == period, col(PointBudget.used) + amount <= col(PointBudget.cap)
    )
    return _changed(session, mine.values(used=PointBudget.used + amount))


def free_budget(session: Session, scope: str, period: str, amount: int) -> None:
    """Give back to a budget what was taken from it."""
    mine = update(PointBudget).where(col(PointBudget.scope) == scope, col(PointBudget.period) == period, col(PointBudget.used) >= amount)
    session.execute(mine.values(used=PointBudget.used - amount).execution_options(**QUIET))


def budget(session: Session, scope: str, period: str) -> tuple[int, int] | None:
    """Cap and used of a budget; None where there is none."""
    row = session.execute(
        select(col(PointBudget.cap), col(PointBudget.used)).where(col(PointBudget.scope) == scope, col(PointBudget.period) == period)
    ).one_or_none()
    return (int(row[0]), int(row[1])) if row else None


def day_used(session: Session, officer_id: UUID, day: str, kind: str) -> int:
    """What an officer used of a day's cap."""
    mine = (col(OfficerDayUse.officer_id) == officer_id, col(OfficerDayUse.day) == day, col(OfficerDayUse.kind) == kind)
    return int(session.scalar(select(col(OfficerDayUse.used)).where(*mine)) or 0)


def use_day(session: Session, officer_id: UUID, day: str, kind: str, amount: int, cap: int) -> bool:
    """Take from a day's cap; 0 is no cap. False where less is left."""
    row = {"officer_id": officer_id, "day": day, "kind": kind, "used": 0}
    session.execute(upsert_for(session)(OfficerDayUse).values(**row).on_conflict_do_nothing())
    mine = update(OfficerDayUse).where(
        col(OfficerDayUse.officer_id) == officer_id, col(OfficerDayUse.day) == day, col(OfficerDayUse.kind) == kind,
        *([col(OfficerDayUse.used) + amount <= cap] if cap else []),
    )  # fmt: skip
    return _changed(session, mine.values(used=OfficerDayUse.used + amount))


def rules_in_force(session: Session, now: datetime) -> PointRules | None:
    """The version of the rules that holds at a moment."""
    rows = select(PointRules).where(col(PointRules.state) == "approved", col(PointRules.valid_from) <= now)
    return session.scalars(rows.order_by(col(PointRules.valid_from).desc(), col(PointRules.number).desc()).limit(1)).one_or_none()


def add_rules(session: Session, row: dict[str, Any]) -> None:
    """Write a version; nothing where its number is taken."""
    session.execute(upsert_for(session)(PointRules).values(**row).on_conflict_do_nothing())


def rules_versions(session: Session) -> Sequence[PointRules]:
    """All versions, the newest first."""
    return session.scalars(select(PointRules).order_by(col(PointRules.number).desc())).all()


def rules_version(session: Session, version_id: UUID) -> PointRules | None:
    """A version, held until the transaction ends."""
    fresh = select(PointRules).where(col(PointRules.id) == version_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def last_number(session: Session) -> int:
    """The newest version's number."""
    return int(session.scalar(select(func.max(col(PointRules.number)))) or 0)


def correction(session: Session, correction_id: UUID) -> PointCorrection | None:
    """A correction, held until the transaction ends."""
    fresh = select(PointCorrection).where(col(PointCorrection.id) == correction_id).with_for_update()
    return session.scalars(fresh.execution_options(populate_existing=True)).one_or_none()


def corrections(session: Session, scope: Scope, now: datetime, state: str = "waiting", limit: int = 100) -> Sequence[PointCorrection]:
    """Corrections in a state for a scope's officers, the oldest first."""
    rows = select(PointCorrection).join(Officer, col(Officer.id) == col(PointCorrection.officer_id))
    rows = rows.where(col(PointCorrection.state) == state, in_scope(col(Officer.unit_id), scope, now))
    return session.scalars(rows.order_by(col(PointCorrection.asked_at), col(PointCorrection.id)).limit(limit)).all()


def _changed(session: Session, statement: Any) -> bool:
    return bool(session.execute(statement.execution_options(**QUIET)).rowcount == 1)  # type: ignore[attr-defined]


def award_by_id(session: Session, award_id: UUID) -> PointAward | None:
    """An award."""
    return session.get(PointAward, award_id)
