"""Try events again that did not fit, once the catalogue or the organisation was mended: in steps, so that it can be stopped and go on.

Refused ones are taken in as if they had come now, but count as received when they first came. Those that were kept are
heard again: their row stays, its reason is written anew, and touchpoints that want them get their candidates.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.customers import CustomerKey
from questionnaires.metrics.closing import note_late
from questionnaires.metrics.store.counting import add_funnel
from scheduler.intake import dead_store as store
from scheduler.intake.dead import body_of
from scheduler.intake.dead_store import Filter
from scheduler.intake.events import EventIn, Problem, parse_event
from scheduler.intake.hearing import Desk, Taken, add_candidates, funnel, hear_all
from scheduler.intake.models import DeadLetter, Event
from scheduler.intake.receive import receive
from scheduler.intake.rules.misfit import MISFIT_REASONS
from scheduler.intake.store.events import unit_codes

STEP = 500


@dataclass(frozen=True)
class Driven:
    """What came of it: how many were tried, how many fit now, and how many candidates they made. `last` is where to go on."""

    tried: int = 0
    taken: int = 0
    candidates: int = 0
    last: UUID | None = None

    def __add__(self, other: "Driven") -> "Driven":
        return Driven(self.tried + other.tried, self.taken + other.taken, self.candidates + other.candidates, other.last or self.last)


def again(session: Session, letters: Sequence[DeadLetter], ground: Ground, actor: Actor, now: datetime) -> Driven:
    """Take refused events in again; what is refused again keeps waiting, with the code of today."""
    parsed = [(one, parse_event(body_of(one, ground.keys))) for one in letters]
    fit = [(one, event) for one, event in parsed if isinstance(event, EventIn)]
    desk = Desk(now, ground.settings.zone, keys=ground.keys, first_seen={event.event_id: one.first_at for one, event in fit})
    receipt = receive(session, [event for _, event in fit], desk)
    refused = {fit[refusal.place][0].id: refusal.code for refusal in receipt.rejected}
    refused |= {one.id: event.code for one, event in parsed if isinstance(event, Problem)}
    for one in letters:
        one.last_code = refused.get(one.id)
        if one.last_code is None:
            one.state, one.done_at, one.done_by = "taken", now, actor.user_id
    session.flush()
    done = Driven(len(letters), len(letters) - len(refused), receipt.candidates, max((one.id for one in letters), default=None))
    _record(session, actor, "dead_letter.redrive", done, now)
    return done


def hear_again(session: Session, events: Sequence[Event], ground: Ground, actor: Actor, now: datetime) -> Driven:
    """Hear events again that were kept though they did not fit."""
    customers = store.refs(session, (one.customer_id for one in events))
    units = unit_codes(session, (one.unit_id for one in events if one.unit_id))
    known = [one for one in events if one.customer_id in customers]
    taken = [Taken(place, _event_in(one, units), one.id, one.unit_id) for place, one in enumerate(known)]
    keys = {
        _name(one): CustomerKey(one.customer_id, person, shard, unit)
        for one in known
        for _, person, unit, shard in [customers[one.customer_id]]
    }
    desk = Desk(now, ground.settings.zone, first_seen={one.event_id: one.received_at for one in known})
    reasons, granted = hear_all(session, taken, keys, desk)
    store.set_reasons(session, reasons)
    add_candidates(session, granted, desk)
    counted = {
        key: n for key, n in funnel(taken, granted, ZoneInfo(desk.zone)).items() if key.step != "events"
    }  # they were counted when they came
    add_funnel(session, counted)
    note_late(session, (key.day for key in counted), desk.today)
    fit = sum(1 for reason in reasons.values() if reason not in MISFIT_REASONS)
    done = Driven(len(events), fit, len(granted), max((one.id for one in events), default=None))
    _record(session, actor, "event.redrive", done, now)
    return done


def _name(event: Event) -> str:
    return str(event.customer_id)  # the reference may be gone; here it only ties an event to its customer


def _event_in(event: Event, units: dict[UUID, str]) -> EventIn:
    return EventIn.model_construct(
        event_id=event.event_id,
        event_type=event.event_type,
        customer_ref=_name(event),
        occurred_at=event.occurred_at,
        transaction_ref=event.transaction_ref,
        unit=units.get(event.unit_id) if event.unit_id else None,
        staff=event.staff,
        channel=event.channel,
        attributes=event.attributes,
    )


def _record(session: Session, actor: Actor, act: str, done: Driven, now: datetime) -> None:
    if done.tried:
        trail.record(session, actor, act, "event", None, now, {"tried": done.tried, "taken": done.taken, "candidates": done.candidates})


def chosen(ground: Ground, letters: Iterable[UUID], events: Iterable[UUID], actor: Actor, now: datetime) -> Driven:
    """Try some again: refused ones and kept ones by their ids, one transaction for all."""
    with ground.writing() as session:
        done = Driven()
        if found := store.letters_by_id(session, letters):
            done += again(session, found, ground, actor, now)
        if kept := store.misfits_by_id(session, events):
            done += hear_again(session, kept, ground, actor, now)
    return done


def everything(
    ground: Ground, wanted: Filter, actor: Actor, now: datetime, *, kept: bool, after: UUID | None = None,
    go_on: Callable[[Driven], bool] | None = None,
) -> tuple[Driven, bool]:  # fmt: skip
    """Try all that match again, `STEP` to a transaction, the oldest first; `go_on` may stop it between two steps.

    Returns what came of it, and whether it reached the end. Started again with `after=done.last` it goes on there
    """
    with ground.reading() as session:
        upto = store.newest_misfit(session) if kept else store.newest_letter(session)
    done = replace(Driven(), last=after)
    while upto is not None:
        with ground.writing() as session:
            if kept:
                found = store.misfits_after(session, wanted, done.last, upto, STEP)
                step = hear_again(session, found, ground, actor, now)
            else:
                letters = store.letters_after(session, wanted, done.last, upto, STEP)
                step = again(session, letters, ground, actor, now)
        done += step
        if step.tried < STEP:
            break
        if go_on is not None and not go_on(done):
            return done, False
    return done, True
