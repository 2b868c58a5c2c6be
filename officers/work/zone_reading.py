"""What the zone's pages of tasks show: what is offered to an officer, what is theirs, and one piece of work with its clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import roster, tiers
from officers.people.zone import Here
from officers.points import rulebooks
from officers.points.rules import amounts
from officers.work import appealing, claims, photos
from officers.work.models import Submission, Task, TaskCell, TaskClaim
from officers.work.review_models import ReviewReason, SubmissionAppeal
from officers.work.rules import claiming
from officers.work.rules.claiming import Refusal
from officers.work.rules.states import ClaimState
from officers.work.store import claims as store
from officers.work.store import photos as photo_store
from officers.work.store import reviews as review_store
from officers.work.store import tasks as task_store
from portal.foundation.crypto import Keys
from portal.people.models import OrgUnit
from questionnaires.answering.invitations import link

HIDDEN = frozenset({Refusal.AUDIENCE, Refusal.ALREADY, Refusal.CLOSED})
"""Tasks that are refused for these reasons are not shown at all; for others the reason is told."""
OPEN_STATES = ("draft", "submitted", "in_review", "need_info", "appealed")
AT_HOME = 3


@dataclass(frozen=True)
class Offered:
    """A task that an officer may see; `refusal` says why they can't take a place now."""

    task: Task
    left: int
    refusal: str
    points: tuple[int, int]
    cells: list[TaskCell]
    units: dict[UUID, OrgUnit]


@dataclass(frozen=True)
class Mine:
    """One piece of an officer's own work."""

    claim: TaskClaim
    task: Task
    submission: Submission
    unit: OrgUnit | None
    photos: int

    @property
    def running(self) -> bool:
        """Whether it waits for the officer to hand in."""
        return self.claim.state == ClaimState.RESERVED

    @property
    def steps_done(self) -> int:
        """How many steps are dealt with."""
        return sum(bool(one.get("done") or one.get("note")) for one in self.submission.steps)


def points_range(session: Session, officer_id: UUID, now: datetime) -> tuple[int, int]:
    """The least and the most that one submission can bring this officer, by the rules in force."""
    officer = roster.find(session, officer_id)
    assert officer is not None  # he is signed in
    book, factor = rulebooks.seen(session, now).book, tiers.factor(session, officer)
    ends = [amounts.amount_of(book, "submission", "first", {"severity": s, "quality": q}, factor).total for s, q in ((4, 1), (1, 4))]
    return ends[0], ends[1]


def offered(session: Session, here: Here, now: datetime, task_id: UUID | None = None) -> list[Offered]:
    """Tasks on show for this officer, or the one asked for."""
    officer = roster.find(session, here.officer_id)
    assert officer is not None  # he is signed in
    rows = [one for one in task_store.published(session, now) if task_id in (None, one.id)]
    cells = task_store.cells(session, [one.id for one in rows])
    units = task_store.unit_names(session, [cell.unit_id for several in cells.values() for cell in several])
    taken, taker, points = (
        store.live_tasks(session, officer.id),
        claims.taker_of(session, officer, now),
        points_range(session, officer.id, now),
    )
    managers, scheme = claims.managers_of(session, [cell for several in cells.values() for cell in several], now), tiers.scheme(session)
    found = []
    for task in rows:
        several = cells.get(task.id, [])
        refusal: Refusal | None = Refusal.ALREADY if task.id in taken else claiming.refuse(claims.offer_of(task, scheme), taker, now)
        places = claims.places_of(several, managers)
        if refusal is None:
            chosen = claiming.choose(places, taker)
            refusal = chosen if isinstance(chosen, Refusal) else None
        if refusal in HIDDEN and task_id is None:
            continue
        own = [cell for cell, place in zip(several, places, strict=True) if claiming.refuse_place(place, taker) is None]
        found.append(Offered(task, sum(one.cap - one.used for one in own), refusal or "", points, own, units))
    return found


def mine(session: Session, officer_id: UUID) -> list[Mine]:
    """An officer's own work, the newest first."""
    rows = store.of_officer(session, officer_id)
    units = task_store.unit_names(session, [row.claim.unit_id for row in rows])
    counted = photo_store.counts(session, [photos.owner_of(row.submission.id) for row in rows])
    return [
        Mine(
            row.claim, row.task, row.submission, units.get(row.claim.unit_id) if row.claim.unit_id else None,
            counted.get(photos.owner_of(row.submission.id), 0),
        )
        for row in rows
    ]  # fmt: skip


def is_open(one: Mine) -> bool:
    """Whether a piece of work is still on its way."""
    return one.running or (one.claim.state == ClaimState.SUBMITTED and one.submission.state in OPEN_STATES)


@dataclass(frozen=True)
class Work:
    """One piece of work with all that its page shows."""

    claim: TaskClaim
    task: Task
    submission: Submission
    unit: OrgUnit | None
    photos: list[photos.Shown]
    questionnaire: str
    answered: bool
    open: bool
    may_extend: bool


def work(session: Session, keys: Keys, claim: TaskClaim, task: Task, submission: Submission, now: datetime) -> Work:
    """What the page of a claim shows; the questionnaire's link is derived anew each time."""
    invitation = store.invitation(session, claim.invitation_id) if claim.invitation_id else None
    running = claim.state == ClaimState.RESERVED and now < claim.due_at
    unit = task_store.unit_names(session, [claim.unit_id]).get(claim.unit_id) if claim.unit_id else None
    return Work(
        claim, task, submission, unit, photos.listed(session, photos.owner_of(submission.id)),
        link("", keys, invitation) if invitation else "", bool(invitation and invitation.submitted_at), running,
        running and claim.extended_at is None,
    )  # fmt: skip


@dataclass(frozen=True)
class Told:
    """How a submission stands, as its officer reads it."""

    reason: ReviewReason | None
    appeal: SubmissionAppeal | None
    may_appeal: bool
    why_no_appeal: str
    appeals_left: int
    may_reply: bool
    days: int


def told(session: Session, submission: Submission, now: datetime) -> Told:
    """The reason, and what the officer can do about it."""
    refusal = appealing.refusal(session, submission, now)
    rejected = submission.state == "rejected"
    reply = submission.state == "need_info" and submission.info_due_at is not None and now < submission.info_due_at
    return Told(
        review_store.reason(session, submission.reason) if submission.reason else None, review_store.appeal(session, submission.id),
        rejected and refusal is None, str(refusal.value) if rejected and refusal else "",
        appealing.left(session, submission.officer_id, now), reply, rulebooks.seen(session, now).book.pending_days,
    )  # fmt: skip


def home_card(session: Session, here: Here, now: datetime) -> dict[str, Any] | None:
    """The officer's work on the home page, and how many tasks are open to them."""
    if here.state != "active":
        return None
    rows = [one for one in mine(session, here.officer_id) if is_open(one)]
    free = [one for one in offered(session, here, now) if not one.refusal]
    return {"rows": rows[:AT_HOME], "all": len(rows), "free": len(free), "now": now, "first": free[0] if free else None}
