"""The SQL of exports: the orders, their pieces, and the rows that go into them, read in portions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people import store as people
from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from questionnaires.analysis.models import Verbatim, VerbatimTopic
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.reports.models import Export, ExportChunk

PORTION = 1000


class Wanted(NamedTuple):
    """Which rows go out: units of today's tree, from one instant to another, and for responses of which questionnaire."""

    scope: Scope
    now: datetime
    start: datetime
    end: datetime
    questionnaire_id: UUID | None = None


class Row(NamedTuple):
    """A response as it goes out, without who gave it."""

    id: UUID
    version_id: UUID
    submitted_at: datetime
    started_at: datetime
    unit: str | None
    unit_zh: str | None
    touchpoint: str
    stage: str
    channel: str
    counter: str | None
    product: str | None
    segment: str | None
    language: str | None
    source: str
    flags: list[str]
    answers: dict[str, Any]


class Words(NamedTuple):
    """A verbatim as it goes out, filtered long before."""

    id: UUID
    said_at: datetime
    unit: str | None
    unit_zh: str | None
    touchpoint: str
    channel: str
    source: str
    language: str
    mood: int
    indicator: str
    value: float | None
    words: str


def count(session: Session, subject: str, wanted: Wanted) -> int:
    """How many rows there will be."""
    table: Any = Response if subject == "responses" else Verbatim
    query = select(func.count()).select_from(table).where(*_meant(subject, wanted))
    return int(session.scalar(query) or 0)


