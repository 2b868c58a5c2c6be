"""Answers of one person's link: taken page by page, then once and for all. Use cases on the quick lane; the edge opens it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, tzinfo
from typing import Any
from uuid import UUID, uuid4

from portal.foundation.crypto import Keys
from portal.foundation.ids import new_id
from portal.foundation.quick import Lane
from questionnaires.answering import private, store, uploads, uploads_store
from questionnaires.answering.quotas import FULL, Quotas
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.flags import marks
from questionnaires.answering.rules.standing import Standing, standing
from questionnaires.answering.store import Link, Saved
from questionnaires.answering.walking import Known, Sent, Step, Taken, walk
from questionnaires.logic import scoring

NOTHING: Mapping[str, Any] = {}
NAMING = frozenset({"person_id", "customer_id"})
"""What an anonymous response never holds."""


def context_of(
    cuts: Mapping[str, Any], language: str, *, seed: str = "", short: bool = False, today: str = "", fields: Mapping[str, Any] = NOTHING
) -> dict[str, Any]:
    """What conditions may read besides answers.

    seed    sticky for a link: chance hangs on it; `short` asks the short variant; `today` is the bank's day, ISO
    fields  what the address carried under our signature, as `link.<name>`
    """
    found = {f"event.{name}": cuts.get(name) for name in ("touchpoint", "stage", "channel", "product", "segment")}
    known = {"language": language, **{name: value for name, value in found.items() if value}, **fields}
    if seed:
        known["seed"] = seed
    if short:
        known["short"] = True
    if today:
        known["today"] = today
    return known


def take(
    lane: Lane,
    token_hash: bytes,
    find: Callable[[UUID], Ready],
    read: Callable[[Link, Ready], Sent],
    now: datetime,
    keys: Keys,
    zone: tzinfo = UTC,
) -> Taken:
    """Take one form of a link. Forms of one link stand in line, and only one of them submits.

    keys  seal answers that are telephone numbers or addresses
    zone  the bank's: its day bounds dates, and is all that an anonymous answer keeps of its time
    """
    if lane.dialect == "postgresql":  # each way there and back costs as much as finding a row: most links need two of them
        try:
            return _take(lane, token_hash, store.see_link(lane, token_hash), find, read, now, keys, zone, held=False)
        except _MustBeHeld:
            pass
    return _take(lane, token_hash, store.lock_link(lane, token_hash), find, read, now, keys, zone, held=True)


class _MustBeHeld(Exception):
    """A form that one statement can't take: nothing is written yet, and it is to be taken with the link's row held."""


def _take(
    lane: Lane,
    token_hash: bytes,
    link: Link | None,
    find: Callable[[UUID], Ready],
    read: Callable[[Link, Ready], Sent],
    now: datetime,
    keys: Keys,
    zone: tzinfo,
    *,
    held: bool,
) -> Taken:
    where = standing(link, now)
    if link is None:
        return Taken(Step.CLOSED, standing=where)
    ready = find(link.version_id)
    sent = read(link, ready)
    if where is not Standing.OPEN:
        return Taken(Step.CLOSED, standing=where, ready=ready, language=sent.language, large=link.large)
    if not held and (link.started_at is not None or ready.definition.quotas or any(ready.uploads)):
        raise _MustBeHeld
    saved = store.saved_of(lane, link.id) if link.started_at is not None else None
    today = now.astimezone(zone).date()
    context = context_of(link.cuts, sent.language, seed=link.id.hex, short=link.large, today=today.isoformat(), fields=sent.fields)
    known = Known(private.opened(saved.answers, saved.private, keys), context, saved.page) if saved else Known({}, context)
    gate = Quotas(lane, ready, context) if ready.definition.quotas and not link.cuts["test"] else None
    work = _Work(lane, token_hash, link, ready, saved, sent, now, keys, datetime.combine(today, time(), zone), gate, held)
    taken = walk(ready, sent, known, work.write, gate)
    return replace(taken, ready=ready, language=sent.language, personal=not ready.definition.anonymous, large=link.large)


@dataclass(frozen=True, slots=True)
class _Work:
    """One form of one link at work."""

    lane: Lane
    token_hash: bytes
    link: Link
    ready: Ready
    saved: Saved | None
    sent: Sent
    now: datetime
    keys: Keys
    day: datetime
    gate: Quotas | None
    held: bool

    def write(self, answers: Mapping[str, Any], page: int, submitted: bool) -> bool:
        """Keep the answers. Where the link's row is held it was open, so that every write is certain to fit.

        Raises  _MustBeHeld
        """
        if not self.held and not submitted:
            raise _MustBeHeld
        fresh, values = self._columns(answers, page, submitted)
        if not self.held:
            row = {name: value for name, value in _unnamed(self.ready, fresh | values).items() if value is not None}
            if store.submit_alone(self.lane, self.token_hash, row, scoring.scores(self.ready.definition, values["answers"]), self.now):
                return True
            raise _MustBeHeld
        (store.claim if submitted else store.mark_started)(self.lane, self.token_hash, self.now)
        scored = submitted and (self.gate is None or self.gate.hit is None)
        return keep(self.lane, self.ready, self.saved, fresh | values, values, held=True, scored=scored)

    def _columns(self, answers: Mapping[str, Any], page: int, submitted: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """What only a new response is given, and what each form changes."""
        values: dict[str, Any] = {
            **private.columns(self.ready.private, answers, self.keys),
            "page": page,
            "submitted_at": self.now if submitted else None,
            "language": self.sent.language,
            "flags": self._flags(answers, submitted),
        }
        fresh = fresh_row(self.link, self.now)
        if self.ready.definition.anonymous:
            fresh["id"] = uuid4()  # ours would tell the moment
            if submitted:
                values |= {"person_id": None, "customer_id": None, "invitation_id": None, "started_at": self.day, "submitted_at": self.day}
        return fresh, values

    def _flags(self, answers: Mapping[str, Any], submitted: bool) -> list[str]:
        found = [*(self.saved.flags if self.saved else ()), *self.sent.flags]
        if submitted:
            started = self.saved.started_at if self.saved else None
            seconds = (self.now - started).total_seconds() if started else None
            found += marks(self.ready.definition, answers, self.sent.form, seconds)
            if self.gate is not None and self.gate.hit is not None:
                found.append(FULL)
        return list(dict.fromkeys(found))


def keep(
    lane: Lane,
    ready: Ready,
    saved: Saved | None,
    fresh: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    held: bool = False,
    scored: bool = True,
) -> bool:
    """Write a new response, or change the saved one; its scores with the submission. `held`: the link's row is locked."""
    if saved:
        response_id, kept = saved.id, store.save_response(lane, saved, values, held=held)
    else:
        response_id, row = fresh["id"], _unnamed(ready, fresh)
        kept = store.add_response(lane, {name: value for name, value in row.items() if value is not None}, held=held)
    if kept and values["submitted_at"] is not None and any(ready.uploads):
        uploads_store.bind(lane, response_id, uploads.ids_in_answers(ready.definition, values["answers"]))
    if kept and scored and values["submitted_at"] is not None:
        store.add_scores(lane, response_id, scoring.scores(ready.definition, values["answers"]))
    return kept


