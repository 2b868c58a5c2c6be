"""Between the batch and the tables it shares with others: quotas, budgets, units that rest, observed rates."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from scheduler.contacts.rules.facts import Candidate
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.quotas import active_quotas, budgets_of, pilot_scope, scope_of, scopes_for
from scheduler.contacts.rules.room import Observed, Room
from scheduler.contacts.rules.standing import IN_ALL
from scheduler.contacts.standing import Standing
from scheduler.contacts.store import rooms as store
from scheduler.contacts.store.rooms import Answered


class PlaceTaken(RuntimeError):
    """A quota or budget that is held had less room than was read: a mistake of ours, so that nothing of the batch may stand."""


def open_room(session: Session, room: Room, standing: Standing, candidates: Iterable[Candidate], now: datetime) -> None:
    """Read into a room, and hold, what some candidates share; the persons' locks are held already.

    Shape   one statement each for observed rates, quotas and budgets, where the policy has them
    """
    several, day = list(candidates), room.day(now)
    policies = [book.policy for book in standing.books]
    if any(book.observes for book in standing.books):
        cells = sorted({one.cell for one in several})
        room.observed = {cell: Observed(*counts) for cell, counts in store.observed(session, cells).items()}
    room.used = store.hold(session, "quota", _caps(policies, several, standing, day))
    budgets = {(channel, day): cents for policy in policies for channel, cents in budgets_of(policy).items()}
    room.spent = store.hold(session, "budget", budgets)


def _caps(policies: Iterable[ContactPolicy], candidates: list[Candidate], standing: Standing, day: date) -> dict[tuple[str, date], int]:
    caps: dict[tuple[str, date], int] = {}
    for rules in filter(None, (active_quotas(policy) for policy in policies)):
        for one in candidates:
            caps.update({(scope, day): n for scope, n in scopes_for(rules, one, standing.unit_ids)})
    firsts = {(one.touchpoint.code, one.touchpoint.pilot_first) for one in candidates if one.touchpoint.pilot_first is not None}
    return caps | {(pilot_scope(code), IN_ALL): n for code, n in firsts}


def whole_room(session: Session, zone: ZoneInfo) -> Room:
    """All that was counted so far, for simulated time, in which nobody else decides.

    Note    answers are counted anew from the ledger: each counts from its own time on
    """
    used = {key: n for key, n in store.all_used(session, "quota").items() if not key[0].startswith("completes")}
    observed = {cell: Observed(*counts) for cell, counts in store.all_observed(session).items()}
    return Room(zone, used=used, spent=store.all_used(session, "budget"), observed=observed)


def expect_answers(room: Room, policy: ContactPolicy, answers: Iterable[Answered]) -> None:
    """Let a room know of answers that will come, or came, to what was sent."""
    rules = active_quotas(policy, "completes")
    for one in answers if rules else ():
        scopes = (scope_of(rule, one.touchpoint, one.unit_id, one.segment, room.unit_ids) for rule in rules)
        room.expect(one.at, tuple(scope for scope in scopes if scope is not None))


def close_room(session: Session, room: Room, *, alone: bool = False) -> None:
    """Write what the batch took and saw; `alone`: nothing was held, since nobody else decides.

    Raises  PlaceTaken
    """
    for table, taken in (("quota", room.taken), ("budget", room.paid)):
        if alone:
            store.add(session, table, {key: (room.caps.get(key[0], 0), n) for key, n in taken.items()})
        elif store.take(session, table, taken) != len(taken):
            raise PlaceTaken(table)
    store.observe(session, {cell: (one.reached, one.fitting, one.passed, one.sent) for cell, one in room.changed.items()})
    room.taken.clear()
    room.paid.clear()
    room.changed.clear()
