"""Which answers meet which rules: facts of each answer, read in sets; topics and runs only where somebody asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.analysis import topics
from questionnaires.answering.models import Response
from questionnaires.metrics.rules.indicators import SCALES, kind_of
from scheduler.cases.alerting import ensure_default
from scheduler.cases.models import AlertRule
from scheduler.cases.rules.alerts import LOW_RUN, MOOD, TOPIC, Routing, Scored, Source, facts_of, low, meets, reads
from scheduler.cases.store import answers as answer_store

RUN_LOOK_BACK, LONGEST_RUN = timedelta(days=365), 5


@dataclass(frozen=True)
class Hit:
    """An answer that meets one or more rules; the first rule, by code, opens the case."""

    response: Response
    rules: list[AlertRule]
    scores: list[Scored]
    topics: tuple[str, ...] = ()

    @cached_property
    def routing(self) -> Routing:
        """The first rule's word on whose case it is."""
        return Routing.model_validate(self.rules[0].routing or {})


@dataclass
class Beside:
    """What rules may ask of answers beside their own scores and cuts; filled only where one does."""

    words: Mapping[UUID, str] = field(default_factory=dict)
    runs: Mapping[UUID, int] = field(default_factory=dict)
    reader: topics.Reader | None = None

    def facts(self, response: Response) -> dict[str, Any]:
        """The further facts of one answer."""
        found: dict[str, Any] = {}
        if response.id in self.runs:
            found[LOW_RUN] = self.runs[response.id]
        if self.reader is not None and (text := self.words.get(response.id)):
            reading = self.reader.read(text)
            found |= {TOPIC: list(reading.topics), MOOD: reading.mood}
        return found


def find_hits(session: Session, responses: Sequence[Response], now: datetime) -> tuple[list[Hit], dict[UUID, list[Scored]]]:
    """Which answers meet which rules in force, with the scores that were read for it."""
    rules = [one for one in ensure_default(session, now) if on(one) is Source.ANSWER]
    scores = answer_store.scores(session, [one.id for one in responses])
    done = answer_store.triggered(session, [one.id for one in responses])
    beside = beside_of(session, rules, responses, scores)
    hits = []
    for response in responses:
        theirs = scores.get(response.id, [])
        met = [rule for rule in rules if (response.id, rule.id) not in done and meets_rule(rule, response, theirs, beside)]
        if met:
            hits.append(Hit(response, met, theirs))
    return with_topics(session, hits), scores


def on(rule: AlertRule) -> Source:
    """What a rule is held against."""
    return Source((rule.routing or {}).get("on", Source.ANSWER))


def beside_of(session: Session, rules: Sequence[AlertRule], responses: Sequence[Response], scores: Mapping[UUID, list[Scored]]) -> Beside:
    """Look up what these rules ask for; nothing where none does."""
    conditions = [one.condition for one in rules]
    made = Beside()
    if reads(conditions, (TOPIC, MOOD)):
        made.words, made.reader = answer_store.words(session, responses), topics.load(session)
    if reads(conditions, (LOW_RUN,)):
        made.runs = _runs(session, responses, scores)
    return made


def _runs(session: Session, responses: Sequence[Response], scores: Mapping[UUID, list[Scored]]) -> dict[UUID, int]:
    """How many low answers in a row each customer has given, this one included; an answer that is not low ends the run at 0."""
    people = {one.customer_id for one in responses if one.customer_id is not None}
    first = min((one.submitted_at or one.started_at for one in responses), default=None)
    if not people or first is None:
        return {}
    earlier = answer_store.scores_of_customers(session, people, first - RUN_LOOK_BACK)
    found = {}
    for response in responses:
        if response.customer_id is None:
            continue
        at = response.submitted_at or response.started_at
        run = 1 if low(scores.get(response.id, [])) else 0
        if run:
            for other_at, other_id, other_scores in earlier.get(response.customer_id, ()):
                if other_id == response.id or other_at > at:
                    continue
                if not low(other_scores) or run >= LONGEST_RUN:
                    break
                run += 1
        found[response.id] = run
    return found


def with_topics(session: Session, hits: Sequence[Hit]) -> list[Hit]:
    """The same with what their words are about: for routing, for the case, and to see a surge."""
    texts = answer_store.words(session, [one.response for one in hits]) if hits else {}
    if not texts:
        return list(hits)
    reader = topics.load(session)
    read = {key: reader.read(text).topics for key, text in texts.items()}
    return [Hit(one.response, one.rules, one.scores, read.get(one.response.id, ())) for one in hits]


def meets_rule(rule: AlertRule, response: Response, scores: Sequence[Scored], beside: Beside | None = None) -> bool:
    """Whether one answer meets one rule."""
    if rule.touchpoints and response.touchpoint not in rule.touchpoints:
        return False
    facts = facts_of(scores, response.model_dump(), response.answers) | (beside.facts(response) if beside else {})
    return meets(rule.condition, facts)


def worst_score(scores: Sequence[Scored]) -> Scored | None:
    """The score that lies lowest on its own scale; what the case's page shows in the box."""

    def place(score: Scored) -> float:
        kind = kind_of(score.indicator)
        scale = SCALES[kind] if kind else None
        return (score.value - scale.lowest) / (scale.highest - scale.lowest) if scale else 2.0

    return min(scores, key=place, default=None)
