"""From a low score to a case: answers are read in sets, held against the rules, and every hit leaves a trigger."""

from collections import Counter
from datetime import datetime

from sqlmodel import Session

from portal.people.store import lock_persons
from portal.webhooks.telling import tell
from scheduler.cases import answers_told, hooks, placing, surges
from scheduler.cases.hits import find_hits
from scheduler.cases.rerating import take_rerating
from scheduler.cases.store import answers as answer_store


def follow_up(session: Session, now: datetime, zone: str, limit: int = 500) -> int:
    """Give each newly submitted answer that meets a rule its case, or the reason why not.

    Responses are marked in the same transaction: after a crash they are still there, and nothing is done twice.
    The number of statements does not grow with the number of answers.
    """
    responses = answer_store.claim(session, limit)
    if not responses:
        return 0
    real = [one for one in responses if not one.test]
    hits, scores = find_hits(session, real, now)
    lock_persons(session, [one.person_id for one in real if one.person_id is not None])
    low = {hit.response.id for hit in hits}
    rerated = take_rerating(session, [one for one in real if one.source == "rerate"], scores, low, now)
    running = surges.running(session, {hit.response.touchpoint for hit in hits if hit.response.source != "rerate"})
    found = placing.sort_out(session, hits, rerated, running, now)
    opened = placing.open_found(session, found.opening, zone, now)
    placing.attach(session, found.attached, opened, now)
    hooks.tell_unreachable(session, found.unreachable, now, zone)
    surges.count(session, Counter(case_id for _hit, case_id in found.incident))
    answer_store.add_triggers(session, found.triggers(opened))
    answer_store.mark(session, [one.id for one in responses], now)
    tell(session, "response.submitted", lambda: answers_told.payloads(session, real, scores), now)
    surges.look(session, {hit.response.touchpoint for hit, _unit in found.opening}, now, zone)
    return len(responses)
