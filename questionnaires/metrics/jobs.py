"""Timed work of the figures."""

from datetime import datetime
from zoneinfo import ZoneInfo

from portal.foundation.ground import Ground
from questionnaires.metrics.counting import count_answers, count_steps
from questionnaires.metrics.store.counting import anything_to_count

BATCH = 2000


def roll_up(ground: Ground, now: datetime, batch: int = BATCH) -> int:
    """Count new answers and steps into the daily rows, set by set; safe to run twice and in two processes at once."""
    with ground.reading() as session:
        # SQLite knows one writer: its place is asked for only where there is work.
        if not anything_to_count(session):
            return 0
    zone, seen = ZoneInfo(ground.settings.zone), 0
    while True:
        with ground.writing() as session:
            answers = count_answers(session, zone, now, batch)
            steps = count_steps(session, zone, batch)
        seen += answers + steps
        if max(answers, steps) < batch:
            return seen
