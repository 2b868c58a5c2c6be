"""The auditor on windows: R9 to R13, looked at when the last contact in each was made."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from scheduler.contacts.auditor_books import ASKING, SPARED, Books
from scheduler.contacts.store.auditing import LedgerRow

KINDS = {"invite": ASKING, "message": (*ASKING, "reminder"), "panel": ("panel",)}
STEPS = {"sent": "counts_at", "answered": "answered_at", "declined": "declined_at", "abandoned": "abandoned_at"}
LIFE, FOR_GOOD = timedelta(days=14), timedelta(days=3_650)


def check(row: LedgerRow, earlier: Sequence[LedgerRow], books: Books) -> None:
    """Look at one contact and those before it."""
    policy = books.policy(row) or _of_parent(row, earlier, books)
    if policy is None or row.kind == "notice" or row.reserved_at is None:
        return
    for cap in policy.get("caps", ()):
        check_cap(row, earlier, cap, books, "person")
    if row.class_ in SPARED or row.kind not in ASKING:
        return
    if not books.held(row, "bypass", row.decided_at or row.counts_at):
        _cooldowns(row, earlier, policy, books)
        _back_off(row, earlier, policy, books)
    _one_open(row, earlier, policy, books)
    _pairs(row, earlier, policy, books)


def _of_parent(row: LedgerRow, earlier: Sequence[LedgerRow], books: Books) -> Mapping[str, Any] | None:
    parent = next((one for one in earlier if one.id == row.parent_id), None)
    return books.policy(parent) if parent else None


def check_cap(row: LedgerRow, earlier: Iterable[LedgerRow], cap: Mapping[str, Any], books: Books, per: str) -> None:
    """T1: no rolling window holds more than its cap; per person, or over all contact persons of a company."""
    kinds = (cap["kind"],) if cap.get("kind") else KINDS[cap["scope"]]
    channel, length = cap["channel"], _length(cap["window"])
    if not cap["n"] or row.kind not in kinds or channel not in ("any", row.channel) or cap.get("per", "both") not in (per, "both"):
        return
    if row.class_ == "service" and length > timedelta(hours=24) and channel != "sms":
        return
    inside = [
        one for one in earlier
        if one.reserved_at is not None and one.kind in kinds and channel in ("any", one.channel) and row.counts_at - one.counts_at < length
    ]  # fmt: skip
    used = sum(one.weight for one in (*inside, row)) if cap.get("weighted") else len(inside) + 1
    if used > cap["n"]:
        of = " of a company" if per == "company" else ""
        books.blame(f"cap {cap['scope']} {channel} {cap['window']}{of}", row, used=used, n=cap["n"])


def _length(window: str) -> timedelta:
    return timedelta(hours=int(window[:-1])) if window[-1] == "h" else timedelta(days=int(window[:-1]))


def _cooldowns(row: LedgerRow, earlier: Iterable[LedgerRow], policy: Mapping[str, Any], books: Books) -> None:
    touchpoint = books.touchpoints.get(row.touchpoint or "")
    own = (touchpoint.cooldown if touchpoint else None) or {}
    for who in ("any", "group", "same"):
        for what, column in STEPS.items():
            cell = ((policy.get("cooldown") or {}).get(who) or {}).get(what) or {}
            days = cell.get("days", 0)
            if row.class_ == "high" and cell.get("high_days"):
                days = cell["high_days"]
            length = timedelta(days=max(days, own.get(f"{who}.{what}", 0)))
            for one in earlier if length else ():
                at: datetime | None = None if what == "sent" and one.reserved_at is None else getattr(one, column)
                if at is None or (what != "sent" and not _known(at, row)):
                    continue
                if one.kind in ASKING and _same(who, one, row) and row.counts_at - at < length:
                    books.blame(f"cooldown {who} {what}", row, after=at)


def _same(who: str, one: LedgerRow, row: LedgerRow) -> bool:
    if who == "any":
        return True
    return one.touchpoint == row.touchpoint if who == "same" else one.group is not None and one.group == row.group


def _known(at: datetime, row: LedgerRow) -> bool:
    """Whether a step had been taken when the later contact was decided; nobody can foresee an answer."""
    return at <= (row.decided_at or row.counts_at)


def _back_off(row: LedgerRow, earlier: Sequence[LedgerRow], policy: Mapping[str, Any], books: Books) -> None:
    """R11: the more invitations in a row went unanswered, the longer the pause after the last of them."""
    steps = [days for days in (policy.get("backoff") or {}).get("days", ()) if days]
    if not steps or row.class_ == "high":
        return
    at = min(row.decided_at or row.counts_at, row.counts_at)
    run: list[datetime] = []
    for one in reversed(earlier):
        if one.kind not in ASKING:
            continue
        if one.answered_at is not None and _known(one.answered_at, row):
            break
        if one.reserved_at is None or (one.declined_at is not None and _known(one.declined_at, row)):
            continue
        ended = [step for step in (one.abandoned_at, one.expired_at) if step is not None and _known(step, row)]
        if at - one.counts_at >= 2 * sum(steps) * timedelta(days=1):
            break
        if ended or at - one.counts_at >= LIFE:
            run.append(one.counts_at)
    if run and row.counts_at - run[0] < timedelta(days=steps[min(len(run), len(steps)) - 1]):
        books.blame("backoff", row, after=run[0], n=len(run))


def _one_open(row: LedgerRow, earlier: Iterable[LedgerRow], policy: Mapping[str, Any], books: Books) -> None:
    """R9: no second invitation while one is open."""
    days = (policy.get("pending") or {}).get("days", 0)
    for one in earlier if days else ():
        ended = [at for at in (one.answered_at, one.declined_at, one.abandoned_at, one.expired_at) if at is not None and _known(at, row)]
        if one.kind in ASKING and one.reserved_at is not None and not ended and row.counts_at - one.counts_at < timedelta(days=days):
            books.blame("pending", row, open_since=one.counts_at)


def _pairs(row: LedgerRow, earlier: Iterable[LedgerRow], policy: Mapping[str, Any], books: Books) -> None:
    """R13: never one so soon after another, or never at all."""
    for pair in policy.get("pairs", ()):
        both = pair.get("either_way") or pair.get("never")
        orders = [(pair["first"], pair["then"]), *([(pair["then"], pair["first"])] if both else [])]
        length = FOR_GOOD if pair.get("never") else timedelta(days=pair["days"])
        for first, then in orders if row.touchpoint in (pair["first"], pair["then"]) else ():
            for one in earlier:
                close = one.reserved_at is not None and row.counts_at - one.counts_at < length
                if row.touchpoint == then and one.touchpoint == first and one.kind in ASKING and close:
                    books.blame("pair", row, after=one.counts_at)
