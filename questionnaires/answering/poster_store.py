"""The SQL of poster codes."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.foundation.db import Database, keys_in
from portal.people import store as people
from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from questionnaires.answering import wire
from questionnaires.answering.models import PosterCode, Response
from questionnaires.library.models import Questionnaire

_POSTER = """
SELECT p.code, p.touchpoint, p.stage, p.unit_id, p.counter, p.staff, p.retired_at, q.current_version_id, q.status
FROM poster_code p JOIN questionnaire q ON q.id = p.questionnaire_id WHERE p.code = :code
"""


class Poster(NamedTuple):
    """A code with the version that it asks now."""

    code: str
    touchpoint: str
    stage: str
    unit_id: UUID | None
    counter: str
    staff: str
    version_id: UUID | None
    live: bool


class PosterRow(NamedTuple):
    """A code as staff see it."""

    poster: PosterCode
    questionnaire: Questionnaire
    unit: OrgUnit


def poster(db: Database, code: str) -> Poster | None:
    """A code; one statement, no transaction."""
    rows = db.glance(wire.spelled(_POSTER, db.dialect), {"code": code})
    if not rows:
        return None
    found, touchpoint, stage, unit_id, counter, staff, retired_at, version_id, status = rows[0]
    live = retired_at is None and status == "published" and version_id is not None
    return Poster(found, touchpoint, stage, wire.uuid(unit_id), counter, staff, wire.uuid(version_id), live)


def listed(session: Session, scope: Scope, now: datetime, limit: int = 500) -> list[PosterRow]:
    """Codes of the units in a scope, those in use first."""
    rows = select(PosterCode, Questionnaire, OrgUnit).join(Questionnaire, col(Questionnaire.id) == col(PosterCode.questionnaire_id))
    rows = rows.join(OrgUnit, col(OrgUnit.id) == col(PosterCode.unit_id)).where(people.in_scope(col(PosterCode.unit_id), scope, now))
    rows = rows.order_by(col(PosterCode.retired_at).is_not(None), col(OrgUnit.code), col(PosterCode.counter), col(PosterCode.code))
    return [PosterRow(*row) for row in session.execute(rows.limit(limit))]


def answers_by_code(session: Session, codes: list[str]) -> dict[str, int]:
    """How often each code was answered."""
    rows = select(col(Response.poster_code), func.count()).where(
        keys_in(col(Response.poster_code), codes), col(Response.submitted_at).is_not(None)
    )
    return {row[0]: row[1] for row in session.execute(rows.group_by(col(Response.poster_code)))}


def by_code(session: Session, code: str) -> PosterCode | None:
    """A code."""
    return session.get(PosterCode, code)


def at_place(session: Session, questionnaire_id: UUID, touchpoint: str, unit_id: UUID, counter: str, staff: str) -> PosterCode | None:
    """The code that already asks this at this place."""
    place = {"questionnaire_id": questionnaire_id, "touchpoint": touchpoint, "unit_id": unit_id, "counter": counter, "staff": staff}
    return session.scalars(select(PosterCode).filter_by(**place)).one_or_none()


def retire(session: Session, code: str, now: datetime) -> None:
    """Take a code out of use; the first moment stays."""
    column = col(PosterCode.retired_at)
    session.execute(update(PosterCode).where(col(PosterCode.code) == code, column.is_(None)).values(retired_at=now))
