"""Read a page of answers from a form: a table of readers compiled once for each version.

This is the hot path of a POST: plain functions and dicts, no pydantic. What was typed is given back beside each error,
so that nobody types anything twice.
"""

from dataclasses import dataclass
from typing import Any

from portal.foundation import conditions
from questionnaires.logic import answered, offered, paging
from questionnaires.logic.calendar_reading import day_within
from questionnaires.logic.definition import (
    CHOICES,
    JOINT,
    OTHER_SUFFIX,
    SILENT,
    UPLOADS,
    Definition,
    Question,
    QuestionType,
)
from questionnaires.logic.entries import Entry, always_open, entry_of
from questionnaires.logic.order import TODAY
from questionnaires.logic.paging import NOTHING, Answers
from questionnaires.logic.parts_reading import Form, Parts, Uploads, read_uploads, values_of
from questionnaires.logic.problems import Problem, own_message
from questionnaires.logic.reading import tidy

__all__ = ["Form", "PageResult", "Problem", "Uploads", "Validator", "answerable", "compile_validator", "form_names", "own_message", "tidy"]

OTHER_LONGEST = 200
KEPT_LONGEST = 20_000
"""As much of an over-long text is handed back to be shortened."""


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page as it was read: good answers, problems by question, and what was typed where there is a problem."""

    answers: dict[str, Any]
    errors: dict[str, Problem]
    typed: dict[str, list[str]]

    @property
    def ok(self) -> bool:
        """Whether the page can be left."""
        return not self.errors


@dataclass(slots=True)
class _Reading:
    """One page being read."""

    form: Form
    facts: dict[str, Any]
    uploads: Uploads
    result: PageResult


class Validator:
    """Reads the forms of one version; made once and kept."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._pages = [
            [entry_of(question) for question in page.questions if question.type is not QuestionType.STATEMENT] for page in definition.pages
        ]
        self._direct = definition.straight and not definition.experiments and bool(definition.pages) and always_open(definition.pages[0])

    def page(self, index: int, form: Form, known: Answers = NOTHING, context: Answers = NOTHING, *, uploads: Uploads = None) -> PageResult:
        """Read one page's form.

        known     the answers of the pages before it
        context   what conditions may read besides, as `paging.NOTHING` lists it
        uploads   the ids of this link's own uploads, or a function that knows them
        Returns   nothing at all for a page that is not asked. Questions that these answers hide are neither asked for nor
                  kept, whatever the form holds
        """
        result = PageResult({}, {}, {})
        if self._direct and index == 0:  # nothing comes before it and nothing hides it: the walk can be spared
            facts = dict(context)
        else:
            state = paging.arrive(self.definition, index, known, context)
            if not state.open:
                return result
            facts = state.facts
        work = _Reading(form, facts, uploads, result)
        for entry in self._pages[index]:
            if entry.always or offered.is_shown(self.definition, entry.question, facts):
                if entry.plain:
                    _read_plain(entry, work)
                else:
                    self._read(entry, work)
        return result

    def complete(self, answers: Answers, context: Answers = NOTHING) -> dict[str, Any]:
        """The answers to keep at submission: those to what was shown, and the hidden fields."""
        return paging.visible_answers(self.definition, answers, context)

    def missing(self, answers: Answers, context: Answers = NOTHING) -> list[tuple[int, str]]:
        """Required questions that were shown and have no answer, as (page, question), in the order in which they are asked."""
        found = []
        for index in paging.shown_pages(self.definition, answers, context):
            state = paging.arrive(self.definition, index, answers, context)
            for question in paging.passing(self.definition, self.definition.pages[index], answers, state):
                if question.required and answerable(question):
                    left = offered.offered(self.definition, question, state.facts)
                    if answered.unanswered(left, state.kept):
                        found.append((index, question.code))
        return found

    def _read(self, entry: Entry, work: _Reading) -> None:
        question = entry.question
        if question.type is QuestionType.HIDDEN:
            answers, problem = answered.of_hidden(question, NOTHING, work.facts), None
        else:
            answers, problem = self._whole(entry, work)
        work.result.answers.update(answers)
        work.facts.update(answers)
        if problem is not None:
            _fault(question, problem, work)

    def _whole(self, entry: Entry, work: _Reading) -> tuple[dict[str, Any], Problem | None]:
        """Read a question that has more to it: options by conditions, several fields, uploads, own words, own rules."""
        question = entry.question
        if question.selective:
            entry = entry_of(offered.offered(self.definition, question, work.facts))
        found = _parts(entry, work)
        if found.problem is None and found.answers and question.rules:
            found.problem = _broken(question, {**work.facts, **found.answers})
            if found.problem is not None:
                found.answers = {}
        return found.answers, found.problem


