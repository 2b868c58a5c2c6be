"""What each of LimeSurvey's question types, a letter or sign, becomes here. Some become several questions, few none."""

import re
from collections.abc import Callable, Mapping

from questionnaires.interchange.carrying.files import number_of, whole_of
from questionnaires.interchange.carrying.form import Ask, Form, Part
from questionnaires.interchange.carrying.scales import scale
from questionnaires.interchange.limesurvey.grids import cells, dual_scale, each_row
from questionnaires.interchange.limesurvey.model import Answer, Question, Survey
from questionnaires.logic.definition import Display, QuestionType

Q = QuestionType
Make = Callable[[Form, Question, Ask], list[Ask]]
_REPEATS = re.compile(r"\s*\{\s*([A-Za-z][A-Za-z0-9_]*)(?:\.(?:NAOK|value|code|shown))?\s*\}\s*")
OTHER = "-oth-"
OTHER_WORDS = {
    "en": "Other",
    "zh-Hans": "其他",
    "de": "Sonstiges",
    "fr": "Autre",
    "es": "Otro",
    "it": "Altro",
    "nl": "Anders",
    "pt": "Outro",
}
FIXED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "C": (("Y", "Yes"), ("U", "Uncertain"), ("N", "No")),
    "E": (("I", "Increase"), ("S", "Same"), ("D", "Decrease")),
    "G": (("F", "Female"), ("M", "Male")),
}
"""Choices that LimeSurvey brings itself, in the words of its English interface."""
SPOKEN = {
    "zh": {
        "Yes": "是",
        "Uncertain": "不确定",
        "No": "否",
        "Increase": "增加",
        "Same": "不变",
        "Decrease": "减少",
        "Female": "女",
        "Male": "男",
    },
    "de": {
        "Yes": "Ja",
        "Uncertain": "Unsicher",
        "No": "Nein",
        "Increase": "Zunahme",
        "Same": "Gleich",
        "Decrease": "Abnahme",
        "Female": "Weiblich",
        "Male": "Männlich",
    },
    "fr": {
        "Yes": "Oui",
        "Uncertain": "Incertain",
        "No": "Non",
        "Increase": "Augmenter",
        "Same": "Identique",
        "Decrease": "Diminuer",
        "Female": "Féminin",
        "Male": "Masculin",
    },
    "it": {
        "Yes": "Sì",
        "Uncertain": "Incerto",
        "No": "No",
        "Increase": "Aumento",
        "Same": "Uguale",
        "Decrease": "Diminuzione",
        "Female": "Femmina",
        "Male": "Maschio",
    },
    "es": {
        "Yes": "Sí",
        "Uncertain": "Dudoso",
        "No": "No",
        "Increase": "Aumentar",
        "Same": "Igual",
        "Decrease": "Disminuir",
        "Female": "Femenino",
        "Male": "Masculino",
    },
}


def asks_of(form: Form, survey: Survey, question: Question, worth: bool) -> list[Ask]:
    """The questions that one becomes."""
    code = question.code or f"q{question.qid}"
    ask = Ask(code, Q.SHORT_TEXT, dict(question.text), dict(question.help), where=code)
    ask.required = question.mandatory.upper() == "Y"
    sgqa = f"{survey.sid}X{question.gid}X{question.qid}"
    ask.names = {sgqa: ("", ""), f"that.{code}": ("", ""), f"Q{question.qid}": ("", "")}
    ask.yes, ask.no = frozenset({"y", "yes", "1"}), frozenset({"n", "no", "0", "2"})
    ask.options = [_option(one, worth) for one in question.options()]
    ask.rows = [Part(one.code, dict(one.text)) for one in question.rows()]
    make = LETTERS.get(question.letter)
    if make is None:
        form.notes.changed("type_unknown", question.letter or "?", code, ask.type.value)
        make = _typed(Q.SHORT_TEXT)
    made = make(form, question, ask)
    for one in made:
        one.names |= _parts_named(one, question, sgqa)
    return made


def _option(answer: Answer, worth: bool) -> Part:
    return Part(answer.code, dict(answer.text), score=number_of(answer.value) if worth else None)


def _parts_named(ask: Ask, question: Question, sgqa: str) -> dict[str, tuple[str, str]]:
    """The names of rows and options, by the question's code and by LimeSurvey's numbers."""
    found: dict[str, tuple[str, str]] = {}
    for stem in (question.code, sgqa, f"that.{question.code}", f"Q{question.qid}"):
        joint = "" if stem == sgqa else "_"
        if question.letter in ("M", "P", "R"):
            found |= {f"{stem}{joint}{part.name}": ("option", part.name) for part in ask.options if not part.other}
        elif ask.rows and ask.name == question.code:
            found |= {f"{stem}{joint}{row.name}": ("row", row.name) for row in ask.rows}
        if question.other == "Y" and ask.options:
            found[f"{stem}{joint}other"] = ("other", "")
    return found


