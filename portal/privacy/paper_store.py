"""The SQL of notices, purposes and the register of processing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.people.models import Consent, Customer, OptOut
from portal.privacy.models import Notice, PrivacyRequest, ProcessingActivity, Purpose


def in_force(session: Session) -> Notice | None:
    """The newest published notice."""
    ours = select(Notice).where(col(Notice.state) == "published").order_by(col(Notice.published_at).desc(), col(Notice.id).desc())
    return session.scalars(ours.limit(1)).one_or_none()


def notices(session: Session) -> Sequence[Notice]:
    """All versions, the newest first."""
    return session.scalars(select(Notice).order_by(col(Notice.made_at).desc(), col(Notice.id).desc()).limit(100)).all()


def notice(session: Session, notice_id: UUID) -> Notice | None:
    """One version."""
    return session.get(Notice, notice_id)


def by_version(session: Session, version: str) -> Notice | None:
    """A version by its name."""
    return session.scalars(select(Notice).where(col(Notice.version) == version)).one_or_none()


def purposes(session: Session) -> Sequence[Purpose]:
    """All purposes, by code."""
    return session.scalars(select(Purpose).order_by(col(Purpose.code))).all()


def put_purpose(session: Session, one: Purpose) -> None:
    """Add or replace a purpose."""
    session.merge(one)
    session.flush()


def activities(session: Session) -> Sequence[ProcessingActivity]:
    """The register, by code."""
    return session.scalars(select(ProcessingActivity).order_by(col(ProcessingActivity.code))).all()


def activity(session: Session, activity_id: UUID) -> ProcessingActivity | None:
    """One line of it."""
    return session.get(ProcessingActivity, activity_id)


def figures(session: Session) -> dict[str, int]:
    """What an assessment says of the extent."""
    return {
        "customers": _count(session, select(func.count()).select_from(Customer).where(col(Customer.erased_at).is_(None))),
        "erased": _count(session, select(func.count()).select_from(Customer).where(col(Customer.erased_at).is_not(None))),
        "consents": _count(session, select(func.count()).select_from(Consent)),
        "opt_outs": _count(session, select(func.count()).select_from(OptOut).where(col(OptOut.taken_back_at).is_(None))),
        "requests": _count(session, select(func.count()).select_from(PrivacyRequest)),
        "late": _count(
            session, select(func.count()).select_from(PrivacyRequest).where(col(PrivacyRequest.ended_at) > col(PrivacyRequest.due_at))
        ),
    }


def _count(session: Session, query: "object") -> int:
    return int(session.scalar(query) or 0)  # type: ignore[call-overload]  # a SELECT of a count