def groups(session: Session, subject: str, wanted: Wanted, known: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """How many rows share each combination of some of their columns, in the order of `known`."""
    table: Any = Response if subject == "responses" else Verbatim
    columns = [getattr(table, "unit_id" if name == "unit" else name) for name in known]
    query = select(*columns, func.count()).where(*_meant(subject, wanted)).group_by(*columns)
    return {tuple(values): rows for *values, rows in session.execute(query)}


def responses(session: Session, wanted: Wanted) -> Iterator[tuple[Row, dict[str, float]]]:
    """Responses with their scores, in the order they were submitted; scores are read a portion at a time."""
    own = [getattr(Response, name) for name in Row._fields if name not in ("unit", "unit_zh")]
    query: Any = select(*own[:4], col(OrgUnit.code), col(OrgUnit.name_zh), *own[4:])
    query = query.outerjoin(OrgUnit, col(OrgUnit.id) == col(Response.unit_id)).where(*_meant("responses", wanted))
    query = query.order_by(col(Response.submitted_at), col(Response.id)).execution_options(yield_per=PORTION)
    for part in session.execute(query).partitions(PORTION):
        rows = [Row(*row) for row in part]
        scores: dict[UUID, dict[str, float]] = {}
        given = select(col(Score.response_id), col(Score.indicator), col(Score.value))
        for response_id, indicator, value in session.execute(given.where(ids_in(Score.response_id, [row.id for row in rows]))):
            scores.setdefault(response_id, {})[indicator] = value
        yield from ((row, scores.get(row.id, {})) for row in rows)


def verbatims(session: Session, wanted: Wanted) -> Iterator[tuple[Words, list[str]]]:
    """Verbatims with their topics."""
    own = [getattr(Verbatim, name) for name in Words._fields if name not in ("unit", "unit_zh")]
    query: Any = select(*own[:2], col(OrgUnit.code), col(OrgUnit.name_zh), *own[2:])
    query = query.outerjoin(OrgUnit, col(OrgUnit.id) == col(Verbatim.unit_id)).where(*_meant("verbatims", wanted))
    query = query.order_by(col(Verbatim.said_at), col(Verbatim.id)).execution_options(yield_per=PORTION)
    for part in session.execute(query).partitions(PORTION):
        rows = [Words(*row) for row in part]
        found: dict[UUID, list[str]] = {}
        topics = select(col(VerbatimTopic.verbatim_id), col(VerbatimTopic.topic)).order_by(col(VerbatimTopic.topic))
        for verbatim_id, topic in session.execute(topics.where(ids_in(VerbatimTopic.verbatim_id, [row.id for row in rows]))):
            found.setdefault(verbatim_id, []).append(topic)
        yield from ((row, found.get(row.id, [])) for row in rows)


def _meant(subject: str, wanted: Wanted) -> list[Any]:
    at: Any = Verbatim.said_at if subject == "verbatims" else Response.submitted_at
    unit: Any = Verbatim.unit_id if subject == "verbatims" else Response.unit_id
    rows = [at >= wanted.start, at < wanted.end, people.in_scope(unit, wanted.scope, wanted.now)]
    if subject == "verbatims":
        return [*rows, col(Verbatim.words) != "", col(Verbatim.purpose) == "customer"]
    versions = select(col(QuestionnaireVersion.id)).where(col(QuestionnaireVersion.questionnaire_id) == wanted.questionnaire_id)
    return [*rows, col(Response.version_id).in_(versions), col(Response.test).is_(False)]


def anything(session: Session) -> bool:
    """Whether an export waits or was left half made."""
    return session.scalar(select(col(Export.id)).where(col(Export.state).in_(("waiting", "making"))).limit(1)) is not None


def claim(session: Session, now: datetime, until: datetime) -> Export | None:
    """The oldest order that nobody is making, held until a moment; one begun by a process that died is taken again from its start."""
    free = or_(col(Export.leased_until).is_(None), col(Export.leased_until) <= now)
    rows = select(Export).where(col(Export.state).in_(("waiting", "making")), free).order_by(col(Export.created_at))
    found = session.scalars(rows.limit(1).with_for_update(skip_locked=True)).one_or_none()
    if found is not None:
        found.state, found.leased_until, found.done, found.size = "making", until, 0, 0
        session.execute(delete(ExportChunk).where(col(ExportChunk.export_id) == found.id))
        session.flush()
    return found


def save(session: Session, export_id: UUID, values: Mapping[str, Any]) -> bool:
    """Write how far an export is; False where it was stopped meanwhile."""
    query = update(Export).where(col(Export.id) == export_id, col(Export.state) == "making").values(**values)
    return bool(session.execute(query.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def stop(session: Session, export_id: UUID, owner_id: UUID, now: datetime) -> bool:
    """Stop one's own unfinished export."""
    query = update(Export).where(
        col(Export.id) == export_id, col(Export.owner_id) == owner_id, col(Export.state).in_(("waiting", "making"))
    )
    values = {"state": "stopped", "finished_at": now, "leased_until": None}
    return bool(session.execute(query.values(**values).execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def put_chunk(session: Session, export_id: UUID, n: int, sealed: bytes) -> None:
    """A piece of the file."""
    session.add(ExportChunk(export_id=export_id, n=n, sealed=sealed))


def chunk(session: Session, export_id: UUID, n: int) -> bytes | None:
    """A piece of the file; None after the last."""
    found = session.scalar(select(col(ExportChunk.sealed)).where(col(ExportChunk.export_id) == export_id, col(ExportChunk.n) == n))
    return bytes(found) if found is not None else None


def by_id(session: Session, export_id: UUID) -> Export | None:
    """An order."""
    return session.get(Export, export_id)


def of_owner(session: Session, owner_id: UUID, limit: int = 30) -> list[Export]:
    """Somebody's orders, the newest first."""
    query = select(Export).where(col(Export.owner_id) == owner_id).order_by(col(Export.created_at).desc()).limit(limit)
    return list(session.scalars(query))


def clean_up(session: Session, before: datetime) -> int:
    """Remove old files; the orders with them."""
    old = select(col(Export.id)).where(col(Export.created_at) < before)
    session.execute(delete(ExportChunk).where(col(ExportChunk.export_id).in_(old)).execution_options(synchronize_session=False))
    gone = session.execute(delete(Export).where(col(Export.created_at) < before).execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def empty_all(session: Session) -> int:
    """Files that were made lose their content: one of their rows may be an erased customer's, and they are soon made again."""
    gone = session.execute(delete(ExportChunk).execution_options(synchronize_session=False))
    session.execute(
        update(Export).where(col(Export.state) == "ready").values(state="stopped", size=0).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
