"""The SQL of where bank questions are used, and of what was measured of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, upsert_for
from questionnaires.bank.models import BankFigure, BankFigureDay, BankQuestion, BankUse

NUMBERS = ("asked", "answered", "dropped", "numbers", "total")


def replace(session: Session, questionnaire_id: UUID, version: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """The uses of one draft or version."""
    session.execute(delete(BankUse).where(col(BankUse.questionnaire_id) == questionnaire_id, col(BankUse.version) == version))
    insert_rows(session, BankUse, rows)


def of_question(session: Session, question_id: UUID) -> list[BankUse]:
    """All uses of a question: drafts first (they carry the newest title), then versions, the newest first."""
    query = select(BankUse).where(col(BankUse.question_id) == question_id)
    order = (col(BankUse.version) != 0, col(BankUse.version).desc(), col(BankUse.questionnaire_id))
    return list(session.scalars(query.order_by(*order)))


def figures(session: Session, question_id: UUID) -> dict[int, BankFigure]:
    """What was measured of a question, by revision."""
    query = select(BankFigure).where(col(BankFigure.question_id) == question_id)
    return {row.revision: row for row in session.scalars(query)}


def last_day(session: Session) -> date | None:
    """The last day that was counted."""
    return session.scalar(select(func.max(col(BankFigureDay.day))))


def begin_day(session: Session, day: date, responses: int, now: datetime) -> bool:
    """Take a day to count it; False where another process has taken it. The row also keeps it from being counted again."""
    statement = upsert_for(session)(BankFigureDay).values(day=day, responses=responses, counted_at=now).on_conflict_do_nothing()
    done = session.execute(statement.returning(BankFigureDay.day)).all()
    return bool(done)


def add_figures(session: Session, sums: Mapping[tuple[UUID, int], Mapping[str, float]]) -> None:
    """Add what one day gave; questions that are not in the bank (a copied database) are left out."""
    known = set(session.scalars(select(col(BankQuestion.id)).where(ids_in(col(BankQuestion.id), {key[0] for key in sums}))))
    rows = [{"question_id": key[0], "revision": key[1], **values} for key, values in sorted(sums.items(), key=str) if key[0] in known]
    if not rows:
        return
    insert = upsert_for(session)(BankFigure)
    added = {name: getattr(BankFigure, name) + insert.excluded[name] for name in NUMBERS}
    session.execute(insert.on_conflict_do_update(index_elements=["question_id", "revision"], set_=added), rows)
