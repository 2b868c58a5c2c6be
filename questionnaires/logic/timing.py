"""How long questions take, roughly: seconds by type, by row and option, and for reading."""

from collections.abc import Iterable, Mapping

from questionnaires.logic.definition import MATRICES, SCALES, Definition, Question, QuestionType
from questionnaires.logic.rich import words_only

SECONDS: Mapping[QuestionType, int] = {
    **dict.fromkeys(SCALES, 7),
    **dict.fromkeys(MATRICES, 4),
    QuestionType.SINGLE: 8,
    QuestionType.MULTIPLE: 12,
    QuestionType.YES_NO: 5,
    QuestionType.RANKING: 6,
    QuestionType.CONSTANT_SUM: 10,
    QuestionType.SLIDER: 7,
    QuestionType.NUMBER: 10,
    QuestionType.SHORT_TEXT: 20,
    QuestionType.LONG_TEXT: 35,
    QuestionType.EMAIL: 15,
    QuestionType.PHONE: 12,
    QuestionType.DATE: 10,
    QuestionType.TIME: 8,
    QuestionType.FILE: 30,
    QuestionType.PHOTO: 30,
    QuestionType.SIGNATURE: 15,
    QuestionType.CONSENT: 8,
    QuestionType.STATEMENT: 6,
    QuestionType.HIDDEN: 0,
}
EACH: Mapping[QuestionType, int] = {
    QuestionType.MATRIX_SINGLE: 5,
    QuestionType.MATRIX_MULTIPLE: 8,
    QuestionType.MATRIX_RATING: 4,
    QuestionType.RANKING: 4,
    QuestionType.CONSTANT_SUM: 6,
}
"""For each row of a matrix, each option to be ranked or given a share."""
READ_A_SECOND, WORDS_A_SECOND = 6, 4
"""Chinese characters, and words of other languages, read in a second."""


def seconds_of(question: Question, language: str = "zh-Hans") -> int:
    """How long one question takes; long words before a choice are read besides."""
    parts = len(question.rows) if question.type in MATRICES else len(question.options)
    seconds = SECONDS[question.type] + EACH.get(question.type, 0) * parts
    if question.type is QuestionType.STATEMENT:
        return max(3, reading_seconds(question.text.get(language, ""), language) or seconds)
    return seconds


def reading_seconds(text: str, language: str) -> int:
    """How long a text takes to read."""
    words = words_only(text)
    if language.split("-")[0].lower() in ("zh", "ja", "ko"):
        return round(len("".join(words.split())) / READ_A_SECOND)
    return round(len(words.split()) / WORDS_A_SECOND)


def estimated_seconds(definition: Definition, pages: Iterable[int] | None = None) -> int:
    """How long somebody takes who is asked everything, or everything on some pages; of a block as many pages as are picked."""
    if pages is not None:
        return sum(_page_seconds(definition, number) for number in pages)
    whole = {number: _page_seconds(definition, number) for number in range(len(definition.pages))}
    for block in definition.blocks:
        places = sorted({definition.place[page] for page in block.pages if page in definition.place})
        if block.pick is not None and block.pick < len(places):
            longest = sorted((whole[place] for place in places), reverse=True)[: block.pick]
            whole.update(dict.fromkeys(places, 0))
            whole[places[0]] = sum(longest)
    return sum(whole.values())


def _page_seconds(definition: Definition, number: int) -> int:
    return sum(seconds_of(question, definition.language) for question in definition.pages[number].questions)
