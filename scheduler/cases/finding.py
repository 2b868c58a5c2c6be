"""What the search field of the bar finds of cases."""

from datetime import datetime

from flask import url_for
from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.people.finding import MOST, Finder, Hit
from portal.people.rules.roles import Scope
from scheduler.cases.store import finding as store


def find_cases(session: Session, words: str, scope: Scope, now: datetime) -> list[Hit]:
    """Cases of this number, or of the customer with this number."""
    found = store.cases(session, words, scope, now, MOST)
    return [Hit(_l("Case"), one.number, "", url_for("cases.show", number=one.number)) for one in found]


FINDERS = (Finder("cases.read", find_cases),)
