"""The auditor on single contacts: R1 to R6, R8, R14 to R17, and reminders."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.contacts.auditor_books import ASKING, SLACK, Books
from scheduler.contacts.store.auditing import LedgerRow

OPEN = ("file", "self")
STAFF_CHANNELS = ("wecom", "email", "file")


def check(row: LedgerRow, earlier: Sequence[LedgerRow], books: Books) -> None:
    """Look at one contact."""
    if row.reserved_at is None:
        return  # an answer that nobody asked for
    _refused(row, books)
    if row.kind == "reminder":
        _reminder(row, earlier, books)
        return
    if row.kind == "notice":
        return
    if books.removed(row):
        return
    policy = books.policy(row)
    if policy is None or row.decided_at is None:
        books.blame("evaded", row)  # T7: nothing is asked past a decision
        return
    _seen(row, earlier, books)
    _live(row, books)
    _eligible(row, row.decided_at, policy, books)
    _lawful(row, row.decided_at, policy, books)
    _drawn(row, policy, books)
    _rested(row, row.decided_at, policy, books)
    _in_time(row, policy, books)
    _alone(row, earlier, policy, books)
    _reached(row, books)


def _refused(row: LedgerRow, books: Books) -> None:
    """T3: nothing is handed over after an opt-out; a notice only not by a channel that was refused."""
    if row.sent_at is None:
        return
    touchpoint = books.touchpoints.get(row.touchpoint or "")
    purposes = ("", touchpoint.purpose if touchpoint else "survey")
    for purpose, channel, since, until in books.opt_outs.get(row.person_id, ()):
        ours = channel in ("", row.channel) and purpose in purposes and not (row.kind == "notice" and not channel)
        if ours and since < row.sent_at - SLACK * (row.kind == "notice") and (until is None or row.sent_at < until):
            books.blame("opt_out", row, since=since)


def _seen(row: LedgerRow, earlier: Sequence[LedgerRow], books: Books) -> None:
    """R1: one transaction is asked about once at a touchpoint."""
    for one in earlier:
        if row.transaction_ref and (one.transaction_ref, one.touchpoint) == (row.transaction_ref, row.touchpoint):
            books.blame("duplicate", row, transaction=row.transaction_ref)


def _live(row: LedgerRow, books: Books) -> None:
    """R2: the touchpoint was there, on and in its dates; its channel and the whole were not switched off."""
    touchpoint, at = books.touchpoints.get(row.touchpoint or ""), row.sent_at or row.counts_at
    decided = row.decided_at or at
    if touchpoint is None:
        books.blame("inactive", row)
        return
    out_of_dates = (touchpoint.starts_at and decided < touchpoint.starts_at) or (touchpoint.ends_at and decided >= touchpoint.ends_at)
    off_before = not touchpoint.active and touchpoint.updated_at < at - SLACK
    off_since = [since for channel in ("*", row.channel) if (since := books.switched_off.get(channel)) and since < at - SLACK]
    if out_of_dates or off_before or (row.sent_at is not None and off_since):
        books.blame("inactive", row)


def _eligible(row: LedgerRow, at: datetime, policy: Mapping[str, Any], books: Books) -> None:
    """R3: tenure, age, how late and how early."""
    section, person = policy.get("eligible") or {}, books.persons.get(row.person_id)
    touchpoint, zone = books.touchpoints.get(row.touchpoint or ""), books.zone_of(row, policy)
    if row.occurred_at is None or row.received_at is None:
        return
    needed = section.get("tenure_days", 0) if touchpoint is None or touchpoint.tenure_days is None else touchpoint.tenure_days
    if needed and person and person.customer_since and (row.occurred_at.astimezone(zone).date() - person.customer_since).days < needed:
        books.blame("tenure", row)
    youngest = section.get("min_age", 0)
    if youngest and person and person.birth_date and _years(person.birth_date, at.astimezone(zone).date()) < youngest:
        books.blame("minor", row)
    late = row.received_at - row.occurred_at
    if section.get("stale_hours") and late > timedelta(hours=section["stale_hours"]):
        books.blame("stale", row)
    if section.get("future_minutes") and -late > timedelta(minutes=section["future_minutes"]):
        books.blame("future", row)


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _is_child(row: LedgerRow, at: datetime, policy: Mapping[str, Any], books: Books) -> bool:
    """Whether somebody else had to agree: the law's age, whatever the policy's is."""
    person = books.persons.get(row.person_id)
    return bool(person and person.birth_date and _years(person.birth_date, at.astimezone(books.zone_of(row, policy)).date()) < 14)


def _lawful(row: LedgerRow, at: datetime, policy: Mapping[str, Any], books: Books) -> None:
    """R4: consent (of a child's guardian), lists, open cases but one's own."""
    touchpoint = books.touchpoints.get(row.touchpoint or "")
    purpose = touchpoint.purpose if touchpoint else "survey"
    said: dict[str, bool] = {}
    child = _is_child(row, at, policy, books)
    for own, channel, when, given, guardian in books.consents.get(row.person_id, ()):
        if own == purpose and when <= max(at, row.counts_at):
            good = given and (guardian or not child)
            said = {channel: good} if not channel else {**said, channel: good}
    if not any(said.values()):
        books.blame("no_consent", row)
    if books.held(row, "list", at):
        books.blame("excluded", row)
    own_case = (row.attributes or {}).get("case_id")
    if [case for case in books.held(row, "open_case", at) if str(case) != str(own_case)]:
        books.blame("open_case", row)


def _drawn(row: LedgerRow, policy: Mapping[str, Any], books: Books) -> None:
    """R5 and R6: outside the holdout, and drawn; the hash is made anew."""
    person = books.persons.get(row.person_id)
    if person is None or person.ref is None or row.occurred_at is None:
        return
    share, salt = (policy.get("holdout") or {}).get("share", 0), books.salt(row)
    if share and _hash("holdout", salt, person.ref) < share:
        books.blame("holdout", row)
    rate = (row.evidence or {}).get("rate")
    period = f"{row.occurred_at.astimezone(ZoneInfo(books.zone)):%Y-%m}"
    drawn = _wave(row) or ("sample", salt, row.touchpoint or "", person.ref, period)
    if rate is not None and _hash(*drawn) >= rate:
        books.blame("not_sampled", row, rate=rate)


def _wave(row: LedgerRow) -> tuple[str, ...] | None:
    """A campaign's wave draws its members by itself; the event's id names wave and member."""
    parts = (row.event_id or "").split("-")
    ours = (row.touchpoint or "").startswith("campaign.") and len(parts) == 3 and parts[0] == "wave"
    return ("campaign", parts[1], parts[2]) if ours else None


def _hash(*parts: str) -> float:
    return float(int.from_bytes(sha256("|".join(parts).encode()).digest()[:8], "big") / 2**64)


def _rested(row: LedgerRow, at: datetime, policy: Mapping[str, Any], books: Books) -> None:
    """R8: not about a unit that rests."""
    section = policy.get("workload") or {}
    if not section.get("capacity") or row.class_ not in section.get("classes", ("normal",)) or row.in_charge is None:
        return
    if any(since <= at < until for since, until in books.pauses.get(row.in_charge, ())):
        books.blame("workload", row)


def _in_time(row: LedgerRow, policy: Mapping[str, Any], books: Books) -> None:
    """R14, T6: not too late, never in quiet hours, and not on days off where the touchpoint keeps them."""
    if row.expires_at is not None and row.decided_at is not None and row.decided_at >= row.expires_at:
        books.blame("expired", row)
    zone, at = books.zone_of(row, policy), row.sent_at or row.counts_at
    if quiet := policy.get("quiet_hours"):
        start, end = time.fromisoformat(quiet["start"]), time.fromisoformat(quiet["end"])
        if all(_inside(moment.astimezone(zone).time(), start, end) for moment in (at, at - SLACK)):
            books.blame("quiet_hours", row, local=at.astimezone(zone))
    touchpoint = books.touchpoints.get(row.touchpoint or "")
    if touchpoint is not None and touchpoint.avoid_holidays:
        days = {moment.astimezone(zone).date() for moment in (at, at - SLACK)}
        weekends = bool((policy.get("holidays") or {}).get("weekends"))
        if all(_day_off(day, _calendar(row, books), weekends) for day in days):
            books.blame("holiday", row)


def _calendar(row: LedgerRow, books: Books) -> str:
    person = books.persons.get(row.person_id)
    return (person.calendar if person else None) or "cn"


def _day_off(day: date, calendar: str, weekends: bool) -> bool:
    import chinese_calendar  # only where a touchpoint keeps holidays

    weekend = day.weekday() >= 5 and weekends
    if calendar == "cn":
        return day in chinese_calendar.holidays or (weekend and day not in chinese_calendar.workdays)
    return calendar == "weekdays" and weekend


def _inside(wall: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= wall < end
    return wall >= start or wall < end


def _alone(row: LedgerRow, earlier: Sequence[LedgerRow], policy: Mapping[str, Any], books: Books) -> None:
    """R15: of those that competed, one was sent."""
    if not (policy.get("arbitration") or {}).get("minutes"):
        return
    if any(one.decided_at == row.decided_at and one.kind in ASKING for one in earlier):
        books.blame("arbitration", row)


def _reached(row: LedgerRow, books: Books) -> None:
    """R16: by a channel that leads to the person; staff by those of their work."""
    person = books.persons.get(row.person_id)
    if person is None or person.erased or row.channel in OPEN:
        return
    wrong_for_staff = row.class_ == "staff" and row.channel not in STAFF_CHANNELS
    if wrong_for_staff or (row.channel not in person.reach and row.channel in ("sms", "rcs", "email", "wechat")):
        books.blame("no_channel", row, channel=row.channel)


def _reminder(row: LedgerRow, earlier: Sequence[LedgerRow], books: Books) -> None:
    """A reminder has an invitation, comes late enough, not too often, and to nobody who answered or declined."""
    parent = next((one for one in earlier if one.id == row.parent_id), None)
    policy = books.policy(parent) if parent else None
    if parent is None or policy is None or parent.kind not in ASKING:
        books.blame("reminder", row, why="no_invitation")
        return
    wanted, touchpoint = policy.get("reminders") or {}, books.touchpoints.get(row.touchpoint or "")
    own = touchpoint.reminder_hours if touchpoint else None
    after = timedelta(hours=own if own is not None else wanted.get("after_hours", 72))
    at = row.sent_at or row.counts_at
    ended = [step for step in (parent.answered_at, parent.declined_at) if step is not None and step < at - SLACK]
    if ended and row.sent_at is not None:
        books.blame("reminder", row, why="answered")
    if row.n > 2 or not row.n >= 1 or (parent.sent_at is not None and at < parent.sent_at + after * row.n - SLACK):
        books.blame("reminder", row, why="too_soon_or_often")
