"""What the search field of the bar finds of the register."""

from datetime import datetime

from flask import url_for
from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.people.finding import MOST, Finder, Hit
from portal.people.rules.roles import Scope
from scheduler.improvement.store import issues as store
from scheduler.improvement.views import READ


def find_issues(session: Session, words: str, scope: Scope, now: datetime) -> list[Hit]:
    """Issues of this number, or with these words in their title."""
    found = store.page(session, store.Filter(scope, now, words=words))[:MOST]
    return [Hit(_l("Issue"), one.number, one.title, url_for("issues.show", number=one.number)) for one in found]


FINDERS = (Finder(READ, find_issues),)
