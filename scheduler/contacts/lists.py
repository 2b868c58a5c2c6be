"""Lists: never contact, bypass of frequency limits, exemption from cases or rankings. One person proposes, another approves."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.ids import new_id
from portal.people.approval import SamePerson, second_person
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope
from questionnaires.metrics import appeals
from scheduler.contacts.models import LIST_KINDS, ListEntry
from scheduler.contacts.store import lists as store

OBJECT, LONGEST, MOST_ROWS = "list", 200, 20_000
EXEMPT_FROM = ("cases", "rankings", "both")
COLUMNS = ("ref", "unit", "reason", "until", "exempt_from")
LONGEST_BYPASS = timedelta(days=366)
"""Nobody is asked more often than others for longer than a year without a new yes."""


class ListSamePerson(SamePerson):
    """Whoever proposed a place on a list can't approve it."""

    code = "list_same_person"


class ListMoved(Conflict):
    """Somebody else decided about it first."""

    code = "list_moved"


class Proposal(NamedTuple):
    """What somebody wants on a list: a customer by reference or, for an exemption, a unit by code."""

    ref: str = ""
    unit: str = ""
    reason: str = ""
    until: date | None = None
    exempt_from: str = ""


@dataclass(frozen=True)
class Editor:
    """Who proposes or decides, for which units, and by which clock a last day ends."""

    actor: Actor
    scope: Scope
    zone: str


@dataclass
class Imported:
    """What became of a file: how many were proposed, and each rejected row by its line, field and code."""

    batch_id: UUID
    proposed: int = 0
    rejected: list[tuple[int, str, str]] = field(default_factory=list)


def propose(session: Session, kind: str, wanted: Proposal, editor: Editor, now: datetime) -> UUID:
    """Propose one place.

    Raises  InvalidInput naming the field
    """
    batch_id = new_id()
    rows, problems = _rows(session, kind, [wanted], editor, now, batch_id)
    if problems:
        raise InvalidInput({problems[0][1]: problems[0][2]})
    store.add(session, rows)
    record(session, editor.actor, "list.propose", OBJECT, rows[0]["id"], now, {"kind": kind})
    return UUID(str(rows[0]["id"]))


def take_file(session: Session, kind: str, text: str, editor: Editor, now: datetime) -> Imported:
    """Propose what a CSV file names (columns ref or unit, reason, until, exempt_from); good rows are kept though others are rejected.

    Raises  InvalidInput for a file that has no such columns, or too many rows
    """
    reader = csv.DictReader(io.StringIO(text))
    if reader.fieldnames is None or set(reader.fieldnames) - set(COLUMNS) or "reason" not in reader.fieldnames:
        raise InvalidInput({"file": "wrong_columns"})
    raw = list(reader)
    if len(raw) > MOST_ROWS:
        raise InvalidInput({"file": "too_many_rows"})
    result = Imported(new_id())
    wanted: list[Proposal] = []
    lines: list[int] = []
    for line, row in enumerate(raw, start=2):
        try:
            wanted.append(_proposal(row))
            lines.append(line)
        except ValueError:
            result.rejected.append((line, "until", "not_a_day"))
    rows, problems = _rows(session, kind, wanted, editor, now, result.batch_id)
    result.rejected += [(lines[place], name, code) for place, name, code in problems]
    result.rejected.sort()
    store.add(session, rows)
    result.proposed = len(rows)
    record(
        session,
        editor.actor,
        "list.import",
        OBJECT,
        result.batch_id,
        now,
        {"kind": kind, "rows": len(rows), "rejected": len(result.rejected)},
    )
    return result


def _proposal(row: Mapping[str, str | None]) -> Proposal:
    given = {name: (row.get(name) or "").replace("\x00", "").strip() for name in COLUMNS}
    until = date.fromisoformat(given["until"]) if given["until"] else None
    return Proposal(given["ref"], given["unit"], given["reason"], until, given["exempt_from"])


