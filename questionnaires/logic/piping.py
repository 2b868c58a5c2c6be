"""Answers quoted in later texts: `{{nps}}`, `{{why}}`."""

import re
from typing import Any

from questionnaires.logic.definition import Definition, Texts
from questionnaires.logic.paging import Answers

PIPE = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}")


def pipes(texts: Texts) -> set[str]:
    """The questions that a text quotes, in any language."""
    return {found.group(1) for text in texts.values() for found in PIPE.finditer(text)}


def fill(text: str, definition: Definition, answers: Answers, language: str) -> str:
    """The text with its quotes filled in; a blank answer leaves nothing. The result is plain text: escape it where it is shown."""
    return PIPE.sub(lambda found: _words(definition, found.group(1), answers.get(found.group(1)), language), text)


def _words(definition: Definition, question_id: str, value: Any, language: str) -> str:
    question = definition.question(question_id)
    if value is None or question is None:
        return ""
    labels = {option.code: option.text.get(language) or next(iter(option.text.values()), "") for option in question.options}
    if isinstance(value, list):
        return (
            "、".join(labels.get(one, one) for one in value)
            if language.startswith("zh")
            else ", ".join(labels.get(one, one) for one in value)
        )
    if isinstance(value, bool):
        return ({True: "是", False: "否"} if language.startswith("zh") else {True: "yes", False: "no"})[value]
    return labels.get(value, str(value))
