"""The history of one questionnaire: everything that the audit trail tells, the many small saves of a draft drawn together."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.foundation.i18n import _
from questionnaires.library import store

TOGETHER = timedelta(minutes=30)
"""Saves of one person that follow one another within so long are one line."""
MOST = 400
SAVES = frozenset({"questionnaire.save", "questionnaire.undo", "questionnaire.redo"})


@dataclass(frozen=True)
class Entry:
    """One line of the history, for the timeline."""

    at: datetime
    title: str
    who: str
    text: str
    tone: str


def titles() -> dict[str, str]:
    """What each act is called."""
    return {
        "questionnaire.create": _("Begun"),
        "questionnaire.save": _("Draft edited"),
        "questionnaire.move": _("Put into another folder"),
        "questionnaire.submit": _("Handed in for approval"),
        "questionnaire.approve": _("Approved"),
        "questionnaire.return": _("Returned to the author"),
        "questionnaire.publish": _("Published"),
        "questionnaire.pause": _("Paused"),
        "questionnaire.soft_pause": _("Soft launch ended: paused by itself"),
        "questionnaire.resume": _("Resumed"),
        "questionnaire.retire": _("Retired"),
        "questionnaire.import": _("Taken from a file"),
        "questionnaire.export": _("Written to a file"),
        "questionnaire.keep_wording": _("Kept its wording in spite of a newer one in the bank"),
    }


TONES = {"publish": "good", "approve": "good", "return": "warn", "soft_pause": "warn", "pause": "warn", "retire": "bad", "submit": "info"}


def entries(session: Session, questionnaire_id: UUID) -> list[Entry]:
    """The newest first."""
    rows = store.audit_of(session, questionnaire_id, MOST)
    people = store.names(session, [row.user for row in rows])
    said, found = titles(), []
    skip_until = 0
    for number, row in enumerate(rows):
        if number < skip_until:
            continue
        act, count = row.act, 1
        if act in SAVES:
            while number + count < len(rows) and _same_sitting(rows[number + count - 1], rows[number + count]):
                count += 1
            skip_until, act = number + count, "questionnaire.save"
        who = people.get(row.user, "") if row.user else _("by itself")
        found.append(Entry(row.at, said.get(act, act), who, _facts(row.facts, count), TONES.get(act.partition(".")[2], "")))
    return found


def _same_sitting(newer: store.Audited, older: store.Audited) -> bool:
    return older.act in SAVES and older.user == newer.user and newer.at - older.at < TOGETHER


def _facts(facts: dict[str, object], count: int) -> str:
    words = []
    if count > 1:
        words.append(_("%(count)s changes", count=count))
    if "revision" in facts:
        words.append(_("revision %(number)s", number=facts["revision"]))
    if "version" in facts:
        words.append(_("version %(number)s", number=facts["version"]))
    if "step" in facts:
        words.append(_("step %(number)s", number=facts["step"]))
    if "soft_limit" in facts:
        words.append(_("soft launch: the first %(number)s answers", number=facts["soft_limit"]))
    if "answers" in facts:
        words.append(_("%(number)s answers", number=facts["answers"]))
    return " · ".join(words)
