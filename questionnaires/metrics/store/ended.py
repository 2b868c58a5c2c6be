"""SQL that reads responses which ended on one day: submitted then, or begun so long before that nobody can go on."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from questionnaires.answering.models import Response
from questionnaires.bank.models import DRAFT, BankUse
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.metrics.rules.periods import day_of

CHUNK = 1000


class Ended(NamedTuple):
    """A response that nobody goes on with."""

    id: UUID
    invitation_id: UUID | None
    version_id: UUID
    language: str | None
    answers: dict[str, Any]
    page: int
    submitted: bool


def versions_of_bank(session: Session) -> dict[UUID, dict[str, Any]]:
    """The versions that ask anything of the bank, with their definitions."""
    used = select(col(BankUse.questionnaire_id), col(BankUse.version)).where(col(BankUse.version) != DRAFT).distinct().subquery()
    query = select(col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition)).join(
        used, (used.c.questionnaire_id == col(QuestionnaireVersion.questionnaire_id)) & (used.c.version == col(QuestionnaireVersion.number))
    )
    return dict(session.execute(query).all())


def first_day(session: Session, zone: ZoneInfo) -> date | None:
    """The bank's day of the first submission."""
    first = session.scalar(select(func.min(col(Response.submitted_at))))
    return day_of(first, zone) if first is not None else None


def ended(session: Session, versions: Sequence[UUID], start: datetime, end: datetime, open_for: timedelta) -> Iterator[Ended]:
    """Responses to some versions that were submitted from `start` to before `end`, or begun `open_for` before that and never sent."""
    columns = (Response.id, Response.invitation_id, Response.version_id, Response.language, Response.answers, Response.page)
    query = select(*(col(column) for column in columns)).where(ids_in(col(Response.version_id), versions), col(Response.test).is_(False))
    submitted = query.where(col(Response.submitted_at) >= start, col(Response.submitted_at) < end)
    began = col(Response.started_at)
    left = query.where(col(Response.submitted_at).is_(None), began >= start - open_for, began < end - open_for)
    for part, sent in ((submitted, True), (left, False)):
        for row in session.execute(part.execution_options(yield_per=CHUNK)):
            yield Ended(row.id, row.invitation_id, row.version_id, row.language, row.answers, row.page, sent)
