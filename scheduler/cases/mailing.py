"""What staff are told outside the portal: a case's number and its page, by the channel they chose; many at once are one message."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal.foundation.ground import Ground
from scheduler.cases.notice_models import StaffNotice
from scheduler.cases.store import notices as store
from scheduler.delivery import staff
from scheduler.delivery.staff import StaffWord

TEMPLATES = {
    **dict.fromkeys(("opened", "incident"), "staff_opened"),
    **dict.fromkeys(("escalated", "pressure"), "staff_escalated"),
    "assigned": "staff_assigned",
    "mentioned": "staff_mentioned",
    "clock": "staff_clock",
    "approval": "staff_approval",
}
MY_DAY = "portal/my-day"


def mail_staff(ground: Ground, now: datetime, limit: int = 500) -> int:
    """Hand notices to the outbox, each once: the mark goes in the same transaction. Returns how many notices were seen."""
    with ground.writing() as session:
        waiting = store.claim_mail(session, limit)
        by_user: dict[UUID, list[tuple[StaffNotice, str | None]]] = defaultdict(list)
        for notice, number in waiting:
            by_user[notice.user_id].append((notice, number))
            notice.mail = False
        staff.send(session, ground.settings, [_word(user, theirs) for user, theirs in by_user.items()], now)
    return len(waiting)


def _word(user: UUID, theirs: Sequence[tuple[StaffNotice, str | None]]) -> StaffWord:
    """One notice in its own words; several as a number, so that a bad hour does not fill anybody's mailbox."""
    if len(theirs) > 1:
        return StaffWord(user, "staff_several", MY_DAY, note=str(len(theirs)))
    [(notice, number)] = theirs
    if notice.what == "digest":
        return StaffWord(user, "staff_digest", MY_DAY, note=str(sum(int(n) for n in notice.facts.values())))
    path = f"portal/cases/{number}" if number else str(notice.facts.get("url", "")).lstrip("/") or MY_DAY
    note = f"{notice.facts.get('mark', '')} %" if notice.what == "clock" else ""
    return StaffWord(user, TEMPLATES.get(notice.what, "staff_several"), path, number or "", note or "1")
