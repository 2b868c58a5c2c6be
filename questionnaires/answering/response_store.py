"""SQL that reads submitted answers for whoever takes them elsewhere."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.privacy import held_store
from questionnaires.answering.models import Invitation, Response, Score
from questionnaires.library.models import QuestionnaireVersion


def submitted(
    session: Session, questionnaire_id: UUID, since: datetime | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Response]:
    """Answers to any version of a questionnaire, without test answers, in the order of submission."""
    at = col(Response.submitted_at)
    versions = select(col(QuestionnaireVersion.id)).where(col(QuestionnaireVersion.questionnaire_id) == questionnaire_id)
    rows = select(Response).where(col(Response.version_id).in_(versions), at.is_not(None), col(Response.test).is_(False))
    if since is not None:
        rows = rows.where(at >= since)
    if after is not None:
        rows = rows.where(or_(at > after[0], and_(at == after[0], col(Response.id) > after[1])))
    return list(session.scalars(rows.order_by(at, col(Response.id)).limit(limit)))


def scores_of(session: Session, response_ids: Iterable[UUID]) -> dict[UUID, dict[str, float]]:
    """What each response gives to each indicator."""
    found: dict[UUID, dict[str, float]] = {}
    rows = select(col(Score.response_id), col(Score.indicator), col(Score.value)).where(ids_in(col(Score.response_id), response_ids))
    for response_id, indicator, value in session.execute(rows):
        found.setdefault(response_id, {})[indicator] = value
    return found


def of_customers(session: Session, customer_ids: Iterable[UUID]) -> list[Response]:
    """All responses of some customers, submitted or not."""
    return list(session.scalars(select(Response).where(ids_in(col(Response.customer_id), customer_ids)).order_by(col(Response.started_at))))


def place_of(response: Response) -> str:
    """Where a response stands in the order of submission, as text."""
    return f"{response.submitted_at.isoformat() if response.submitted_at else ''}|{response.id}"


def submitted_before(session: Session, after: str, before: datetime, limit: int) -> list[Response]:
    """Responses that were submitted before a moment, those behind a place, in the order of submission; none under a legal hold."""
    at, key = col(Response.submitted_at), col(Response.id)
    rows = select(Response).where(at < before, held_store.free(col(Response.customer_id)))
    moment, _, last = after.partition("|")
    if moment:
        since = datetime.fromisoformat(moment)
        rows = rows.where(or_(at > since, and_(at == since, key > UUID(last))))
    return list(session.scalars(rows.order_by(at, key).limit(limit)))


def customer_of_link(session: Session, token_hash: bytes, now: datetime) -> UUID | None:
    """Whose link this is; None for a link of nobody's own, one whose time is over, or none at all."""
    ours = select(col(Invitation.customer_id)).where(col(Invitation.token_hash) == token_hash)
    return session.scalar(ours.where(col(Invitation.expires_at) > now))


def documents(session: Session, version_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """The documents of versions."""
    rows = select(col(QuestionnaireVersion.id), col(QuestionnaireVersion.definition))
    return dict(session.execute(rows.where(ids_in(col(QuestionnaireVersion.id), version_ids))).all())


def counts(session: Session) -> dict[str, int]:
    """How many invitations and submitted responses there are."""
    invitations = session.scalar(select(func.count()).select_from(Invitation)) or 0
    responses = session.scalar(select(func.count()).select_from(Response).where(col(Response.submitted_at).is_not(None))) or 0
    return {"invitations": invitations, "responses": responses}
