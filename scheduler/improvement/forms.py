"""What the register's forms bring; whatever is no known choice counts as not filled in."""

from uuid import UUID

from werkzeug.datastructures import MultiDict

from portal.people.edge import day_of, uuid_of
from scheduler.improvement.gatherings import NewMeeting, NewProgramme
from scheduler.improvement.register import NewIssue
from scheduler.improvement.rules.states import Step, Wanted
from scheduler.improvement.words import INDICATORS

Form = MultiDict[str, str]
LONGEST = 3001
"""One more than a text may have, so that the rule sees that it is too long."""


def text(form: Form, name: str, longest: int = LONGEST) -> str:
    """A text, without what no database keeps."""
    return form.get(name, "").replace("\x00", "").strip()[:longest]


def issue(form: Form) -> NewIssue:
    """An issue as it was filled in."""
    severity = text(form, "severity", 2)
    indicator = text(form, "indicator", 10)
    return NewIssue(
        title=text(form, "title"), kind=text(form, "kind", 12), unit_id=uuid_of(form.get("unit_id")),
        description=text(form, "description"), severity=int(severity) if severity.isdecimal() else 3,
        owner_id=uuid_of(form.get("owner_id")), touchpoint=text(form, "touchpoint", 60),
        indicator=indicator if indicator in INDICATORS else "nps", measured_unit_id=uuid_of(form.get("measured_unit_id")),
        topic=text(form, "topic", 40), programme_id=uuid_of(form.get("programme_id")),
    )  # fmt: skip


def wanted(step: Step, form: Form) -> Wanted:
    """A step as it was filled in."""
    return Wanted(
        step, analysis=text(form, "analysis", 3000), root_cause=text(form, "root_cause", 60), plan=text(form, "plan", 3000),
        fix_due_on=day_of(form.get("fix_due_on")), verify_on=day_of(form.get("verify_on")),
        lasting_measure=text(form, "lasting_measure", 2000), story=text(form, "story", 3000),
        turned_into=text(form, "turned_into", 12), reason=text(form, "reason", 1000), note=text(form, "note", 2000),
    )  # fmt: skip


def meeting(form: Form) -> NewMeeting:
    """A meeting as it was filled in."""
    return NewMeeting(text(form, "title"), day_of(form.get("held_on")), uuid_of(form.get("unit_id")), uuid_of(form.get("programme_id")))


def programme(form: Form) -> NewProgramme:
    """A programme as it was filled in."""
    try:
        target: float | None = float(text(form, "target", 10))
    except ValueError:
        target = None
    if target is not None and not abs(target) < 1000:  # also catches NaN
        target = 1000.0
    return NewProgramme(
        code=text(form, "code", 21), name=text(form, "name", 120), goal=text(form, "goal", 1000), unit_id=uuid_of(form.get("unit_id")),
        owner_id=uuid_of(form.get("owner_id")), indicator=text(form, "indicator", 10), touchpoint=text(form, "touchpoint", 60),
        target=target, starts_on=day_of(form.get("starts_on")), ends_on=day_of(form.get("ends_on")), units=_ids(form, "units"),
        questionnaires=_ids(form, "questionnaires"),
    )  # fmt: skip


def _ids(form: Form, name: str) -> list[UUID]:
    return [one for raw in form.getlist(name) if (one := uuid_of(raw))]
