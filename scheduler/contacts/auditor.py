"""`soundings audit contacts`: reads only the ledger, shares no code with the rules, and finds what must never be in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.foundation.ground import Ground
from portal.shell.features import CheckResult
from scheduler.contacts.store import auditing as store
from scheduler.contacts.store.auditing import LedgerRow

ASKING = ("invite", "rerate")
KINDS = {"invite": ASKING, "message": (*ASKING, "reminder"), "panel": ("panel",)}
SPARED = ("service", "panel")
STEPS = {"sent": "counts_at", "answered": "answered_at", "declined": "declined_at", "abandoned": "abandoned_at"}
SLACK = timedelta(minutes=2)
"""Between the last look at the clock and the hand-over some seconds may pass."""


@dataclass
class Books:
    """What the ledger is held against."""

    policies: Mapping[UUID, Mapping[str, Any]]
    zones: Mapping[UUID, str | None]
    zone: str
    opt_outs: Mapping[UUID, list[tuple[str, str, datetime, datetime | None]]]
    cooldowns: Mapping[str, Mapping[str, Any]]
    purposes: Mapping[str, str]
    found: list[dict[str, Any]] = field(default_factory=list)

    def blame(self, rule: str, row: LedgerRow, **facts: Any) -> None:
        """Write one violation down."""
        told = {name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in facts.items()}
        self.found.append({"rule": rule, "contact": str(row.id), "person": str(row.person_id), "at": row.counts_at.isoformat(), **told})


def check_contacts(ground: Ground) -> CheckResult:
    """Go through every person's contacts in order of time."""
    checked = 0
    with ground.reading() as session:
        books = _books(session, ground.settings.zone)
        for _, rows in groupby(store.ledger(session), key=lambda row: row.person_id):
            ordered = list(rows)
            checked += len(ordered)
            for place, row in enumerate(ordered):
                _check(row, ordered[:place], books)
        totals = store.sums(session)
    if totals.candidates != totals.decisions + totals.waiting:
        books.found.append({"rule": "sum", "candidates": totals.candidates, "decisions": totals.decisions, "waiting": totals.waiting})
    if totals.sent != totals.contacts:
        books.found.append({"rule": "sent", "decisions": totals.sent, "contacts": totals.contacts})
    return CheckResult(checked, books.found)


def _books(session: Any, zone: str) -> Books:
    opt_outs: dict[UUID, list[tuple[str, str, datetime, datetime | None]]] = {}
    for person, purpose, channel, since, until in store.opt_outs(session):
        opt_outs.setdefault(person, []).append((purpose, channel, since, until))
    return Books(store.policies(session), store.zones(session), zone, opt_outs, store.own_cooldowns(session), store.purposes(session))


def _check(row: LedgerRow, earlier: list[LedgerRow], books: Books) -> None:
    _check_opt_out(row, books)
    policy = books.policies.get(row.policy_version_id) if row.policy_version_id else None
    if policy is None or row.kind == "notice":
        return
    _check_quiet(row, policy, books)
    for cap in policy.get("caps", ()):
        _check_cap(row, earlier, cap, books)
    if row.class_ not in SPARED and row.kind in ASKING:
        _check_cooldowns(row, earlier, policy, books)
        _check_open(row, earlier, policy, books)
        _check_pairs(row, earlier, policy, books)


def _check_opt_out(row: LedgerRow, books: Books) -> None:
    """T3: nothing is handed over after an opt-out."""
    if row.sent_at is None or row.kind == "notice":
        return
    for purpose, channel, since, until in books.opt_outs.get(row.person_id, ()):
        ours = purpose in ("", books.purposes.get(row.touchpoint or "", "survey")) and channel in ("", row.channel)
        if ours and since < row.sent_at and (until is None or row.sent_at < until):
            books.blame("opt_out", row, since=since)


