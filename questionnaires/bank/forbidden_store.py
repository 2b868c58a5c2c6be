"""The SQL of words that are never asked for."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.foundation.db import insert_rows, keys_in
from questionnaires.bank.models import ForbiddenWord


def words(session: Session) -> list[str]:
    """The bank's own words, in order."""
    return list(session.scalars(select(col(ForbiddenWord.word)).order_by(col(ForbiddenWord.word))))


def add(session: Session, new: Iterable[str], by: UUID | None, now: datetime) -> None:
    """Put words in."""
    insert_rows(session, ForbiddenWord, [{"word": one, "added_by": by, "added_at": now} for one in new])


def remove(session: Session, gone: Iterable[str]) -> None:
    """Take words out."""
    session.execute(delete(ForbiddenWord).where(keys_in(col(ForbiddenWord.word), gone)))
