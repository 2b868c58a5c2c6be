"""The part of the check that reads words: missing translations, secrets asked for, leading words, pleas, length."""

from collections.abc import Iterator, Mapping
from typing import Any

from questionnaires.logic.definition import SCALES, TEXTS, UPLOADS, Definition, Question, QuestionType
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.piping import texts_of
from questionnaires.logic.rich import words_only
from questionnaires.logic.words import DEMANDING, REWARDS, TWO_IDEAS, WordLists, asks_for_secret, first_of

MOST_CHARACTERS, MOST_WORDS = 50, 28
"""Of a question in Chinese and in other languages; a statement may have six times as much."""
STATEMENT_TIMES = 6
FREE = frozenset({*TEXTS, *UPLOADS, QuestionType.NUMBER, QuestionType.STATEMENT, QuestionType.EMAIL, QuestionType.PHONE})
"""Types whose answer could hold a secret, or that tell people to send one."""


def missing(texts: Mapping[str, str], definition: Definition, part: str, question: str | None = None, **facts: Any) -> Iterator[Finding]:
    """A finding for each language in which a text is not there."""
    for language in definition.languages:
        if not texts.get(language, "").strip():
            yield error("missing_translation", question, None, language=language, part=part, **facts)


def secrets(texts: Mapping[str, str], lists: WordLists, **facts: Any) -> Iterator[Finding]:
    """Words outside of questions that ask for a secret."""
    for words in texts.values():
        if secret := asks_for_secret(words_only(words), lists):
            yield error("forbidden_ask", None, None, kind=secret[0], word=secret[1], **facts)


def begs(texts: Mapping[str, str], lists: WordLists, question: str | None = None, **facts: Any) -> Iterator[Finding]:
    """Words that beg for a score."""
    for words in texts.values():
        if word := first_of(words, lists.begging):
            yield warning("begs_for_score", question, None, word=word, **facts)


def reward_in(texts: Mapping[str, str]) -> str | None:
    """The first word for a reward that stands in a text."""
    return next((word for words in texts.values() if (word := first_of(words, REWARDS))), None)


def check_wording(question: Question, lists: WordLists) -> Iterator[Finding]:
    """What is wrong with a question's words. A closed question may name a secret, with a warning, unless it demands it."""
    free = question.type in FREE or any(option.other for option in question.options)
    for words in (words for texts in texts_of(question) for words in texts.values()):
        if secret := asks_for_secret(words_only(words), lists):
            make = error if free or first_of(words, DEMANDING) is not None else warning
            yield make("forbidden_ask" if make is error else "names_a_secret", question.code, None, kind=secret[0], word=secret[1])
            break
    yield from begs(question.text, lists, question.code)
    for words in question.text.values():
        if word := first_of(words, lists.leading):
            yield warning("leading_words", question.code, None, word=word)
        if question.type in SCALES and (word := first_of(words, TWO_IDEAS)):
            yield warning("two_ideas", question.code, None, word=word.strip())
    yield from _length(question)


def _length(question: Question) -> Iterator[Finding]:
    """Chinese is measured by characters, other languages by words."""
    times = STATEMENT_TIMES if question.type in (QuestionType.STATEMENT, QuestionType.CONSENT) else 1
    for language, words in question.text.items():
        plain = words_only(words)
        if language.split("-")[0].lower() in ("zh", "ja", "ko"):
            length, most, code = len("".join(plain.split())), MOST_CHARACTERS * times, "long_text"
        else:
            length, most, code = len(plain.split()), MOST_WORDS * times, "long_text_words"
        if length > most:
            yield warning(code, question.code, None, language=language, length=length, most=most)
