"""The catalogue, its codes and what was redeemed. Stock, codes and states change by guarded statements that say whether they did."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from officers.points.benefit_models import LIVE, Benefit, BenefitCode, RedeemedYear, Redemption
from portal.foundation.db import ids_in, upsert_for

QUIET = {"synchronize_session": False}
BENEFITS_MOST = 500


def benefit(session: Session, benefit_id: UUID) -> Benefit | None:
    """A benefit as it stands now."""
    fresh = select(Benefit).where(col(Benefit.id) == benefit_id).execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def held_benefit(session: Session, benefit_id: UUID) -> Benefit | None:
    """A benefit, held until the transaction ends."""
    fresh = select(Benefit).where(col(Benefit.id) == benefit_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def catalogue(session: Session, states: Iterable[str] = ()) -> Sequence[Benefit]:
    """Benefits in some states, or all; those on sale first, then by cost."""
    rows = select(Benefit)
    if wanted := list(states):
        rows = rows.where(col(Benefit.state).in_(wanted))
    order = (col(Benefit.state) != "on_sale", col(Benefit.state), col(Benefit.cost), col(Benefit.id))
    return session.scalars(rows.order_by(*order).limit(BENEFITS_MOST)).all()


def take_item(session: Session, benefit_id: UUID, now: datetime) -> bool:
    """One item out of the stock, where it is on sale and there is one."""
    item = update(Benefit).where(
        col(Benefit.id) == benefit_id, col(Benefit.stock) > 0, col(Benefit.state) == "on_sale",
        or_(col(Benefit.sale_from).is_(None), col(Benefit.sale_from) <= now),
        or_(col(Benefit.sale_until).is_(None), col(Benefit.sale_until) > now),
    )  # fmt: skip
    return _changed(session, item.values(stock=Benefit.stock - 1))


def return_item(session: Session, benefit_id: UUID, *, whole: bool) -> bool:
    """An item comes back into the stock; or, where it is lost, it was never placed."""
    mine = update(Benefit).where(col(Benefit.id) == benefit_id)
    if whole:
        return _changed(session, mine.where(col(Benefit.stock) < col(Benefit.placed)).values(stock=Benefit.stock + 1))
    return _changed(session, mine.where(col(Benefit.placed) > col(Benefit.stock)).values(placed=Benefit.placed - 1))


def restock(session: Session, benefit_id: UUID, number: int) -> bool:
    """So many more items, or fewer; never fewer than there are."""
    mine = update(Benefit).where(col(Benefit.id) == benefit_id, col(Benefit.stock) + number >= 0)
    return _changed(session, mine.values(stock=Benefit.stock + number, placed=Benefit.placed + number))


def known_codes(session: Session, indexes: Sequence[bytes]) -> set[bytes]:
    """Which of these codes there are already."""
    found: set[bytes] = set()
    for start in range(0, len(indexes), 400):
        part = indexes[start : start + 400]
        found |= set(session.scalars(select(col(BenefitCode.code_index)).where(col(BenefitCode.code_index).in_(part))))
    return found


def add_code(session: Session, row: dict[str, Any]) -> bool:
    """Write a code; False where it is there."""
    made = upsert_for(session)(BenefitCode).values(**row).on_conflict_do_nothing(index_elements=["code_index"]).returning(BenefitCode.id)
    return session.execute(made).first() is not None


def hand_out(session: Session, benefit_id: UUID, redemption_id: UUID) -> bool:
    """Give a redemption the next free code; False where none is free."""
    free = select(col(BenefitCode.id)).where(col(BenefitCode.benefit_id) == benefit_id, col(BenefitCode.redemption_id).is_(None))
    code_id = session.scalar(free.order_by(col(BenefitCode.id)).limit(1).with_for_update(skip_locked=True))
    if code_id is None:
        return False
    mine = update(BenefitCode).where(col(BenefitCode.id) == code_id, col(BenefitCode.redemption_id).is_(None))
    return _changed(session, mine.values(redemption_id=redemption_id))


def code_of(session: Session, redemption_id: UUID) -> bytes | None:
    """The sealed code that a redemption was given."""
    return session.scalars(select(col(BenefitCode.code_enc)).where(col(BenefitCode.redemption_id) == redemption_id)).one_or_none()


def free_codes(session: Session, benefit_id: UUID) -> int:
    """How many codes are left."""
    free = select(func.count()).select_from(BenefitCode)
    return int(session.scalar(free.where(col(BenefitCode.benefit_id) == benefit_id, col(BenefitCode.redemption_id).is_(None))) or 0)


def use_year(session: Session, officer_id: UUID, year: int, cents: int, cap: int) -> bool:
    """Take from what an officer may redeem in a year; 0 is no cap; below zero gives back. False where less is left."""
    row = {"officer_id": officer_id, "year": year, "used_cents": 0}
    session.execute(upsert_for(session)(RedeemedYear).values(**row).on_conflict_do_nothing())
    mine = update(RedeemedYear).where(
        col(RedeemedYear.officer_id) == officer_id, col(RedeemedYear.year) == year, col(RedeemedYear.used_cents) + cents >= 0,
        *([col(RedeemedYear.used_cents) + cents <= cap] if cap and cents > 0 else []),
    )  # fmt: skip
    return _changed(session, mine.values(used_cents=RedeemedYear.used_cents + cents))


def year_used(session: Session, officer_id: UUID, year: int) -> int:
    """What an officer's redemptions of a year are worth, in cents."""
    mine = select(col(RedeemedYear.used_cents)).where(col(RedeemedYear.officer_id) == officer_id, col(RedeemedYear.year) == year)
    return int(session.scalar(mine) or 0)


