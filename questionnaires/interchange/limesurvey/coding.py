"""Rows of LimeSurvey's tables for each question of ours; codes as it takes them: letters and digits, answers five long at most."""

import re
from collections.abc import Mapping

from questionnaires.interchange.carrying.notes import Notes
from questionnaires.interchange.limesurvey.saying import LANGUAGES, piped, relevance
from questionnaires.logic.definition import (
    JOINT,
    MATRICES,
    OTHER_SUFFIX,
    SCALES,
    Definition,
    Display,
    Option,
    Question,
    QuestionType,
    Row,
    Texts,
    text_in,
)

Q = QuestionType
Cells = dict[str, str]
LETTERS: Mapping[QuestionType, str] = {
    Q.NPS: "L",
    Q.CSAT: "5",
    Q.CES: "L",
    Q.SINGLE: "L",
    Q.MULTIPLE: "M",
    Q.YES_NO: "Y",
    Q.MATRIX_SINGLE: "F",
    Q.MATRIX_MULTIPLE: ":",
    Q.MATRIX_RATING: "F",
    Q.RANKING: "R",
    Q.CONSTANT_SUM: "K",
    Q.SLIDER: "K",
    Q.NUMBER: "N",
    Q.SHORT_TEXT: "S",
    Q.LONG_TEXT: "T",
    Q.EMAIL: "S",
    Q.PHONE: "S",
    Q.DATE: "D",
    Q.TIME: "S",
    Q.FILE: "|",
    Q.PHOTO: "|",
    Q.SIGNATURE: "|",
    Q.CONSENT: "M",
    Q.STATEMENT: "X",
    Q.HIDDEN: "S",
}
CHANGED = frozenset({Q.TIME, Q.SIGNATURE, Q.CONSENT, Q.EMAIL, Q.PHONE})
MOST_CODE, MOST_ANSWER = 20, 5
_SIGNS = re.compile(r"[^A-Za-z0-9]")
CONSENT, SLIDER = "yes", "value"


class Coding:
    """What LimeSurvey calls everything: question codes of letters and digits, answer codes of five signs at most."""

    def __init__(self, definition: Definition, notes: Notes) -> None:
        self.definition, self._notes = definition, notes
        self.names: dict[str, str] = {}
        self.options: Mapping[str, Mapping[str, str]] = {}
        options: dict[str, dict[str, str]] = {}
        self.rows: dict[str, dict[str, str]] = {}
        taken: set[str] = set()
        for question in definition.questions():
            code = _free(_SIGNS.sub("", question.code)[:MOST_CODE] or "q", taken, MOST_CODE)
            self.names[question.code] = f"{code}_{SLIDER}" if question.type is Q.SLIDER else code
            options[question.code] = _codes(
                [one.code for one in question.options], MOST_ANSWER if question.type is not Q.MULTIPLE else MOST_CODE
            )
            self.rows[question.code] = _codes([one.code for one in question.rows], MOST_CODE)
            for row, said in self.rows[question.code].items():
                self.names[question.code + JOINT + row] = f"{code}_{said}"
            if question.type is Q.CONSTANT_SUM:
                for option, said in options[question.code].items():
                    self.names[question.code + JOINT + option] = f"{code}_{said}"
            self.names.setdefault(question.code + OTHER_SUFFIX, f"{code}_other")
        self.options = options

    def code(self, question: Question) -> str:
        """A question's code."""
        return self.names[question.code].removesuffix(f"_{SLIDER}") if question.type is Q.SLIDER else self.names[question.code]

    def lose(self, construct: str, where: str, detail: str) -> None:
        """Tell of what can't be said."""
        self._notes.lost("not_in_format", construct, where, detail)

    def changed(self, construct: str, where: str) -> None:
        """Tell of what is said in another way."""
        self._notes.changed("became_choices", construct, where)


def _codes(names: list[str], most: int) -> dict[str, str]:
    taken: set[str] = set()
    return {name: _free(_SIGNS.sub("", name)[:most] or "a", taken, most) for name in names}


def _free(wanted: str, taken: set[str], most: int) -> str:
    code, number = wanted, 1
    while code.lower() in taken:
        number += 1
        code = f"{wanted[: most - len(str(number))]}{number}"
    taken.add(code.lower())
    return code


