"""The check before publishing: what is wrong with a questionnaire, each finding tied to its question."""

from collections import Counter
from collections.abc import Iterator

from portal.foundation.conditions import Parsed, fields_of
from questionnaires.logic.definition import Definition, Kind, Page, Question, QuestionType
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.piping import pipes_in, texts_of
from questionnaires.logic.question_check import check_question, missing
from questionnaires.logic.reach import reachable
from questionnaires.logic.timing import estimated_seconds
from questionnaires.logic.words import STANDARD, WordLists, asks_for_secret, first_of

__all__ = ["check", "estimated_seconds"]

MOST_QUESTIONS = 5
MOST_SECONDS = 180
CONTEXT = ("event.", "customer.", "hidden.")
"""Fields that conditions may read beside answers begin so; `language` is one too."""


def check(definition: Definition, lists: WordLists = STANDARD) -> list[Finding]:
    """All findings, in the order of the pages and questions; none at all is a good questionnaire."""
    found = list(_whole(definition, lists))
    before: set[str] = set()
    for page in definition.pages:
        found += _page(definition, page, before)
        earlier = frozenset(before)
        for question in page.questions:
            found += check_question(question, definition, lists)
            found += _condition(definition, question.show_if, before, question.code, page.id)
            found += _pipes(definition, question, earlier)
            before.add(question.code)
    return found


def _whole(definition: Definition, lists: WordLists) -> Iterator[Finding]:
    answered = [question for question in definition.questions() if question.type is not QuestionType.STATEMENT]
    if not answered:
        yield error("no_questions")
    yield from missing(definition.title, definition, "title")
    yield from missing(definition.thank_you, definition, "thank_you")
    for part, texts in (("intro", definition.intro), ("privacy", definition.privacy)):
        if any(texts.values()):
            yield from missing(texts, definition, part)
    yield from _whole_words(definition, lists)
    for code, count in Counter(question.code for question in definition.questions()).items():
        if count > 1:
            yield error("duplicate_code", code, question_code=code)
    for page_id, count in Counter(page.id for page in definition.pages).items():
        if count > 1:
            yield error("duplicate_page", None, page_id)
    for indicator, count in Counter(question.indicator for question in answered if question.indicator).items():
        if count > 1:
            yield error(
                "indicator_twice", [question.code for question in answered if question.indicator == indicator][-1], indicator=indicator
            )
    if definition.kind is Kind.TOUCHPOINT and len(answered) > MOST_QUESTIONS:
        yield warning("too_many_questions", answered[MOST_QUESTIONS].code, count=len(answered), most=MOST_QUESTIONS)
    if definition.kind is Kind.TOUCHPOINT and estimated_seconds(definition) > MOST_SECONDS:
        yield warning("too_long", None, None, seconds=estimated_seconds(definition), most=MOST_SECONDS)


def _whole_words(definition: Definition, lists: WordLists) -> Iterator[Finding]:
    for texts in (definition.title, definition.intro, definition.thank_you, definition.privacy, *(page.title for page in definition.pages)):
        for words in texts.values():
            if secret := asks_for_secret(words, lists):
                yield error("forbidden_ask", None, None, kind=secret[0], word=secret[1])
            if word := first_of(words, lists.begging):
                yield warning("begs_for_score", None, None, word=word)


def _page(definition: Definition, page: Page, before: set[str]) -> Iterator[Finding]:
    if not page.questions:
        yield error("empty_page", None, page.id)
    if any(page.title.values()):
        yield from (Finding(one.code, one.severity, None, page.id, one.facts) for one in missing(page.title, definition, "title"))
    yield from _condition(definition, page.show_if, before, None, page.id)


def _condition(definition: Definition, condition: Parsed | None, before: set[str], question: str | None, page: str) -> Iterator[Finding]:
    """A condition reads what was asked before; and some answers make it hold."""
    if condition is None:
        return
    wrong = False
    for name in dict.fromkeys(fields_of(condition)):
        if name in before or name == "language" or name.startswith(CONTEXT):
            continue
        wrong = True
        yield error("condition_on_later" if name in definition.by_code else "condition_on_unknown", question, page, field=name)
    if not wrong and not reachable(definition, condition):
        yield error("never_shown" if question else "unreachable_page", question, page)


def _pipes(definition: Definition, question: Question, earlier: frozenset[str]) -> Iterator[Finding]:
    """Words can only repeat what was answered on an earlier page: the page is made before anything on it is answered."""
    for name in dict.fromkeys(name for texts in texts_of(question) for words in texts.values() for name in pipes_in(words)):
        if name not in earlier:
            yield error("pipe_of_later" if name in definition.by_code else "pipe_of_unknown", question.code, field=name)
