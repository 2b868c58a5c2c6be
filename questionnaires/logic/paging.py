"""Which pages and questions somebody sees, by the answers so far.

A question or page with a condition is shown only where the condition certainly holds; a blank answer is unknown. Answers
to what is hidden are dropped, and conditions never read them. Conditions look back only (the publishing check holds
that), so one walk from the first question to the last decides everything and there is nothing to loop.
"""

from collections.abc import Mapping
from typing import Any

from portal.foundation import conditions
from questionnaires.logic.definition import OTHER_SUFFIX, Definition, Page, Question, QuestionType

Answers = Mapping[str, Any]
NOTHING: Answers = {}
"""The context of somebody of whom nothing is known. A context holds `language` and `event.…` attributes."""


def visible_answers(definition: Definition, answers: Answers, context: Answers = NOTHING) -> dict[str, Any]:
    """The answers without those to hidden or unknown questions."""
    kept, _pages = _walk(definition, answers, context)
    return kept


def shown_questions(definition: Definition, page: int, answers: Answers, context: Answers = NOTHING) -> tuple[Question, ...]:
    """The questions of one page that are shown with these answers."""
    facts = {**context, **answers_before(definition, page, answers, context)}
    return tuple(question for question in _visible(definition.pages[page], answers, facts))


def shown_pages(definition: Definition, answers: Answers, context: Answers = NOTHING) -> list[int]:
    """The pages that are shown with these answers."""
    _kept, pages = _walk(definition, answers, context)
    return pages


def next_page(definition: Definition, answers: Answers, after: int = -1, context: Answers = NOTHING) -> int | None:
    """The first page shown after one; None where that was the last. `after=-1` gives the first page of all.

    Answers to `after` and the pages before it decide; answers further on (somebody went back) do not.
    """
    facts = {**context, **answers_before(definition, after + 1, answers, context)}
    for index in range(after + 1, len(definition.pages)):
        if _opens(definition.pages[index], facts):
            return index
    return None


def previous_page(definition: Definition, answers: Answers, before: int, context: Answers = NOTHING) -> int | None:
    """The last page shown before one; None where there is none."""
    return next((page for page in reversed(shown_pages(definition, answers, context)) if page < before), None)


def answers_before(definition: Definition, page: int, answers: Answers, context: Answers) -> dict[str, Any]:
    """The visible answers of the pages before one; what was answered from there on decides nothing yet."""
    facts = dict(context)
    kept: dict[str, Any] = {}
    for earlier in definition.pages[:page]:
        if _opens(earlier, facts):
            for question in _visible(earlier, answers, facts):
                take(question, answers, kept)
            facts.update(kept)
    return kept


def _walk(definition: Definition, answers: Answers, context: Answers) -> tuple[dict[str, Any], list[int]]:
    facts = dict(context)
    kept: dict[str, Any] = {}
    pages = []
    for index, page in enumerate(definition.pages):
        if not _opens(page, facts):
            continue
        pages.append(index)
        for question in _visible(page, answers, facts):
            take(question, answers, kept)
        facts.update(kept)
    return kept, pages


def _visible(page: Page, answers: Answers, facts: Mapping[str, Any]) -> list[Question]:
    """Questions of a page that is open, in order: an earlier one on the same page may decide about a later one."""
    known = dict(facts)
    shown = []
    for question in page.questions:
        if question.show_if is None or conditions.evaluate(question.show_if, known) is True:
            shown.append(question)
            take(question, answers, known)
    return shown


def _opens(page: Page, facts: Mapping[str, Any]) -> bool:
    """Whether a page is shown: its own condition holds, and what was answered before it leaves it something to show."""
    if page.show_if is not None and conditions.evaluate(page.show_if, facts) is not True:
        return False
    return any(question.show_if is None or conditions.evaluate(question.show_if, facts) is True for question in page.questions)


def take(question: Question, answers: Answers, into: dict[str, Any]) -> None:
    """Copy a question's answer, and the words beside its "other" option while that is chosen."""
    if question.type is QuestionType.STATEMENT or blank(answers.get(question.code)):
        return
    answer = into[question.code] = answers[question.code]
    words = answers.get(question.code + OTHER_SUFFIX)
    if words and any(
        option.other and (option.code == answer or (isinstance(answer, list | tuple) and option.code in answer))
        for option in question.options
    ):
        into[question.code + OTHER_SUFFIX] = words


def blank(answer: Any) -> bool:
    """Whether there is no answer; `False` and 0 are answers."""
    return answer is None or answer == "" or (isinstance(answer, list | tuple) and not answer)
