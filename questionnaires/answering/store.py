"""The SQL of answering. The look-up of a link is one plain statement; the rest is Core."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, or_, select, update
from sqlmodel import Session, SQLModel, col

from portal.foundation.db import ids_in, insert_rows
from portal.people.models import OptOut
from questionnaires.answering.models import Invitation, PosterCode, Response, Score
from questionnaires.library.models import Questionnaire, QuestionnaireVersion

CUTS = (
    "person_id",
    "customer_id",
    "touchpoint",
    "stage",
    "unit_id",
    "account_unit_id",
    "counter",
    "staff",
    "channel",
    "product",
    "segment",
    "purpose",
    "source",
    "happened_at",
    "test",
)
"""What a response takes over from its invitation, so that figures never need to join."""


class Link(NamedTuple):
    """An invitation as an answer needs it."""

    id: UUID
    version_id: UUID
    language: str | None
    expires_at: datetime
    opened_at: datetime | None
    started_at: datetime | None
    submitted_at: datetime | None
    declined_at: datetime | None
    cuts: Mapping[str, Any]


class Saved(NamedTuple):
    """What somebody has answered so far."""

    id: UUID
    answers: dict[str, Any]
    page: int
    revision: int
    language: str | None
    submitted_at: datetime | None


_LINK = [getattr(Invitation, name) for name in Link._fields[:-1]] + [getattr(Invitation, name) for name in CUTS]
_SAVED = [getattr(Response, name) for name in Saved._fields]
_FIXED = len(Link._fields) - 1


def table(model: type[SQLModel]) -> Any:
    """The Core table of a model."""
    return model.__table__  # type: ignore[attr-defined]  # SQLModel hides it


def _link(row: Sequence[Any]) -> Link:
    return Link._make([*row[:_FIXED], dict(zip(CUTS, row[_FIXED : _FIXED + len(CUTS)], strict=True))])


def _of_token(token_hash: bytes) -> Select[Any]:
    return select(*_LINK).where(col(Invitation.token_hash) == token_hash)


def look_up(session: Session, token_hash: bytes) -> tuple[Link, Saved | None] | None:
    """The invitation of a token with what was answered so far; one statement, no lock."""
    rows = select(*_LINK, *_SAVED).outerjoin(Response, col(Response.invitation_id) == col(Invitation.id))
    row: Row[Any] | None = session.execute(rows.where(col(Invitation.token_hash) == token_hash)).one_or_none()
    if row is None:
        return None
    saved = row[_FIXED + len(CUTS) :]
    return _link(row), Saved(*saved) if saved[0] is not None else None


def lock_link(session: Session, token_hash: bytes) -> Link | None:
    """The invitation of a token, held until the transaction ends: taps on one link stand in line.

    What was answered is read by a later statement, `saved_of`: one that waits for the lock sees it as it was before.
    """
    row = session.execute(_of_token(token_hash).with_for_update(key_share=True)).one_or_none()
    return None if row is None else _link(row)


def saved_of(session: Session, invitation_id: UUID) -> Saved | None:
    """What was answered so far to an invitation."""
    row = session.execute(select(*_SAVED).where(col(Response.invitation_id) == invitation_id)).one_or_none()
    return None if row is None else Saved(*row)


def saved_by_id(session: Session, response_id: UUID) -> Saved | None:
    """What was answered so far in a response, held until the transaction ends."""
    row = session.execute(select(*_SAVED).where(col(Response.id) == response_id).with_for_update()).one_or_none()
    return None if row is None else Saved(*row)


def claim(session: Session, token_hash: bytes, now: datetime) -> bool:
    """Take a link for submission; True for exactly one of all that try."""
    return _touch(session, token_hash, now, ("opened_at", "started_at"), submitted_at=now)


def mark_opened(session: Session, token_hash: bytes, now: datetime) -> bool:
    """The page stood before somebody's eyes."""
    return _touch(session, token_hash, now, ("opened_at",), only=col(Invitation.opened_at).is_(None))


def mark_started(session: Session, token_hash: bytes, now: datetime) -> bool:
    """The first page was sent."""
    return _touch(session, token_hash, now, ("opened_at", "started_at"))


def mark_declined(session: Session, token_hash: bytes, now: datetime) -> bool:
    """Not this time."""
    return _touch(session, token_hash, now, ("opened_at",), declined_at=now)


