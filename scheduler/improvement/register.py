"""The register's use cases: note an issue, take its steps, tie what it was seen in, agree on who does what by when."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.errors import Conflict, InvalidInput, NotFound, SoundingsError
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope, user_by_id
from portal.webhooks.telling import tell
from scheduler.cases import entries
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import units as unit_store
from scheduler.improvement import hooks
from scheduler.improvement.models import KINDS, SOURCES, Issue, IssueAction
from scheduler.improvement.proving import Proof, kept, prove
from scheduler.improvement.rules.states import TURNS, Refusal, State, Step, Wanted, missing, refuse_verifying, target
from scheduler.improvement.store import issues as store

OBJECT = "issue"
MOST_TITLE, MOST_TEXT = 120, 3000


class IssueRefused(SoundingsError):
    """The step is not taken; its code says why."""

    status = 409

    def __init__(self, refusal: Refusal) -> None:
        self.code = refusal.value
        super().__init__()


class IssueChanged(Conflict):
    """Somebody took a step while this page was open."""

    code = "issue_changed"


@dataclass(frozen=True)
class Editor:
    """Who works on the register, for which units, and by which clock a day ends."""

    actor: Actor
    scope: Scope
    zone: str


@dataclass(frozen=True)
class NewIssue:
    """What somebody found."""

    title: str
    kind: str
    unit_id: UUID | None
    description: str = ""
    severity: int = 3
    owner_id: UUID | None = None
    touchpoint: str = ""
    indicator: str = "nps"
    measured_unit_id: UUID | None = None
    topic: str = ""
    programme_id: UUID | None = None


def find(session: Session, new: NewIssue, editor: Editor, now: datetime) -> Issue:
    """Put an issue on the register.

    Raises  InvalidInput naming the field
    """
    if fields := _wrong(session, new, editor, now):
        raise InvalidInput(fields)
    assert new.unit_id is not None  # told missing else
    day = day_in(editor.zone, now)
    number = f"TY-{day:%Y}-{store.take_number(session, day.year):04d}"
    issue = Issue(
        number=number, title=new.title.strip(), description=new.description.strip(), kind=new.kind, severity=new.severity,
        unit_id=new.unit_id, owner_id=new.owner_id or UUID(editor.actor.id), touchpoint=new.touchpoint, indicator=new.indicator,
        measured_unit_id=new.measured_unit_id, topic=new.topic, programme_id=new.programme_id, found_at=now,
        found_by=editor.actor.user_id,
    )  # fmt: skip
    session.add(issue)
    session.flush()
    store.add_step(session, issue.id, "found", now, editor.actor.user_id, "", {})
    record(session, editor.actor, "issue.find", OBJECT, issue.id, now, {"kind": new.kind})
    return issue


def _wrong(session: Session, new: NewIssue, editor: Editor, now: datetime) -> dict[str, str]:
    fields = {}
    if not 0 < len(new.title.strip()) <= MOST_TITLE:
        fields["title"] = "too_long" if new.title.strip() else "missing"
    if len(new.description) > MOST_TEXT:
        fields["description"] = "too_long"
    if new.kind not in KINDS:
        fields["kind"] = "missing"
    if not 1 <= new.severity <= 4:
        fields["severity"] = "out_of_range"
    if new.unit_id is None:
        fields["unit_id"] = "missing"
    elif not unit_in_scope(session, editor.scope, new.unit_id, now):
        fields["unit_id"] = "outside_your_units"
    if new.measured_unit_id is not None and not unit_store.exists(session, new.measured_unit_id):
        fields["measured_unit_id"] = "unknown_unit"
    if new.owner_id is not None and user_by_id(session, new.owner_id) is None:
        fields["owner_id"] = "unknown_user"
    return fields


def take_step(session: Session, issue_id: UUID, wanted: Wanted, editor: Editor, now: datetime, *, revision: int | None = None) -> Issue:
    """Take one step with an issue; its figure must be better since before it counts as verified.

    Raises  NotFound, IssueChanged, InvalidInput, IssueRefused
    """
    issue = _held(session, issue_id, editor, now)
    if revision is not None and revision != issue.revision:
        raise IssueChanged
    goal = target(State(issue.state), wanted.step)
    if goal is None:
        raise IssueRefused(Refusal.STATE)
    if fields := missing(wanted, day_in(editor.zone, now)):
        raise InvalidInput(fields)
    proof = prove(session, issue, now, editor.zone)
    if wanted.step is Step.VERIFY:
        _check_proof(issue, proof, editor)
    _apply(issue, wanted, proof, editor, now)
    issue.state, issue.revision = goal.value, issue.revision + 1
    session.flush()
    note = wanted.reason or wanted.note
    store.add_step(session, issue.id, wanted.step.value, now, editor.actor.user_id, note, {})
    record(session, editor.actor, f"issue.{wanted.step}", OBJECT, issue.id, now, {"state": issue.state})
    _tell_cases(session, issue, wanted.step, editor, now)
    if goal is State.VERIFIED:
        _spread(session, issue, now)
    hooks.tell(hooks.Happening(session, issue, wanted.step, editor.actor, now))
    return issue


def _held(session: Session, issue_id: UUID, editor: Editor, now: datetime) -> Issue:
    issue = store.lock(session, issue_id)
    if issue is None or not unit_in_scope(session, editor.scope, issue.unit_id, now):
        raise NotFound
    return issue


def _check_proof(issue: Issue, proof: Proof, editor: Editor) -> None:
    refusal = refuse_verifying(issue.owner_id, editor.actor.user_id) or proof.refusal
    if refusal:
        raise IssueRefused(refusal)


def _apply(issue: Issue, wanted: Wanted, proof: Proof, editor: Editor, now: datetime) -> None:
    """What each step writes into the row, apart from the state."""
    if wanted.step is Step.ANALYSE:
        issue.analysis, issue.root_cause = wanted.analysis, wanted.root_cause
    elif wanted.step is Step.PLAN:
        issue.plan, issue.fix_due_on, issue.verify_on = wanted.plan, wanted.fix_due_on, wanted.verify_on
    elif wanted.step is Step.FIX:
        issue.lasting_measure, issue.fixed_at = wanted.lasting_measure, now
        issue.before, issue.after = kept(proof.before, proof.before_days), {}
    elif wanted.step is Step.VERIFY:
        issue.story, issue.turned_into = wanted.story, wanted.turned_into or TURNS[issue.kind]
        issue.verified_at, issue.verified_by = now, editor.actor.user_id
        issue.before, issue.after = kept(proof.before, proof.before_days), kept(proof.after, proof.after_days)
    elif wanted.step is Step.REOPEN:
        issue.fixed_at = issue.verified_at = issue.verified_by = None
        issue.turned_into, issue.wont_reason = None, ""
    else:
        issue.wont_reason = wanted.reason


def _tell_cases(session: Session, issue: Issue, step: Step, editor: Editor, now: datetime) -> None:
    """Each step stands in the cases it was seen in, and so on their customers' pages."""
    linked = [one.object_id for one in store.links_of(session, issue.id) if one.kind in ("case", "complaint")]
    act = "issue_verified" if step is Step.VERIFY else "issue_moved"
    for case in store.cases(session, linked).values():
        entries.add(session, case, act, now, actor_id=editor.actor.user_id, facts={"issue": issue.number, "step": step.value})


