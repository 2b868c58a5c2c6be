"""The case library and the experts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from portal.people.models import User, UserRole
from scheduler.cases.models import Case
from scheduler.complaints.library_models import ComplaintExpert, ExpertOpinion, LibraryEntry
from scheduler.complaints.models import Complaint

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What the library shows; drafts only to those who write."""

    drafts: bool = False
    kind: str = ""
    root_cause: str = ""
    words: str = ""
    best_only: bool = False
    due_by: date | None = None
    before: UUID | None = None


def page(session: Session, wanted: Filter) -> list[LibraryEntry]:
    """A page of the library, newest first, with one more to tell whether there are others."""
    rows = select(LibraryEntry).where(col(LibraryEntry.state) != "retired")
    if not wanted.drafts:
        rows = rows.where(col(LibraryEntry.state) == "published")
    if wanted.kind:
        rows = rows.where(col(LibraryEntry.kind) == wanted.kind)
    if wanted.root_cause:
        rows = rows.where(col(LibraryEntry.root_cause) == wanted.root_cause)
    if wanted.words:
        searched = (col(LibraryEntry.title), col(LibraryEntry.situation), col(LibraryEntry.handling))
        rows = rows.where(or_(*(one.contains(wanted.words, autoescape=True) for one in searched)))
    if wanted.best_only:
        rows = rows.where(col(LibraryEntry.best_of) != "")
    if wanted.due_by is not None:
        rows = rows.where(col(LibraryEntry.review_on) <= wanted.due_by)
    if wanted.before is not None:
        rows = rows.where(col(LibraryEntry.id) < wanted.before)
    return list(session.scalars(rows.order_by(col(LibraryEntry.id).desc()).limit(PAGE + 1)))


def entry(session: Session, entry_id: UUID) -> LibraryEntry | None:
    """One entry."""
    return session.get(LibraryEntry, entry_id)


def playbooks(session: Session, root_cause: str, business: str, limit: int = 3) -> Sequence[LibraryEntry]:
    """Published playbooks and cases for a root cause or a business, best practice first."""
    fits = [col(LibraryEntry.root_cause) == root_cause] if root_cause else []
    fits += [col(LibraryEntry.business) == business] if business else []
    if not fits:
        return []
    rows = select(LibraryEntry).where(col(LibraryEntry.state) == "published", or_(*fits))
    return session.scalars(rows.order_by(col(LibraryEntry.best_of).desc(), col(LibraryEntry.id).desc()).limit(limit)).all()


def due(session: Session, owner_id: UUID, today: date) -> int:
    """How many of somebody's published entries are to be looked at again."""
    rows = select(func.count()).where(
        col(LibraryEntry.owner_id) == owner_id, col(LibraryEntry.state) == "published", col(LibraryEntry.review_on) <= today
    )
    return int(session.scalar(rows) or 0)


def hot(session: Session, since: datetime, limit: int = 8) -> list[tuple[str, str, int]]:
    """What customers complained about most since a moment: business, reason, how many."""
    key = (col(Complaint.business), col(Complaint.reason))
    rows = select(*key, func.count()).where(col(Complaint.received_at) >= since, col(Complaint.business) != "", col(Complaint.reason) != "")
    rows = rows.where(col(Complaint.stage) != "duplicate").group_by(*key).order_by(func.count().desc(), *key).limit(limit)
    return [(row[0], row[1], int(row[2])) for row in session.execute(rows)]


def experts(session: Session) -> list[tuple[ComplaintExpert, str]]:
    """The group of experts with their names."""
    rows = session.execute(
        select(ComplaintExpert, col(User.name)).join(User, col(User.id) == col(ComplaintExpert.user_id)).order_by(col(User.name))
    )
    return [(row[0], row[1]) for row in rows]


def expert(session: Session, user_id: UUID) -> ComplaintExpert | None:
    """A member of the group."""
    return session.get(ComplaintExpert, user_id)


def opinions(session: Session, case_id: UUID) -> Sequence[ExpertOpinion]:
    """What experts were asked about a complaint."""
    return session.scalars(select(ExpertOpinion).where(col(ExpertOpinion.case_id) == case_id).order_by(col(ExpertOpinion.asked_at))).all()


def opinion(session: Session, opinion_id: UUID) -> ExpertOpinion | None:
    """One question to an expert."""
    return session.get(ExpertOpinion, opinion_id)


def waiting_opinions(session: Session, user_id: UUID) -> list[tuple[ExpertOpinion, Case]]:
    """What an expert has not answered yet."""
    rows = select(ExpertOpinion, Case).join(Case, col(Case.id) == col(ExpertOpinion.case_id))
    rows = rows.where(col(ExpertOpinion.expert_id) == user_id, col(ExpertOpinion.given_at).is_(None))
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(ExpertOpinion.asked_at)))]


def case(session: Session, case_id: UUID) -> Case | None:
    """A case."""
    return session.get(Case, case_id)


def staff(session: Session, now: datetime) -> list[tuple[UUID, str]]:
    """Everybody active who holds a role."""
    held = select(col(UserRole.user_id)).where(or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now))
    rows = session.execute(
        select(col(User.id), col(User.name)).where(col(User.active).is_(True), col(User.id).in_(held)).order_by(col(User.name)).limit(500)
    )
    return [(row[0], row[1]) for row in rows]