def _unnamed(ready: Ready, fresh: Mapping[str, Any]) -> Mapping[str, Any]:
    """A new response's columns, for an anonymous questionnaire without those that name somebody."""
    return {name: value for name, value in fresh.items() if name not in NAMING} if ready.definition.anonymous else fresh


def fresh_row(link: Link, now: datetime) -> dict[str, Any]:
    """The columns of a new response to a link."""
    own = {"id": new_id(), "invitation_id": link.id, "version_id": link.version_id, "started_at": now, "revision": 0, "flags": []}
    return own | dict(link.cuts)


def decline(lane: Lane, token_hash: bytes, now: datetime) -> Standing:
    """Not this time: the link closes, and nobody is reminded."""
    link = store.lock_link(lane, token_hash)
    where = standing(link, now)
    if where is Standing.OPEN:
        store.mark_declined(lane, token_hash, now)
        return Standing.DECLINED
    return where


def opt_out(lane: Lane, token_hash: bytes, now: datetime) -> Standing:
    """Never ask me again: holds at once, in this transaction, also where the link itself has ended."""
    link = store.lock_link(lane, token_hash)
    where = standing(link, now)
    customer_id = link.cuts["customer_id"] if link else None
    if customer_id is not None:
        store.add_opt_out(lane, customer_id, now)
    if where is Standing.OPEN:
        store.mark_declined(lane, token_hash, now)
    return where


def wish(lane: Lane, token_hash: bytes, wished: str, now: datetime) -> Standing:
    """A promoter takes up what the closing page offered; once, and only after the answer was sent."""
    link = store.lock_link(lane, token_hash)
    where = standing(link, now)
    if where is Standing.SUBMITTED:
        store.mark_wish(lane, token_hash, wished)
    return where
