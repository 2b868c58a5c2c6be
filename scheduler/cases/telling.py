"""Staff's notices: a new case and a limit at once, all else in one digest a day; a deputy is told in the place of who is away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ids import new_id
from scheduler.cases.calendars import calendar_for
from scheduler.cases.models import Case
from scheduler.cases.rules.kinds import To
from scheduler.cases.rules.worktime import WorkCalendar
from scheduler.cases.store import notices as store
from scheduler.cases.store import people as people_store
from scheduler.cases.store import units as unit_store
from scheduler.cases.store import work as work_store
from scheduler.delivery import staff

URGENT = frozenset({"opened", "assigned", "clock", "escalated", "mentioned", "pressure", "incident", "approval"})
MAILED = {
    **dict.fromkeys(("opened", "assigned", "incident"), "new"),
    "mentioned": "mentioned",
    "clock": "limits",
    "escalated": "escalated",
    "pressure": "escalated",
    "approval": "approval",
}
"""What people may choose to be told outside the portal, by what their notices say."""
DIGEST_AFTER_OPENING = timedelta(minutes=30)


@dataclass(frozen=True)
class Word:
    """One thing to tell one person. `key` makes it be told once, however often the job runs."""

    user_id: UUID
    what: str
    case_id: UUID | None
    key: str
    facts: dict[str, Any] = field(default_factory=dict)


def tell_staff(session: Session, words: Iterable[Word], now: datetime) -> int:
    """Write notices in sets; four statements and the insert, however many they are."""
    wanted = list(words)
    if not wanted:
        return 0
    away = people_store.deputies(session, {one.user_id for one in wanted}, now)
    calendars = _calendars(session, {away.get(one.user_id, one.user_id) for one in wanted if one.what not in URGENT})
    outside = staff.wanting(session, {away.get(one.user_id, one.user_id) for one in wanted})
    rows = []
    for one in wanted:
        reader = away.get(one.user_id, one.user_id)
        urgent = one.what in URGENT
        rows.append(
            {
                "id": new_id(),
                "key": f"{one.key}:{one.user_id.hex}"[:120],
                "user_id": reader,
                "case_id": one.case_id,
                "what": one.what,
                "facts": one.facts,
                "urgent": urgent,
                "mail": MAILED.get(one.what, "") in outside.get(reader, ()),
                "stands_in_for": one.user_id if reader != one.user_id else None,
                "at": now,
                "digest_due_at": None if urgent else digest_at(calendars.get(reader, calendar_for(None, None)), now),
            }
        )
    store.add(session, rows)
    return len(rows)


def digest_at(calendar: WorkCalendar, now: datetime) -> datetime:
    """When a person reads what can wait: half an hour after the next opening of his unit."""
    today = [start + DIGEST_AFTER_OPENING for start, _end in calendar.spans(calendar.local_day(now))[:1]]
    if today and now < today[0]:
        return today[0]
    next_day = calendar.local_day(calendar.end_of_day_after(now, 1))
    return calendar.spans(next_day)[0][0] + DIGEST_AFTER_OPENING


def _calendars(session: Session, user_ids: set[UUID]) -> dict[UUID, WorkCalendar]:
    units = people_store.units_of(session, user_ids) if user_ids else {}
    calendars = unit_store.calendars(session, {unit for unit in units.values() if unit is not None}) if units else {}
    return {user: calendars[unit] for user, unit in units.items() if unit is not None and unit in calendars}


def digest(session: Session, now: datetime, limit: int = 500) -> int:
    """One notice a person of all that waited for his working day; returns how many notices were gathered."""
    rows = store.claim_digest(session, now, limit)
    by_user: dict[UUID, list[Any]] = {}
    for row in rows:
        by_user.setdefault(row.user_id, []).append(row)
    made, outside = [], staff.wanting(session, by_user)
    for user, theirs in by_user.items():
        counts: dict[str, int] = {}
        for row in theirs:
            counts[row.what] = counts.get(row.what, 0) + 1
            row.digest_due_at, row.digested_at = None, now
        made.append(
            {
                "id": new_id(),
                "key": f"digest:{now:%Y%m%d%H%M}:{user.hex}",
                "user_id": user,
                "case_id": None,
                "what": "digest",
                "facts": counts,
                "urgent": False,
                "mail": "digest" in outside.get(user, ()),
                "stands_in_for": None,
                "at": now,
                "digest_due_at": None,
            }
        )
    store.add(session, made)
    return len(rows)


def opened(session: Session, cases: Sequence[dict[str, Any]], now: datetime) -> None:
    """Tell of new cases: their owners, or where there is none, those who handle cases of the unit."""
    hands = people_store.hands(session, {row["unit_id"] for row in cases if row["owner_id"] is None}, now)
    words = []
    for row in cases:
        readers = [row["owner_id"]] if row["owner_id"] else people_store.nearest(hands.get(row["unit_id"], []))
        facts = {"number": row["number"], "kind": row["kind"], "score": row.get("score")}
        words += [Word(user, "opened", row["id"], f"opened:{row['id'].hex}", facts) for user in readers]
    tell_staff(session, words, now)


def to_team(session: Session, case: Case, what: str, now: datetime, *, but: UUID | None = None, **facts: Any) -> None:
    """Tell the owner and those who help him, without the one who did it."""
    team = set(work_store.members(session, case.id)) | ({case.owner_id} if case.owner_id else set())
    key = f"{what}:{case.id.hex}:{case.revision}:{now:%Y%m%d%H%M%S}"
    tell_staff(session, [Word(user, what, case.id, key, {"number": case.number, **facts}) for user in sorted(team - {but})], now)


def escalated(session: Session, told: Sequence[tuple[Case, str, frozenset[To]]], now: datetime) -> None:
    """Tell those whom the ladder names: each entry is a case, why, and whom."""
    hands = people_store.hands(session, {case.unit_id for case, _why, _to in told}, now)
    words = []
    for case, why, to in told:
        readers: set[UUID] = set()
        theirs = hands.get(case.unit_id, [])
        if To.OWNER in to and case.owner_id:
            readers.add(case.owner_id)
        if To.MANAGER in to:
            readers.update(people_store.nearest(theirs, managers=True))
        if To.ABOVE in to:
            readers.update(people_store.nearest(theirs, from_depth=1, managers=True))
        if To.HEAD in to:
            readers.update(people_store.nearest(theirs, from_depth=max((one.depth for one in theirs), default=0), managers=True))
        facts = {"number": case.number, "why": why}
        words += [
            Word(user, "escalated", case.id, f"esc:{case.id.hex}:{why}:{case.revision}:{case.clock_mark}", facts)
            for user in sorted(readers)
        ]
    tell_staff(session, words, now)
