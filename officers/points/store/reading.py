"""What pages, files and jobs read: statements, figures of the programme, the desk's queue."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select, update
from sqlmodel import Session, col

from officers.people.models import Officer
from officers.points.benefit_models import Benefit, Redemption
from officers.points.models import PointAccount, PointAward, PointCorrection, PointEntry, PointLot
from portal.foundation.db import ids_in
from portal.people.models import Customer, User
from portal.people.rules.roles import Scope
from portal.people.store import in_scope

PAGE = 50
QUIET = {"synchronize_session": False}


class Liability(NamedTuple):
    """The programme's figures, in points: all time, but for `expiring`, which go within 60 days."""

    issued: int
    spent: int
    refunded: int
    expired: int
    taken_back: int
    outstanding: int
    pending: int
    expiring: int
    owed: int
    promised: int


def statement(session: Session, officer_id: UUID, before: PointEntry | None, limit: int = PAGE) -> Sequence[PointEntry]:
    """An officer's entries, the newest first, one more than a page holds."""
    rows = select(PointEntry).where(col(PointEntry.officer_id) == officer_id)
    if before is not None:
        older = and_(col(PointEntry.at) == before.at, col(PointEntry.id) < before.id)
        rows = rows.where(or_(col(PointEntry.at) < before.at, older))
    return session.scalars(rows.order_by(col(PointEntry.at).desc(), col(PointEntry.id).desc()).limit(limit + 1)).all()


def reasons(session: Session, officer_id: UUID) -> dict[str, str]:
    """Why an officer's corrections were made; kept apart from the entries, so that it can be erased."""
    rows = select(col(PointCorrection.id), col(PointCorrection.reason)).where(col(PointCorrection.officer_id) == officer_id)
    return {str(row[0]): row[1] for row in session.execute(rows)}


def entry(session: Session, entry_id: UUID) -> PointEntry | None:
    """An entry."""
    return session.get(PointEntry, entry_id)


def lots_of(session: Session, officer_id: UUID, now: datetime) -> Sequence[PointLot]:
    """An officer's lots that hold something and have not expired, by when they can be spent."""
    rows = select(PointLot).where(col(PointLot.officer_id) == officer_id, col(PointLot.remaining) > 0, col(PointLot.expires_at) > now)
    return session.scalars(rows.order_by(col(PointLot.usable_from), col(PointLot.expires_at), col(PointLot.id))).all()


def promised(session: Session, officer_id: UUID) -> Sequence[PointAward]:
    """Awards whose second part is still to come."""
    rows = select(PointAward).where(
        col(PointAward.officer_id) == officer_id, col(PointAward.state) == "paid", col(PointAward.second) > 0,
        col(PointAward.second_at).is_(None),
    )  # fmt: skip
    return session.scalars(rows.order_by(col(PointAward.at).desc(), col(PointAward.id)).limit(PAGE)).all()


def liability(session: Session, now: datetime, soon: datetime) -> Liability:
    """The figures for finance, in three statements."""
    amount, kind = col(PointEntry.amount), col(PointEntry.kind)

    def of(*kinds: str) -> Any:
        return func.coalesce(func.sum(case((kind.in_(kinds), amount), else_=0)), 0)

    sums = [of("award", "second", "correction"), -of("redeem"), of("refund"), -of("expiry"), -of("claw_back", "settle")]
    flows = session.execute(select(*sums)).one()
    lots, live = col(PointLot.remaining), col(PointLot.expires_at) > now
    waiting, going = and_(live, col(PointLot.usable_from) > now), and_(live, col(PointLot.expires_at) <= soon)
    held = session.execute(
        select(*[func.coalesce(func.sum(case((one, lots), else_=0)), 0) for one in (live, waiting, going)]).where(lots > 0)
    ).one()
    owed = session.scalar(select(func.coalesce(func.sum(col(PointAccount.owed)), 0)))
    to_come = (col(PointAward.state) == "paid", col(PointAward.second_at).is_(None))
    promised_sum = session.scalar(select(func.coalesce(func.sum(col(PointAward.second)), 0)).where(*to_come))
    return Liability._make(int(one or 0) for one in (*flows, *held, owed, promised_sum))


def accounts(session: Session, scope: Scope, now: datetime, words: str, limit: int = PAGE) -> Sequence[Any]:
    """Officers with their accounts, the richest first: (id, alias, kind, balance, held, owed)."""
    columns = (
        col(Officer.id), col(Officer.alias), col(Officer.kind), func.coalesce(col(PointAccount.balance), 0).label("balance"),
        func.coalesce(col(PointAccount.held), 0).label("held"), func.coalesce(col(PointAccount.owed), 0).label("owed"),
    )  # fmt: skip
    rows = select(*columns).outerjoin(PointAccount, col(PointAccount.officer_id) == col(Officer.id))
    rows = rows.where(in_scope(col(Officer.unit_id), scope, now))
    rows = (
        rows.where(col(Officer.alias).icontains(words, autoescape=True)) if words else rows.where(col(PointAccount.officer_id).is_not(None))
    )
    return session.execute(rows.order_by(func.coalesce(col(PointAccount.balance), 0).desc(), col(Officer.id)).limit(limit)).all()


