"""What the search field of the bar finds of touchpoints."""

from datetime import datetime

from flask import url_for
from sqlmodel import Session

from portal.foundation.i18n import _l, pick
from portal.people.finding import MOST, Finder, Hit
from portal.people.rules.roles import Scope
from scheduler.touchpoints import finding_store as store


def find_touchpoints(session: Session, words: str, _scope: Scope, _now: datetime) -> list[Hit]:
    """Touchpoints whose code or name holds the words."""
    found = store.touchpoints(session, words, MOST)
    return [
        Hit(_l("Touchpoint"), pick(one.name_zh, one.name_en), one.code, url_for("touchpoints.show", touchpoint_id=one.id)) for one in found
    ]


FINDERS = (Finder("touchpoints.read", find_touchpoints),)