def _spread(session: Session, issue: Issue, now: datetime) -> None:
    """The good news goes to the bank's other systems."""
    unit = unit_store.codes(session, [issue.unit_id]).get(issue.unit_id)
    figures = {name: {one: side.get(one) for one in ("value", "lower", "upper", "n")} for name, side in _sides(issue)}
    facts = {"number": issue.number, "unit": unit, "indicator": issue.indicator, "touchpoint": issue.touchpoint}
    tell(session, "issue.verified", [{"issue": str(issue.id), **facts, **figures}], now)


def _sides(issue: Issue) -> list[tuple[str, dict[str, object]]]:
    return [("before", issue.before), ("after", issue.after)]


def tie(session: Session, issue_id: UUID, kind: str, object_id: UUID, editor: Editor, now: datetime) -> bool:
    """Say that an issue was seen in something; False where that was known.

    Raises  NotFound, InvalidInput for a kind that nobody knows
    """
    if kind not in SOURCES:
        raise InvalidInput({"kind": "not_one_of_the_words"})
    issue = _held(session, issue_id, editor, now)
    row = {"issue_id": issue.id, "kind": kind, "object_id": object_id, "added_by": editor.actor.user_id, "added_at": now}
    if not store.link(session, row):
        return False
    store.add_step(session, issue.id, "tied", now, editor.actor.user_id, "", {"kind": kind})
    hooks.tell_tied(hooks.Tied(session, issue, kind, object_id, now))
    return True


