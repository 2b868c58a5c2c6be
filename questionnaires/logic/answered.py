"""Answers by their names: what of the saved ones still stands, and whether a question is answered."""

from collections.abc import Mapping
from typing import Any

from portal.foundation.conditions import Scalar
from questionnaires.logic.definition import CHOICES, JOINT, MATRICES, OTHER_SUFFIX, Definition, Question, QuestionType
from questionnaires.logic.offered import offered

Answers = Mapping[str, Any]
LONGEST_HIDDEN = 500
_LISTS = frozenset({QuestionType.MULTIPLE, QuestionType.RANKING})


def blank(answer: Any) -> bool:
    """Whether there is no answer; `False` and 0 are answers."""
    return answer is None or answer == "" or (isinstance(answer, list | tuple) and not answer)


def taken(definition: Definition, question: Question, answers: Answers, facts: Answers) -> dict[str, Any]:
    """A shown question's answers by name, without what it does not offer any more.

    facts   what is known before the question, with the context
    """
    kind = question.type
    if kind is QuestionType.STATEMENT:
        return {}
    if kind is QuestionType.HIDDEN:
        return of_hidden(question, answers, facts)
    left = offered(definition, question, facts)
    if kind in MATRICES:
        return _rows(left, answers)
    if kind is QuestionType.CONSTANT_SUM:
        return _shares(left, question, answers)
    answer = answers.get(question.code)
    if blank(answer):
        return {}
    if left is not question:
        answer = _still_offered(left, answer)
        if blank(answer):
            return {}
    found = {question.code: answer}
    words = answers.get(question.code + OTHER_SUFFIX) if kind in CHOICES else None
    if words and other_chosen(left, answer):
        found[question.code + OTHER_SUFFIX] = words
    return found


def of_hidden(question: Question, answers: Answers, facts: Answers) -> dict[str, Any]:
    """A hidden field, from the context, else as it was saved; never from a form."""
    found = facts.get(question.source) if question.source else None
    if blank(found):
        found = answers.get(question.code)
    if blank(found) or not isinstance(found, Scalar):
        return {}
    text = ("true" if found else "false") if isinstance(found, bool) else str(found)
    return {question.code: text[:LONGEST_HIDDEN]}


def other_chosen(question: Question, answer: Any) -> bool:
    """Whether an option with own words is among the chosen ones."""
    several = answer if isinstance(answer, list | tuple) else (answer,)
    return any(option.other and option.code in several for option in question.options)


def unanswered(question: Question, answers: Answers) -> list[str]:
    """The names of answers that a required question still wants; give it as it is offered."""
    if question.type in MATRICES:
        return [name for name in question.names if blank(answers.get(name))]
    names = question.names if question.type is QuestionType.CONSTANT_SUM else question.names[:1]
    return [] if any(not blank(answers.get(name)) for name in names) else list(names)


def _rows(left: Question, answers: Answers) -> dict[str, Any]:
    found = {}
    columns = {option.code for option in left.options}
    for row in left.rows:
        name = left.code + JOINT + row.code
        answer = answers.get(name)
        if left.type is QuestionType.MATRIX_MULTIPLE and isinstance(answer, list | tuple):
            answer = [one for one in answer if one in columns]
        elif left.type is QuestionType.MATRIX_SINGLE and answer not in columns:
            answer = None
        if not blank(answer):
            found[name] = answer
    return found


def _shares(left: Question, question: Question, answers: Answers) -> dict[str, Any]:
    """The shares of a constant sum; where an option with a share is gone the rest no longer adds up, and all are asked again."""
    gone = [name for name in question.names if name not in left.names and answers.get(name)]
    return {} if gone else {name: answers[name] for name in left.names if not blank(answers.get(name))}


def _still_offered(left: Question, answer: Any) -> Any:
    codes = {option.code for option in left.options}
    if left.type in _LISTS and isinstance(answer, list | tuple):
        return [one for one in answer if one in codes]
    return answer if left.type not in CHOICES or answer in codes else None
