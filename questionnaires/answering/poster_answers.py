"""Answers that come by a code: which response a form belongs to, and where its answers go."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from portal.foundation.crypto import Keys
from portal.foundation.ids import new_id
from portal.foundation.quick import Lane
from questionnaires.answering import poster_store, private, store
from questionnaires.answering.answers import context_of, keep
from questionnaires.answering.poster_store import Poster
from questionnaires.answering.quotas import FULL, Quotas
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.flags import BURST_DEVICE, SAME_DEVICE, marks
from questionnaires.answering.rules.standing import Standing
from questionnaires.answering.store import Saved
from questionnaires.answering.walking import Known, Sent, Step, Taken, walk

MANY_OF_DEVICE = 3
"""So many answers of one device at one code before this one are a burst."""


@dataclass(frozen=True)
class Visit:
    """One person before a code: which response is theirs, how often this device answered here before, who they are."""

    response_id: UUID
    before: int = 0
    ref: str = ""


def key_of(keys: Keys, code: str, response_id: UUID, ref: str = "") -> str:
    """What a page carries so that later pages find their answers, also where cookies are refused.

    ref  the customer's reference that the channel vouched for when the page was opened
    """
    return f"{response_id.hex}.{keys.sign('poster', f'{code}|{response_id.hex}|{ref}' if ref else f'{code}|{response_id.hex}')}"


def visit_of(keys: Keys, code: str, key: str, cookie: str, before: int, ref: str) -> Visit:
    """Which response a form belongs to: by its signed key, else by the visit's cookie, else a new one.

    The same cookie gives the same response: two taps on one page are one answer. A reference counts only where the key
    was made for it.
    """
    part = key.partition(".")[0]
    if len(part) == 32 and all(letter in "0123456789abcdef" for letter in part):
        response_id = UUID(part)
        for named in dict.fromkeys((ref, "")):
            if secrets.compare_digest(key.encode("utf-8", "replace"), key_of(keys, code, response_id, named).encode()):
                return Visit(response_id, before, named)
    if cookie:
        return Visit(UUID(bytes=hashlib.sha256(f"{code}|{cookie}".encode()).digest()[:16]), before)
    return Visit(new_id(), before)


def take(
    lane: Lane,
    poster: Poster,
    ready: Ready,
    sent: Sent,
    visit: Visit,
    now: datetime,
    keys: Keys,
    zone: tzinfo,
    source: str = "self_chosen",
) -> Taken:
    """Take one form of a code's page."""
    saved = store.saved_by_id(lane, visit.response_id)
    if saved is not None and saved.submitted_at is not None:
        return Taken(Step.CLOSED, standing=Standing.SUBMITTED, ready=ready, language=sent.language)
    cuts = _cuts(poster) | {"source": source}
    today = now.astimezone(zone).date().isoformat()
    context = context_of(cuts, sent.language, seed=visit.response_id.hex, today=today, fields=sent.fields)
    gate = Quotas(lane, ready, context) if ready.definition.quotas else None
    work = _Work(lane, poster, ready, sent, visit, saved, cuts, now, keys, gate)
    known = Known(private.opened(saved.answers, saved.private, keys), context, saved.page) if saved else Known({}, context)
    taken = walk(ready, sent, known, work.write, gate)
    return replace(taken, ready=ready, language=sent.language, response_id=visit.response_id)


@dataclass(frozen=True, slots=True)
class _Work:
    """One form of one visit at work."""

    lane: Lane
    poster: Poster
    ready: Ready
    sent: Sent
    visit: Visit
    saved: Saved | None
    cuts: Mapping[str, Any]
    now: datetime
    keys: Keys
    gate: Quotas | None

    def write(self, answers: Mapping[str, Any], page: int, submitted: bool) -> bool:
        """Keep the answers; who gave them is looked up once, and only where a channel vouched for it."""
        flags = self._flags(answers, submitted)
        submitted_at = self.now if submitted else None
        values = private.columns(self.ready.private, answers, self.keys)
        values |= {"page": page, "submitted_at": submitted_at, "language": self.sent.language, "flags": flags}
        own: dict[str, Any] = {"id": self.visit.response_id, "poster_code": self.poster.code, "version_id": self.ready.version_id}
        own |= {"started_at": self.now, "revision": 0}
        if self.saved is None and self.visit.ref and not self.ready.definition.anonymous:
            own |= poster_store.customer_of(self.lane, self.visit.ref)
        scored = submitted and (self.gate is None or self.gate.hit is None)
        return keep(self.lane, self.ready, self.saved, {**self.cuts, **own, **values}, values, scored=scored)

    def _flags(self, answers: Mapping[str, Any], submitted: bool) -> list[str]:
        found = [*(self.saved.flags if self.saved else ()), *self.sent.flags]
        if self.visit.before:
            found.append(SAME_DEVICE)
        if self.visit.before >= MANY_OF_DEVICE:
            found.append(BURST_DEVICE)
        if submitted:
            seconds = (self.now - self.saved.started_at).total_seconds() if self.saved and self.saved.started_at else None
            found += marks(self.ready.definition, answers, self.sent.form, seconds)
            if self.gate is not None and self.gate.hit is not None:
                found.append(FULL)
        return list(dict.fromkeys(found))


def _cuts(poster: Poster) -> dict[str, Any]:
    return {
        "touchpoint": poster.touchpoint,
        "stage": poster.stage,
        "unit_id": poster.unit_id,
        "counter": poster.counter or None,
        "staff": poster.staff or None,
        "channel": poster.channel,
        "purpose": "customer",
        "test": False,
    }
