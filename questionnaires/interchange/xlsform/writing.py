"""A definition as an XLSForm spreadsheet: survey, choices and settings."""

import io
import re
from typing import Any

from openpyxl import Workbook

from portal.people.sheets import harmless
from questionnaires.interchange.carrying.languages import tag_of
from questionnaires.interchange.carrying.notes import Notes
from questionnaires.interchange.carrying.texts import without_control
from questionnaires.interchange.carrying.written import Written
from questionnaires.interchange.xlsform.saying import relevant
from questionnaires.logic.definition import JOINT, MATRICES, Definition, Display, Option, Question, QuestionType, Row, Texts
from questionnaires.logic.piping import PIPE
from questionnaires.logic.rich import words_only

Q = QuestionType
TYPES = {
    Q.NUMBER: "integer",
    Q.SHORT_TEXT: "text",
    Q.LONG_TEXT: "text",
    Q.EMAIL: "text",
    Q.PHONE: "text",
    Q.DATE: "date",
    Q.TIME: "time",
    Q.FILE: "file",
    Q.PHOTO: "image",
    Q.SIGNATURE: "image",
    Q.CONSENT: "acknowledge",
    Q.STATEMENT: "note",
    Q.HIDDEN: "hidden",
    Q.SLIDER: "range",
}
SCALES = {Q.NPS: (0, 10), Q.CSAT: (1, 5), Q.CES: (1, 7)}
YES_NO = {"zh": ("是", "否"), "en": ("Yes", "No")}
PLAIN = ("type", "name", "required", "relevant", "constraint", "appearance", "parameters", "choice_filter")


class _Book:
    def __init__(self, definition: Definition) -> None:
        self.definition, self.notes = definition, Notes()
        self.survey: list[dict[str, Any]] = []
        self.choices: list[dict[str, Any]] = []
        self.spoken = {language: _language(language) for language in definition.languages}

    def words(self, column: str, texts: Texts) -> dict[str, str]:
        """Cells of a translated column."""
        return {
            f"{column}::{self.spoken[language]}": PIPE.sub(lambda found: "${" + _pipe(found[1]) + "}", words_only(text))
            for language, text in texts.items()
            if language in self.spoken and text
        }

    def row(self, kind: str, name: str, texts: Texts, **cells: str) -> None:
        """A row of the survey."""
        self.survey.append({"type": kind, "name": name, **self.words("label", texts), **{key: cell for key, cell in cells.items() if cell}})


def write(definition: Definition, code: str) -> Written:
    """The file of a definition."""
    book = _Book(definition)
    if any(definition.intro.values()):
        book.row("note", "form_intro", definition.intro)
    for page in definition.pages:
        book.row("begin_group", f"page_{page.id}", page.title, relevant=relevant(book, page.show_if, page.id), appearance="field-list")
        for question in page.questions:
            _question(book, question)
        book.row("end_group", "", {})
        if page.jumps or page.shuffle:
            book.notes.lost("not_in_format", "jumps" if page.jumps else "shuffle", page.id)
    if any(definition.thank_you.values()):
        book.row("note", "form_thanks", definition.thank_you)
    for name, there in (
        ("blocks", definition.blocks),
        ("experiments", definition.experiments),
        ("quotas", definition.quotas),
        ("scores", definition.scores),
        ("endings", definition.endings),
        ("theme", definition.theme),
        ("privacy", any(definition.privacy.values())),
    ):
        if there:
            book.notes.lost("not_in_format", name, "questionnaire")
    return Written(_saved(book, code), tuple(book.notes))


def _pipe(name: str) -> str:
    return name.replace(JOINT, "_") if JOINT in name else name


def _language(language: str) -> str:
    """A language as XLSForm names it, and as we find it again."""
    names = {"zh-Hans": "中文 (zh-Hans)", "en": "English (en)", "zh-Hant": "中文 (zh-Hant)"}
    said = names.get(language, f"{language} ({language})")
    return said if tag_of(said) == language else language


def _question(book: _Book, question: Question) -> None:
    shown = relevant(book, question.show_if, question.code)
    required = "yes" if question.required and question.type is not Q.STATEMENT else ""
    hint = book.words("hint", question.help)
    if question.type in MATRICES:
        _matrix(book, question, shown, required)
    elif question.type is Q.CONSTANT_SUM:
        book.row("begin_group", f"{question.code}_group", question.text, relevant=shown, appearance="field-list")
        for option in question.options:
            book.row("decimal", f"{question.code}_{option.code}", option.text, required=required)
        book.row("end_group", "", {})
        book.notes.lost("not_in_format", "constant_sum", question.code)
    else:
        kind, appearance, parameters = _kind(book, question)
        cells = {
            "required": required,
            "relevant": shown,
            "appearance": appearance,
            "parameters": parameters,
            "constraint": _bounds(question),
        }
        book.row(kind, question.code, question.text or {book.definition.language: question.code}, **cells)
        book.survey[-1] |= hint | book.words("required_message", question.required_message)
    for name, there in (
        ("rules", question.rules),
        ("carry", question.carry),
        ("indicator", question.indicator),
        ("max_length", question.max_length),
    ):
        if there:
            book.notes.lost("not_in_format", name, question.code)


