"""What the pages of complaints show, gathered in a fixed number of statements; personal data masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.foundation.crypto import Keys
from questionnaires.metrics.rules.masking import masked
from scheduler.cases.models import Case
from scheduler.cases.rules.customer import mask_name, mask_phone
from scheduler.cases.store import units as unit_store
from scheduler.complaints import settings
from scheduler.complaints.extending import review_until
from scheduler.complaints.intake import owner_of
from scheduler.complaints.library_models import ExpertOpinion
from scheduler.complaints.models import Complaint, ComplaintCode, ComplaintExtension, ComplaintRecusal, ComplaintReview
from scheduler.complaints.store import complaints as store
from scheduler.complaints.store import library as library_store
from scheduler.complaints.store.codes import all_codes
from scheduler.evidence.showing import Shown, listed

Names = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """A complaint in the list."""

    complaint: Complaint
    case: Case
    unit: Names
    owner: str


@dataclass(frozen=True)
class Person:
    """Who complains: masked, or whole where somebody looked and that was written down."""

    name: str
    phone: str
    email: str
    agent: str


@dataclass(frozen=True)
class ComplaintView:
    """All of one complaint."""

    complaint: Complaint
    case: Case
    words: str
    wish: str
    decision: str
    person: Person
    unit: Names
    happened: Names | None
    files: Sequence[Shown]
    extensions: Sequence[ComplaintExtension]
    review: ComplaintReview | None
    review_words: tuple[str, str]
    review_until: datetime | None
    recused: Sequence[ComplaintRecusal]
    alike: Sequence[tuple[Complaint, Case]]
    duplicate_of: Case | None
    codes: Sequence[ComplaintCode]
    people: Mapping[UUID, str]
    opinions: Sequence[ExpertOpinion]

    def code_name(self, kind: str, code: str) -> Names:
        """A code's names; the code itself where it is gone from the list."""
        return next(((one.name_zh, one.name_en) for one in self.codes if (one.kind, one.code) == (kind, code)), (code, code))

    def choices(self, kind: str) -> list[ComplaintCode]:
        """The codes on offer."""
        return [one for one in self.codes if one.kind == kind]


def lines(session: Session, rows: Sequence[tuple[Complaint, Case]]) -> list[Line]:
    """Complaints with the names beside them."""
    units = unit_store.names(session, {case.unit_id for _one, case in rows})
    people = unit_store.people(session, {case.owner_id for _one, case in rows if case.owner_id})
    return [Line(one, case, units[case.unit_id], people.get(case.owner_id, "") if case.owner_id else "") for one, case in rows]


def read(session: Session, complaint: Complaint, case: Case, keys: Keys, *, whole: bool = False) -> ComplaintView:
    """One complaint; `whole` shows the person's data and words unmasked: whoever asks for it writes that down first."""
    known, review = store.extensions(session, case.id), store.review_of(session, case.id)
    recused, opinions = store.recused(session, case.id), library_store.opinions(session, case.id)
    since = complaint.received_at - timedelta(days=settings.in_force(session).alike_days)
    units = unit_store.names(session, {one for one in (case.unit_id, complaint.happened_unit_id) if one})
    other = library_store.case(session, complaint.duplicate_of) if complaint.duplicate_of else None
    users = {case.owner_id, complaint.decided_by, complaint.classified_by, complaint.agent_checked_by}
    users |= {one.user_id for one in recused} | {one.asked_by for one in known} | {one.approved_by for one in known}
    users |= {one.expert_id for one in opinions} | ({review.reviewer_id} if review else set())

    def opened(sealed: bytes | None) -> str:
        return keys.decrypt(sealed) if sealed else ""

    said, wish = opened(complaint.words_enc), opened(complaint.wish_enc)
    return ComplaintView(
        complaint=complaint,
        case=case,
        words=said if whole else masked(said),
        wish=wish if whole else masked(wish),
        decision=opened(complaint.decision_enc),
        person=_person(complaint, keys, whole=whole),
        unit=units[case.unit_id],
        happened=units.get(complaint.happened_unit_id) if complaint.happened_unit_id else None,
        files=listed(session, keys, owner_of(case.id)),
        extensions=known,
        review=review,
        review_words=(opened(review.grounds_enc), opened(review.decision_enc)) if review else ("", ""),
        review_until=review_until(session, complaint, case.unit_id),
        recused=recused,
        alike=store.alike(session, complaint, case.person_id, since),
        duplicate_of=other,
        codes=all_codes(session, retired=True),
        people=unit_store.people(session, {one for one in users if one}),
        opinions=opinions,
    )


def _person(complaint: Complaint, keys: Keys, *, whole: bool) -> Person:
    def opened(sealed: bytes | None) -> str:
        return keys.decrypt(sealed) if sealed else ""

    name, phone, email, agent = (opened(one) for one in (complaint.name_enc, complaint.phone_enc, complaint.email_enc, complaint.agent_enc))
    if whole:
        return Person(name, phone, email, agent)
    return Person(mask_name(name), mask_phone(phone) if phone else "", "•••" if email else "", mask_name(agent))
