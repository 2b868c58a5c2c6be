"""What the search field of the bar finds of the club: activities and published articles; never a post."""

from datetime import datetime

from flask import url_for
from sqlmodel import Session

from officers.club.activity_desk import READ as ACTIVITIES
from officers.club.article_desk import READ as ARTICLES
from officers.club.store import activities as store
from officers.club.store import articles as article_store
from officers.club.words import ACTIVITY_STATES, ARTICLE_KINDS
from portal.foundation.i18n import _l
from portal.people.finding import MOST, Finder, Hit
from portal.people.rules.roles import Scope


def find_activities(session: Session, words: str, scope: Scope, now: datetime) -> list[Hit]:
    """Activities with these words in their title."""
    found = store.found(session, words, scope, now, MOST)
    return [
        Hit(_l("Activity"), one.title, str(ACTIVITY_STATES[one.state]), url_for("activity_desk.show", activity_id=one.id)) for one in found
    ]


def find_articles(session: Session, words: str, _scope: Scope, _now: datetime) -> list[Hit]:
    """Published articles with these words in their title or summary."""
    found = article_store.found(session, words, MOST)
    return [Hit(_l("Article"), one.title, str(ARTICLE_KINDS[one.kind]), url_for("article_desk.show", article_id=one.id)) for one in found]


FINDERS = (Finder(ACTIVITIES, find_activities), Finder(ARTICLES, find_articles))
