"""Answers piped into later words: `{{nps}}` becomes what was answered, in the reader's language.

A row of a matrix is `{{speed__counter}}`, own words are `{{why__other}}`; of a whole matrix or constant sum every answered
row is said. What comes out is plain text, one line, and has to be escaped; `fill_rich` does so for rich text.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from markupsafe import Markup, escape

from questionnaires.logic.definition import JOINT, MATRICES, OTHER_SUFFIX, UPLOADS, Definition, Page, Question, QuestionType, text_in
from questionnaires.logic.rich import rich

PIPE = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,89})\s*\}\}")
YES_NO: Mapping[str, tuple[str, str]] = {"zh": ("是", "否"), "en": ("Yes", "No")}
JOINERS: Mapping[str, tuple[str, str, str]] = {"zh": ("、", "：", "；"), "en": (", ", ": ", "; ")}
"""Between answers, between a row and its answer, between rows."""
LONGEST = 300


def pipes_in(text: str) -> list[str]:
    """The names of answers that a text pipes in."""
    return PIPE.findall(text)


def page_has_pipes(page: Page) -> bool:
    """Whether a page's words depend on answers, so that it can't be the same bytes for everybody."""
    texts = [page.title, *(texts for question in page.questions for texts in texts_of(question))]
    return any(PIPE.search(words) for text in texts for words in text.values())


def texts_of(question: Question) -> list[Mapping[str, str]]:
    """All the words of a question."""
    return [
        *(question.text, question.help, question.low_label, question.high_label, question.required_message),
        *(option.text for option in question.options),
        *(row.text for row in question.rows),
        *(rule.message for rule in question.rules),
    ]


def fill(text: str, definition: Definition, answers: Mapping[str, Any], language: str) -> str:
    """The text with each pipe replaced; nothing stands where there is no answer. The result is plain text, to be escaped."""
    return PIPE.sub(lambda found: spoken(definition, found[1], answers, language), text)


def fill_rich(text: str, definition: Definition, answers: Mapping[str, Any], language: str) -> Markup:
    """Rich text, cleaned, with the answers escaped in their places: what somebody wrote never becomes a tag or an address."""
    cleaned = str(rich(text))
    if "{{" not in cleaned:
        return rich(text)
    return Markup(PIPE.sub(lambda found: str(escape(spoken(definition, found[1], answers, language))), cleaned))  # noqa: S704  # cleaned, escaped


def spoken(definition: Definition, name: str, answers: Mapping[str, Any], language: str) -> str:
    """An answer in words, on one line."""
    question = definition.by_name.get(name)
    if question is None:
        whole = definition.by_code.get(name)
        return _rows(definition, whole, answers, language) if whole is not None else ""
    answer = answers.get(name)
    if answer is None:
        return ""
    words = str(answer) if name.endswith(OTHER_SUFFIX) else _said(definition, question, answer, answers, language)
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _rows(definition: Definition, question: Question, answers: Mapping[str, Any], language: str) -> str:
    """Every answered row of a matrix, or share of a constant sum."""
    parts = question.rows if question.type in MATRICES else question.options
    _, of_row, between = _joiners(language)
    said = []
    for part in parts:
        words = spoken(definition, question.code + JOINT + part.code, answers, language)
        if words:
            said.append(f"{text_in(part.text, language, definition.language)}{of_row}{words}")
    return between.join(said)


def _said(definition: Definition, question: Question, answer: Any, answers: Mapping[str, Any], language: str) -> str:
    if isinstance(answer, bool):
        return YES_NO["zh" if _chinese(language) else "en"][0 if answer else 1]
    if question.type in UPLOADS:
        return str(len(answer))
    if question.type is QuestionType.DATE:
        return _date(str(answer), language)
    if isinstance(answer, list | tuple):
        return _joiners(language)[0].join(_choice(definition, question, one, answers, language) for one in answer)
    if question.options and question.type is not QuestionType.CONSTANT_SUM:
        return _choice(definition, question, answer, answers, language)
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


def _choice(definition: Definition, question: Question, code: Any, answers: Mapping[str, Any], language: str) -> str:
    option = next((option for option in question.options if option.code == code), None)
    if option is None:
        return ""
    own_words = answers.get(question.code + OTHER_SUFFIX) if option.other else None
    return str(own_words or text_in(option.text, language, definition.language))


def _date(iso: str, language: str) -> str:
    """A day as the language writes it; as it stands where Babel does not know the language."""
    try:
        return format_date(date.fromisoformat(iso), "long", locale=Locale.parse(language, sep="-"))
    except (ValueError, UnknownLocaleError):
        return iso


def _joiners(language: str) -> tuple[str, str, str]:
    return JOINERS["zh" if _chinese(language) else "en"]


def _chinese(language: str) -> bool:
    return language.split("-")[0].lower() == "zh"
