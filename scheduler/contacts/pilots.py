"""Pilots: begun, widened to everybody, or ended; each step in the audit trail. R3 and intake read the rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.proportions import share
from scheduler.contacts.campaign_reading import estimate
from scheduler.contacts.rules.precision import Counts
from scheduler.contacts.store import pilots as store
from scheduler.touchpoints import pilot_store, touchpoints
from scheduler.touchpoints import store as touchpoint_store
from scheduler.touchpoints.pilot_models import Pilot

OBJECT = "pilot"
MOST = 1_000_000


class PilotMoved(Conflict):
    """The pilot is over, or another one runs at this touchpoint."""

    code = "pilot_moved"


class Wish(NamedTuple):
    """A pilot as somebody entered it; without units it is for all of them, up to the first n."""

    touchpoint: str
    kind: str
    unit_ids: Sequence[UUID] = ()
    first_n: int | None = None
    version_id: UUID | None = None
    rest_version_id: UUID | None = None


def start(session: Session, wish: Wish, actor: Actor, now: datetime) -> Pilot:
    """Begin a pilot. That of a touchpoint switches it on: it asks in the pilot's units, or its first n invitations, only.

    Raises  NotFound; InvalidInput with the code of each field that is wrong; PilotMoved where one runs already; NothingToAsk
    """
    touchpoint = touchpoint_store.touchpoint_by_code(session, wish.touchpoint)
    if touchpoint is None:
        raise NotFound
    if problems := _problems(session, wish, touchpoint.questionnaire_id):
        raise InvalidInput(problems)
    if pilot_store.is_running(session, wish.touchpoint, wish.kind):
        raise PilotMoved
    if wish.kind == "touchpoint":
        touchpoints.switch(session, touchpoint.id, actor, now, on=True)
        store.forget_count(session, wish.touchpoint)
    made = Pilot(
        touchpoint=wish.touchpoint, kind=wish.kind, unit_ids=[str(one) for one in wish.unit_ids] or None, first_n=wish.first_n,
        version_id=wish.version_id, rest_version_id=wish.rest_version_id, started_at=now, started_by=actor.user_id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    facts = {"touchpoint": made.touchpoint, "kind": made.kind, "units": len(wish.unit_ids), "first_n": made.first_n}
    record(session, actor, "pilot.start", OBJECT, made.id, now, facts)
    return made


def _problems(session: Session, wish: Wish, questionnaire_id: UUID) -> dict[str, str]:
    problems: dict[str, str] = {}
    if wish.first_n is not None and not 1 <= wish.first_n <= MOST:
        problems["first_n"] = "out_of_range"
    if not wish.unit_ids and wish.first_n is None:
        problems["unit_id"] = "pilot_needs_limits"
    if wish.kind not in ("touchpoint", "version"):
        problems["kind"] = "not_one_of_the_words"
    if wish.kind == "version":
        known = {one.id for one in pilot_store.versions(session, questionnaire_id)}
        problems |= {name: "missing" for name in ("version_id", "rest_version_id") if getattr(wish, name) not in known}
        if wish.version_id == wish.rest_version_id:
            problems.setdefault("rest_version_id", "named_twice")
        if not wish.unit_ids:
            problems["unit_id"] = "missing"
        if wish.first_n is not None:
            problems["first_n"] = "pilot_version_by_units"
    return problems


def widen(session: Session, pilot_id: UUID, actor: Actor, now: datetime) -> Pilot:
    """What was tried holds for all from now on: every unit is asked, every unit gets the new version.

    Raises  NotFound, PilotMoved
    """
    return _end(session, pilot_id, "widened", actor, now)


def end(session: Session, pilot_id: UUID, actor: Actor, now: datetime) -> Pilot:
    """Give it up: the touchpoint is switched off. A version's pilot can only be widened, or its questionnaire changed again.

    Raises  NotFound, PilotMoved
    """
    pilot = _end(session, pilot_id, "ended", actor, now)
    touchpoint = touchpoint_store.touchpoint_by_code(session, pilot.touchpoint)
    if pilot.kind == "touchpoint" and touchpoint is not None:
        touchpoints.switch(session, touchpoint.id, actor, now, on=False)
    return pilot


def _end(session: Session, pilot_id: UUID, state: str, actor: Actor, now: datetime) -> Pilot:
    pilot = pilot_store.pilot(session, pilot_id, lock=True)
    if pilot is None:
        raise NotFound
    if pilot.state != "running":
        raise PilotMoved
    pilot.state, pilot.ended_at, pilot.ended_by = state, now, actor.user_id
    session.flush()
    record(session, actor, f"pilot.{'widen' if state == 'widened' else 'end'}", OBJECT, pilot.id, now, {"touchpoint": pilot.touchpoint})
    return pilot


class Side(NamedTuple):
    """The pilot, or the rest it is held against."""

    invited: int
    completed: int
    score: Estimate
    drops: list[tuple[str, int]]

    @property
    def response_rate(self) -> Estimate:
        """Answers per invitation."""
        return share(min(self.completed, self.invited), self.invited)


class Compared(NamedTuple):
    """Pilot against the rest; `before`: the rest is the time from then to the pilot's beginning."""

    pilot: Side
    rest: Side
    since: datetime
    before: datetime | None


BEFORE = timedelta(days=28)


def compared(session: Session, pilot: Pilot, indicator: str, zone: str, now: datetime) -> Compared:
    """Pilot against the rest since it began.

    Note    a version's pilot stands against the units that get the other version; a touchpoint's, while it asks nowhere else,
            against the four weeks before it at the same touchpoint
    """
    first, last = day_in(zone, pilot.started_at), day_in(zone, pilot.ended_at or now) + timedelta(days=1)
    below = pilot_store.units_below(session, [UUID(one) for one in pilot.unit_ids or ()], day_in(zone, now))
    units = frozenset().union(*below.values()) if below else frozenset()
    rows = store.by_unit(session, pilot.touchpoint, indicator, first, last)
    inside = [row for row in rows if pilot.unit_ids is None or row.unit_id in units]
    rest = [row for row in rows if row not in inside]
    if pilot.kind == "touchpoint" and (earlier := store.by_unit(session, pilot.touchpoint, indicator, first - BEFORE, first)):
        return Compared(_side(inside, indicator), _side(earlier, indicator), pilot.started_at, pilot.started_at - BEFORE)
    return Compared(_side(inside, indicator), _side(rest, indicator), pilot.started_at, None)


def _side(rows: Sequence[store.UnitRow], indicator: str) -> Side:
    counts, drops = Counts(), dict[str, int]()
    for row in rows:
        counts = counts.plus(row.counts)
        for code, n in row.drops.items():
            drops[code] = drops.get(code, 0) + n
    ordered = sorted(drops.items(), key=lambda one: (-one[1], one[0]))
    return Side(sum(row.invited for row in rows), sum(row.completed for row in rows), estimate(indicator, counts), ordered)
