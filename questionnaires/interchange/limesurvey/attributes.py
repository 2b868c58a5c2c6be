"""LimeSurvey's attributes of a question: those that have a counterpart are taken, the rest is told of."""

import re

from questionnaires.interchange.carrying.files import number_of
from questionnaires.interchange.carrying.form import Ask, Filter, Form
from questionnaires.interchange.expressions.dialects import LIMESURVEY
from questionnaires.interchange.expressions.tree import Origin, both
from questionnaires.interchange.limesurvey.model import Question
from questionnaires.logic.definition import QuestionType

TAKEN = frozenset(
    {
        *(
            "hidden",
            "min_answers",
            "max_answers",
            "maximum_chars",
            "numbers_only",
            "num_value_int_only",
            "min_num_value_n",
            "max_num_value_n",
        ),
        *(
            "slider_layout",
            "slider_min",
            "slider_max",
            "slider_accuracy",
            "multiflexible_checkbox",
            "multiflexible_min",
            "multiflexible_max",
        ),
        *("multiflexible_step", "input_boxes", "dualscale_headerA", "dualscale_headerB", "exclude_all_others", "other_replace_text"),
        *(
            "max_num_of_files",
            "min_num_of_files",
            "allowed_filetypes",
            "max_subquestions",
            "em_validation_q_tip",
            "relevance",
            "equals_num_value",
        ),
        *(
            "array_filter",
            "array_filter_exclude",
            "random_order",
            "date_min",
            "date_max",
            "answer_order",
            "subquestion_order",
            "em_validation_q",
            "array_filter_style",
        ),
    }
)
LOST = {
    "em_validation_sq": "validation",
    "min_num_value": "validation",
    "max_num_value": "validation",
    "multiflexible_text": "validation",
    "time_limit": "time_limit",
    "random_group": "block",
    "min_num_value_sgqa": "validation",
    "max_num_value_sgqa": "validation",
    "num_value_equals_sgqa": "validation",
    "assessment_value": "assessment",
    "date_format": "format",
    "exclude_all_others_auto": "validation",
    "other_numbers_only": "validation",
}
TODAY = frozenset({"today", "now", "date('y-m-d'", "date('y-m-d')", 'date("y-m-d"', 'date("y-m-d")'})
_DAYS = re.compile(r"(?:today|now)?\s*([+-])\s*(\d{1,4})\s*(day|week)s?")
OFF = frozenset({"", "0", "N", "-1"})
QUIET = frozenset(
    {"assessment_value", "display_columns", "statistics_showgraph", "statistics_graphtype", "scale_export", "public_statistics"}
)
"""Set for every question by LimeSurvey itself, whatever its designer chose."""


def told(form: Form, question: Question, made: list[Ask]) -> None:
    """Take a question's attributes, default and pattern into its questions here, or tell that they are gone."""
    ask = made[0]
    _filter(form, question, made)
    ask.shuffle = any(question.has(name) in ("1", "random") for name in ("random_order", "answer_order", "subquestion_order"))
    _valid(form, question, ask)
    _days(form, question, ask)
    for name, values in question.attributes.items():
        said = next((value for value in values.values() if value), "").strip()
        if name in TAKEN or said in OFF or (name in QUIET and said in ("1", "Y", "0")):
            continue
        if name in LOST:
            form.notes.lost(LOST[name], name, question.code, said)
        else:
            form.notes.look(name, question.code)
    if question.pattern.strip():
        form.notes.lost("validation", "preg", question.code, question.pattern)
    if question.defaulted:
        form.notes.lost("default", "defaultvalues", question.code)
    for sub in question.subs:
        if sub.relevance.strip() not in ("", "1"):
            _sub_relevance(form, question, made, sub)


def _days(form: Form, question: Question, ask: Ask) -> None:
    """Bounds of a date that are counted from the day of the answer; a fixed day and a calculated one are told of."""
    for name, side in (("date_min", "min"), ("date_max", "max")):
        said = question.has(name).strip("{}() ").lower()
        if not said:
            continue
        days = 0 if said in TODAY else _counted_days(said)
        if days is None or ask.type is not QuestionType.DATE:
            form.notes.lost("bounds", name, question.code, said)
        else:
            setattr(ask, side, days)


def _counted_days(said: str) -> int | None:
    """`+3 days`, `today - 2 weeks` as a number of days."""
    found = _DAYS.fullmatch(said)
    return int(found[1] + found[2]) * (7 if found[3] == "week" else 1) if found else None


def _sub_relevance(form: Form, question: Question, made: list[Ask], sub: Question) -> None:
    where = f"{question.code} · {sub.code}"
    shown = form.expression(sub.relevance, LIMESURVEY, "relevance", where)
    if shown is None:
        return
    reached = False
    for ask in made:
        parts = [one for one in (*ask.options, *ask.rows) if one.name == sub.code] if not ask.parts else []
        for part in parts:
            part.show_if, reached = shown, True
        if sub.code in ask.parts:
            ask.show_if, reached = both(ask.show_if, shown), True
    if not reached:
        form.lose(shown.number if isinstance(shown, Origin) else form.count(), "filter_of_unknown", "relevance", where, sub.relevance)


def _filter(form: Form, question: Question, made: list[Ask]) -> None:
    for name, chosen in (("array_filter", True), ("array_filter_exclude", False)):
        said = question.has(name)
        if not said or said in OFF:
            continue
        number = form.count()
        sources = [one for one in said.replace(",", ";").split(";") if one.strip()]
        if len(sources) != 1 or any(one.carry or one.filtered for one in made):
            form.lose(number, "filter_of_several", name, question.code, said)
            continue
        for one in made:
            if one.parts and not one.rows:
                one.filtered = (Filter(sources[0].strip(), chosen, number), one.parts[0])
            elif one.rows or one.options:
                one.carry = Filter(sources[0].strip(), chosen, number)


def _valid(form: Form, question: Question, ask: Ask) -> None:
    text = question.has("em_validation_q")
    if text:
        rule = form.expression(text, LIMESURVEY, "em_validation_q", question.code)
        if rule is not None:
            tips = question.attributes.get("em_validation_q_tip", {})
            ask.rules.append((rule, {language: tips.get(language) or tips.get("", "") for language in form.languages}))
    total = question.has("equals_num_value")
    if total and ask.type is not QuestionType.CONSTANT_SUM:
        form.notes.lost("validation", "equals_num_value", question.code, total)
    for name in ("min_num_value_n", "max_num_value_n", "min_answers", "max_answers"):
        said = question.has(name)
        if said and number_of(said) is None:
            form.notes.lost("bounds", name, question.code, said)