def _typed(kind: QuestionType) -> Make:
    def make(form: Form, question: Question, ask: Ask) -> list[Ask]:
        del form
        ask.type, ask.options, ask.rows = kind, [], []
        if kind is Q.STATEMENT:
            ask.required = False
        if kind in (Q.SHORT_TEXT, Q.LONG_TEXT):
            ask.max_length = whole_of(question.has("maximum_chars")) or (10_000 if question.letter == "U" else None)
            if question.on("numbers_only") and kind is Q.SHORT_TEXT:
                ask.type, ask.decimals = Q.NUMBER, 2
        return [ask]

    return make


def _number(form: Form, question: Question, ask: Ask) -> list[Ask]:
    del form
    ask.type = Q.NUMBER
    ask.min, ask.max = number_of(question.has("min_num_value_n")), number_of(question.has("max_num_value_n"))
    ask.decimals = 0 if question.on("num_value_int_only") else 4
    return [ask]


def _points(form: Form, question: Question, ask: Ask) -> list[Ask]:
    del form, question
    scale(ask, 1, 5, 1)
    ask.display = Display.NUMBERS
    return [ask]


def _single(form: Form, question: Question, ask: Ask) -> list[Ask]:
    """A list; with other, and with a comment beside it."""
    ask.type, ask.rows = Q.SINGLE, []
    ask.display = Display.DROPDOWN if question.letter == "!" else Display.AUTO
    _other(form, question, ask)
    ask.names[f"{question.code}_other"] = ("other", "")
    if question.letter != "O":
        return [ask]
    comment = Ask(f"{ask.name}_comment", Q.LONG_TEXT, _labelled(ask.text, "Comment"), where=f"{ask.name} · comment", first=False)
    comment.names = {f"{ask.name}comment": ("", "")}
    form.notes.changed("became_several", question.letter, ask.name, 2)
    return [ask, comment]


def _labelled(texts: dict[str, str], label: str) -> dict[str, str]:
    return {language: f"{text} – {label}" if text else label for language, text in texts.items()}


def _other(form: Form, question: Question, ask: Ask) -> None:
    if question.other.upper() != "Y":
        return
    said = question.attributes.get("other_replace_text", {})
    words = {language: said.get(language) or said.get("") or OTHER_WORDS.get(language, "Other") for language in form.languages}
    ask.options.append(Part("other" if question.letter in ("M", "P") else OTHER, words, other=True, codes=(OTHER,), made=True))


def _fixed(form: Form, question: Question, ask: Ask) -> list[Ask]:
    ask.type, ask.rows = Q.SINGLE, []
    ask.options = fixed_parts(form, question.letter)
    return [ask]


def fixed_parts(form: Form, letter: str) -> list[Part]:
    """The choices of a letter in every language of the form."""
    return [
        Part(code, {one: SPOKEN.get(one.split("-")[0].lower(), {}).get(words, words) for one in form.languages}, made=True)
        for code, words in FIXED[letter]
    ]


def _flag(form: Form, question: Question, ask: Ask) -> list[Ask]:
    del form, question
    ask.type = Q.YES_NO
    return [ask]


def _multiple(form: Form, question: Question, ask: Ask) -> list[Ask]:
    """Sub-questions are what can be ticked; with comments, a text beside each that is shown where it is ticked."""
    ask.type = Q.MULTIPLE
    alone = set(question.has("exclude_all_others").replace(";", " ").split())
    ask.options = [Part(one.code, dict(one.text), exclusive=one.code in alone) for one in question.rows()]
    form.counts.options += len(ask.options)
    ask.rows = []
    _other(form, question, ask)
    ask.min, ask.max = number_of(question.has("min_answers")), number_of(question.has("max_answers"))
    if question.letter != "P":
        return [ask]
    form.notes.changed("became_several", question.letter, ask.name, 1 + len(question.rows()))
    return [ask, *each_row(ask, question, Q.SHORT_TEXT, "comment", shown=True)]


def _ranking(form: Form, question: Question, ask: Ask) -> list[Ask]:
    ask.type = Q.RANKING
    if not ask.options:  # from version 6 on what is ranked are sub-questions
        ask.options = [Part(one.code, dict(one.text)) for one in question.rows()]
        form.counts.options += len(ask.options)
    ask.rows = []
    ask.min = number_of(question.has("min_answers"))
    ask.max = number_of(question.has("max_answers")) or number_of(question.has("max_subquestions"))
    return [ask]


