"""From one page of a questionnaire to the next, or to its end; whatever the answers are kept in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from questionnaires.answering.page import Filled
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import Standing
from questionnaires.logic import outcome, paging
from questionnaires.logic.definition import Ending, QuestionType, Quota
from questionnaires.logic.validate import Form, PageResult, Problem


class Step(StrEnum):
    """What to show after a form was taken."""

    PAGE = "page"
    DONE = "done"
    CLOSED = "closed"
    KEPT = "kept"


@dataclass(frozen=True)
class Taken:
    """What came of a form: the page to show next, or thanks, or where the link stands.

    ending    the closing page of a finished answer
    full      the quota that had no place left for it
    personal  whether the closing page may offer something to this very person
    """

    step: Step
    page: int = 0
    filled: Filled = field(default_factory=Filled)
    standing: Standing = Standing.OPEN
    response_id: UUID | None = None
    ready: Ready | None = None
    language: str = ""
    ending: Ending | None = None
    full: Quota | None = None
    personal: bool = False
    large: bool = False


ALREADY_SUBMITTED = Taken(Step.CLOSED, standing=Standing.SUBMITTED)


@dataclass(frozen=True)
class Sent:
    """A form as it arrived.

    back     the page before is wanted; `keep` only keeps what is right, and shows nothing
    fields   what the address carries under our signature, as conditions read it
    uploads  ids of files that are certain to be this link's own; `problems` with files that could not be taken
    """

    form: Form
    language: str
    page: int
    back: bool = False
    keep: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    flags: Sequence[str] = ()
    uploads: frozenset[str] = frozenset()
    problems: Mapping[str, Problem] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What is known when a form arrives: earlier answers, whether any were saved, and what conditions may read besides."""

    answers: Mapping[str, Any]
    context: Mapping[str, Any]
    page: int | None = None


class Gate(Protocol):
    """Counts answers against quotas."""

    def full(self, answers: Mapping[str, Any], *, submitting: bool) -> Quota | None:
        """The quota that these answers count for and that has no place left; while submitting, a place is taken."""
        ...

    def give_back(self) -> None:
        """Give back what was taken for a submission that was not kept."""
        ...


Writer = Callable[[Mapping[str, Any], int, bool], bool]
"""Keeps answers: (answers, page reached, whether submitted); False where somebody else submitted first."""


def walk(ready: Ready, sent: Sent, known: Known, write: Writer, gate: Gate | None = None) -> Taken:
    """Read one page's form, keep what is right in it, and say what to show next."""
    page = min(max(sent.page, 0), len(ready.definition.pages) - 1)
    result = ready.validator.page(page, sent.form, known.answers, known.context, uploads=sent.uploads)
    result.errors.update(sent.problems)
    merged = _merged(ready, page, known.answers, result.answers)
    if sent.keep:
        return _keep(result, merged, known, page, write)
    if sent.back:
        return _turn_back(ready, merged, known, page, write)
    if result.errors:
        return _again(result, merged, known, page, write)
    if ready.single:  # nothing before this page, nothing after it: the page's own reading was complete
        return _submit(ready, result.answers, known.context, write, gate)
    following = paging.next_page(ready.definition, merged, page, known.context)
    if following is None:
        return _finish(ready, merged, known.context, write, gate)
    full = gate.full(ready.validator.complete(merged, known.context), submitting=False) if gate else None
    if full is not None:
        return _let_go(ready, merged, known.context, write, full)
    return _show(following, Filled(merged, known.context), write)


def _show(page: int, filled: Filled, write: Writer) -> Taken:
    """Keep what is known and show a page."""
    return Taken(Step.PAGE, page, filled) if write(filled.answers, page, False) else ALREADY_SUBMITTED


def _keep(result: PageResult, merged: Mapping[str, Any], known: Known, page: int, write: Writer) -> Taken:
    """Keep what is right so far; nobody waits for a page. A form with nothing in it begins nothing."""
    if known.page is None and not result.answers:
        return Taken(Step.KEPT)
    reached = page if known.page is None else known.page
    return Taken(Step.KEPT) if write(merged, reached, False) else ALREADY_SUBMITTED


def _again(result: PageResult, merged: Mapping[str, Any], known: Known, page: int, write: Writer) -> Taken:
    """The same page with its errors. What is right is kept at once; what is wrong stands in the form."""
    filled = Filled(merged, known.context, result.typed, result.errors)
    if known.page is None and not result.answers:
        return Taken(Step.PAGE, page, filled)
    reached = page if known.page is None else known.page
    return Taken(Step.PAGE, page, filled) if write(merged, reached, False) else ALREADY_SUBMITTED


def _finish(ready: Ready, merged: Mapping[str, Any], context: Mapping[str, Any], write: Writer, gate: Gate | None) -> Taken:
    """Submit, unless a required question was passed over on an earlier page."""
    complete = ready.validator.complete(merged, context)
    missing = ready.validator.missing(complete, context)
    if not missing:
        return _submit(ready, complete, context, write, gate)
    page = missing[0][0]
    errors = {code: Problem("answer_required") for index, code in missing if index == page}
    return _show(page, Filled(merged, context, {}, errors), write)


def _submit(ready: Ready, complete: Mapping[str, Any], context: Mapping[str, Any], write: Writer, gate: Gate | None) -> Taken:
    full = gate.full(complete, submitting=True) if gate else None
    if full is not None:
        return _let_go(ready, complete, context, write, full)
    if not write(complete, len(ready.definition.pages) - 1, True):
        if gate:
            gate.give_back()
        return ALREADY_SUBMITTED
    return Taken(Step.DONE, filled=Filled(complete, context), ending=outcome.ending(ready.definition, complete, context))


def _let_go(ready: Ready, answers: Mapping[str, Any], context: Mapping[str, Any], write: Writer, full: Quota) -> Taken:
    """Thank somebody whose answer is not needed any more; what was said until then is kept and marked."""
    complete = ready.validator.complete(answers, context)
    done = write(complete, len(ready.definition.pages) - 1, True)
    return Taken(Step.DONE, filled=Filled(complete, context), full=full) if done else ALREADY_SUBMITTED


def _turn_back(ready: Ready, merged: Mapping[str, Any], known: Known, page: int, write: Writer) -> Taken:
    """The page before, with what was just written kept too."""
    earlier = paging.previous_page(ready.definition, merged, page, known.context)
    filled = Filled(merged, known.context)
    return Taken(Step.PAGE, page, filled) if earlier is None else _show(earlier, filled, write)


def _merged(ready: Ready, page: int, known: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Saved answers with those of one page put in their place: what was taken away on it is gone."""
    here = tuple(question.code for question in ready.definition.pages[page].questions if question.type is not QuestionType.HIDDEN)
    kept = {code: answer for code, answer in known.items() if code.partition("__")[0] not in here}
    return {**kept, **new}
