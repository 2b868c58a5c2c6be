"""What the managers of officers' units are told in the portal: that something of the programme waits for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import store
from portal.foundation.i18n import _, pick
from portal.people.rules.roles import Role
from scheduler.cases.telling import Word, tell_staff
from scheduler.cases.words import notice_word

HOURS, VISIT = "officer_hours", "officer_visit"


def tell(session: Session, unit_id: UUID, what: str, key: str, facts: Mapping[str, Any], now: datetime, but: UUID | None = None) -> int:
    """Tell those who manage a unit, else whoever manages the nearest one above; once for each key. Returns how many were told.

    Shape   facts: `url` of the page, and what the words want; nothing of a person. `but` is not told: one's own wish waits for others
    """
    told = store.nearest_managers(session, unit_id, Role.OUTLET_MANAGER.value, now) - {but}
    return tell_staff(session, [Word(one, what, None, key, {"number": "", **facts}) for one in sorted(told)], now)


def _visit(facts: Mapping[str, Any]) -> str:
    task = pick(str(facts.get("task_zh", "")), str(facts.get("task_en", "")))
    return str(_("A visit at your unit waits for your word: %(task)s", task=task))


notice_word(HOURS, lambda _facts: str(_("A staff officer asks for task hours")))
notice_word(VISIT, _visit)
