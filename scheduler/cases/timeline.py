"""The lines of a case's timeline, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.foundation.i18n import _, pick
from scheduler.cases import entries
from scheduler.cases.models import CaseStep
from scheduler.cases.reading import CaseView
from scheduler.cases.rules.states import Outcome
from scheduler.cases.words import channel_text, outcome_text, root_cause_text, stage_text

BY_CUSTOMER = frozenset({"answered", "answered_again", "rerated"})
TONES = {
    "answered": "bad",
    "answered_again": "bad",
    "escalate": "bad",
    "rerated": "info",
    "wait": "warn",
    "reopen": "warn",
    "guidance": "info",
    "alarm": "bad",
    "close": "good",
    "resolve": "good",
}


@dataclass(frozen=True)
class Telling:
    """What one step was about, with the names of what it points at."""

    view: CaseView
    told: Mapping[str, Any]

    def unit(self, name: str = "unit") -> str:
        """A unit's name."""
        names = self.view.units.get(UUID(self.told[name])) if self.told.get(name) else None
        return pick(*names) if names else str(_("the level above"))

    @property
    def owner(self) -> str:
        """The owner's name."""
        return self.view.people.get(UUID(self.told["owner"]), "") if self.told.get("owner") else ""

    @property
    def score(self) -> str:
        """The score, or the scores of a re-rating."""
        values = (self.told.get("scores") or {"": self.told.get("score")}).values()
        return " · ".join(f"{value:g}" if isinstance(value, int | float) else "–" for value in values)


def timeline(view: CaseView) -> list[dict[str, Any]]:
    """All lines, the newest first."""
    return [_line(view, step) for step in reversed(view.steps)]


def _line(view: CaseView, step: CaseStep) -> dict[str, Any]:
    telling = Telling(view, step.facts)
    who = "" if step.act in BY_CUSTOMER else str(_("System"))
    if step.actor_id:
        who = view.people.get(step.actor_id) or str(_("A former member of staff"))
    return {"at": step.at, "title": _title(step.act, telling), "text": step.note, "tone": _tone(step.act, step.facts), "who": who}


def _tone(act: str, told: Mapping[str, Any]) -> str:
    if act == "clock":
        return "bad" if told.get("mark") == 100 else "warn"
    if act == "contact":
        return "good" if told.get("outcome") == Outcome.REACHED else ""
    known = entries.known(act)
    return known.tone if known is not None else TONES.get(act, "")


def _title(act: str, it: Telling) -> str:
    """What happened, in a few words."""
    by_customer = it.told.get("by") == "rerating"
    titles: dict[str, Any] = {
        "answered": lambda: _answered(it),
        "answered_again": lambda: _("Customer answered low again: %(score)s", score=it.score),
        "rerated": lambda: _("Re-rating: %(score)s", score=it.score),
        "opened": lambda: _opened(it),
        "clock": lambda: _clock(it.told),
        "assign": lambda: _("Assigned to %(owner)s", owner=it.owner),
        "accept": lambda: _("Accepted by %(owner)s", owner=it.owner),
        "contact": lambda: _("Contact: %(outcome)s", outcome=outcome_text(str(it.told.get("outcome")))),
        "start": lambda: _("Work started"),
        "wait": lambda: _("Waiting for the customer"),
        "continue": lambda: _("Continued"),
        "transfer": lambda: _("Transferred from %(before)s to %(after)s", before=it.unit("from"), after=it.unit()),
        "escalate": lambda: _escalated(it),
        "resolve": lambda: _solved(it),
        "close": lambda: _("Closed by a good re-rating") if by_customer else _("Closed"),
        "reopen": lambda: _("Reopened by a low re-rating") if by_customer else _("Reopened"),
        "helper": lambda: _("%(name)s helps with this case", name=it.owner),
        "helper_gone": lambda: _("%(name)s no longer helps", name=it.owner),
        "guidance": lambda: _("Head-office guidance"),
        "task": lambda: _("To-do added"),
        "promise": lambda: _("Promised to the customer"),
        "task_done": lambda: _("To-do done"),
        "task_open": lambda: _("To-do taken up again"),
        "filled": lambda: _("Fields and checklist saved"),
        "attached": lambda: _("File added"),
        "told": lambda: _("Customer told by message") if it.told.get("reached") else _("No channel reaches the customer"),
        "alarm": lambda: _alarm(it.told),
        "merge": lambda: _("Merged into another case of this customer"),
        "merged_in": lambda: _("Case %(number)s was merged into this one", number=it.told.get("number")),
        "reveal": lambda: _("Contact data shown"),
    }
    known = entries.known(act)
    if known is not None:
        return str(known.staff(it.told))
    return str(titles.get(act, lambda: _("Note"))())


def _solved(it: Telling) -> str:
    code = it.told.get("root_cause")
    if not code:
        return str(_("Solved"))
    return str(_("Solved. Root cause: %(cause)s", cause=pick(*it.view.causes[code]) if code in it.view.causes else root_cause_text(code)))


def _alarm(told: Mapping[str, Any]) -> str:
    return str(
        _("%(indicator)s went from %(before)s to %(value)s (n %(n)s)", indicator=str(told.get("indicator", "")).upper(),
          before=f"{told.get('before', 0):.1f}", value=f"{told.get('value', 0):.1f}", n=told.get("n"))
    )  # fmt: skip


def _opened(it: Telling) -> str:
    if it.told.get("source") == "surge":
        return str(_("Incident: %(seen)s low scores in an hour, %(expected)s expected", **_figures(it.told)))
    return str(_("Case opened for %(unit)s", unit=it.unit()))


def _figures(told: Mapping[str, Any]) -> dict[str, str]:
    return {"seen": str(told.get("seen", "")), "expected": f"{float(told.get('expected') or 0):.1f}"}


def _answered(it: Telling) -> str:
    text = str(_("Customer gave %(score)s", score=it.score))
    channel = channel_text(str(it.told.get("channel") or ""))
    return f"{text} · {channel}" if channel else text


def _escalated(it: Telling) -> str:
    if it.told.get("by") == "pressure":
        return str(_("Customer says that somebody asked for another score; told to %(unit)s", unit=it.unit()))
    return str(_("Escalated to %(unit)s", unit=it.unit()))


def _clock(told: Mapping[str, Any]) -> str:
    stage, mark = stage_text(str(told.get("stage", ""))), told.get("mark")
    if mark == 100:
        return str(_("%(stage)s: time limit passed", stage=stage))
    return str(_("%(stage)s: %(mark)s %% of the time used", stage=stage, mark=mark))