def tie_case(session: Session, issue_id: UUID, number: str, editor: Editor, reading: Scope, now: datetime) -> bool:
    """Tie a case by the number people say; `reading` are the units whose cases this person may see.

    Raises  InvalidInput for a number that is none, or lies outside
    """
    case = case_store.by_number(session, number.strip()[:20])
    if case is None or not unit_in_scope(session, reading, case.unit_id, now):
        raise InvalidInput({"number": "unknown_case"})
    new = tie(session, issue_id, "complaint" if case.kind == "complaint" else "case", case.id, editor, now)
    if new:
        issue = store.of_ids(session, [issue_id])[issue_id]
        entries.add(session, case, "issue_tied", now, actor_id=editor.actor.user_id, facts={"issue": issue.number})
    return new


def agree(
    session: Session, issue_id: UUID, what: str, owner_id: UUID | None, due_on: date | None, editor: Editor, now: datetime,
    meeting_id: UUID | None = None,
) -> IssueAction:  # fmt: skip
    """Somebody does something about an issue by a day.

    Raises  NotFound, InvalidInput naming the field
    """
    issue = _held(session, issue_id, editor, now)
    fields = {} if 0 < len(what.strip()) <= 300 else {"what": "too_long" if what.strip() else "missing"}
    if owner_id is None or user_by_id(session, owner_id) is None:
        fields["owner"] = "missing"
    if due_on is None or due_on < day_in(editor.zone, now):
        fields["due_on"] = "missing" if due_on is None else "in_the_past"
    if fields:
        raise InvalidInput(fields)
    assert owner_id is not None and due_on is not None  # noqa: PT018  # told missing else
    action = IssueAction(issue_id=issue.id, meeting_id=meeting_id, what=what.strip(), owner_id=owner_id, due_on=due_on)
    session.add(action)
    session.flush()
    record(session, editor.actor, "issue.agree", OBJECT, issue.id, now, {"action": str(action.id)})
    return action


def finish_action(session: Session, action_id: UUID, editor: Editor, now: datetime) -> IssueAction:
    """It is done; a second time changes nothing.

    Raises  NotFound
    """
    action = store.action(session, action_id)
    if action is None:
        raise NotFound
    _held(session, action.issue_id, editor, now)
    if action.done_at is None:
        action.done_at = now
        store.add_step(session, action.issue_id, "action_done", now, editor.actor.user_id, action.what, {})
    return action


def change(session: Session, issue_id: UUID, new: NewIssue, editor: Editor, now: datetime) -> Issue:
    """Change what an issue is about, whose it is, and which figure measures it; not once it is settled.

    Raises  NotFound, InvalidInput, IssueRefused
    """
    issue = _held(session, issue_id, editor, now)
    if issue.state in (State.VERIFIED, State.WONT_FIX):
        raise IssueRefused(Refusal.STATE)
    new = replace(new, owner_id=new.owner_id or issue.owner_id)
    if fields := _wrong(session, new, editor, now):
        raise InvalidInput(fields)
    assert new.unit_id is not None and new.owner_id is not None  # noqa: PT018  # told missing else
    issue.title, issue.description, issue.kind, issue.severity = new.title.strip(), new.description.strip(), new.kind, new.severity
    issue.unit_id, issue.owner_id, issue.touchpoint, issue.indicator = new.unit_id, new.owner_id, new.touchpoint, new.indicator
    issue.measured_unit_id, issue.topic, issue.programme_id = new.measured_unit_id, new.topic, new.programme_id
    issue.revision += 1
    store.add_step(session, issue.id, "changed", now, editor.actor.user_id, "", {})
    record(session, editor.actor, "issue.change", OBJECT, issue.id, now)
    return issue
