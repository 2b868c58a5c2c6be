"""Made-up answers for the sample bank: pure, from a mood between 0 and 1."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from questionnaires.logic.definition import Definition, Question, QuestionType
from questionnaires.logic.paging import visible_answers

Words = Mapping[str, Sequence[str]]


def made_up_answers(definition: Definition, mood: float, chance: Random, words: Words, language: str) -> dict[str, Any]:
    """One person's answers: scales follow the mood, everything else follows the scales.

    mood    0 is angry, 1 is delighted; people scatter around it
    words   free texts under `low`, `mid` and `high`
    """
    temper = min(1.0, max(0.0, chance.gauss(0.6 + 0.4 * mood, 0.24)))
    answers: dict[str, Any] = {}
    for question in definition.questions():
        if (answer := _answer(question, temper, chance, words, language)) is not None:
            answers[question.code] = answer
    return visible_answers(definition, answers, {"language": language})


def form_of(answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Answers as a browser would send them."""
    return {name: _values(answer) for name, answer in answers.items()}


def _values(answer: Any) -> list[str]:
    if isinstance(answer, bool):
        return ["yes" if answer else "no"]
    return [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]


def _answer(question: Question, temper: float, chance: Random, words: Words, language: str) -> Any:
    if question.type in (QuestionType.NPS, QuestionType.CSAT, QuestionType.CES):
        points = question.points
        return points[min(len(points) - 1, round(temper * (len(points) - 1)))]
    if question.type is QuestionType.SINGLE:
        return chance.choices(
            [option.code for option in question.options], [len(question.options) - n for n in range(len(question.options))]
        )[0]
    if question.type is QuestionType.MULTIPLE:
        plain = [option.code for option in question.options if not option.exclusive and not option.other]
        return sorted(chance.sample(plain, min(len(plain), chance.choice((1, 1, 2)))), key=plain.index) if chance.random() < 0.8 else None
    if question.type is QuestionType.YES_NO:
        return _yes_or_no(question, temper, chance)
    if question.type in (QuestionType.LONG_TEXT, QuestionType.SHORT_TEXT):
        return _words(temper, chance, words, language)
    if question.type is QuestionType.NUMBER:
        return chance.randint(int(question.min or 0), int(question.max or 60))
    return None


def _yes_or_no(question: Question, temper: float, chance: Random) -> bool:
    if "change" in question.code:  # "did anybody ask you to change your score": hardly ever
        return chance.random() < 0.01
    return chance.random() < 0.35 + 0.5 * temper


def _words(temper: float, chance: Random, words: Words, language: str) -> str | None:
    kind = "low" if temper < 0.45 else "high" if temper > 0.78 else "mid"
    if chance.random() > {"low": 0.75, "mid": 0.3, "high": 0.35}[kind]:
        return None
    fitting = [text for text in words[kind] if text.isascii() == (language == "en")]
    return chance.choice(fitting)
