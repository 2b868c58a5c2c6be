"""From draft to published: submit, decide step by step, publish, pause, retire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people import approval
from portal.people.rules.roles import Role
from portal.people.signing_off import NotYourStep
from questionnaires.bank import forbidden, nodes, usage
from questionnaires.library import draft_store, library, store
from questionnaires.library.errors import NotPublishable, OwnWork, WrongStatus
from questionnaires.library.models import ApprovalStep, Questionnaire, QuestionnaireVersion
from questionnaires.logic.check import check
from questionnaires.logic.definition import Definition, content_hash
from questionnaires.logic.findings import Finding

SOFT_LEAST, SOFT_USUAL, SOFT_MOST = 10, 100, 10_000
"""How many answers a soft launch may wait for."""


@dataclass(frozen=True)
class Decider:
    """Who decides: a user and the roles held."""

    user_id: UUID
    roles: frozenset[Role]

    @property
    def actor(self) -> Actor:
        """For the audit trail."""
        return Actor("user", str(self.user_id))


def draft_state(steps: Sequence[ApprovalStep], unchanged: bool) -> str:
    """How far the draft has come: `published` (nothing new in it), `draft`, `submitted`, `returned` or `approved`."""
    if any(step.decision == "returned" for step in steps):
        return "returned"
    if steps and all(step.decision == "approved" for step in steps):
        return "published" if unchanged else "approved"
    if steps:
        return "submitted"
    return "published" if unchanged else "draft"


def state_of(session: Session, questionnaire: Questionnaire) -> str:
    """The state of a questionnaire's draft."""
    version = library.current_version(session, questionnaire)
    unchanged = version is not None and version.content_hash == library.draft_hash(questionnaire)
    return draft_state(store.steps(session, questionnaire.id, questionnaire.draft_revision), unchanged)


def due_step(steps: Sequence[ApprovalStep]) -> ApprovalStep | None:
    """The step whose word is awaited."""
    if any(step.decision == "returned" for step in steps):
        return None
    return next((step for step in steps if step.decision is None), None)


def submit(session: Session, questionnaire_id: UUID, revision: int, actor: Actor, now: datetime) -> list[ApprovalStep]:
    """Hand the draft in for approval, by the route of its class.

    Raises  NotFound, DraftChanged, WrongStatus, NotPublishable with the number of errors
    """
    found = library.at_revision(session, questionnaire_id, revision)
    if state_of(session, found) != "draft":
        raise WrongStatus(status=state_of(session, found))
    _refuse_errors(session, library.draft_of(found))
    assert actor.user_id is not None
    route = approval.steps_for(session, "questionnaire", found.subject_class)
    steps = [
        ApprovalStep(
            questionnaire_id=found.id,
            draft_revision=found.draft_revision,
            step=number,
            roles=[role.value for role in roles],
            submitted_by=actor.user_id,
            submitted_at=now,
        )
        for number, roles in enumerate(route, 1)
    ]
    session.add_all(steps)
    _follow(found, "submitted", now)
    session.flush()
    trail.record(
        session, actor, "questionnaire.submit", "questionnaire", found.id, now, {"revision": found.draft_revision, "steps": len(steps)}
    )
    return steps


def approve(session: Session, questionnaire_id: UUID, revision: int, by: Decider, comment: str, now: datetime) -> ApprovalStep:
    """Say yes to the step that is due.

    Raises  NotFound, DraftChanged, WrongStatus, NotYourStep, OwnWork
    """
    return _decide(session, questionnaire_id, revision, by, "approved", comment, now)


def send_back(session: Session, questionnaire_id: UUID, revision: int, by: Decider, comment: str, now: datetime) -> ApprovalStep:
    """Return the draft to its author, saying why.

    Raises  as `approve`; InvalidInput without a comment
    """
    if not comment.strip():
        raise InvalidInput({"comment": "comment_needed"})
    return _decide(session, questionnaire_id, revision, by, "returned", comment, now)


def may_decide(session: Session, questionnaire: Questionnaire, by: Decider) -> str:
    """Why somebody may not decide the step that is due: "" where they may, else a code."""
    steps = store.steps(session, questionnaire.id, questionnaire.draft_revision)
    due = due_step(steps)
    if due is None:
        return "wrong_status"
    if not {role.value for role in by.roles} & set(due.roles):
        return "not_your_step"
    authors = draft_store.authors(session, questionnaire.id)
    deciders = {step.decided_by for step in steps}
    own = by.user_id in authors or by.user_id == due.submitted_by or by.user_id in deciders
    return "own_work" if own else ""


