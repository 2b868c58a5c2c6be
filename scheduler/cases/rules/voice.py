"""What an answer says, in words: read out of the answers and the version's definition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

WORDS = frozenset({"short_text", "long_text"})
CHOICES = frozenset({"single", "multiple"})
OTHER = "__other"
"""What an answer key ends with that holds the words beside "other"."""

LABELS = ("text", "title", "label", "name")

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """One answered question: its words, and what was answered, as texts by language."""

    code: str
    kind: str
    question: Texts
    answers: tuple[Texts, ...]

    @property
    def free(self) -> bool:
        """Whether these are the customer's own words."""
        return self.kind in WORDS


def said(definition: Any, answers: Mapping[str, Any]) -> list[Said]:
    """Every answered question, in the order of the questionnaire."""
    found = []
    for question in questions(definition):
        value = answers.get(question["code"])
        if value not in (None, "", [], ()):
            labels = {str(code): texts for code, texts in _options(question)}
            chosen = tuple(labels.get(str(one), {"": str(one)}) for one in (value if isinstance(value, list | tuple) else [value]))
            found.append(Said(question["code"], str(question["type"]), _texts(question), chosen))
        beside = answers.get(f"{question['code']}{OTHER}")
        if isinstance(beside, str) and beside:
            found.append(Said(f"{question['code']}{OTHER}", "short_text", _texts(question), ({"": beside},)))
    return found


def questions(part: Any) -> Iterator[Mapping[str, Any]]:
    """All questions of a stored definition, however deep they stand in it."""
    if isinstance(part, Mapping):
        if isinstance(part.get("code"), str) and isinstance(part.get("type"), str):
            yield part
        for inner in part.values():
            yield from questions(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from questions(inner)


def _options(question: Mapping[str, Any]) -> Iterator[tuple[str, Texts]]:
    for name in ("options", "choices"):
        for option in question.get(name) or ():
            code = option.get("code", option.get("value")) if isinstance(option, Mapping) else option
            yield str(code), _texts(option) if isinstance(option, Mapping) else {"": str(option)}


def _texts(part: Mapping[str, Any]) -> Texts:
    for name in LABELS:
        value = part.get(name)
        if isinstance(value, str) and value:
            return {"": value}
        if isinstance(value, Mapping) and value:
            return {str(language): str(text) for language, text in value.items()}
    return {"": str(part.get("code", part.get("value", "")))}
