"""Which options and rows of a question somebody is offered, and in which order."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from portal.foundation import conditions
from questionnaires.logic.definition import JOINT, MATRICES, WITH_OPTIONS, Definition, Option, Question, QuestionType, Row
from questionnaires.logic.order import SHORT, mixed, seed_of

Facts = Mapping[str, Any]
Part = TypeVar("Part", Option, Row)


def offered(definition: Definition, question: Question, facts: Facts) -> Question:
    """The question with those options and rows only that these facts leave, as they are written."""
    if not question.selective:
        return question
    options = tuple(one for one in question.options if _open(one, facts))
    rows = tuple(one for one in question.rows if _open(one, facts))
    if question.carry is not None:
        keep = _carried(definition, question, facts)
        if question.type in MATRICES:
            rows = tuple(one for one in rows if keep(one.code))
        else:
            kept = tuple(one for one in options if keep(one.code))
            options = tuple(one for one in options if one.exclusive or one in kept) if kept else ()
    return question.model_copy(update={"options": options, "rows": rows})


def is_shown(definition: Definition, question: Question, facts: Facts) -> bool:
    """Whether a question is asked: not left out of the short variant, its condition holds, something is left to choose."""
    if question.show_if is not None and conditions.evaluate(question.show_if, facts) is not True:
        return False
    if question.long_only and facts.get(SHORT) is True:
        return False
    return not question.selective or not _nothing_left(offered(definition, question, facts))


def in_order(question: Question, seed: str) -> Question:
    """The question with options and rows as a seed mixes them; of a matrix only the rows, its columns are a scale."""
    if not question.shuffle or not seed:
        return question
    if question.type in MATRICES:
        rows = mixed(question.rows, lambda one: one.code, lambda one: one.fixed, seed, "row", question.code)
        return question.model_copy(update={"rows": tuple(rows)})
    options = mixed(question.options, lambda one: one.code, _stays, seed, "option", question.code)
    return question.model_copy(update={"options": tuple(options)})


def as_seen(definition: Definition, question: Question, facts: Facts) -> Question:
    """The question with the options and rows that somebody sees, in that person's order."""
    return in_order(offered(definition, question, facts), seed_of(facts))


def chosen(question: Question, answers: Facts) -> set[str]:
    """The codes of options that an answer chose: with a constant sum those that got a share."""
    if question.type is QuestionType.CONSTANT_SUM:
        return {option.code for option in question.options if answers.get(question.code + JOINT + option.code)}
    answer = answers.get(question.code)
    if isinstance(answer, list | tuple):
        return {str(one) for one in answer}
    return set() if answer is None else {str(answer)}


def _open(part: Option | Row, facts: Facts) -> bool:
    return part.show_if is None or conditions.evaluate(part.show_if, facts) is True


def _stays(option: Option) -> bool:
    """What rules out the others, or asks for own words, stands last wherever the rest is mixed."""
    return option.fixed or option.exclusive or option.other


def _carried(definition: Definition, question: Question, facts: Facts) -> Callable[[str], bool]:
    carry = question.carry
    source = definition.by_code.get(carry.question) if carry is not None else None
    if carry is None or source is None:
        return lambda _code: False
    before, wanted = chosen(source, facts), carry.chosen
    return lambda code: (code in before) is wanted


def _nothing_left(question: Question) -> bool:
    """Whether conditions took away all that could be answered. An unfinished draft without options is no such case."""
    if question.type in MATRICES:
        return not question.rows or (question.type is not QuestionType.MATRIX_RATING and not question.options)
    return question.type in WITH_OPTIONS and not question.options