def _decide(
    session: Session, questionnaire_id: UUID, revision: int, by: Decider, decision: str, comment: str, now: datetime
) -> ApprovalStep:
    found = library.at_revision(session, questionnaire_id, revision)
    refusal = may_decide(session, found, by)
    if refusal:
        raise {"wrong_status": WrongStatus, "not_your_step": NotYourStep, "own_work": OwnWork}[refusal]
    steps = store.steps(session, found.id, found.draft_revision)
    step = due_step(steps)
    assert step is not None
    step.decision, step.decided_by, step.decided_at, step.comment = decision, by.user_id, now, comment.strip()[:500]
    if decision == "returned":
        _follow(found, "returned", now)
    elif due_step(steps) is None:
        _follow(found, "approved", now)
    session.flush()
    facts = {"revision": found.draft_revision, "step": step.step}
    trail.record(
        session, by.actor, f"questionnaire.{'approve' if decision == 'approved' else 'return'}", "questionnaire", found.id, now, facts
    )
    return step


def publish(
    session: Session, questionnaire_id: UUID, revision: int, actor: Actor, now: datetime, soft_limit: int | None = None
) -> QuestionnaireVersion:
    """Make the approved draft a version that never changes. Links already sent keep theirs.

    soft_limit  a soft launch: after so many answers it pauses by itself
    Raises      NotFound, DraftChanged, WrongStatus where the draft is not approved, NotPublishable, InvalidInput for the limit
    """
    if soft_limit is not None and not SOFT_LEAST <= soft_limit <= SOFT_MOST:
        raise InvalidInput({"soft_limit": "soft_limit_out_of_range"})
    found = library.at_revision(session, questionnaire_id, revision)
    if found.status == "retired" or state_of(session, found) != "approved":
        raise WrongStatus(status=state_of(session, found))
    definition = library.draft_of(found)
    _refuse_errors(session, definition)
    version = QuestionnaireVersion(
        questionnaire_id=found.id,
        number=store.last_number(session, found.id) + 1,
        definition=definition.to_json(),
        content_hash=content_hash(definition),
        published_by=actor.user_id,
        published_at=now,
    )
    session.add(version)
    session.flush()
    found.current_version_id, found.status, found.updated_at = version.id, "published", now
    found.soft_limit, found.soft_paused_at = soft_limit, None
    draft_store.forget_authors(session, found.id)
    usage.note_version(session, found.id, version.number, version.definition)
    facts = {"version": version.number, "hash": version.content_hash, **({"soft_limit": soft_limit} if soft_limit else {})}
    trail.record(session, actor, "questionnaire.publish", "questionnaire", found.id, now, facts)
    return version


MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "pause": (("published",), "paused"),
    "resume": (("paused",), "published"),
    "retire": (("published", "paused"), "retired"),
}


def move(session: Session, questionnaire_id: UUID, act: str, actor: Actor, now: datetime) -> Questionnaire:
    """Pause, resume or retire: what new invitations do. Answers stay valid.

    Raises  NotFound, WrongStatus
    """
    found = library.hold(session, questionnaire_id)
    before, after = MOVES[act]
    if found.status not in before:
        raise WrongStatus(status=found.status)
    found.status, found.updated_at = after, now
    if act != "pause":
        found.soft_limit, found.soft_paused_at = None, None
    trail.record(session, actor, f"questionnaire.{act}", "questionnaire", found.id, now, {})
    return found


def end_soft_launch(session: Session, questionnaire_id: UUID, version_id: UUID, answers: int, actor: Actor, now: datetime) -> bool:
    """Pause a soft launch whose version has its answers; whether it was paused. Safe to run twice.

    Raises  NotFound
    """
    found = library.hold(session, questionnaire_id)
    due = found.status == "published" and found.current_version_id == version_id and found.soft_limit is not None
    if not due or answers < (found.soft_limit or 0):
        return False
    found.status, found.soft_paused_at, found.updated_at = "paused", now, now
    trail.record(session, actor, "questionnaire.soft_pause", "questionnaire", found.id, now, {"answers": answers})
    return True


def _follow(questionnaire: Questionnaire, status: str, now: datetime) -> None:
    """What lists show of a questionnaire without a version; one that customers meet keeps its status."""
    questionnaire.updated_at = now
    if questionnaire.status not in library.LIVE:
        questionnaire.status = status


def _refuse_errors(session: Session, definition: Definition) -> None:
    found = [*check(definition, forbidden.lists(session)), *nodes.findings(session, definition)]
    errors = [finding for finding in found if finding.stops]
    if errors:
        raise NotPublishable({_place(finding): finding.key for finding in errors}, count=len(errors))


def _place(finding: Finding) -> str:
    return finding.question or finding.page or "questionnaire"
