"""Validators of SurveyJS: bounds of ours where there are such, rules where they are conditions; the others are told of."""

from typing import Any

from questionnaires.interchange.carrying.files import number_of, objects_in, string_of, whole_of
from questionnaires.interchange.carrying.form import Ask, Form
from questionnaires.interchange.surveyjs.parts import expression, words
from questionnaires.logic.definition import QuestionType

Json = dict[str, Any]
Q = QuestionType


def validators(form: Form, element: Json, ask: Ask, default: str) -> None:
    """The checks of an element, a field or a column."""
    for one in objects_in(element.get("validators")):
        kind = string_of(one.get("type")).replace("validator", "")
        low, high = number_of(one.get("minValue")), number_of(one.get("maxValue"))
        if kind == "numeric" and ask.type in (Q.NUMBER, Q.SLIDER, Q.SHORT_TEXT):
            ask.type = Q.NUMBER if ask.type is Q.SHORT_TEXT else ask.type
            ask.min, ask.max = low if low is not None else ask.min, high if high is not None else ask.max
        elif kind == "answercount" and ask.type is Q.MULTIPLE:
            ask.min, ask.max = number_of(one.get("minCount")) or ask.min, number_of(one.get("maxCount")) or ask.max
        elif kind == "email" and ask.type in (Q.SHORT_TEXT, Q.EMAIL):
            ask.type = Q.EMAIL
        elif kind == "text" and not one.get("minLength") and ask.type in (Q.SHORT_TEXT, Q.LONG_TEXT):
            ask.max_length = whole_of(one.get("maxLength")) or ask.max_length
        elif kind == "expression":
            rule = expression(form, one.get("expression"), "validators", ask.where or ask.name)
            if rule is not None:
                ask.rules.append((rule, words(one.get("text"), default)))
        else:
            form.notes.lost("validation", f"validator {kind}", ask.where or ask.name, one.get("regex", one.get("minLength", "")))