def _array(form: Form, question: Question, ask: Ask) -> list[Ask]:
    ask.type = Q.MATRIX_SINGLE
    if question.letter in FIXED:
        ask.options = fixed_parts(form, question.letter)
    return [ask]


def _rated(points: int) -> Make:
    def make(form: Form, question: Question, ask: Ask) -> list[Ask]:
        del form, question
        ask.type, ask.points, ask.options = Q.MATRIX_RATING, (1, points), []
        return [ask]

    return make


def _texts(form: Form, question: Question, ask: Ask) -> list[Ask]:
    """Several short texts, or numbers; numbers that have to give a fixed sum are shares."""
    total = number_of(question.has("equals_num_value"))
    if question.letter == "K" and total is not None and total > 0:
        ask.type, ask.total, ask.options, ask.rows = Q.CONSTANT_SUM, total, ask.rows, []
        form.counts.options += len(ask.options)
        ask.names |= {f"{question.code}_{one.name}": ("option", one.name) for one in ask.options}
        return [ask]
    slides = question.on("slider_layout")
    kind = Q.SHORT_TEXT if question.letter == "Q" and not question.on("numbers_only") else Q.SLIDER if slides else Q.NUMBER
    made = each_row(ask, question, kind, "")
    for one in made:
        if kind is Q.SLIDER:
            one.min, one.max = number_of(question.has("slider_min")), number_of(question.has("slider_max"))
            one.step = number_of(question.has("slider_accuracy"))
        elif kind is Q.NUMBER:
            one.min, one.max = number_of(question.has("min_num_value_n")), number_of(question.has("max_num_value_n"))
            one.decimals = 0 if question.on("num_value_int_only") else 4
    return _told_of_several(form, question, ask, made)


def _told_of_several(form: Form, question: Question, ask: Ask, made: list[Ask]) -> list[Ask]:
    if not made:
        form.notes.lost("nothing_to_answer", question.letter, ask.name)
    elif len(made) > 1:
        form.notes.changed("became_several", question.letter, ask.name, len(made))
    return made


def _cells(form: Form, question: Question, ask: Ask) -> list[Ask]:
    return _told_of_several(form, question, ask, cells(form, question, ask))


def _dual(form: Form, question: Question, ask: Ask) -> list[Ask]:
    return _told_of_several(form, question, ask, dual_scale(question, ask))


def _none(code: str) -> Make:
    def make(form: Form, question: Question, ask: Ask) -> list[Ask]:
        form.notes.lost(code, question.letter, ask.name, next(iter(question.text.values()), ""))
        return []

    return make


def _computed(form: Form, question: Question, ask: Ask) -> list[Ask]:
    """An equation is no question; one that only repeats an answer is another name of it."""
    text = next((text for text in question.text.values() if text.strip()), "")
    if found := _REPEATS.fullmatch(re.sub(r"<[^>]{0,200}>", "", text)):
        form.aliases |= dict.fromkeys((question.code, *ask.names), found[1])
        form.notes.changed("only_repeats", question.letter, ask.name, found[1])
        return []
    return _none("computed")(form, question, ask)


def _file(form: Form, question: Question, ask: Ask) -> list[Ask]:
    kinds = {one.strip().lower() for one in question.has("allowed_filetypes").split(",") if one.strip()}
    ask.type = Q.PHOTO if kinds and kinds <= {"png", "gif", "jpg", "jpeg", "heic", "webp", "bmp"} else Q.FILE
    ask.min, ask.max = number_of(question.has("min_num_of_files")), number_of(question.has("max_num_of_files"))
    if kinds and ask.type is Q.FILE:
        form.notes.look("allowed_filetypes", ask.name)
    return [ask]


LETTERS: Mapping[str, Make] = {
    "1": _dual,
    "5": _points,
    "A": _rated(5),
    "B": _rated(10),
    "C": _array,
    "E": _array,
    "F": _array,
    "H": _array,
    "D": _typed(Q.DATE),
    "G": _fixed,
    "I": _none("language_switch"),
    "K": _texts,
    "Q": _texts,
    "L": _single,
    "!": _single,
    "O": _single,
    "M": _multiple,
    "P": _multiple,
    "N": _number,
    "R": _ranking,
    "S": _typed(Q.SHORT_TEXT),
    "T": _typed(Q.LONG_TEXT),
    "U": _typed(Q.LONG_TEXT),
    "X": _typed(Q.STATEMENT),
    "Y": _flag,
    "*": _computed,
    "|": _file,
    ":": _cells,
    ";": _cells,
}
