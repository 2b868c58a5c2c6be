"""What the search field of the bar finds: each room looks through its own things, within the searcher's scope."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString
from sqlmodel import Session

from portal.foundation.i18n import _l, pick
from portal.people import finding_store as store
from portal.people.rules.roles import Scope

MOST = 8
"""So many of a kind are shown; whoever needs more goes to its list."""


@dataclass(frozen=True)
class Hit:
    """One thing found: what kind it is, its name, a line of detail, where it is."""

    kind: LazyString | str
    title: str
    line: str
    url: str


@dataclass(frozen=True)
class Finder:
    """How a room finds its things by some words, for those who hold a permission."""

    permission: str
    find: Callable[[Session, str, Scope, datetime], Sequence[Hit]]


def find_customers(session: Session, words: str, scope: Scope, now: datetime) -> list[Hit]:
    """The customer of exactly this number."""
    found = store.customers(session, words, scope, now)
    return [Hit(_l("Customer"), str(one.ref), "", url_for("customers.show", customer_id=one.id)) for one in found]


def find_units(session: Session, words: str, scope: Scope, now: datetime) -> list[Hit]:
    """Units whose code or name holds the words."""
    found = store.units(session, words, scope, now, MOST)
    return [Hit(_l("Unit"), pick(one.name_zh, one.name_en), one.code, url_for("units.show", unit_id=one.id)) for one in found]


FINDERS = (Finder("customers.read", find_customers), Finder("people.read", find_units))
