"""`soundings audit contacts`: reads only the ledger, shares no code with the rules, and finds what must never be in it."""

from itertools import groupby
from typing import Any

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.shell.features import CheckResult
from scheduler.contacts import auditor_counts, auditor_standing, auditor_windows
from scheduler.contacts.auditor_books import Books, by_first
from scheduler.contacts.store import auditing as store
from scheduler.intake import removal_store


def check_contacts(ground: Ground) -> CheckResult:
    """Go through every person's contacts in order of time, then through what is counted over all of them."""
    checked = 0
    with ground.reading() as session:
        books = _books(session, ground.settings.zone)
        counts = auditor_counts.Counts(books)
        for _, rows in groupby(store.ledger(session), key=lambda row: row.person_id):
            ordered = list(rows)
            checked += sum(row.reserved_at is not None for row in ordered)
            for place, row in enumerate(ordered):
                auditor_standing.check(row, ordered[:place], books)
                auditor_windows.check(row, ordered[:place], books)
                counts.take(row)
        counts.check()
        _sums(session, books)
    return CheckResult(checked, books.found)


def _sums(session: Session, books: Books) -> None:
    """T8, and what no single contact shows."""
    totals = store.sums(session, books.since)
    if totals.candidates != totals.decisions + totals.waiting:
        books.found.append({"rule": "sum", "candidates": totals.candidates, "decisions": totals.decisions, "waiting": totals.waiting})
    if totals.sent != totals.contacts:
        books.found.append({"rule": "sent", "decisions": totals.sent, "contacts": totals.contacts})
    for rule, found in (
        ("released", store.sent_though_released(session)),
        ("arbitration", store.outranked_by_nobody(session, books.since)),
    ):
        books.found += [{"rule": rule, "id": str(key), "person": str(person)} for key, person in found]


def _books(session: Session, zone: str) -> Books:
    pauses: list[tuple[Any, ...]] = list(store.pauses(session))
    return Books(
        policies=store.policies(session),
        persons=store.persons(session),
        zone=zone,
        since=removal_store.horizon(session),
        opt_outs=by_first(store.opt_outs(session)),
        consents=by_first(store.consents(session)),
        holds=by_first(store.holds(session)),
        companies=by_first(store.companies(session)),
        touchpoints=store.touchpoints(session),
        switched_off=store.switched_off(session),
        pauses=by_first(pauses),
        units=store.units_by_code(session),
    )
