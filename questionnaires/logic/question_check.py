"""The part of the check that looks at one question: words, options, rows, bounds, scores."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from questionnaires.logic.bounds_check import check_bounds
from questionnaires.logic.definition import (
    CHOICES,
    MATRICES,
    SCALES,
    WITH_OPTIONS,
    Definition,
    Display,
    Option,
    Question,
    QuestionType,
    Row,
)
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.scoring import BY_OPTIONS, SCORED
from questionnaires.logic.wording_check import check_wording, missing
from questionnaires.logic.words import WordLists

STANDARD_INDICATORS = {"nps": QuestionType.NPS, "csat": QuestionType.CSAT, "ces": QuestionType.CES}
"""These names have a meaning, so only their own scale, or choices with scores on it, may feed them."""
MOST_ROWS, MOST_COLUMNS = 8, 7
"""More than these do not fit on a telephone."""
RATED = frozenset({*SCALES, QuestionType.MATRIX_RATING})
DISPLAYS: Mapping[Display, frozenset[QuestionType]] = {
    Display.AUTO: frozenset(QuestionType),
    Display.NUMBERS: RATED,
    Display.STARS: frozenset({QuestionType.CSAT, QuestionType.MATRIX_RATING}),
    Display.FACES: frozenset({QuestionType.CSAT, QuestionType.MATRIX_RATING}),
    Display.RADIO: frozenset({QuestionType.SINGLE}),
    Display.DROPDOWN: frozenset({QuestionType.SINGLE}),
    Display.PICTURES: CHOICES,
}
"""The types that each display is made for; others are drawn in their own way."""


def check_question(question: Question, definition: Definition, lists: WordLists) -> Iterator[Finding]:
    """What is wrong with one question, conditions and pipes aside."""
    if question.type is not QuestionType.HIDDEN:
        yield from _texts(question, definition)
        yield from check_wording(question, lists)
    yield from _options(question, definition)
    yield from _rows(question, definition)
    yield from check_bounds(question)
    yield from _indicator(question, definition)
    if question.type in RATED and not (any(question.low_label.values()) and any(question.high_label.values())):
        yield warning("scale_without_labels", question.code)
    yield from _display(question)


def _texts(question: Question, definition: Definition) -> Iterator[Finding]:
    yield from missing(question.text, definition, "text", question.code)
    for part in ("help", "low_label", "high_label", "required_message"):
        texts = getattr(question, part)
        if any(texts.values()):
            yield from missing(texts, definition, part, question.code)
    for number, rule in enumerate(question.rules, 1):
        yield from missing(rule.message, definition, "rule", question.code, rule=number)


def _options(question: Question, definition: Definition) -> Iterator[Finding]:
    if question.type not in WITH_OPTIONS:
        if question.options:
            yield error("options_not_used", question.code)
        return
    if len(question.options) < 2:
        yield error("empty_options" if not question.options else "too_few_options", question.code)
    yield from _parts(question, question.options, definition, "option")
    if sum(option.other for option in question.options) > 1:
        yield error("two_other_options", question.code)
    if question.type not in CHOICES and any(option.other for option in question.options):
        yield warning("other_not_used", question.code)
    if question.type is QuestionType.CONSTANT_SUM and any(option.code == "other" for option in question.options):
        yield error("reserved_option", question.code, option="other")
    if question.type in MATRICES and len(question.options) > MOST_COLUMNS:
        yield warning("large_matrix", question.code, count=len(question.options), most=MOST_COLUMNS)


def _rows(question: Question, definition: Definition) -> Iterator[Finding]:
    if question.type not in MATRICES:
        if question.rows:
            yield error("rows_not_used", question.code)
        return
    if not question.rows:
        yield error("empty_rows", question.code)
    yield from _parts(question, question.rows, definition, "row")
    if any(row.code == "other" for row in question.rows):
        yield error("reserved_row", question.code, row="other")
    if len(question.rows) > MOST_ROWS:
        yield warning("large_matrix", question.code, count=len(question.rows), most=MOST_ROWS)


def _parts(question: Question, parts: Sequence[Option] | Sequence[Row], definition: Definition, name: str) -> Iterator[Finding]:
    """Codes and words of options or rows."""
    for code, count in Counter(part.code for part in parts).items():
        if count > 1:
            yield error(f"duplicate_{name}", question.code, **{name: code})
    for part in parts:
        yield from missing(part.text, definition, name, question.code, **{name: part.code})
    for language in definition.languages:
        same = Counter(part.text.get(language, "").strip() for part in parts)
        if any(words and count > 1 for words, count in same.items()):
            yield error(f"same_{name}_text", question.code, language=language)


def _indicator(question: Question, definition: Definition) -> Iterator[Finding]:
    fed = [question.indicator, *(row.indicator for row in question.rows)]
    named = list(dict.fromkeys(one for one in fed if one is not None))
    if not named:
        counted = {name.partition("__")[0] for one in definition.scores for name in one.of}
        if question.type in SCALES and question.code not in counted:
            yield warning("scale_feeds_nothing", question.code)
        return
    for indicator in named:
        if question.type not in SCORED:
            yield error("indicator_not_scorable", question.code, indicator=indicator)
            continue
        if without_score(question):
            yield error("missing_score_mapping", question.code, indicator=indicator)
        yield from _scale(question, indicator)


def without_score(question: Question) -> bool:
    """Whether an option has no score though the answer is worth what the options say."""
    return question.type in BY_OPTIONS and any(
        option.score is None and not option.exclusive and not option.other for option in question.options
    )


def _scale(question: Question, indicator: str) -> Iterator[Finding]:
    wanted = STANDARD_INDICATORS.get(indicator)
    if wanted is None or question.type is wanted:
        return
    low, high = SCALES[wanted]
    fits = question.type is QuestionType.MATRIX_RATING and (question.points_low, question.points_high) == (low, high)
    if question.type in (QuestionType.SINGLE, QuestionType.MATRIX_SINGLE):
        fits = all(low <= option.score <= high for option in question.options if option.score is not None)
    if not fits:
        yield error("wrong_scale_for_indicator", question.code, indicator=indicator, low=low, high=high)


def _display(question: Question) -> Iterator[Finding]:
    if question.type not in DISPLAYS[question.display]:
        yield warning("display_not_used", question.code, display=question.display.value)
    elif question.display is Display.PICTURES:
        for option in question.options:
            if option.image is None and not option.exclusive and not option.other:
                yield error("picture_missing", question.code, option=option.code)
