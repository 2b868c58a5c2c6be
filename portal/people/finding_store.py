"""SQL of the search field over people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from portal.people.models import Customer, OrgUnit
from portal.people.rules.roles import Scope
from portal.people.store import in_scope


def holds(words: str, *columns: Any) -> ColumnElement[bool]:
    """A clause: one of the columns holds the words, whatever their case; signs that mean something to SQL mean themselves."""
    return or_(*(func.lower(column).contains(words.lower(), autoescape=True) for column in columns))


def customers(session: Session, ref: str, scope: Scope, now: datetime) -> Sequence[Customer]:
    """The customer of a number."""
    return session.scalars(select(Customer).where(col(Customer.ref) == ref, in_scope(col(Customer.unit_id), scope, now))).all()


def units(session: Session, words: str, scope: Scope, now: datetime, most: int) -> Sequence[OrgUnit]:
    """Units by code or name."""
    named = holds(words, col(OrgUnit.code), col(OrgUnit.name_zh), col(OrgUnit.name_en))
    return session.scalars(
        select(OrgUnit).where(named, in_scope(col(OrgUnit.id), scope, now)).order_by(col(OrgUnit.code)).limit(most)
    ).all()
