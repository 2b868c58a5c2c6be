"""Answers piped into later words: `{{nps}}` becomes what was answered, in the reader's language."""

import re
from collections.abc import Mapping
from typing import Any

from questionnaires.logic.definition import OTHER_SUFFIX, Definition, Page, Question, text_in

PIPE = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,79})\s*\}\}")
YES_NO: Mapping[str, tuple[str, str]] = {"zh-Hans": ("是", "否"), "en": ("Yes", "No")}
JOINERS: Mapping[str, str] = {"zh-Hans": "、", "en": ", "}


def pipes_in(text: str) -> list[str]:
    """The codes that a text pipes in."""
    return PIPE.findall(text)


def page_has_pipes(page: Page) -> bool:
    """Whether a page's words depend on answers, so that it can't be the same bytes for everybody."""
    texts = [page.title, *(texts for question in page.questions for texts in texts_of(question))]
    return any(PIPE.search(words) for text in texts for words in text.values())


def texts_of(question: Question) -> list[Mapping[str, str]]:
    """All the words of a question."""
    return [question.text, question.help, question.low_label, question.high_label, *(option.text for option in question.options)]


def fill(text: str, definition: Definition, answers: Mapping[str, Any], language: str) -> str:
    """The text with each pipe replaced; nothing stands where there is no answer. The result is plain text, to be escaped."""
    return PIPE.sub(lambda found: spoken(definition, found[1], answers, language), text)


def spoken(definition: Definition, code: str, answers: Mapping[str, Any], language: str) -> str:
    """An answer in words."""
    question, answer = definition.by_code.get(code), answers.get(code)
    if question is None or answer is None:
        return ""
    if isinstance(answer, bool):
        return YES_NO.get(language, YES_NO["en"])[0 if answer else 1]
    if isinstance(answer, list | tuple):
        return JOINERS.get(language, ", ").join(_choice(definition, question, one, answers, language) for one in answer)
    return _choice(definition, question, answer, answers, language) if question.options else str(answer)


def _choice(definition: Definition, question: Question, code: Any, answers: Mapping[str, Any], language: str) -> str:
    option = next((option for option in question.options if option.code == code), None)
    if option is None:
        return ""
    own_words = answers.get(question.code + OTHER_SUFFIX) if option.other else None
    return str(own_words or text_in(option.text, language, definition.language))
