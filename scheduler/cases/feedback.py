"""Feedback without a questionnaire under the same rules as answers: a case, one that is open, an incident, or a reason."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from portal.people.store import lock_persons
from questionnaires.analysis.models import Feedback
from scheduler.cases import hooks, placing, surges
from scheduler.cases.hits import Told, find_in_feedback
from scheduler.cases.store import feedback as store

COLUMNS = ("id", "person_id", "customer_id", "unit_id", "touchpoint", "channel", "language", "words", "stars")


def follow_up(session: Session, now: datetime, zone: str, limit: int = 500) -> int:
    """Give each new piece of feedback that meets a rule its case, or the reason why not; marked in the same transaction.

    The number of statements does not grow with the number of pieces. What was said long ago leaves a reason and no case.
    """
    rows = store.claim(session, limit)
    if not rows:
        return 0
    hits = find_in_feedback(session, heard(rows), now)
    lock_persons(session, [hit.response.person_id for hit in hits if hit.response.person_id is not None])
    running = surges.running(session, {hit.response.touchpoint for hit in hits})
    found = placing.sort_out(session, hits, {}, running, now)
    opened = placing.open_found(session, found.opening, zone, now)
    placing.attach(session, found.attached, opened, now)
    hooks.tell_unreachable(session, found.unreachable, now, zone)
    surges.count(session, Counter(case_id for _hit, case_id in found.incident))
    store.add_triggers(session, found.triggers(opened, key="feedback_id"))
    store.mark(session, [one.id for one in rows], now)
    return len(rows)


def heard(rows: Iterable[Feedback]) -> list[Told]:
    """Feedback as rules see it."""
    return [Told(**{name: getattr(row, name) for name in COLUMNS}, submitted_at=row.said_at) for row in rows]