def question_rows(coding: Coding, question: Question, gid: str, number: int, tables: dict[str, list[Cells]]) -> int:
    """Add a question's rows; the next free number of a question."""
    qid = str(number)
    letter = "!" if question.type is Q.SINGLE and question.display is Display.DROPDOWN else LETTERS[question.type]
    other = question.type in (Q.SINGLE, Q.MULTIPLE) and any(one.other for one in question.options)
    tables["questions"].append(
        {
            "qid": qid,
            "parent_qid": "0",
            "sid": "900001",
            "gid": gid,
            "type": letter,
            "title": coding.code(question),
            "preg": "",
            "other": "Y" if other else "N",
            "mandatory": "Y" if question.required else "N",
            "encrypted": "N",
            "question_order": qid,
            "scale_id": "0",
            "same_default": "0",
            "relevance": relevance(coding, question.show_if, question.code),
            "question_theme_name": "",
            "modulename": "",
            "same_script": "0",
        }
    )
    _said(coding, tables, qid, question.text, question.help)
    if question.type in CHANGED:
        coding.changed(question.type.value, question.code)
    number = _parts(coding, question, gid, number, tables)
    _attributes(coding, question, qid, tables)
    for name, there in (
        ("rules", question.rules),
        ("indicator", question.indicator),
        ("required_message", any(question.required_message.values())),
    ):
        if there:
            coding.lose(name, question.code, "")
    return number + 1


def _said(coding: Coding, tables: dict[str, list[Cells]], qid: str, text: Texts, help_text: Texts) -> None:
    for language in coding.definition.languages:
        tables["question_l10ns"].append(
            {
                "id": str(len(tables["question_l10ns"]) + 1),
                "qid": qid,
                "question": piped(coding, text_in(text, language, coding.definition.language)),
                "help": piped(coding, text_in(help_text, language, coding.definition.language)),
                "script": "",
                "language": LANGUAGES.get(language, language),
            }
        )


def _parts(coding: Coding, question: Question, gid: str, number: int, tables: dict[str, list[Cells]]) -> int:
    """Answers and sub-questions; the last number used."""
    parent = str(number)
    _answers(coding, question, parent, tables)
    for place, (code, text, scale, part) in enumerate(_subs(coding, question), 1):
        number += 1
        shown = relevance(coding, part.show_if, f"{question.code} · {part.code}") if part is not None else "1"
        tables["subquestions"].append(
            {
                "qid": str(number),
                "parent_qid": parent,
                "sid": "900001",
                "gid": gid,
                "type": "T",
                "title": code,
                "preg": "",
                "other": "N",
                "mandatory": "N",
                "encrypted": "N",
                "question_order": str(place),
                "scale_id": scale,
                "same_default": "0",
                "relevance": shown,
                "question_theme_name": "",
                "modulename": "",
                "same_script": "0",
            }
        )
        _said(coding, tables, str(number), text, {})
    return number


Sub = tuple[str, Texts, str, Option | Row | None]
"""A sub-question: code, words, scale, and the option or row that it is."""


def _listed(question: Question) -> list[Option]:
    """The options that LimeSurvey keeps in a list; the one for own words is a switch there."""
    return [one for one in question.options if not (one.other and question.type in (Q.SINGLE, Q.MULTIPLE))]


def _answers(coding: Coding, question: Question, parent: str, tables: dict[str, list[Cells]]) -> None:
    if question.type in (Q.NPS, Q.CES, Q.MATRIX_RATING):
        ends = {question.points[0]: question.low_label, question.points[-1]: question.high_label} if question.type in SCALES else {}
        for place, point in enumerate(question.points, 1):
            _answer(coding, tables, parent, str(point), place, _point(coding, point, ends.get(point, {})))
    if question.type in (Q.SINGLE, Q.MATRIX_SINGLE, Q.RANKING):
        for place, one in enumerate(_listed(question), 1):
            _answer(coding, tables, parent, coding.options[question.code][one.code], place, one.text, one)


