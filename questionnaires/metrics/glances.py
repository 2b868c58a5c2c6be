"""How each version fares at a glance, written for the library's pages; and the pause of a soft launch that has its answers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.library import lifecycle
from questionnaires.logic.definition import Definition
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.store import glances as store

GIVEN_UP = timedelta(minutes=30)
"""Somebody who began and was silent for so long has stopped; before that they may still be writing."""
PREFERRED = tuple(Kind)


def refresh(ground: Ground, now: datetime) -> int:
    """Count each version that was answered since it was counted last; how many versions."""
    with ground.reading() as session:
        counted = store.counts(session)
        known = store.known(session)
    changed = [one for one in counted if known.get(one.version_id) != (one.started, one.answers)]
    for one in changed:
        with ground.writing() as session:
            store.write(session, one.version_id, {**_figures(one, store.sums(session, one.version_id)), "counted_at": now})
    return len(changed)


def _figures(one: store.Counted, sums: Mapping[str, store.Sums]) -> dict[str, Any]:
    found: dict[str, Any] = {"started": one.started, "answers": one.answers, "indicator": "", "score": None, "scored": 0}
    ranked = sorted((PREFERRED.index(kind), name) for name in sums if (kind := kind_of(name)) is not None)
    if ranked:
        name = ranked[0][1]
        low, high, total, n = sums[name]
        score = 100 * (high - low) / n if kind_of(name) is Kind.NPS else total / n
        found |= {"indicator": name, "score": score, "scored": n}
    return found


def soft_launches(ground: Ground, now: datetime) -> int:
    """Pause each soft launch that has its answers, and say where people stopped; how many run."""
    with ground.reading() as session:
        running = store.soft_launches(session)
    for one in running:
        with ground.writing() as session:
            counted = store.counts(session, one.version_id)
            if not counted:
                continue
            dropped = drop_out(Definition.from_json(one.definition), store.answers(session, one.version_id, now - GIVEN_UP))
            figures = _figures(counted[0], store.sums(session, one.version_id))
            store.write(session, one.version_id, {**figures, "dropped": dropped, "counted_at": now})
            lifecycle.end_soft_launch(session, one.questionnaire_id, one.version_id, counted[0].answers, Actor.system("soft_launch"), now)
    return len(running)


def drop_out(definition: Definition, given: Iterable[tuple[Sequence[str], bool]]) -> dict[str, list[int]]:
    """How many reached each question, and how many of them stopped there: [reached, stopped] by code.

    given   for each person the names of the answers, and whether they finished; who finished reached every question
    """
    order = [question.code for question in definition.questions()]
    owner = {name: question.code for question in definition.questions() for name in question.names}
    reached: Counter[str] = Counter()
    stopped: Counter[str] = Counter()
    for names, finished in given:
        if finished:
            reached.update(order)
            continue
        last = max((order.index(owner[name]) for name in names if name in owner), default=-1)
        reached.update(order[: last + 2])
        if last + 1 < len(order):
            stopped[order[last + 1]] += 1
    return {code: [reached[code], stopped[code]] for code in order}


JOBS = [
    Job("metrics.soft_launches", timedelta(seconds=30), soft_launches, _l("Pause soft launches that have their answers")),
    Job("metrics.glances", timedelta(minutes=5), refresh, _l("Count versions for the library")),
]
