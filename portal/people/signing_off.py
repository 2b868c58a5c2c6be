"""Saying yes step by step: each step of a thing's route by another person, none by whoever wrote it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Forbidden
from portal.people import approval, approval_store, store
from portal.people.approval import SamePerson, second_person
from portal.people.approval_models import SignOff


class NotYourStep(Forbidden):
    """The step that is due belongs to holders of other roles."""

    code = "not_your_step"


@dataclass(frozen=True)
class Standing:
    """How far an approval has come.

    due     the roles of which one holder must say yes now; empty when all have
    """

    step: int
    of: int
    due: tuple[str, ...]
    given: tuple[SignOff, ...]

    @property
    def last(self) -> bool:
        """Whether the next yes is the last that is needed."""
        return self.step == self.of


def standing(session: Session, subject: str, object_id: UUID, subject_class: str = "") -> Standing:
    """How far a thing's approval has come; a thing that nobody said yes to yet goes by the route in force."""
    rows = approval_store.sign_offs(session, subject, object_id)
    steps = [row.roles for row in rows] or [[role.value for role in step] for step in approval.steps_for(session, subject, subject_class)]
    given = tuple(row for row in rows if row.decided_by is not None)
    due = tuple(steps[len(given)]) if len(given) < len(steps) else ()
    return Standing(min(len(given) + 1, len(steps)), len(steps), due, given)


def sign(
    session: Session,
    subject: str,
    object_id: UUID,
    actor: Actor,
    authors: Iterable[UUID | None],
    now: datetime,
    refusal: type[SamePerson] = SamePerson,
) -> bool:
    """Say yes to the step that is due; whether it was the last. The caller holds the thing's row locked.

    Shape   the route is taken when the first says yes, and kept whatever an administrator changes afterwards
    Raises  `refusal` for an author or somebody who said yes already, NotYourStep
    """
    rows = approval_store.sign_offs(session, subject, object_id) or _begin(session, subject, object_id)
    person = second_person(actor, [*authors, *(row.decided_by for row in rows if row.decided_by)], refusal)
    due = next(row for row in rows if row.decided_by is None)
    held = {row.role for row in store.roles_of(session, person) if row.expires_at is None or row.expires_at > now}
    if not held & set(due.roles):
        raise NotYourStep
    due.decided_by, due.decided_at = person, now
    session.flush()
    trail.record(session, actor, f"{subject}.approve", subject, object_id, now, {"step": due.step, "of": len(rows)})
    return due is rows[-1]


def _begin(session: Session, subject: str, object_id: UUID) -> list[SignOff]:
    steps = enumerate(approval.steps_for(session, subject), 1)
    rows = [SignOff(subject=subject, object_id=object_id, step=number, roles=[role.value for role in roles]) for number, roles in steps]
    session.add_all(rows)
    session.flush()
    return rows


def start_again(session: Session, subject: str, object_id: UUID) -> None:
    """The thing changed, or was given back: what was said before counts no more."""
    approval_store.forget_sign_offs(session, subject, object_id)
