"""Timed work of the analysis."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.analysis.reading_words import read_words
from questionnaires.analysis.store import texts as store
from questionnaires.metrics.rules.periods import day_of

WORDS_KEPT = timedelta(days=400)


def forget_words(ground: Ground, now: datetime) -> int:
    """Remove the words of weeks long gone."""
    with ground.writing() as session:
        return store.forget_words(session, day_of(now, ZoneInfo(ground.settings.zone)) - WORDS_KEPT)


JOBS = [
    Job("analysis.read_words", timedelta(seconds=20), read_words, _l("Read what customers wrote")),
    Job("analysis.forget_words", timedelta(hours=12), forget_words, _l("Forget old words")),
]
