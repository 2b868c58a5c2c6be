"""The part of the check that looks at the questionnaire as a whole: words around it, codes, length."""

from collections import Counter
from collections.abc import Iterable, Iterator

from questionnaires.logic.definition import END, SILENT, Definition, Kind, QuestionType
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.order import SEED, SHORT, TODAY
from questionnaires.logic.scoring import indicators
from questionnaires.logic.timing import estimated_seconds
from questionnaires.logic.wording_check import begs, missing, secrets
from questionnaires.logic.words import WordLists

MOST_QUESTIONS = 5
MOST_SECONDS = 180
RESERVED = frozenset({"language", SEED, SHORT, TODAY})
"""Names in the context of conditions, so no question's code."""
PERSONAL = frozenset({QuestionType.EMAIL, QuestionType.PHONE, QuestionType.SIGNATURE})


def check_whole(definition: Definition, lists: WordLists) -> Iterator[Finding]:
    """What is wrong with the whole."""
    answered = [question for question in definition.questions() if question.type not in SILENT]
    if not answered:
        yield error("no_questions")
    yield from _texts(definition, lists)
    yield from _codes(definition)
    yield from _pages(definition)
    if definition.kind is Kind.TOUCHPOINT:
        if len(answered) > MOST_QUESTIONS:
            yield warning("too_many_questions", answered[MOST_QUESTIONS].code, count=len(answered), most=MOST_QUESTIONS)
        if (seconds := estimated_seconds(definition)) > MOST_SECONDS:
            yield warning("too_long", None, None, seconds=seconds, most=MOST_SECONDS)
    if definition.anonymous:
        for question in answered:
            if question.type in PERSONAL:
                yield warning("anonymous_asks_who", question.code)
        for question in definition.questions():
            if question.type is QuestionType.HIDDEN and question.source.startswith(("customer.", "link.")):
                yield warning("anonymous_asks_who", question.code)
        if definition.call_me:
            yield warning("anonymous_call_me")


def _texts(definition: Definition, lists: WordLists) -> Iterator[Finding]:
    yield from missing(definition.title, definition, "title")
    yield from missing(definition.thank_you, definition, "thank_you")
    for part, texts in (("intro", definition.intro), ("privacy", definition.privacy)):
        if any(texts.values()):
            yield from missing(texts, definition, part)
    for texts in (definition.title, definition.intro, definition.thank_you, definition.privacy):
        yield from secrets(texts, lists)
        yield from begs(texts, lists)


def _codes(definition: Definition) -> Iterator[Finding]:
    for code in _twice(question.code for question in definition.questions()):
        yield error("duplicate_code", code, question_code=code)
    for code in {question.code for question in definition.questions()} & RESERVED:
        yield error("reserved_code", code, question_code=code)
    for page_id in _twice(page.id for page in definition.pages):
        yield error("duplicate_page", None, page_id)
    if END in definition.place:
        yield error("reserved_page", None, END, page_id=END)
    for name, codes in (
        ("block", [block.id for block in definition.blocks]),
        ("experiment", [one.code for one in definition.experiments]),
        ("quota", [one.code for one in definition.quotas]),
        ("ending", [one.id for one in definition.endings]),
    ):
        for code in _twice(codes):
            yield error(f"duplicate_{name}", None, None, **{name: code})
    yield from _indicators(definition)


def _indicators(definition: Definition) -> Iterator[Finding]:
    """Two questions, rows or worked-out scores that feed one indicator: only the first answered would count."""
    worked_out = [one.indicator for one in definition.scores]
    for indicator in _twice(worked_out):
        yield error("indicator_twice", None, None, indicator=indicator)
    own = definition.model_copy(update={"scores": ()})
    for indicator, names in indicators(own).items():
        last = definition.by_name.get(names[-1]) or definition.by_code.get(names[-1])
        if (len(names) > 1 or indicator in worked_out) and last is not None:
            yield error("indicator_twice", last.code, indicator=indicator)


def _pages(definition: Definition) -> Iterator[Finding]:
    for page in definition.pages:
        if not page.questions:
            yield error("empty_page", None, page.id)
        elif all(question.type is QuestionType.STATEMENT for question in page.questions):
            yield warning("statement_page", None, page.id)
        if any(page.title.values()):
            for one in missing(page.title, definition, "page_title"):
                yield Finding(one.code, one.severity, None, page.id, one.facts)


def _twice(codes: Iterable[str]) -> list[str]:
    return [code for code, count in Counter(codes).items() if count > 1]
