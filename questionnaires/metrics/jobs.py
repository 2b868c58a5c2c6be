"""Timed work of the figures."""

from datetime import datetime
from zoneinfo import ZoneInfo

from portal.foundation.ground import Ground
from questionnaires.metrics.counting import count_answers, count_steps
from questionnaires.metrics.moving import follow_tree
from questionnaires.metrics.store import moving
from questionnaires.metrics.store.counting import anything_to_count

BATCH = 2000


def roll_up(ground: Ground, now: datetime, batch: int = BATCH) -> int:
    """Count new answers and steps into the daily rows, set by set; safe to run twice and in two processes at once."""
    with ground.reading() as session:
        # SQLite knows one writer: its place is asked for only where there is work.
        if not anything_to_count(session):
            return 0
    zone, seen = ZoneInfo(ground.settings.zone), 0
    follow_organisation(ground, now)
    while True:
        with ground.writing() as session:
            answers = count_answers(session, zone, now, batch)
            steps = count_steps(session, zone, now, batch)
        seen += answers + steps
        if max(answers, steps) < batch:
            return seen


def follow_organisation(ground: Ground, now: datetime) -> int:
    """Take moved units' answers to their new nodes; how many units had moved."""
    with ground.reading() as session:
        if not any(moving.differences(session)):
            return 0
    with ground.writing() as session:
        return follow_tree(session, ZoneInfo(ground.settings.zone), now)
