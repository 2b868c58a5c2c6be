"""Where pages of ideas stand: for all colleagues in the portal, for officers in their zone."""

from flask import Blueprint
from sqlmodel import Session

from officers.ideas import campaign_pages, pages, persons, story_pages
from officers.ideas.pages import PORTAL, ZONE, Shell
from officers.ideas.persons import Person
from officers.people.zone import here, officer_view
from portal.people import access

READ, JOIN = "ideas.read", "ideas.join"


def _colleague(session: Session) -> Person:
    me = access.me()
    return persons.of_user(session, me.user_id, me.language)


def _officer(session: Session) -> Person:
    """The officer of this request, as the colleague or customer that they are."""
    found = here()
    if found.user_id is not None:
        return persons.of_user(session, found.user_id, found.language)
    person = persons.of_customer(session, found.customer_id) if found.customer_id else None
    return person or Person(f"officer:{found.officer_id.hex}", "customer", officer_id=found.officer_id, language=found.language)


def _portal(name: str, prefix: str) -> Shell:
    blueprint = Blueprint(name, __name__, url_prefix=f"/portal/officers/{prefix}")
    return Shell(blueprint, PORTAL, access.allow(READ), access.allow(JOIN), _colleague, inside=True)


def _zone(name: str, prefix: str) -> Shell:
    return Shell(Blueprint(name, __name__, url_prefix=f"/officers/{prefix}"), ZONE, officer_view, officer_view, _officer, inside=False)


BLUEPRINTS = (
    pages.install(_portal("ideas", "ideas")),
    pages.install(_zone("officer_ideas", "ideas")),
    pages.install(_portal("idea_campaigns", "campaigns"), campaign_pages.ROUTES),
    pages.install(_zone("officer_campaigns", "campaigns"), campaign_pages.ROUTES),
    pages.install(_portal("highlights", "highlights"), story_pages.ROUTES),
    pages.install(_zone("officer_highlights", "highlights"), story_pages.ROUTES),
)
