"""What the search field of the bar finds of ideas: by number, or by words; nothing that is hidden."""

from datetime import datetime

from flask import url_for
from sqlmodel import Session

from officers.ideas.store import ideas as store
from officers.ideas.store.ideas import Filter
from officers.ideas.views import READ
from portal.foundation.i18n import _l
from portal.people.finding import MOST, Finder, Hit
from portal.people.rules.roles import Scope
from questionnaires.bank.likeness import grams

PIECES = 6


def find_ideas(session: Session, words: str, _scope: Scope, _now: datetime) -> list[Hit]:
    """Visible ideas of this number, or with these words; ideas are everybody's, so the scope says nothing."""
    exact = store.by_number(session, words.strip().upper())
    if exact is not None:
        rows = [exact] if exact.hidden_at is None and exact.screened_at is not None else []
    else:
        pieces = tuple(sorted(grams(words)))[:PIECES]
        rows = store.page(session, Filter(grams=pieces), MOST)[:MOST] if pieces else []
    return [Hit(_l("Idea"), one.number, one.title, url_for("ideas.show", idea_id=one.id)) for one in rows]


FINDERS = (Finder(READ, find_ideas),)