def _check_quiet(row: LedgerRow, policy: Mapping[str, Any], books: Books) -> None:
    """T6: never sent in quiet hours."""
    quiet = policy.get("quiet_hours")
    if not quiet:
        return
    start, end = time.fromisoformat(quiet["start"]), time.fromisoformat(quiet["end"])
    zone = ZoneInfo(books.zones.get(row.person_id) or books.zone)
    at = row.sent_at or row.counts_at
    if all(_inside((moment).astimezone(zone).time(), start, end) for moment in (at, at - SLACK)):
        books.blame("quiet_hours", row, local=at.astimezone(zone))


def _inside(wall: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= wall < end
    return wall >= start or wall < end


def _check_cap(row: LedgerRow, earlier: Iterable[LedgerRow], cap: Mapping[str, Any], books: Books) -> None:
    """T1: no rolling window holds more than its cap, looked at when its last contact was made."""
    kinds = (cap["kind"],) if cap.get("kind") else KINDS[cap["scope"]]
    channel, length = cap["channel"], _length(cap["window"])
    if not cap["n"] or row.kind not in kinds or channel not in ("any", row.channel):
        return
    if row.class_ == "service" and length > timedelta(hours=24) and channel != "sms":
        return
    inside = [one for one in earlier if one.kind in kinds and channel in ("any", one.channel) and row.counts_at - one.counts_at < length]
    used = sum(one.weight for one in (*inside, row)) if cap.get("weighted") else len(inside) + 1
    if used > cap["n"]:
        books.blame(f"cap {cap['scope']} {channel} {cap['window']}", row, used=used, n=cap["n"])


def _length(window: str) -> timedelta:
    return timedelta(hours=int(window[:-1])) if window[-1] == "h" else timedelta(days=int(window[:-1]))


def _check_cooldowns(row: LedgerRow, earlier: Iterable[LedgerRow], policy: Mapping[str, Any], books: Books) -> None:
    own = books.cooldowns.get(row.touchpoint or "", {})
    for who in ("any", "group", "same"):
        for what, column in STEPS.items():
            cell = ((policy.get("cooldown") or {}).get(who) or {}).get(what) or {}
            days = cell.get("days", 0)
            if row.class_ == "high" and cell.get("high_days"):
                days = cell["high_days"]
            length = timedelta(days=max(days, own.get(f"{who}.{what}", 0)))
            for one in earlier if length else ():
                at = getattr(one, column)
                started = at is not None and (what == "sent" or _known(at, row))
                if started and one.kind in ASKING and _same(who, one, row) and row.counts_at - at < length:
                    books.blame(f"cooldown {who} {what}", row, after=at)


def _same(who: str, one: LedgerRow, row: LedgerRow) -> bool:
    if who == "any":
        return True
    return one.touchpoint == row.touchpoint if who == "same" else one.group is not None and one.group == row.group


def _known(at: datetime, row: LedgerRow) -> bool:
    """Whether a step had been taken when the later contact was decided; nobody can foresee an answer."""
    return at <= (row.decided_at or row.counts_at)


def _check_open(row: LedgerRow, earlier: Iterable[LedgerRow], policy: Mapping[str, Any], books: Books) -> None:
    """R9: no second invitation while one is open."""
    days = (policy.get("pending") or {}).get("days", 0)
    for one in earlier if days else ():
        ended = [at for at in (one.answered_at, one.declined_at, one.abandoned_at, one.expired_at) if at is not None and _known(at, row)]
        if one.kind in ASKING and not ended and row.counts_at - one.counts_at < timedelta(days=days):
            books.blame("pending", row, open_since=one.counts_at)


def _check_pairs(row: LedgerRow, earlier: Iterable[LedgerRow], policy: Mapping[str, Any], books: Books) -> None:
    for pair in policy.get("pairs", ()):
        orders = [(pair["first"], pair["then"]), *([(pair["then"], pair["first"])] if pair.get("either_way") else [])]
        for first, then in orders if row.touchpoint in (pair["first"], pair["then"]) else ():
            for one in earlier:
                close = row.counts_at - one.counts_at < timedelta(days=pair["days"])
                if row.touchpoint == then and one.touchpoint == first and one.kind in ASKING and close:
                    books.blame("pair", row, after=one.counts_at)