def taken_by(session: Session, officer_id: UUID) -> dict[UUID, int]:
    """How many live redemptions of each benefit an officer has."""
    mine = (col(Redemption.officer_id) == officer_id, col(Redemption.state).in_(LIVE))
    rows = session.execute(select(col(Redemption.benefit_id), func.count()).where(*mine).group_by(col(Redemption.benefit_id)))
    return {benefit_id: int(number) for benefit_id, number in rows}


def add_redemption(session: Session, row: dict[str, Any]) -> bool:
    """Write a redemption; False where its key is taken."""
    made = upsert_for(session)(Redemption).values(**row).on_conflict_do_nothing(index_elements=["key"]).returning(Redemption.id)
    return session.execute(made).first() is not None


def redemption(session: Session, redemption_id: UUID) -> Redemption | None:
    """A redemption as it stands now."""
    fresh = select(Redemption).where(col(Redemption.id) == redemption_id).execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def redemption_by_key(session: Session, key: str) -> Redemption | None:
    """The redemption that was made under a key."""
    fresh = select(Redemption).where(col(Redemption.key) == key).execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def step(session: Session, redemption_id: UUID, before: Iterable[str], after: str, values: dict[str, Any]) -> bool:
    """Move a redemption on, where it is in one of some states; False where it is not."""
    mine = update(Redemption).where(col(Redemption.id) == redemption_id, col(Redemption.state).in_(list(before)))
    return _changed(session, mine.values(state=after, **values))


def overdue(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Reservations whose time is over."""
    rows = select(col(Redemption.id)).where(col(Redemption.state) == "reserved", col(Redemption.reserved_until) <= now)
    return session.scalars(rows.order_by(col(Redemption.reserved_until), col(Redemption.id)).limit(limit)).all()


def erase_addresses(session: Session, before: datetime) -> int:
    """Addresses of what was delivered, or came to nothing, before a moment are gone."""
    nothing = col(Redemption.state).in_(["cancelled", "failed"]) & (col(Redemption.changed_at) <= before)
    over = or_(col(Redemption.delivered_at) <= before, nothing)
    gone = update(Redemption).where(col(Redemption.address_enc).is_not(None), over).values(address_enc=None)
    return int(session.execute(gone.execution_options(**QUIET)).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def of_officer(session: Session, officer_id: UUID, limit: int = 100) -> Sequence[Redemption]:
    """An officer's redemptions, the newest first."""
    rows = select(Redemption).where(col(Redemption.officer_id) == officer_id)
    return session.scalars(rows.order_by(col(Redemption.reserved_at).desc(), col(Redemption.id)).limit(limit)).all()


def names(session: Session, benefit_ids: Iterable[UUID]) -> dict[UUID, Benefit]:
    """Benefits by id."""
    return {one.id: one for one in session.scalars(select(Benefit).where(ids_in(col(Benefit.id), set(benefit_ids))))}


def _changed(session: Session, statement: Any) -> bool:
    return bool(session.execute(statement.execution_options(**QUIET)).rowcount == 1)  # type: ignore[attr-defined]
