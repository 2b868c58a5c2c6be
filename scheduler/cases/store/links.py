"""Customers' own pages of cases, and what customers are to be told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, upsert_for
from questionnaires.answering.models import Invitation
from scheduler.cases.models import Case
from scheduler.cases.notice_models import CaseLink, CaseTelling
from scheduler.touchpoints.models import Touchpoint


def by_case(session: Session, case_id: UUID) -> CaseLink | None:
    """A case's link."""
    return session.get(CaseLink, case_id)


def put(session: Session, case_id: UUID, hashed: bytes, key: int, now: datetime) -> None:
    """Keep the hash of a link; a newer key's takes the place of an older one's."""
    insert = upsert_for(session)(CaseLink).values(case_id=case_id, token_hash=hashed, link_key=key, made_at=now)
    newer = {"token_hash": insert.excluded.token_hash, "link_key": insert.excluded.link_key, "made_at": now}
    session.execute(insert.on_conflict_do_update(index_elements=["case_id"], set_=newer))


def case_of(session: Session, hashed: bytes) -> Case | None:
    """The case whose customer has this link."""
    return session.scalars(
        select(Case).join(CaseLink, col(CaseLink.case_id) == col(Case.id)).where(col(CaseLink.token_hash) == hashed)
    ).one_or_none()


def add_tellings(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """What customers are to be told; each thing once."""
    if rows:
        session.execute(upsert_for(session)(CaseTelling).values(list(rows)).on_conflict_do_nothing(index_elements=["case_id", "what", "n"]))


def claim_tellings(session: Session, limit: int) -> Sequence[CaseTelling]:
    """What waits to be told, held; rows of another process are left to it."""
    return session.scalars(
        select(CaseTelling)
        .where(col(CaseTelling.done_at).is_(None))
        .order_by(col(CaseTelling.made_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def drop_tellings(session: Session, case_ids: Iterable[UUID], now: datetime) -> None:
    """Nothing more is told of these cases."""
    ours = update(CaseTelling).where(ids_in(col(CaseTelling.case_id), case_ids), col(CaseTelling.done_at).is_(None))
    session.execute(ours.values(done_at=now))


def rerating_invitation(session: Session, case: Case, now: datetime) -> Invitation | None:
    """The invitation to rate a case's result that is still to be answered, the newest one; found by the person's own."""
    if case.person_id is None or case.resolved_at is None:
        return None
    listening = select(col(Touchpoint.code)).where(col(Touchpoint.event_type) == "case.resolved")
    return session.scalars(
        select(Invitation)
        .where(
            col(Invitation.person_id) == case.person_id,
            col(Invitation.touchpoint).in_(listening),
            col(Invitation.happened_at) >= case.resolved_at,
            col(Invitation.submitted_at).is_(None),
            col(Invitation.declined_at).is_(None),
            col(Invitation.expires_at) > now,
        )
        .order_by(col(Invitation.expires_at).desc())
        .limit(1)
    ).first()
