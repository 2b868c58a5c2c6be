"""Answers of one person's link: taken page by page, then once and for all. Use cases on the quick lane; the edge opens it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.foundation.ids import new_id
from portal.foundation.quick import Lane
from questionnaires.answering import store
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import Standing, standing
from questionnaires.answering.store import Link, Saved
from questionnaires.answering.walking import Known, Sent, Step, Taken, Writer, walk
from questionnaires.logic import scoring

NAMING = frozenset({"person_id", "customer_id"})
"""What an anonymous response never holds."""


def context_of(cuts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What conditions may read besides answers."""
    found = {f"event.{name}": cuts.get(name) for name in ("touchpoint", "stage", "channel", "product", "segment")}
    return {"language": language, **{name: value for name, value in found.items() if value}}


def take(lane: Lane, token_hash: bytes, find: Callable[[UUID], Ready], read: Callable[[Link, Ready], Sent], now: datetime) -> Taken:
    """Take one form of a link. Forms of one link stand in line, and only one of them submits."""
    link = store.lock_link(lane, token_hash)
    where = standing(link, now)
    if link is None:
        return Taken(Step.CLOSED, standing=where)
    ready = find(link.version_id)
    sent = read(link, ready)
    if where is not Standing.OPEN:
        return Taken(Step.CLOSED, standing=where, ready=ready, language=sent.language)
    saved = store.saved_of(lane, link.id) if link.started_at is not None else None
    context = context_of(link.cuts, sent.language)
    known = Known(saved.answers, context, saved.page) if saved else Known({}, context)
    taken = walk(ready, sent, known, _writer(lane, token_hash, link, ready, saved, sent.language, now))
    return replace(taken, ready=ready, language=sent.language)


def _writer(lane: Lane, token_hash: bytes, link: Link, ready: Ready, saved: Saved | None, language: str, now: datetime) -> Writer:
    """Keeps the answers of one link."""

    def write(answers: Mapping[str, Any], page: int, submitted: bool) -> bool:
        if not (store.claim if submitted else store.mark_started)(lane, token_hash, now):
            return False
        values = {"answers": dict(answers), "page": page, "submitted_at": now if submitted else None, "language": language}
        if submitted and ready.definition.anonymous:
            values |= {"person_id": None, "customer_id": None, "invitation_id": None}
        return keep(lane, ready, saved, _fresh(link, now) | values, values)

    return write


def keep(lane: Lane, ready: Ready, saved: Saved | None, fresh: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Write a new response, or change the saved one; its scores with the submission."""
    if ready.definition.anonymous:
        fresh = {name: value for name, value in fresh.items() if name not in NAMING}
    if saved:
        response_id, kept = saved.id, store.save_response(lane, saved, values)
    else:
        response_id = fresh["id"]
        kept = store.add_response(lane, {name: value for name, value in fresh.items() if value is not None})
    if kept and values["submitted_at"] is not None:
        store.add_scores(lane, response_id, scoring.scores(ready.definition, values["answers"]))
    return kept


def _fresh(link: Link, now: datetime) -> dict[str, Any]:
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