def queue(
    session: Session, scope: Scope, now: datetime, states: Iterable[str], limit: int = 200
) -> Sequence[tuple[Redemption, Benefit, str]]:
    """Redemptions of a scope's officers in some states, the longest waiting first, with benefit and alias."""
    rows = select(Redemption, Benefit, col(Officer.alias)).join(Benefit, col(Benefit.id) == col(Redemption.benefit_id))
    rows = rows.join(Officer, col(Officer.id) == col(Redemption.officer_id)).where(in_scope(col(Officer.unit_id), scope, now))
    rows = rows.where(col(Redemption.state).in_(list(states))).order_by(col(Redemption.changed_at), col(Redemption.id)).limit(limit)
    return [(row[0], row[1], row[2]) for row in session.execute(rows)]


def waiting(session: Session, scope: Scope, now: datetime) -> int:
    """How many redemptions wait for the desk."""
    rows = select(func.count()).select_from(Redemption).join(Officer, col(Officer.id) == col(Redemption.officer_id))
    rows = rows.where(col(Redemption.state).in_(["fulfilling", "disputed"]), in_scope(col(Officer.unit_id), scope, now))
    return int(session.scalar(rows) or 0)


def all_entries(session: Session, since: datetime, until: datetime) -> Iterator[Any]:
    """Entries of a time with their officers' aliases, row by row: (entry columns…, alias, kind of officer)."""
    columns = (
        col(PointEntry.at), col(PointEntry.kind), col(PointEntry.amount), col(PointEntry.owed), col(PointEntry.rule), col(PointEntry.key),
        col(PointEntry.factors), col(PointEntry.actor_kind), col(PointEntry.actor_id), col(Officer.alias), col(Officer.kind),
    )  # fmt: skip
    rows = select(*columns).join(Officer, col(Officer.id) == col(PointEntry.officer_id))
    rows = rows.where(col(PointEntry.at) >= since, col(PointEntry.at) < until).order_by(col(PointEntry.at), col(PointEntry.id))
    yield from session.execute(rows.execution_options(yield_per=1_000))


def tax_list(session: Session, year: int) -> Sequence[Any]:
    """What each person received in a year, by the day of redemption: (alias, kind, user's log-in, customer's reference, number, cents)."""
    columns = (
        col(Officer.alias), col(Officer.kind), col(User.login), col(Customer.ref), func.count(), func.sum(col(Redemption.value_cents)),
    )  # fmt: skip
    rows = select(*columns).select_from(Redemption).join(Officer, col(Officer.id) == col(Redemption.officer_id))
    rows = rows.outerjoin(User, col(User.id) == col(Officer.user_id)).outerjoin(Customer, col(Customer.id) == col(Officer.customer_id))
    rows = rows.where(col(Redemption.year) == year, col(Redemption.state).in_(["delivered", "disputed"]))
    rows = rows.group_by(col(Officer.id), col(Officer.alias), col(Officer.kind), col(User.login), col(Customer.ref))
    return session.execute(rows.order_by(func.sum(col(Redemption.value_cents)).desc(), col(Officer.alias))).all()


def ripe(session: Session, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID, int]]:
    """Lots whose waiting is over and whose officers were not told: lot, officer, what is left."""
    rows = select(col(PointLot.id), col(PointLot.officer_id), col(PointLot.remaining))
    rows = rows.where(col(PointLot.remaining) > 0, col(PointLot.told_at).is_(None), col(PointLot.usable_from) <= now)
    return [
        (row[0], row[1], int(row[2])) for row in session.execute(rows.order_by(col(PointLot.usable_from), col(PointLot.id)).limit(limit))
    ]


def mark_told(session: Session, lot_ids: Iterable[UUID], now: datetime) -> int:
    """Their officers are told now; how many were not before."""
    mine = update(PointLot).where(ids_in(col(PointLot.id), lot_ids), col(PointLot.told_at).is_(None)).values(told_at=now)
    return int(session.execute(mine.execution_options(**QUIET)).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def to_warn(session: Session, now: datetime, until: datetime, stage: int, limit: int) -> Sequence[tuple[UUID, UUID, int, datetime]]:
    """Lots that expire before a moment and whose warning of this stage was not sent: lot, officer, what is left, when it expires."""
    rows = select(col(PointLot.id), col(PointLot.officer_id), col(PointLot.remaining), col(PointLot.expires_at))
    rows = rows.where(
        col(PointLot.remaining) > 0, col(PointLot.expires_at) > now, col(PointLot.expires_at) <= until, col(PointLot.warned) < stage
    )
    found = session.execute(rows.order_by(col(PointLot.expires_at), col(PointLot.id)).limit(limit))
    return [(row[0], row[1], int(row[2]), row[3]) for row in found]


def mark_warned(session: Session, lot_ids: Iterable[UUID], stage: int) -> None:
    """This warning of these lots is sent."""
    mine = update(PointLot).where(ids_in(col(PointLot.id), lot_ids), col(PointLot.warned) < stage).values(warned=stage)
    session.execute(mine.execution_options(**QUIET))


def counts(session: Session) -> tuple[int, int, int]:
    """How many entries, benefits and redemptions there are."""
    found = [session.scalar(select(func.count()).select_from(model)) or 0 for model in (PointEntry, Benefit, Redemption)]
    return found[0], found[1], found[2]


def users(session: Session, user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Users' names by id."""
    rows = select(col(User.id), col(User.name)).where(ids_in(col(User.id), {one for one in user_ids if one}))
    return {row[0]: row[1] for row in session.execute(rows)}
