"""Answers taken: page by page, then once and for all. Use cases on the quick lane; the edge opens the transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.foundation.ids import new_id
from portal.foundation.quick import Lane
from questionnaires.answering import store
from questionnaires.answering.page import Filled
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import Standing, standing
from questionnaires.answering.store import Link, Saved
from questionnaires.logic import paging, scoring
from questionnaires.logic.validate import Form, Problem


class Step(StrEnum):
    """What to show after a form was taken."""

    PAGE = "page"
    DONE = "done"
    CLOSED = "closed"


@dataclass(frozen=True)
class Taken:
    """What came of a form: the page to show next, or thanks, or where the link stands."""

    step: Step
    page: int = 0
    filled: Filled = field(default_factory=Filled)
    standing: Standing = Standing.OPEN
    response_id: UUID | None = None
    ready: Ready | None = None
    language: str = ""


@dataclass(frozen=True)
class Sent:
    """A form as it arrived."""

    form: Form
    language: str
    page: int
    back: bool = False


Writer = Callable[[Mapping[str, Any], int, bool], bool]
"""Keeps answers: (answers, page reached, whether submitted); False where somebody else was first."""


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
    response_id = saved.id if saved else new_id()

    def write(answers: Mapping[str, Any], page: int, submitted: bool) -> bool:
        if not (store.claim if submitted else store.mark_started)(lane, token_hash, now):
            return False
        values = {"answers": dict(answers), "page": page, "submitted_at": now if submitted else None, "language": sent.language}
        if submitted and ready.definition.anonymous:
            values |= {"person_id": None, "customer_id": None, "invitation_id": None}
        if saved:
            return store.save_response(lane, saved, values)
        own = _fresh(response_id, link, ready, now)
        return store.add_response(lane, {name: value for name, value in {**own, **values}.items() if value is not None})

    taken = walk(lane, ready, sent, saved, context_of(link.cuts, sent.language), response_id, write)
    return replace(taken, ready=ready, language=sent.language)


def _fresh(response_id: UUID, link: Link, ready: Ready, now: datetime) -> dict[str, Any]:
    row = {"id": response_id, "invitation_id": link.id, "version_id": link.version_id, "started_at": now, "revision": 0, "flags": []}
    row |= link.cuts
    if ready.definition.anonymous:
        row |= {"person_id": None, "customer_id": None}
    return row


def walk(lane: Lane, ready: Ready, sent: Sent, saved: Saved | None, context: Mapping[str, Any], response_id: UUID, write: Writer) -> Taken:
    """From one page to the next, or to the end."""
    known = saved.answers if saved else {}
    page = min(max(sent.page, 0), len(ready.definition.pages) - 1)
    if sent.back:
        return _turn_back(ready, known, context, page, response_id)
    result = ready.validator.page(page, sent.form, known, context)
    merged = _merged(ready, page, known, result.answers)
    if result.errors:
        if saved or result.answers:  # what is right is kept at once; what is wrong stands in the form
            following = saved.page if saved else page
            if not write(merged, following, False):
                return Taken(Step.CLOSED, standing=Standing.SUBMITTED)
        return Taken(Step.PAGE, page, Filled(merged, context, result.typed, result.errors), response_id=response_id)
    if ready.single:  # nothing before this page, nothing after it: the page's own reading was complete
        return _submit(lane, ready, result.answers, context, response_id, write)
    following_page = paging.next_page(ready.definition, merged, page, context)
    if following_page is not None:
        if not write(merged, following_page, False):
            return Taken(Step.CLOSED, standing=Standing.SUBMITTED)
        return Taken(Step.PAGE, following_page, Filled(merged, context), response_id=response_id)
    return _finish(lane, ready, merged, context, response_id, write)


def _finish(lane: Lane, ready: Ready, merged: Mapping[str, Any], context: Mapping[str, Any], response_id: UUID, write: Writer) -> Taken:
    """Submit, unless a required question was passed over on an earlier page."""
    complete = ready.validator.complete(merged, context)
    missing = ready.validator.missing(complete, context)
    if missing:
        page = missing[0][0]
        if not write(merged, page, False):
            return Taken(Step.CLOSED, standing=Standing.SUBMITTED)
        errors = {code: Problem("answer_required") for index, code in missing if index == page}
        return Taken(Step.PAGE, page, Filled(merged, context, {}, errors), response_id=response_id)
    return _submit(lane, ready, complete, context, response_id, write)


def _submit(lane: Lane, ready: Ready, complete: Mapping[str, Any], context: Mapping[str, Any], response_id: UUID, write: Writer) -> Taken:
    last = len(ready.definition.pages) - 1
    if write(complete, last, True):
        store.add_scores(lane, response_id, scoring.scores(ready.definition, complete))
        return Taken(Step.DONE, last, Filled(complete, context), response_id=response_id)
    return Taken(Step.CLOSED, standing=Standing.SUBMITTED)


def _turn_back(ready: Ready, known: Mapping[str, Any], context: Mapping[str, Any], page: int, response_id: UUID) -> Taken:
    earlier = paging.previous_page(ready.definition, known, page, context)
    return Taken(Step.PAGE, page if earlier is None else earlier, Filled(known, context), response_id=response_id)


def _merged(ready: Ready, page: int, known: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Saved answers with those of one page put in their place: what was taken away on it is gone."""
    here = tuple(question.code for question in ready.definition.pages[page].questions)
    kept = {code: answer for code, answer in known.items() if code.partition("__")[0] not in here}
    return {**kept, **new}


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
