"""The code list, and what was learnt from classified complaints."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.foundation.db import insert_rows, upsert_for
from portal.people.models import OrgUnit
from scheduler.complaints.models import Complaint, ComplaintCode, ComplaintModel


def all_codes(session: Session, *, retired: bool = False) -> Sequence[ComplaintCode]:
    """The code list, by kind and place."""
    rows = select(ComplaintCode)
    if not retired:
        rows = rows.where(col(ComplaintCode.retired_at).is_(None))
    return session.scalars(rows.order_by(col(ComplaintCode.kind), col(ComplaintCode.position), col(ComplaintCode.code))).all()


def put(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add or change lines."""
    insert = upsert_for(session)(ComplaintCode).values(list(rows))
    changed = {
        name: getattr(insert.excluded, name) for name in ("parent", "name_zh", "name_en", "words", "unit_id", "position", "retired_at")
    }
    session.execute(insert.on_conflict_do_update(index_elements=["kind", "code"], set_=changed))


def retire_others(session: Session, kind: str, kept: Iterable[str], now: datetime) -> int:
    """Lines of a kind that a new list no longer has stay for old complaints, but are not on offer; gives how many."""
    gone = list(
        session.scalars(
            select(col(ComplaintCode.code)).where(
                col(ComplaintCode.kind) == kind, col(ComplaintCode.retired_at).is_(None), col(ComplaintCode.code).not_in(list(kept))
            )
        )
    )
    if gone:
        session.execute(
            update(ComplaintCode).where(col(ComplaintCode.kind) == kind, col(ComplaintCode.code).in_(gone)).values(retired_at=now)
        )
    return len(gone)


def units_by_code(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """Units by code."""
    rows = session.execute(
        select(col(OrgUnit.code), col(OrgUnit.id)).where(col(OrgUnit.code).in_(list(codes)), col(OrgUnit.closed_at).is_(None))
    )
    return {row[0]: row[1] for row in rows}


def newest_key(session: Session, kind: str) -> tuple[int, datetime] | None:
    """Number and moment of what was learnt last; the document itself is large."""
    rows = select(col(ComplaintModel.number), col(ComplaintModel.made_at)).where(col(ComplaintModel.kind) == kind)
    row = session.execute(rows.order_by(col(ComplaintModel.number).desc()).limit(1)).one_or_none()
    return (row[0], row[1]) if row else None


def newest_model(session: Session, kind: str) -> ComplaintModel | None:
    """What was learnt last about a kind of code."""
    rows = select(ComplaintModel).where(col(ComplaintModel.kind) == kind)
    return session.scalars(rows.order_by(col(ComplaintModel.number).desc()).limit(1)).one_or_none()


def add_model(session: Session, row: Mapping[str, Any]) -> None:
    """Keep what was learnt."""
    last = newest_key(session, row["kind"])
    insert_rows(session, ComplaintModel, [{**row, "number": last[0] + 1 if last else 1}])


def classified(session: Session, kind: str, limit: int) -> list[tuple[bytes, str]]:
    """Words (sealed) and code of complaints that people or other systems classified, the newest."""
    code = col(Complaint.business) if kind == "business" else col(Complaint.reason)
    rows = select(col(Complaint.words_enc), code).where(code != "", col(Complaint.fingerprint) != "")
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(Complaint.received_at).desc()).limit(limit))]


def classified_number(session: Session) -> int:
    """How many complaints with words are classified."""
    rows = select(func.count()).select_from(Complaint).where(col(Complaint.business) != "", col(Complaint.fingerprint) != "")
    return int(session.scalar(rows) or 0)