def _subs(coding: Coding, question: Question) -> list[Sub]:
    codes, rows = coding.options[question.code], coding.rows[question.code]
    subs: list[Sub] = []
    if question.type in MATRICES:
        subs += [(rows[one.code], one.text, "0", one) for one in question.rows]
    if question.type in (Q.MULTIPLE, Q.CONSTANT_SUM):
        subs += [(codes[one.code], one.text, "0", one) for one in _listed(question)]
    if question.type is Q.MATRIX_MULTIPLE:
        subs += [(codes[one.code], one.text, "1", one) for one in question.options]
    if question.type is Q.CONSENT:
        subs.append((CONSENT, question.text, "0", None))
    if question.type is Q.SLIDER:
        subs.append((SLIDER, {}, "0", None))
    return subs


def _point(coding: Coding, point: int, label: Texts) -> Texts:
    return {language: f"{point} – {label[language]}" if label.get(language) else str(point) for language in coding.definition.languages}


def _answer(
    coding: Coding, tables: dict[str, list[Cells]], qid: str, code: str, place: int, text: Texts, option: Option | None = None
) -> None:
    aid = str(len(tables["answers"]) + 1)
    worth = f"{option.score:g}" if option is not None and option.score is not None else "0"
    tables["answers"].append({"aid": aid, "qid": qid, "code": code, "sortorder": str(place), "assessment_value": worth, "scale_id": "0"})
    if option is not None and option.show_if is not None:
        coding.lose("option show_if", qid, code)
    for language in coding.definition.languages:
        words = piped(coding, text_in(text, language, coding.definition.language))
        tables["answer_l10ns"].append(
            {"id": str(len(tables["answer_l10ns"]) + 1), "aid": aid, "answer": words, "language": LANGUAGES.get(language, language)}
        )


def _attributes(coding: Coding, question: Question, qid: str, tables: dict[str, list[Cells]]) -> None:
    """Settings of a question, and what its option for own words is called."""
    for name, value in _settings(coding, question).items():
        tables["question_attributes"].append({"qid": qid, "attribute": name, "value": value, "language": ""})
    other = next((one for one in question.options if one.other), None)
    for language in coding.definition.languages if other is not None and question.type in (Q.SINGLE, Q.MULTIPLE) else ():
        words = text_in(other.text, language, coding.definition.language) if other is not None else ""
        tables["question_attributes"].append(
            {"qid": qid, "attribute": "other_replace_text", "value": words, "language": LANGUAGES.get(language, language)}
        )


def _settings(coding: Coding, question: Question) -> dict[str, str]:
    found: dict[str, str] = {}
    if question.shuffle:
        found["subquestion_order" if question.type in (Q.MULTIPLE, *MATRICES) else "answer_order"] = "random"
    if question.type in (Q.MULTIPLE, Q.RANKING):
        found |= {name: f"{value:g}" for name, value in (("min_answers", question.min), ("max_answers", question.max)) if value is not None}
        alone = [coding.options[question.code][one.code] for one in question.options if one.exclusive]
        found |= {"exclude_all_others": ";".join(alone)} if alone and question.type is Q.MULTIPLE else {}
    if question.type is Q.NUMBER:
        found |= {
            name: f"{value:g}"
            for name, value in (("min_num_value_n", question.min), ("max_num_value_n", question.max))
            if value is not None
        }
        found |= {"num_value_int_only": "1"} if not question.decimals else {}
    if question.type is Q.SLIDER:
        found["slider_layout"] = "1"
        found |= {
            name: f"{value:g}"
            for name, value in (("slider_min", question.min), ("slider_max", question.max), ("slider_accuracy", question.step))
            if value is not None
        }
    if question.type is Q.CONSTANT_SUM:
        found["equals_num_value"] = f"{question.total if question.total is not None else 100:g}"
    if question.type is Q.MATRIX_MULTIPLE:
        found["multiflexible_checkbox"] = "1"
    if question.type is Q.PHOTO:
        found["allowed_filetypes"] = "png, jpg, jpeg"
    if question.type in (Q.SHORT_TEXT, Q.LONG_TEXT) and question.max_length is not None:
        found["maximum_chars"] = str(question.max_length)
    if question.type is Q.HIDDEN:
        found["hidden"] = "1"
    if question.carry is not None and question.carry.question in coding.names:
        found["array_filter" if question.carry.chosen else "array_filter_exclude"] = coding.names[question.carry.question]
    return found