def _rows(
    session: Session, kind: str, wanted: Sequence[Proposal], editor: Editor, now: datetime, batch_id: UUID
) -> tuple[list[dict[str, Any]], list[tuple[int, str, str]]]:
    """Rows to be written, and what is wrong with the rest: place, field, code."""
    if kind not in LIST_KINDS or editor.actor.user_id is None:
        raise InvalidInput({"kind": "not_one_of_the_words"})
    customers = store.customers_by_ref(session, {one.ref for one in wanted if one.ref})
    units = store.units_by_code(session, {one.unit for one in wanted if one.unit})
    taken = store.there(session, kind, [one.id for one in customers.values()])
    rows: list[dict[str, Any]] = []
    problems: list[tuple[int, str, str]] = []
    for place, one in enumerate(wanted):
        customer, unit_id = customers.get(one.ref), units.get(one.unit)
        until = _end_of(one.until, editor.zone)
        problem = _problem(kind, one, until, now) or _whom(kind, one, customer is not None, unit_id is not None)
        home = customer.unit_id if customer else unit_id
        if problem is None and not unit_in_scope(session, editor.scope, home, now):
            problem = ("ref" if customer else "unit", "outside_your_units")
        if problem is None and customer is not None and customer.id in taken:
            problem = ("ref", "already_listed")
        if problem is not None:
            problems.append((place, *problem))
            continue
        if customer is not None:
            taken.add(customer.id)
        rows.append({
            "id": new_id(), "kind": kind, "customer_id": customer.id if customer else None, "unit_id": None if customer else unit_id,
            "exempt_from": one.exempt_from if kind == "exempt" else "", "reason": one.reason, "owner_id": editor.actor.user_id,
            "author_id": editor.actor.user_id, "state": "proposed", "from_at": now, "until": until, "created_at": now, "batch_id": batch_id,
        })  # fmt: skip
    return rows, problems


def _problem(kind: str, one: Proposal, until: datetime | None, now: datetime) -> tuple[str, str] | None:
    if not one.reason or len(one.reason) > LONGEST:
        return "reason", "too_long" if one.reason else "missing"
    if until is not None and until <= now:
        return "until", "in_the_past"
    if kind == "bypass" and until is None:
        return "until", "missing"
    if kind == "bypass" and until is not None and until - now > LONGEST_BYPASS:
        return "until", "out_of_range"
    if kind == "exempt" and one.exempt_from not in EXEMPT_FROM:
        return "exempt_from", "not_one_of_the_words"
    return None


def _whom(kind: str, one: Proposal, customer: bool, unit: bool) -> tuple[str, str] | None:
    if one.ref and one.unit:
        return "unit", "one_of_two"
    if one.ref:
        return None if customer else ("ref", "unknown_customer")
    if one.unit and kind == "exempt":
        return None if unit else ("unit", "unknown_unit")
    return "ref", "missing"


def _end_of(day: date | None, zone: str) -> datetime | None:
    """The last day counts to its end."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)) if day else None


def approve(session: Session, ids: Sequence[UUID], editor: Editor, now: datetime) -> int:
    """Let proposed places hold from now on; never one's own. Returns how many.

    Raises  ListSamePerson, ListMoved; InvalidInput where one's time is over already
    """
    entries, approver = _decidable(session, ids, editor)
    if any(one.until is not None and one.until <= now for one in entries):
        raise InvalidInput({"until": "in_the_past"})
    for one in entries:
        one.state, one.approver_id, one.approved_at, one.from_ = "active", approver, now, now
        record(session, editor.actor, "list.approve", OBJECT, one.id, now, {"kind": one.kind})
    session.flush()
    store.hold(session, entries)
    return len(entries)


def refuse(session: Session, ids: Sequence[UUID], editor: Editor, now: datetime) -> int:
    """Say no to proposed places; the author may take back their own too."""
    entries = store.locked(session, ids, "proposed")
    for one in entries:
        one.state, one.ended_at = "refused", now
        record(session, editor.actor, "list.refuse", OBJECT, one.id, now, {"kind": one.kind})
    session.flush()
    return len(entries)


def _decidable(session: Session, ids: Sequence[UUID], editor: Editor) -> tuple[list[ListEntry], UUID]:
    entries = store.locked(session, ids, "proposed")
    if not entries:
        raise ListMoved
    return entries, second_person(editor.actor, (one.author_id for one in entries), ListSamePerson)


def end(session: Session, entry_id: UUID, editor: Editor, now: datetime) -> None:
    """End an active place at once.

    Raises  ListMoved
    """
    entries = store.locked(session, [entry_id], "active")
    if not entries:
        raise ListMoved
    _end(session, entries, now)
    record(session, editor.actor, "list.end", OBJECT, entry_id, now, {"kind": entries[0].kind})


def end_expired(session: Session, now: datetime) -> int:
    """Close the places whose time is over; their holds ended by themselves."""
    entries = store.locked(session, store.expired(session, now), "active")
    _end(session, entries, now)
    return len(entries)


def leave_out_unranked(session: Session, zone: ZoneInfo, now: datetime, limit: int) -> int:
    """Take exempt customers' answers out of the adjusted figures; as answered they stay. Returns how many answers."""
    found = store.unranked_answers(session, now, limit)
    for entry_id, pairs in groupby(found, key=itemgetter(0)):
        appeals.leave_out(session, [response_id for _, response_id in pairs], entry_id, zone)
    return len(found)


def _end(session: Session, entries: Iterable[ListEntry], now: datetime) -> None:
    several = list(entries)
    for one in several:
        one.state, one.ended_at = "ended", now
    session.flush()
    store.let_go(session, [one.id for one in several], now)
