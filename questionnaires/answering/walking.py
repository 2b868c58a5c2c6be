"""From one page of a questionnaire to the next, or to its end; whatever the answers are kept in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from questionnaires.answering.page import Filled
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import Standing
from questionnaires.logic import paging
from questionnaires.logic.validate import Form, PageResult, Problem


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


ALREADY_SUBMITTED = Taken(Step.CLOSED, standing=Standing.SUBMITTED)


@dataclass(frozen=True)
class Sent:
    """A form as it arrived."""

    form: Form
    language: str
    page: int
    back: bool = False


@dataclass(frozen=True)
class Known:
    """What is known when a form arrives: earlier answers, whether any were saved, and what conditions may read besides."""

    answers: Mapping[str, Any]
    context: Mapping[str, Any]
    page: int | None = None


Writer = Callable[[Mapping[str, Any], int, bool], bool]
"""Keeps answers: (answers, page reached, whether submitted); False where somebody else submitted first."""


def walk(ready: Ready, sent: Sent, known: Known, write: Writer) -> Taken:
    """Read one page's form, keep what is right in it, and say what to show next."""
    page = min(max(sent.page, 0), len(ready.definition.pages) - 1)
    result = ready.validator.page(page, sent.form, known.answers, known.context)
    merged = _merged(ready, page, known.answers, result.answers)
    if sent.back:
        return _turn_back(ready, merged, known, page, write)
    if result.errors:
        return _again(result, merged, known, page, write)
    if ready.single:  # nothing before this page, nothing after it: the page's own reading was complete
        return _submit(ready, result.answers, known.context, write)
    following = paging.next_page(ready.definition, merged, page, known.context)
    if following is None:
        return _finish(ready, merged, known.context, write)
    return _show(following, Filled(merged, known.context), write)


def _show(page: int, filled: Filled, write: Writer) -> Taken:
    """Keep what is known and show a page."""
    return Taken(Step.PAGE, page, filled) if write(filled.answers, page, False) else ALREADY_SUBMITTED


def _again(result: PageResult, merged: Mapping[str, Any], known: Known, page: int, write: Writer) -> Taken:
    """The same page with its errors. What is right is kept at once; what is wrong stands in the form."""
    filled = Filled(merged, known.context, result.typed, result.errors)
    if known.page is None and not result.answers:
        return Taken(Step.PAGE, page, filled)
    reached = page if known.page is None else known.page
    return Taken(Step.PAGE, page, filled) if write(merged, reached, False) else ALREADY_SUBMITTED


def _finish(ready: Ready, merged: Mapping[str, Any], context: Mapping[str, Any], write: Writer) -> Taken:
    """Submit, unless a required question was passed over on an earlier page."""
    complete = ready.validator.complete(merged, context)
    missing = ready.validator.missing(complete, context)
    if not missing:
        return _submit(ready, complete, context, write)
    page = missing[0][0]
    errors = {code: Problem("answer_required") for index, code in missing if index == page}
    return _show(page, Filled(merged, context, {}, errors), write)


def _submit(ready: Ready, complete: Mapping[str, Any], context: Mapping[str, Any], write: Writer) -> Taken:
    last = len(ready.definition.pages) - 1
    return Taken(Step.DONE, last, Filled(complete, context)) if write(complete, last, True) else ALREADY_SUBMITTED


def _turn_back(ready: Ready, merged: Mapping[str, Any], known: Known, page: int, write: Writer) -> Taken:
    """The page before, with what was just written kept too."""
    earlier = paging.previous_page(ready.definition, merged, page, known.context)
    filled = Filled(merged, known.context)
    return Taken(Step.PAGE, page, filled) if earlier is None else _show(earlier, filled, write)


def _merged(ready: Ready, page: int, known: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Saved answers with those of one page put in their place: what was taken away on it is gone."""
    here = tuple(question.code for question in ready.definition.pages[page].questions)
    kept = {code: answer for code, answer in known.items() if code.partition("__")[0] not in here}
    return {**kept, **new}
