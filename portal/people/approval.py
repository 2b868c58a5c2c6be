"""Approval routes: who must say yes to what, in one to three steps, as data that an administrator edits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput
from portal.people import approval_store as store
from portal.people.rules.roles import Role

STEPS_MOST = 3

A, C, E = Role.APPROVER, Role.COMPLIANCE_OFFICER, Role.EXECUTIVE
DEFAULTS: dict[tuple[str, str], list[list[Role]]] = {
    ("questionnaire", ""): [[A]],
    ("questionnaire", "consumer_protection"): [[A], [C]],
    ("questionnaire", "internal"): [[A]],
    ("message", ""): [[A, C]],
    ("policy", ""): [[A], [C]],
    ("touchpoint", ""): [[A]],
    ("list", ""): [[A, C]],
    ("incentive", ""): [[A], [E]],
    ("rule", ""): [[A]],
}
"""What holds until an administrator says otherwise. The class "" is for every class without a route of its own."""


@dataclass(frozen=True)
class Route:
    """A route as it holds now; `own` where an administrator set it."""

    subject: str
    subject_class: str
    steps: list[list[Role]]
    own: bool


class SamePerson(Conflict):
    """Two people are needed: whoever wrote a thing can't approve it. Each kind of thing says so in words of its own."""

    code = "same_person"


def second_person(actor: Actor, authors: Iterable[UUID | None], refusal: type[SamePerson] = SamePerson) -> UUID:
    """Who approves: somebody who is signed in and wrote nothing of it; the tables' CHECKs hold it once more.

    Raises  `refusal`
    """
    if actor.user_id is None or actor.user_id in set(authors):
        raise refusal
    return actor.user_id


def steps_for(session: Session, subject: str, subject_class: str = "") -> list[list[Role]]:
    """The steps for a thing of a class: of each step, one holder of one of its roles decides.

    A class without a route takes its subject's. A subject that nobody named needs one approver.
    """
    stored = {row.subject_class: row.steps for row in store.routes_of(session, subject)}
    for wanted in (subject_class, ""):
        if wanted in stored:
            return [[Role(role) for role in step] for step in stored[wanted]]
        if (subject, wanted) in DEFAULTS:
            return DEFAULTS[subject, wanted]
    return [[A]]


def routes(session: Session) -> list[Route]:
    """All routes, the defaults among them."""
    found = {key: Route(*key, steps, own=False) for key, steps in DEFAULTS.items()}
    for row in store.all_routes(session):
        steps = [[Role(role) for role in step] for step in row.steps]
        found[row.subject, row.subject_class] = Route(row.subject, row.subject_class, steps, own=True)
    return sorted(found.values(), key=lambda route: (route.subject, route.subject_class))


def route(session: Session, subject: str, subject_class: str) -> Route | None:
    """One route; None where there is none of this name."""
    return next((one for one in routes(session) if (one.subject, one.subject_class) == (subject, subject_class)), None)


def set_route(session: Session, subject: str, subject_class: str, steps: Sequence[Sequence[Role]], actor: Actor, now: datetime) -> None:
    """Replace a route; what waits for approval already keeps the steps it was given.

    Raises  InvalidInput for no step, an empty step, too many steps, or a role that decides nothing
    """
    wanted = [list(dict.fromkeys(step)) for step in steps]
    if not wanted or len(wanted) > STEPS_MOST or not all(wanted):
        raise InvalidInput({"steps": "one_to_three_steps"})
    if any(role is Role.AUDITOR or role is Role.API_CLIENT for step in wanted for role in step):
        raise InvalidInput({"steps": "role_cannot_approve"})
    codes = [[role.value for role in step] for step in wanted]
    store.put_route(session, subject, subject_class, codes)
    trail.record(session, actor, "approval_route.set", "approval_route", f"{subject}/{subject_class}", now, {"steps": codes})