def _kind(book: _Book, question: Question) -> tuple[str, str, str]:
    """Type, appearance and parameters of a row."""
    kind = question.type
    randomize = "randomize=true" if question.shuffle else ""
    if kind in (Q.SINGLE, Q.MULTIPLE, Q.RANKING):
        said = {Q.SINGLE: "select_one", Q.MULTIPLE: "select_multiple", Q.RANKING: "rank"}[kind]
        _list(book, question.code, question.options)
        other = " or_other" if any(one.other for one in question.options) and kind is not Q.RANKING and len(book.spoken) == 1 else ""
        return f"{said} {question.code}{other}", "minimal" if question.display is Display.DROPDOWN else "", randomize
    if kind is Q.YES_NO:
        yes, no = zip(*(YES_NO["zh" if language.startswith("zh") else "en"] for language in book.spoken), strict=True)
        _list(
            book,
            question.code,
            (
                Option(code="yes", text=dict(zip(book.spoken, yes, strict=True))),
                Option(code="no", text=dict(zip(book.spoken, no, strict=True))),
            ),
        )
        return f"select_one {question.code}", "", ""
    if kind in SCALES:
        low, high = SCALES[kind]
        points = [Option(code=str(point), text=_point(book, question, point, low, high)) for point in range(low, high + 1)]
        _list(book, question.code, tuple(points))
        return f"select_one {question.code}", "likert", ""
    if kind is Q.SLIDER:
        least, most = question.min if question.min is not None else 0, question.max if question.max is not None else 100
        return "range", "", f"start={least:g} end={most:g} step={question.step or 1:g}"
    appearance = {Q.LONG_TEXT: "multiline", Q.SIGNATURE: "signature"}.get(kind, "")
    return "decimal" if kind is Q.NUMBER and question.decimals else TYPES[kind], appearance, ""


def _point(book: _Book, question: Question, point: int, low: int, high: int) -> Texts:
    label = question.low_label if point == low else question.high_label if point == high else {}
    return {language: f"{point} – {label[language]}" if label.get(language) else str(point) for language in book.spoken}


def _bounds(question: Question) -> str:
    if question.type is not Q.NUMBER:
        return ""
    parts = [f". {sign} {value:g}" for sign, value in ((">=", question.min), ("<=", question.max)) if value is not None]
    return " and ".join(parts)


def _matrix(book: _Book, question: Question, shown: str, required: str) -> None:
    """A group with a question for each row, all with the same choices."""
    book.row("begin_group", f"{question.code}_group", question.text, relevant=shown, appearance="field-list")
    options = question.options or tuple(Option(code=str(point), text=dict.fromkeys(book.spoken, str(point))) for point in question.points)
    _list(book, question.code, options)
    said = "select_multiple" if question.type is Q.MATRIX_MULTIPLE else "select_one"
    for row in question.rows:
        where = f"{question.code} · {row.code}"
        book.row(
            f"{said} {question.code}",
            f"{question.code}_{row.code}",
            row.text,
            relevant=relevant(book, row.show_if, where),
            required=required,
        )
    book.row("end_group", "", {})
    book.notes.changed("became_several", question.type.value, question.code, len(question.rows))


def _list(book: _Book, name: str, options: tuple[Option | Row, ...]) -> None:
    for one in options:
        if isinstance(one, Option) and one.other and len(book.spoken) == 1:
            continue  # or_other brings it
        book.choices.append({"list_name": name, "name": one.code, **book.words("label", one.text)})
        for part, there in (("show_if", one.show_if), ("exclusive", isinstance(one, Option) and one.exclusive)):
            if there:
                book.notes.lost("not_in_format", f"option {part}", f"{name} · {one.code}")


def _saved(book: _Book, code: str) -> bytes:
    made = Workbook(write_only=True)
    title = next((text for text in book.definition.title.values() if text), code)
    settings = [{"form_title": title, "form_id": code, "default_language": book.spoken[book.definition.language]}]
    for name, rows in (("survey", book.survey), ("choices", book.choices), ("settings", settings)):
        columns = list(
            dict.fromkeys(
                (
                    *(PLAIN[:2] if name == "survey" else ("list_name", "name") if name == "choices" else ()),
                    *(key for row in rows for key in row),
                )
            )
        )
        sheet = made.create_sheet(name)
        sheet.append(columns)
        for row in rows:
            sheet.append([_cell(row.get(column, "")) for column in columns])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _cell(text: str) -> str:
    return harmless(re.sub(r"[\x00-\x08\x0b-\x1f]", "", without_control(text)))