def _touch(session: Session, token_hash: bytes, now: datetime, first: Iterable[str], only: Any = None, **values: Any) -> bool:
    """Write steps of an open invitation; columns in `first` keep a time they already have."""
    columns = table(Invitation).c
    query = update(table(Invitation)).where(
        columns.token_hash == token_hash, columns.submitted_at.is_(None), columns.declined_at.is_(None), columns.expires_at > now
    )
    if only is not None:
        query = query.where(only)
    steps = {name: func.coalesce(columns[name], now) for name in first}
    result = session.connection().execute(query.values(**steps, **values, touched_at=now, taken_over_at=None))
    return bool(result.rowcount == 1)


def add_response(session: Session, row: Mapping[str, Any]) -> None:
    """A new response."""
    session.connection().execute(insert(table(Response)), [dict(row)])


def save_response(session: Session, saved: Saved, values: Mapping[str, Any]) -> bool:
    """Change a response that nobody changed since it was read and that was not submitted."""
    columns = table(Response).c
    query = update(table(Response)).where(columns.id == saved.id, columns.revision == saved.revision, columns.submitted_at.is_(None))
    result = session.connection().execute(query.values(**values, revision=saved.revision + 1))
    return bool(result.rowcount == 1)


def add_scores(session: Session, response_id: UUID, scores: Mapping[str, float]) -> None:
    """What a response gives to each indicator."""
    rows = [{"response_id": response_id, "indicator": indicator, "value": value} for indicator, value in scores.items()]
    if rows:
        session.connection().execute(insert(table(Score)), rows)


def add_opt_out(session: Session, customer_id: UUID, at: datetime) -> None:
    """Never ask again, on any channel."""
    session.add(OptOut(customer_id=customer_id, at=at, source="page"))


def opted_out(session: Session, customer_id: UUID) -> bool:
    """Whether an opt-out from everything is already in force."""
    in_force = (
        col(OptOut.customer_id) == customer_id,
        col(OptOut.taken_back_at).is_(None),
        col(OptOut.channel) == "",
        col(OptOut.purpose) == "",
    )
    return session.scalar(select(col(OptOut.id)).where(*in_force).limit(1)) is not None


def definition_of(session: Session, version_id: UUID) -> dict[str, Any] | None:
    """A published version's document."""
    found: dict[str, Any] | None = session.scalar(
        select(col(QuestionnaireVersion.definition)).where(col(QuestionnaireVersion.id) == version_id)
    )
    return found


def draft_of(session: Session, questionnaire_id: UUID) -> dict[str, Any] | None:
    """A questionnaire's draft."""
    found: dict[str, Any] | None = session.scalar(select(col(Questionnaire.draft)).where(col(Questionnaire.id) == questionnaire_id))
    return found


class Poster(NamedTuple):
    """A live poster code and the version that it asks now."""

    code: str
    questionnaire_id: UUID
    touchpoint: str
    stage: str
    unit_id: UUID
    counter: str
    staff: str
    retired_at: datetime | None
    version_id: UUID | None
    status: str


def poster(session: Session, code: str) -> Poster | None:
    """A poster code with its questionnaire's current version."""
    columns = [getattr(PosterCode, name) for name in Poster._fields[:8]]
    rows = select(*columns, col(Questionnaire.current_version_id), col(Questionnaire.status))
    row = session.execute(
        rows.join(Questionnaire, col(Questionnaire.id) == col(PosterCode.questionnaire_id)).where(col(PosterCode.code) == code)
    ).one_or_none()
    return None if row is None else Poster(*row)


def ended_links(session: Session, now: datetime, since: datetime, limit: int) -> list[UUID]:
    """Invitations that ended unanswered and were not touched since; rows that another process holds are passed over."""
    ended = col(Invitation.expires_at)
    unanswered = col(Invitation.submitted_at).is_(None), col(Invitation.declined_at).is_(None)
    untouched = or_(col(Invitation.touched_at).is_(None), col(Invitation.touched_at) < ended)
    query = select(col(Invitation.id)).where(ended <= now, ended > since, *unanswered, untouched).order_by(ended).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def hand_over(session: Session, invitation_ids: Iterable[UUID], now: datetime) -> None:
    """Show invitations to whoever keeps the ledger of contacts."""
    rows = update(Invitation).where(ids_in(col(Invitation.id), invitation_ids)).values(touched_at=now, taken_over_at=None)
    session.execute(rows.execution_options(synchronize_session=False))


def add_invitations(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """New invitations."""
    insert_rows(session, Invitation, rows)
