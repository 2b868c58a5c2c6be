"""The words of cases: steps, outcomes, causes, limits. Called at the edge, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.foundation.i18n import _
from scheduler.cases.rules.sla import Stage, Urgency
from scheduler.cases.rules.states import Outcome, Step

ROOT_CAUSES = ("process", "waiting", "information", "material", "system", "attitude", "skill", "product", "price", "outside", "other")


def step_button(step: Step) -> str:
    """What the button of a step says."""
    words: dict[Step, str] = {
        Step.ASSIGN: _("Assign"),
        Step.ACCEPT: _("Accept the case"),
        Step.CONTACT: _("Record first contact"),
        Step.START: _("Start work"),
        Step.WAIT: _("Wait for the customer"),
        Step.CONTINUE: _("Customer is back, continue"),
        Step.NOTE: _("Write a note"),
        Step.TRANSFER: _("Transfer"),
        Step.ESCALATE: _("Escalate"),
        Step.RESOLVE: _("Record the solution"),
        Step.CLOSE: _("Close the case"),
        Step.REOPEN: _("Reopen"),
        Step.MERGE: _("Merge"),
    }
    return words[step]


def outcomes() -> list[tuple[str, str, str]]:
    """How a call may have ended, with what follows from it."""
    return [
        (Outcome.REACHED, _("Spoke with the customer"), _("The limit for the first contact is kept.")),
        (Outcome.CALL_BACK, _("Asked to be called at another time"), _("The limit runs on.")),
        (Outcome.NO_ANSWER, _("No answer"), _("The limit runs on.")),
        (Outcome.WRONG_NUMBER, _("Wrong number"), _("The limit runs on.")),
        (Outcome.DECLINED, _("Does not want to talk about it"), _("Put it right without a call.")),
        (Outcome.UNREACHABLE, _("Cannot be reached"), _("After three tries; a second person closes the case.")),
    ]


def outcome_text(outcome: str) -> str:
    """One outcome in words."""
    return next((label for code, label, _hint in outcomes() if code == outcome), outcome)


def root_causes() -> list[tuple[str, str]]:
    """The choice of root causes."""
    words = {
        "process": _("Process too complicated"),
        "waiting": _("Waiting too long"),
        "information": _("Customer not informed well"),
        "material": _("Demands on papers unclear"),
        "system": _("System or device fault"),
        "attitude": _("Manner of service"),
        "skill": _("Lack of knowledge"),
        "product": _("Product or rule of the bank"),
        "price": _("Fees or rates"),
        "outside": _("Outside the bank's control"),
        "other": _("Other"),
    }
    return [(code, words[code]) for code in ROOT_CAUSES]


def root_cause_text(code: str | None) -> str:
    """One root cause in words."""
    return dict(root_causes()).get(code or "", code or "")


def kind_text(kind: str) -> str:
    """The kind of a case."""
    return str(_("Complaint case") if kind == "complaint" else _("Low-score case"))


def stage_text(stage: Stage | str) -> str:
    """What a limit is for."""
    return str({"accept": _("Acceptance"), "contact": _("First contact"), "resolve": _("Solving")}.get(str(stage), stage))


def left_text(stage: Stage, word: Urgency) -> str:
    """The line above the clock."""
    over = word is Urgency.OVERDUE
    words: dict[Stage, str] = {
        Stage.ACCEPT: _("Acceptance overdue by") if over else _("Left to accept"),
        Stage.CONTACT: _("First contact overdue by") if over else _("Left for the first contact"),
        Stage.RESOLVE: _("Solution overdue by") if over else _("Left for the solution"),
    }
    return words[stage]


def channel_text(channel: str) -> str:
    """A channel in words."""
    known = {
        "sms": _("SMS"),
        "email": _("E-mail"),
        "file": _("File"),
        "poster": _("Poster"),
        "app": _("App"),
        "phone": _("Phone"),
        "wecom": _("WeCom"),
    }
    return str(known.get(channel, channel))


def notice_text(what: str, facts: Mapping[str, Any]) -> str:
    """What a notice says beside the case's number."""
    if what == "clock":
        return str(_("%(stage)s: %(mark)s %% of the time used", stage=stage_text(str(facts.get("stage", ""))), mark=facts.get("mark")))
    if what == "digest":
        return str(_("Since your last digest: %(parts)s", parts=", ".join(f"{notice_text(name, {})} {n}" for name, n in facts.items())))
    known = {
        "opened": _("New case"),
        "assigned": _("Given to you"),
        "escalated": _("Escalated to you"),
        "mentioned": _("You are named in a note"),
        "guidance": _("Head-office guidance"),
        "task": _("A to-do for you"),
        "reopened": _("Reopened by a low re-rating"),
        "approval": _("A mass closing waits for a second person"),
        "step_note": _("New note"),
        "step_resolve": _("Solved"),
        "step_close": _("Closed"),
        "step_reopen": _("Reopened"),
        "step_merge": _("Merged"),
    }
    if what in _ELSEWHERE:
        return _ELSEWHERE[what](facts)
    return str(known.get(what, _("News of a case")))


_ELSEWHERE: dict[str, Callable[[Mapping[str, Any]], str]] = {}


def notice_word(what: str, say: Callable[[Mapping[str, Any]], str]) -> None:
    """Let a room say its own notices; their facts carry `number` and the `url` of what they are about."""
    _ELSEWHERE[what] = say


def want_text(want: str) -> str:
    """Of what somebody may be told outside the portal."""
    known = {
        "new": _("New and assigned cases"),
        "mentioned": _("Notes that name me"),
        "limits": _("Time limits: half used, nearly over, over"),
        "escalated": _("Cases escalated to me"),
        "approval": _("Approvals that wait for me"),
        "digest": _("The daily digest"),
    }
    return str(known[want])


def bulk_text(act: str) -> str:
    """A step for many cases."""
    return str({"assign": _("Assign"), "transfer": _("Transfer"), "note": _("Write a note"), "close": _("Close")}.get(act, act))


def basis_text(basis: str) -> str:
    """How a limit is counted."""
    known = {
        "open_hours": _("working hours"),
        "hours": _("hours on working days"),
        "working_days": _("working days"),
        "days": _("calendar days"),
    }
    return str(known.get(basis, basis))


def closing_text(closing: str) -> str:
    """Whose yes a closing needs."""
    known = {"nobody": _("nobody's"), "manager": _("a second person's"), "above": _("the level above's")}
    return str(known.get(closing, closing))


def tell_text(what: str) -> str:
    """What the customer is told of."""
    known = {
        "opened": _("that it was received"),
        "contacted": _("after the first contact"),
        "resolved": _("that it is put right"),
        "closed": _("that it is closed"),
        "reopened": _("that it was taken up again"),
    }
    return str(known.get(what, what))


def flag_text(flag: str) -> str:
    """What a switch of a kind does."""
    known = {
        "contact": _("The customer must be contacted"),
        "root_cause": _("A root cause is needed"),
        "rerate": _("The customer rates the result"),
        "hold": _("No invitations to the customer while it is open"),
    }
    return str(known.get(flag, flag))
