"""Categories are data: a bank adds, renames and retires values of the three axes itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import NotFound
from questionnaires.bank import store
from questionnaires.bank.models import BankCategory


@dataclass(frozen=True)
class Category:
    """A value of an axis with its names."""

    axis: str
    code: str
    name_zh: str
    name_en: str


def save(session: Session, wish: Category, actor: Actor, now: datetime) -> None:
    """Add a value at the end of its axis, or rename the one with this code."""
    found = store.category(session, wish.axis, wish.code)
    if found is None:
        place = sum(one.axis == wish.axis for one in store.categories(session))
        session.add(BankCategory(axis=wish.axis, code=wish.code, name_zh=wish.name_zh, name_en=wish.name_en, position=place))
    else:
        found.name_zh, found.name_en = wish.name_zh, wish.name_en
    facts = {"axis": wish.axis, "code": wish.code}
    trail.record(session, actor, "bank_category.save", "bank_category", f"{wish.axis}:{wish.code}", now, facts)


def offer(session: Session, axis: str, code: str, offered: bool, actor: Actor, now: datetime) -> None:
    """Offer a value no longer, or again.

    Raises  NotFound
    """
    found = store.category(session, axis, code)
    if found is None:
        raise NotFound
    if (found.retired_at is None) != offered:
        found.retired_at = None if offered else now
        act = "bank_category.restore" if offered else "bank_category.retire"
        trail.record(session, actor, act, "bank_category", f"{axis}:{code}", now, {"axis": axis, "code": code})
