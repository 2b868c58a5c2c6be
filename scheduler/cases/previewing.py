"""What a rule would have done in the last month: the same conditions over the answers that are there, without opening anything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from scheduler.cases.feedback import heard
from scheduler.cases.hits import Heard, Hit, find_among
from scheduler.cases.models import AlertRule
from scheduler.cases.placing import facts_of_heard, in_charge_of
from scheduler.cases.rules.alerts import AlertSpec, Merging, Scored, reason_for_none
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import feedback as feedback_store

MONTH, PAGE, MOST = timedelta(days=30), 2000, 20_000
WEEKS = 30 / 7
OPEN_FOR = timedelta(days=7)
"""How long a case is taken to stay open, so that a further answer would have joined it."""


@dataclass
class Preview:
    """What would have happened.

    Shape   `answers` looked at, `met` the rule, of them `opened` a case, `joined` one, and `without` a case for a reason (code: number)
            `units`: cases by unit; `whole` is False where there were more answers than are looked at
    """

    answers: int = 0
    met: int = 0
    opened: int = 0
    joined: int = 0
    without: Counter[str] = field(default_factory=Counter)
    units: Counter[UUID] = field(default_factory=Counter)
    whole: bool = True

    @property
    def per_unit_and_week(self) -> float:
        """Cases a week of a unit that would have had any."""
        return self.opened / len(self.units) / WEEKS if self.units else 0.0

    @property
    def busiest(self) -> float:
        """Cases a week of the unit with the most."""
        return max(self.units.values(), default=0) / WEEKS


def preview(session: Session, spec: AlertSpec, touchpoints: Sequence[str], now: datetime) -> Preview:
    """Hold a rule against the answers of the last thirty days, the oldest first."""
    rule = AlertRule(
        code="preview", name_zh=spec.name_zh, name_en=spec.name_en, condition=spec.condition, touchpoints=list(touchpoints),
        case_kind=spec.kind, routing=spec.routing.model_dump(mode="json"), created_at=now,
    )  # fmt: skip
    found, last = Preview(), dict[tuple[Any, ...], datetime]()
    after: tuple[datetime, UUID] | None = None
    while found.answers < MOST:
        page = answer_store.submitted_since(session, now - MONTH, after, PAGE)
        _take(session, rule, page, answer_store.scores(session, [one.id for one in page]), found, last, now)
        if len(page) < PAGE:
            return _with_feedback(session, rule, found, last, now)
        after = (page[-1].submitted_at or page[-1].started_at, page[-1].id)
        session.expunge_all()
    found.whole = False
    return found


def _with_feedback(session: Session, rule: AlertRule, found: Preview, last: dict[tuple[Any, ...], datetime], now: datetime) -> Preview:
    """The month's feedback without a questionnaire after its answers."""
    told = heard(feedback_store.said_since(session, now - MONTH, MOST - found.answers))
    _take(session, rule, told, {one.id: one.scores for one in told}, found, last, now)
    return found


def _take(
    session: Session,
    rule: AlertRule,
    page: Sequence[Heard],
    scores: Mapping[UUID, list[Scored]],
    found: Preview,
    last: dict[tuple[Any, ...], datetime],
    now: datetime,
) -> None:
    hits = find_among(session, [rule], page, scores)
    units = in_charge_of(session, hits, now)
    found.answers += len(page)
    found.met += len(hits)
    for hit in hits:
        _count(hit, units[hit.response.id], found, last, now)


def _count(hit: Hit, unit: UUID | None, found: Preview, last: dict[tuple[Any, ...], datetime], now: datetime) -> None:
    one = hit.response
    if (reason := reason_for_none(facts_of_heard(one, now), unit)) is not None or unit is None:
        found.without[reason or "no_unit"] += 1
        return
    merging = hit.routing.merging
    key = (one.person_id, unit, one.touchpoint if merging is Merging.TOUCHPOINT else "")
    at = one.submitted_at or one.started_at
    if one.person_id is not None and merging is not Merging.NEVER and key in last and at - last[key] < OPEN_FOR:
        found.joined += 1
        return
    last[key] = at
    found.opened += 1
    found.units[unit] += 1
