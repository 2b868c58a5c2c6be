"""What a revision holds: a question, or a section of several; and what is read off it: words, languages, changes."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from questionnaires.bank.models import BankRevision
from questionnaires.logic.definition import Question, Texts
from questionnaires.logic.question import Strict
from questionnaires.logic.words import plain

MOST_IN_SECTION = 30
PARTS_WITH_WORDS = ("text", "help", "low_label", "high_label", "required_message")


class Section(Strict):
    """Questions that belong together: a score with its follow-up, a block about one service. Put in as a whole."""

    title: Texts = Field(default_factory=dict)
    help: Texts = Field(default_factory=dict)
    questions: tuple[Question, ...] = Field(default=(), max_length=MOST_IN_SECTION)


Content = Question | Section


def content_of(revision: BankRevision) -> Content:
    """A revision as a question or section."""
    return parse(revision.content)


def parse(raw: Mapping[str, Any]) -> Content:
    """A stored document; a section has questions, a question has a type.

    Raises  ValueError (pydantic's)
    """
    return Question.model_validate(raw) if "type" in raw else Section.model_validate(raw)


def stored(content: Content) -> dict[str, Any]:
    """The document as it is kept: defaults left out."""
    return content.model_dump(mode="json", exclude_defaults=True)


def title_of(content: Content) -> Texts:
    """What names it in a list."""
    return content.text if isinstance(content, Question) else content.title


def questions_of(content: Content) -> tuple[Question, ...]:
    """The question itself, or all of a section."""
    return (content,) if isinstance(content, Question) else content.questions


def texts_of(content: Content) -> Iterator[Mapping[str, str]]:
    """All texts that stand in it, one mapping of languages each; empty ones are left out."""
    if isinstance(content, Section):
        yield from (texts for texts in (content.title, content.help) if any(texts.values()))
    for question in questions_of(content):
        found = [getattr(question, part) for part in PARTS_WITH_WORDS]
        found += [option.text for option in question.options] + [row.text for row in question.rows]
        found += [rule.message for rule in question.rules]
        yield from (texts for texts in found if any(texts.values()))


def completeness(content: Content) -> dict[str, int]:
    """For each language the share of texts that it has, 0–100; 100 only where none is missing."""
    texts = list(texts_of(content))
    tags = dict.fromkeys(tag for one in texts for tag, words in one.items() if words.strip())
    return {tag: 100 * sum(bool(one.get(tag, "").strip()) for one in texts) // len(texts) for tag in tags}


def heading_text(content: Content) -> str:
    """The question's own words, or the section's title, in all languages, folded."""
    return plain("\n".join(title_of(content).values()))


def search_text(code: str, content: Content, tags: list[str]) -> str:
    """What a search looks through: code, tags and all words in all languages, folded as searches are."""
    words = [code, *tags, *(text for texts in texts_of(content) for text in texts.values())]
    return plain("\n".join(words))
