"""The SQL of cross tables and drivers: answers of some months, read in portions so that memory does not grow with them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.people import store as people
from portal.people.rules.roles import Scope
from questionnaires.analysis.models import ReasonGiven, Verbatim, VerbatimTopic
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import Questionnaire, QuestionnaireVersion

PORTION = 2000


class Some(NamedTuple):
    """Which responses are meant."""

    scope: Scope
    now: datetime
    start: datetime
    end: datetime
    source: str = "invited"


class Answer(NamedTuple):
    """A response as a cross table reads it."""

    version_id: UUID
    touchpoint: str
    channel: str
    segment: str | None
    product: str | None
    language: str | None
    answers: dict[str, Any]


def questionnaires(session: Session) -> list[Questionnaire]:
    """Questionnaires that were published at least once."""
    query = select(Questionnaire).where(col(Questionnaire.current_version_id).is_not(None)).order_by(col(Questionnaire.code))
    return list(session.scalars(query))


def versions(session: Session, questionnaire_id: UUID) -> dict[UUID, dict[str, Any]]:
    """All published documents of a questionnaire, the newest last."""
    query = select(col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition))
    query = query.where(col(QuestionnaireVersion.questionnaire_id) == questionnaire_id).order_by(col(QuestionnaireVersion.number))
    return {row[0]: row[1] for row in session.execute(query)}


def answers(session: Session, questionnaire_id: UUID, some: Some) -> Iterator[Answer]:
    """Submitted answers to any version of a questionnaire."""
    own = select(col(QuestionnaireVersion.id)).where(col(QuestionnaireVersion.questionnaire_id) == questionnaire_id)
    query = select(*(getattr(Response, name) for name in Answer._fields)).where(col(Response.version_id).in_(own), *_meant(some))
    for row in session.execute(query.execution_options(yield_per=PORTION)):
        yield Answer(*row)


def scored(session: Session, some: Some) -> Iterator[tuple[UUID, str, str, float]]:
    """Response, touchpoint, indicator and value, in the order of the responses' ids."""
    query = select(col(Response.id), col(Response.touchpoint), col(Score.indicator), col(Score.value))
    query = query.join(Score, col(Score.response_id) == col(Response.id)).where(*_meant(some)).order_by(col(Response.id))
    for row in session.execute(query.execution_options(yield_per=PORTION)):
        yield row[0], row[1], row[2], row[3]


def spoken(session: Session, some: Some) -> Iterator[tuple[UUID, str]]:
    """Response and topic that it speaks ill of, in the same order."""
    query = select(col(Verbatim.response_id), col(VerbatimTopic.topic)).join(
        VerbatimTopic, col(VerbatimTopic.verbatim_id) == col(Verbatim.id)
    )
    query = query.join(Response, col(Response.id) == col(Verbatim.response_id)).where(*_meant(some), col(Verbatim.mood) == -1)
    query = query.order_by(col(Verbatim.response_id))
    for row in session.execute(query.execution_options(yield_per=PORTION)):
        yield row[0], row[1]


def reasons(session: Session, some: Some) -> Iterator[tuple[UUID, str]]:
    """Response and node of a reason that it chose, in the same order."""
    query = select(col(ReasonGiven.response_id), col(ReasonGiven.node)).join(Response, col(Response.id) == col(ReasonGiven.response_id))
    query = query.where(*_meant(some)).order_by(col(ReasonGiven.response_id))
    for row in session.execute(query.execution_options(yield_per=PORTION)):
        yield row[0], row[1]


def count(session: Session, some: Some) -> int:
    """How many responses are meant."""
    return int(session.scalar(select(func.count()).select_from(Response).where(*_meant(some))) or 0)


def _meant(some: Some) -> list[Any]:
    at = col(Response.submitted_at)
    return [
        at >= some.start,
        at < some.end,
        col(Response.source) == some.source,
        col(Response.purpose) == "customer",
        col(Response.test).is_(False),
        people.in_scope(col(Response.unit_id), some.scope, some.now),
    ]
