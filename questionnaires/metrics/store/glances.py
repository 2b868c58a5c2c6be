"""The SQL of figures at a glance."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import Questionnaire, QuestionnaireVersion, VersionFigures

DETRACTOR, PROMOTER = 6, 9
MOST_ANSWERS = 20_000
"""A drop-out is worked out from so many responses at most, the newest."""


class Counted(NamedTuple):
    """How many began and finished a version; test answers count nowhere."""

    version_id: UUID
    started: int
    answers: int


class Sums(NamedTuple):
    """An indicator's scores: how many low, high, their sum, how many there are."""

    low: int
    high: int
    total: float
    n: int


class Running(NamedTuple):
    """A soft launch that runs."""

    questionnaire_id: UUID
    version_id: UUID
    definition: dict[str, Any]


def counts(session: Session, version_id: UUID | None = None) -> list[Counted]:
    """All versions that anybody began, or one of them."""
    query = (
        select(col(Response.version_id), func.count(), func.count(col(Response.submitted_at)))
        .where(col(Response.test).is_(False))
        .group_by(col(Response.version_id))
    )
    rows = session.execute(query if version_id is None else query.where(col(Response.version_id) == version_id))
    return [Counted(*row) for row in rows]


def known(session: Session) -> dict[UUID, tuple[int, int]]:
    """What the figures say now."""
    query = select(col(VersionFigures.version_id), col(VersionFigures.started), col(VersionFigures.answers))
    return {key: (started, answers) for key, started, answers in session.execute(query)}


def sums(session: Session, version_id: UUID) -> dict[str, Sums]:
    """The scores of a version by indicator."""
    value = col(Score.value)
    query = (
        select(
            col(Score.indicator),
            func.sum(case((value <= DETRACTOR, 1), else_=0)),
            func.sum(case((value >= PROMOTER, 1), else_=0)),
            func.sum(value),
            func.count(),
        )
        .join(Response, col(Response.id) == col(Score.response_id))
        .where(col(Response.version_id) == version_id, col(Response.test).is_(False), col(Response.submitted_at).isnot(None))
        .group_by(col(Score.indicator))
    )
    return {row[0]: Sums(*row[1:]) for row in session.execute(query)}


def soft_launches(session: Session) -> list[Running]:
    """Those that run."""
    query = (
        select(col(Questionnaire.id), col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition))
        .join(QuestionnaireVersion, col(QuestionnaireVersion.id) == col(Questionnaire.current_version_id))
        .where(col(Questionnaire.status) == "published", col(Questionnaire.soft_limit).isnot(None))
    )
    return [Running(*row) for row in session.execute(query)]


def answers(session: Session, version_id: UUID, silent_since: datetime) -> list[tuple[Sequence[str], bool]]:
    """Of each response the names that were answered, and whether it was finished; who may still be writing is left out."""
    query = (
        select(col(Response.answers), col(Response.submitted_at))
        .where(
            col(Response.version_id) == version_id,
            col(Response.test).is_(False),
            or_(col(Response.submitted_at).isnot(None), col(Response.started_at) < silent_since),
        )
        .order_by(col(Response.started_at).desc())
        .limit(MOST_ANSWERS)
    )
    return [
        ([name for name, value in given.items() if value not in (None, "", [])], at is not None) for given, at in session.execute(query)
    ]


def write(session: Session, version_id: UUID, figures: dict[str, Any]) -> None:
    """Put figures in their place; the drop-out stays where it is not given."""
    row = {"version_id": version_id, "dropped": {}, **figures}
    insert = upsert_for(session)(VersionFigures).values(row)
    session.execute(insert.on_conflict_do_update(index_elements=["version_id"], set_=figures))
