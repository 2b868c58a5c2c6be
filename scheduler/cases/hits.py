"""Which answers meet which rules: facts of each answer, read in sets; topics and runs only where somebody asks for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.analysis import topics
from questionnaires.analysis.models import FEEDBACK
from questionnaires.answering.models import Response
from questionnaires.metrics.rules.indicators import SCALES, kind_of
from scheduler.cases.alerting import ensure_default
from scheduler.cases.models import AlertRule
from scheduler.cases.rules.alerts import CUTS, LOW_RUN, MOOD, STARS, TOPIC, Routing, Scored, Source, facts_of, low, meets, reads
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import feedback as feedback_store

RUN_LOOK_BACK, LONGEST_RUN = timedelta(days=365), 5


@dataclass(frozen=True)
class Told:
    """Feedback without a questionnaire, with the names that an answer's row has; what it cannot have is empty."""

    id: UUID
    person_id: UUID | None
    customer_id: UUID | None
    unit_id: UUID | None
    touchpoint: str
    channel: str
    language: str
    submitted_at: datetime
    words: str
    stars: int | None
    source: str = FEEDBACK
    purpose: str = "customer"
    product: str | None = None
    segment: str | None = None
    stage: str | None = None
    staff: str | None = None
    account_unit_id: UUID | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def started_at(self) -> datetime:
        """Nobody knows how long it took."""
        return self.submitted_at

    @property
    def scores(self) -> list[Scored]:
        """Its stars, where it had any: no indicator, and part of no figure."""
        return [] if self.stars is None else [Scored(STARS, STARS, float(self.stars))]


Heard = Response | Told
"""What a customer said: an answer, or feedback."""


@dataclass(frozen=True)
class Hit:
    """Something heard that meets one or more rules; the first rule, by code, opens the case."""

    response: Heard
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

    def facts(self, response: Heard) -> dict[str, Any]:
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
    ids = [one.id for one in responses]
    scores = answer_store.scores(session, ids)
    done = answer_store.triggered(session, ids)
    return find_among(session, _rules(session, now), responses, scores, done), scores


def find_in_feedback(session: Session, told: Sequence[Told], now: datetime) -> list[Hit]:
    """Which feedback meets which rules in force; those over answers see it too."""
    done = feedback_store.triggered(session, [one.id for one in told])
    return find_among(session, _rules(session, now), told, {one.id: one.scores for one in told}, done)


def find_among(
    session: Session,
    rules: Sequence[AlertRule],
    heard: Sequence[Heard],
    scores: Mapping[UUID, list[Scored]],
    done: Collection[tuple[UUID, UUID]] = (),
) -> list[Hit]:
    """Which of these meet which rules; pairs that are `done` are left out."""
    beside = beside_of(session, rules, heard, scores)
    hits = []
    for one in heard:
        theirs = scores.get(one.id, [])
        met = [rule for rule in rules if (one.id, rule.id) not in done and meets_rule(rule, one, theirs, beside)]
        if met:
            hits.append(Hit(one, met, theirs))
    return with_topics(session, hits)


def _rules(session: Session, now: datetime) -> list[AlertRule]:
    return [one for one in ensure_default(session, now) if on(one) is Source.ANSWER]


def on(rule: AlertRule) -> Source:
    """What a rule is held against."""
    return Source((rule.routing or {}).get("on", Source.ANSWER))


def beside_of(session: Session, rules: Sequence[AlertRule], responses: Sequence[Heard], scores: Mapping[UUID, list[Scored]]) -> Beside:
    """Look up what these rules ask for; nothing where none does."""
    conditions = [one.condition for one in rules]
    made = Beside()
    if reads(conditions, (TOPIC, MOOD)):
        made.words, made.reader = _words(session, responses), topics.load(session)
    if reads(conditions, (LOW_RUN,)):
        made.runs = _runs(session, [one for one in responses if isinstance(one, Response)], scores)
    return made


def _words(session: Session, heard: Sequence[Heard]) -> dict[UUID, str]:
    """What was said in own words, of answers and of feedback."""
    answered = [one for one in heard if isinstance(one, Response)]
    told = {one.id: one.words for one in heard if isinstance(one, Told) and one.words}
    return told | (answer_store.words(session, answered) if answered else {})


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
    texts = _words(session, [one.response for one in hits])
    if not texts:
        return list(hits)
    reader = topics.load(session)
    read = {key: reader.read(text).topics for key, text in texts.items()}
    return [Hit(one.response, one.rules, one.scores, read.get(one.response.id, ())) for one in hits]


def meets_rule(rule: AlertRule, response: Heard, scores: Sequence[Scored], beside: Beside | None = None) -> bool:
    """Whether one answer, or one piece of feedback, meets one rule."""
    if rule.touchpoints and response.touchpoint not in rule.touchpoints:
        return False
    facts = facts_of(scores, {name: getattr(response, name) for name in CUTS}, response.answers) | (
        beside.facts(response) if beside else {}
    )
    return meets(rule.condition, facts)


def worst_score(scores: Sequence[Scored]) -> Scored | None:
    """The score that lies lowest on its own scale; what the case's page shows in the box."""

    def place(score: Scored) -> float:
        kind = kind_of(score.indicator)
        scale = SCALES[kind] if kind else None
        return (score.value - scale.lowest) / (scale.highest - scale.lowest) if scale else 2.0

    return min(scores, key=place, default=None)
