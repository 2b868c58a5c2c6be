"""The SQL of codes: the one that is scanned, lists of them, what they asked, how often they were scanned."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_
from sqlmodel import Session, col

from portal.foundation.db import Database, ids_in, insert_rows, keys_in
from portal.foundation.quick import Lane
from portal.people import store as people
from portal.people.models import OrgUnit, User
from portal.people.rules.roles import Scope
from questionnaires.answering import wire
from questionnaires.answering.links_models import PosterDay, PosterPointing
from questionnaires.answering.models import PosterCode, Response
from questionnaires.library.models import Questionnaire

_POSTER = """
SELECT p.code, p.touchpoint, p.stage, p.unit_id, p.counter, p.staff, p.retired_at, p.paused_at, p.channel, p.kiosk, q.current_version_id,
q.status FROM poster_code p JOIN questionnaire q ON q.id = p.questionnaire_id WHERE p.code = :code
"""
_CUSTOMER = "SELECT id, person_id FROM customer WHERE ref = :ref AND erased_at IS NULL"
_SCAN = (
    "INSERT INTO poster_day (code, day, scans) VALUES (:code, :day, 1) ON CONFLICT (code, day) DO UPDATE SET scans = poster_day.scans + 1"
)


class Poster(NamedTuple):
    """A code with the version that it asks now."""

    code: str
    touchpoint: str
    stage: str
    unit_id: UUID | None
    counter: str
    staff: str
    channel: str
    kiosk: bool
    version_id: UUID | None
    live: bool
    resting: bool


class PosterRow(NamedTuple):
    """A code as staff see it."""

    poster: PosterCode
    questionnaire: Questionnaire
    unit: OrgUnit


class Filters(NamedTuple):
    """What a list of codes is narrowed to."""

    unit_id: UUID | None = None
    questionnaire_id: UUID | None = None
    state: str = ""
    search: str = ""


class Counts(NamedTuple):
    """How often a code was scanned, begun and submitted."""

    scans: int = 0
    started: int = 0
    submitted: int = 0


def poster(db: Database, code: str) -> Poster | None:
    """A code; one statement, no transaction."""
    rows = db.glance(wire.spelled(_POSTER, db.dialect), {"code": code})
    if not rows:
        return None
    found, touchpoint, stage, unit_id, counter, staff, retired_at, paused_at, channel, kiosk, version_id, status = rows[0]
    resting = retired_at is None and (paused_at is not None or status == "paused")
    live = retired_at is None and not resting and status == "published" and version_id is not None
    unit, version = wire.uuid(unit_id), wire.uuid(version_id)
    return Poster(found, touchpoint, stage, unit, counter, staff, channel, bool(kiosk), version, live, resting)


def customer_of(lane: Lane, ref: str) -> dict[str, UUID | None]:
    """The customer of a reference, as columns of a response; nothing where there is none."""
    rows = lane.rows(wire.spelled(_CUSTOMER, lane.dialect), {"ref": ref})
    return {"customer_id": wire.uuid(rows[0][0]), "person_id": wire.uuid(rows[0][1])} if rows else {}


def note_scan(lane: Lane, code: str, day: date) -> None:
    """Count one scan."""
    lane.run(wire.spelled(_SCAN, lane.dialect), {"code": code, "day": day.isoformat()})


def listed(session: Session, scope: Scope, filters: Filters, after: tuple[str, str] | None, now: datetime, limit: int) -> list[PosterRow]:
    """Codes of the units in a scope, by unit and code, from one on.

    after  unit's code and code of the last row of the page before
    """
    rows = select(PosterCode, Questionnaire, OrgUnit).join(Questionnaire, col(Questionnaire.id) == col(PosterCode.questionnaire_id))
    rows = rows.join(OrgUnit, col(OrgUnit.id) == col(PosterCode.unit_id)).where(*_narrowed(scope, filters, now))
    if after is not None:
        rows = rows.where(tuple_(col(OrgUnit.code), col(PosterCode.code)) > after)
    rows = rows.order_by(col(OrgUnit.code), col(PosterCode.code)).limit(limit)
    return [PosterRow(*row) for row in session.execute(rows)]


def _narrowed(scope: Scope, filters: Filters, now: datetime) -> list[Any]:
    found = [people.in_scope(col(PosterCode.unit_id), scope, now)]
    if filters.unit_id is not None:
        found.append(people.in_scope(col(PosterCode.unit_id), Scope(unit_ids=(filters.unit_id,)), now))
    if filters.questionnaire_id is not None:
        found.append(col(PosterCode.questionnaire_id) == filters.questionnaire_id)
    retired, paused = col(PosterCode.retired_at), col(PosterCode.paused_at)
    if filters.state == "retired":
        found.append(retired.is_not(None))
    elif filters.state == "resting":
        found += [retired.is_(None), paused.is_not(None)]
    elif filters.state == "in_use":
        found += [retired.is_(None), paused.is_(None)]
    if filters.search:
        wanted = filters.search.lower().replace("\\", "").replace("%", "").replace("_", "")
        columns = (col(PosterCode.code), col(PosterCode.counter), col(PosterCode.staff), col(PosterCode.place))
        found.append(or_(*(func.lower(column).contains(wanted) for column in columns)))
    return found


def in_tree(session: Session, scope: Scope, filters: Filters, now: datetime, limit: int) -> list[PosterRow]:
    """Codes in use below a unit, to be printed."""
    return listed(session, scope, filters._replace(state="in_use"), None, now, limit)


def counts(session: Session, codes: Sequence[str]) -> dict[str, Counts]:
    """How often each code was scanned, begun and submitted, ever."""
    rows = select(col(PosterDay.code), func.sum(col(PosterDay.scans))).where(keys_in(col(PosterDay.code), codes))
    scans = {row[0]: int(row[1]) for row in session.execute(rows.group_by(col(PosterDay.code)))}
    of_code = col(Response.poster_code)
    answered = select(of_code, func.count(), func.count(col(Response.submitted_at))).where(keys_in(of_code, codes))
    answers = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(answered.group_by(of_code))}
    return {code: Counts(scans.get(code, 0), *answers.get(code, (0, 0))) for code in codes}


def scans_by_day(session: Session, code: str, since: date) -> dict[date, int]:
    """Scans of one code, by day of the bank."""
    rows = select(col(PosterDay.day), col(PosterDay.scans)).where(col(PosterDay.code) == code, col(PosterDay.day) >= since)
    return {row[0]: row[1] for row in session.execute(rows)}


def answer_times(session: Session, code: str, since: datetime, limit: int) -> list[tuple[datetime, datetime | None]]:
    """When answers at a code were begun and submitted, newest first."""
    rows = select(col(Response.started_at), col(Response.submitted_at)).where(
        col(Response.poster_code) == code, col(Response.started_at) >= since
    )
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(Response.started_at).desc()).limit(limit))]


def latest(session: Session, code: str, limit: int) -> list[Response]:
    """The newest answers at a code."""
    rows = select(Response).where(col(Response.poster_code) == code, col(Response.submitted_at).is_not(None))
    return list(session.scalars(rows.order_by(col(Response.started_at).desc()).limit(limit)))


def by_code(session: Session, code: str) -> PosterCode | None:
    """A code."""
    return session.get(PosterCode, code)


def at_place(session: Session, questionnaire_id: UUID, place: Mapping[str, Any]) -> PosterCode | None:
    """The code that already asks this at this place."""
    row = {name: place[name] for name in ("touchpoint", "unit_id", "counter", "staff", "channel", "place")}
    return session.scalars(select(PosterCode).filter_by(questionnaire_id=questionnaire_id, **row)).one_or_none()


def units_with_code(session: Session, questionnaire_id: UUID, unit_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some units that have a code for their whole house asking a questionnaire, whatever its state."""
    rows = select(col(PosterCode.unit_id)).where(
        col(PosterCode.questionnaire_id) == questionnaire_id,
        *(col(PosterCode.touchpoint) == "", col(PosterCode.counter) == "", col(PosterCode.staff) == ""),
        *(col(PosterCode.channel) == "poster", col(PosterCode.place) == "", ids_in(col(PosterCode.unit_id), unit_ids)),
    )
    return set(session.scalars(rows))


def add_all(session: Session, codes: Sequence[dict[str, Any]], pointings: Sequence[dict[str, Any]]) -> None:
    """Many codes at once, each with what it asks first."""
    insert_rows(session, PosterCode, codes)
    insert_rows(session, PosterPointing, pointings)


def pointings(session: Session, code: str) -> list[tuple[PosterPointing, Questionnaire, str]]:
    """What a code asked, newest first, and who decided it."""
    rows = select(PosterPointing, Questionnaire, col(User.name)).join(
        Questionnaire, col(Questionnaire.id) == col(PosterPointing.questionnaire_id)
    )
    rows = rows.outerjoin(User, col(User.id) == col(PosterPointing.pointed_by)).where(col(PosterPointing.code) == code)
    found = session.execute(rows.order_by(col(PosterPointing.pointed_at).desc(), col(PosterPointing.id).desc()))
    return [(row[0], row[1], row[2] or "") for row in found]
