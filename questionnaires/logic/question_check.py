"""The part of the check that looks at one question: words, options, bounds, scores."""

from collections import Counter
from collections.abc import Iterator, Mapping

from questionnaires.logic.definition import CHOICES, SCALES, TEXTS, Definition, Question, QuestionType
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.piping import texts_of
from questionnaires.logic.scoring import SCORED
from questionnaires.logic.words import TWO_IDEAS, WordLists, asks_for_secret, first_of

LONGEST_QUESTION = {"zh": 50, "": 140}
STANDARD_INDICATORS = {"nps": QuestionType.NPS, "csat": QuestionType.CSAT, "ces": QuestionType.CES}
"""These names have a meaning, so only their own scale, or choices with scores on it, may feed them."""


def check_question(question: Question, definition: Definition, lists: WordLists) -> Iterator[Finding]:
    """What is wrong with one question, conditions and pipes aside."""
    yield from missing(question.text, definition, "text", question.code)
    for part, texts in (("help", question.help), ("low_label", question.low_label), ("high_label", question.high_label)):
        if any(texts.values()):
            yield from missing(texts, definition, part, question.code)
    yield from _options(question, definition)
    yield from _bounds(question)
    yield from _indicator(question)
    yield from _words(question, lists)
    if question.type in SCALES and not (any(question.low_label.values()) and any(question.high_label.values())):
        yield warning("scale_without_labels", question.code)


def missing(texts: Mapping[str, str], definition: Definition, part: str, question: str | None = None, **facts: str) -> Iterator[Finding]:
    """A finding for each language in which a text is not there."""
    for language in definition.languages:
        if not texts.get(language, "").strip():
            yield error("missing_translation", question, None, language=language, part=part, **facts)


def _options(question: Question, definition: Definition) -> Iterator[Finding]:
    if question.type not in CHOICES:
        if question.options:
            yield error("options_not_used", question.code)
        return
    if len(question.options) < 2:
        yield error("empty_options" if not question.options else "too_few_options", question.code)
    for code, count in Counter(option.code for option in question.options).items():
        if count > 1:
            yield error("duplicate_option", question.code, option=code)
    for option in question.options:
        yield from missing(option.text, definition, "option", question.code, option=option.code)
    for language in definition.languages:
        same = Counter(option.text.get(language, "").strip() for option in question.options)
        if any(words and count > 1 for words, count in same.items()):
            yield error("same_option_text", question.code, language=language)
    if sum(option.other for option in question.options) > 1:
        yield error("two_other_options", question.code)


def _bounds(question: Question) -> Iterator[Finding]:
    if question.min is not None and question.max is not None and question.min > question.max:
        yield error("bounds_crossed", question.code)
    if question.type is QuestionType.MULTIPLE:
        most = sum(not option.exclusive for option in question.options)
        if question.min is not None and question.options and question.min > most:
            yield error("more_choices_than_options", question.code, min=int(question.min), count=most)
        if question.max is not None and question.max < 1:
            yield error("bounds_crossed", question.code)


def _indicator(question: Question) -> Iterator[Finding]:
    if question.indicator is None:
        if question.type in SCALES:
            yield warning("scale_feeds_nothing", question.code)
        return
    if question.type not in SCORED:
        yield error("indicator_not_scorable", question.code, indicator=question.indicator)
        return
    if question.type is QuestionType.SINGLE and any(
        option.score is None and not option.exclusive and not option.other for option in question.options
    ):
        yield error("missing_score_mapping", question.code, indicator=question.indicator)
    wanted = STANDARD_INDICATORS.get(question.indicator)
    if wanted is None or question.type is wanted:
        return
    low, high = SCALES[wanted]
    scores = [option.score for option in question.options if option.score is not None]
    if question.type is not QuestionType.SINGLE or not all(low <= score <= high for score in scores):
        yield error("wrong_scale_for_indicator", question.code, indicator=question.indicator, low=low, high=high)


def _words(question: Question, lists: WordLists) -> Iterator[Finding]:
    """Free answers, and statements that tell people to send something, may not name a secret; a closed question may, with a warning."""
    free = question.type in TEXTS | {QuestionType.NUMBER, QuestionType.STATEMENT} or any(option.other for option in question.options)
    for words in (words for texts in texts_of(question) for words in texts.values()):
        if secret := asks_for_secret(words, lists):
            make = error if free or _demands(words) else warning
            yield make("forbidden_ask" if make is error else "names_a_secret", question.code, None, kind=secret[0], word=secret[1])
            break
    for words in question.text.values():
        if word := first_of(words, lists.leading):
            yield warning("leading_words", question.code, None, word=word)
        if word := first_of(words, lists.begging):
            yield warning("begs_for_score", question.code, None, word=word)
        if question.type in SCALES and (word := first_of(words, TWO_IDEAS)):
            yield warning("two_ideas", question.code, None, word=word.strip())
    for language, words in question.text.items():
        most = LONGEST_QUESTION.get(language.split("-")[0].lower(), LONGEST_QUESTION[""])
        if question.type is not QuestionType.STATEMENT and len(words) > most:
            yield warning("long_text", question.code, None, language=language, length=len(words), most=most)


def _demands(words: str) -> bool:
    """Whether words demand something outright: "what is your password?" as a yes/no question alarms people none the less."""
    return (
        first_of(
            words,
            (
                "请输入",
                "请填写",
                "请提供",
                "请告诉",
                "是多少",
                "enter your",
                "tell us your",
                "what is your",
                "provide your",
                "give us your",
            ),
        )
        is not None
    )