def compile_validator(definition: Definition) -> Validator:
    """A validator for a version."""
    return Validator(definition)


def answerable(question: Question) -> bool:
    """Whether a question takes an answer from a person at all."""
    return question.type not in SILENT


def form_names(question: Question) -> tuple[str, ...]:
    """The fields that a form may send for a question, in the order in which they stand."""
    if question.type in SILENT:
        return ()
    if question.type is QuestionType.RANKING:
        return (question.code, *(question.code + JOINT + option.code for option in question.options))
    return question.names


def _read_plain(entry: Entry, work: _Reading) -> None:
    """Read a question of one field; most are."""
    values = work.form.get(entry.code)
    answer = entry.read([value for value in values if value != ""]) if values and entry.read else None
    if answer is None:
        if entry.question.required:
            _fault(entry.question, Problem("answer_required"), work)
    elif isinstance(answer, Problem):
        _fault(entry.question, answer, work)
    else:
        work.result.answers[entry.code] = work.facts[entry.code] = answer


def _fault(question: Question, problem: Problem, work: _Reading) -> None:
    work.result.errors[question.code] = problem
    work.result.typed.update(_typed(question, work.form))


def _parts(entry: Entry, work: _Reading) -> Parts:
    question = entry.question
    if entry.parts is not None:
        return entry.parts(work.form)
    values = values_of(work.form, question.code)
    if question.type in UPLOADS:
        answer = read_uploads(question, values, work.uploads)
    elif question.type is QuestionType.DATE:
        answer = day_within(values, question.min, question.max, str(work.facts.get(TODAY) or ""))
    else:
        answer = entry.read(values) if entry.read else None
    if isinstance(answer, Problem):
        return Parts(problem=answer)
    if answer is None:
        code = "consent_required" if question.type is QuestionType.CONSENT else "answer_required"
        return Parts(problem=Problem(code) if question.required else None)
    return _with_own_words(question, answer, work.form)


def _with_own_words(question: Question, answer: Any, form: Form) -> Parts:
    """The words beside the "other" option, while it is chosen."""
    if question.type not in CHOICES or not answered.other_chosen(question, answer):
        return Parts({question.code: answer})
    name = question.code + OTHER_SUFFIX
    words = next((tidy(value) for value in form.get(name, ()) if value), "")
    if len(words) > OTHER_LONGEST:
        return Parts({question.code: answer}, Problem("text_too_long", {"max": OTHER_LONGEST, "length": len(words)}))
    return Parts({question.code: answer, name: words} if words else {question.code: answer})


def _broken(question: Question, facts: Answers) -> Problem | None:
    """The first of a question's own rules that certainly fails; a rule over something blank says nothing."""
    for number, rule in enumerate(question.rules):
        if conditions.evaluate(rule.valid_if, facts) is False:
            return Problem("rule_broken", {"rule": number})
    return None


def _typed(question: Question, form: Form) -> dict[str, list[str]]:
    """What was typed into a question, to be shown again."""
    found = {name: [value[:KEPT_LONGEST] for value in form.get(name, ()) if value != ""] for name in form_names(question)}
    return {name: values for name, values in found.items() if values or name == question.code}
