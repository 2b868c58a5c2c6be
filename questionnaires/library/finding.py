"""What the search field of the bar finds of questionnaires."""

from datetime import datetime

from flask import url_for
from sqlmodel import Session

from portal.foundation.i18n import _l, pick
from portal.people.finding import MOST, Finder, Hit
from portal.people.rules.roles import Scope
from questionnaires.library import finding_store as store


def find_questionnaires(session: Session, words: str, _scope: Scope, _now: datetime) -> list[Hit]:
    """Questionnaires whose code or title holds the words."""
    found = store.questionnaires(session, words, MOST)
    return [
        Hit(_l("Questionnaire"), pick(one.title_zh, one.title_en), one.code, url_for("library.show", questionnaire_id=one.id))
        for one in found
    ]


FINDERS = (Finder("questionnaires.read", find_questionnaires),)
