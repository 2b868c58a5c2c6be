"""An XLSForm as a form: groups of the first level become pages, rows questions, relevant and choice_filter conditions."""

import re
from dataclasses import dataclass, field

from questionnaires.interchange.carrying.building import Built, build
from questionnaires.interchange.carrying.files import DEEPEST, CannotRead
from questionnaires.interchange.carrying.form import Ask, Form, Sheet
from questionnaires.interchange.carrying.sheets import sheets_of
from questionnaires.interchange.expressions.dialects import XPATH
from questionnaires.interchange.expressions.tree import Expr, both
from questionnaires.interchange.xlsform.choices import lists_of, nowhere
from questionnaires.interchange.xlsform.columns import Row, Table, table_of
from questionnaires.interchange.xlsform.markdown import marked
from questionnaires.interchange.xlsform.rows import OF_ROW, ask_of
from questionnaires.logic.definition import QuestionType

PIPE = re.compile(r"\$\{\s*([^{}]{1,200}?)\s*\}")
SHEETS = frozenset({"survey", "choices", "settings", "external_choices"})
_BEGIN = re.compile(r"begin[ _](group|repeat|loop)\b", re.IGNORECASE)
_END = re.compile(r"end[ _](group|repeat|loop)\b", re.IGNORECASE)
SETTINGS = frozenset({"form_title", "default_language", "form_id", "version", "id_string", "title"})


def read(data: bytes) -> Built:
    """A spreadsheet of the XLSForm standard.

    Raises  CannotRead
    """
    sheets = {name.strip().lower(): table_of(rows) for name, rows in sheets_of(data, lambda _name: True).items()}
    survey = sheets.get("survey")
    if survey is None or not {"type", "name"} <= set(survey.columns):
        survey = next((one for one in sheets.values() if {"type", "name"} <= set(one.columns) and "list_name" not in one.columns), None)
    if survey is None:
        raise CannotRead("not_xlsform")
    return build(_Reading(survey, sheets).form())


@dataclass
class _Group:
    row: Row
    kind: str
    show_if: Expr | None
    sheet: Sheet | None = None


@dataclass
class _Reading:
    survey: Table
    sheets: dict[str, Table]
    stack: list[_Group] = field(default_factory=list)

    def form(self) -> Form:
        """The whole form."""
        settings = self._settings()
        choices, outside = self.sheets.get("choices"), self.sheets.get("external_choices")
        default = settings.get("default_language", "").strip()
        named = list(dict.fromkeys([*self.survey.languages, *(choices.languages if choices else [])]))
        self._default = default if default and default.lower() != "default" else "en" if "" in named or not named else ""
        languages = [self._language(one) for one in named] or ["en"]
        if default in languages:
            languages.remove(default)
            languages.insert(0, default)
        form = self._form = Form(list(dict.fromkeys(languages)), pipe=PIPE, piped=str)
        form.title = {self._form.languages[0]: title} if (title := settings.get("form_title") or settings.get("title")) else {}
        form.title = dict.fromkeys(form.languages, title) if title else {}
        for table, where in ((choices, "choices"), (outside, "external_choices")):
            for row in nowhere(table):
                form.notes.lost("choice_nowhere", "list_name, name", f"{where} · row {row.number}", row["name"] or row["list_name"])
        self._lists = {**lists_of(choices), **{f"external {name}": rows for name, rows in lists_of(outside).items()}}
        self._told_of_sheets(settings)
        for row in self.survey.rows:
            self._take(row)
        for group in self.stack:
            form.notes.changed("group_not_closed", group.kind, group.row["name"])
        form.sheets = [one for one in form.sheets if one.asks or one.first]
        form.counts.pages = sum(1 for one in form.sheets if any(ask.first for ask in one.asks))
        form.counts.languages = len(form.languages)
        return form

    def _settings(self) -> dict[str, str]:
        table = self.sheets.get("settings")
        return dict(table.rows[0].values) if table is not None and table.rows else {}

    def _told_of_sheets(self, settings: dict[str, str]) -> None:
        for name, table in self.sheets.items():
            if name not in SHEETS and table is not self.survey:
                self._form.notes.lost("part_unknown", f"sheet {name}", name, f"× {len(table.rows)}")
            for head in table.twice:
                self._form.notes.lost("column_twice", head, name)
        for name in settings:
            if name not in SETTINGS:
                self._form.notes.look(name, "settings")

    def _language(self, said: str) -> str:
        return said or self._default or "en"

    def words(self, row: Row, column: str) -> dict[str, str]:
        """Words of a column by language."""
        return {self._language(language): marked(text) for language, text in row.texts.get(column, {}).items()}

    def _take(self, row: Row) -> None:
        kind = row["type"].strip()
        if not kind:
            if row["name"] or row.texts:
                self._form.notes.lost("row_without_type", "type", row["name"] or f"row {row.number}")
            return
        if row["disabled"].lower() in ("yes", "true", "true()"):
            self._form.notes.lost("disabled", "disabled", row["name"] or f"row {row.number}")
            return
        if began := _BEGIN.match(kind):
            self._begin(row, began[1].lower())
        elif _END.match(kind):
            if self.stack:
                self.stack.pop()
        else:
            self._question(row, kind)

    def _begin(self, row: Row, kind: str) -> None:
        if len(self.stack) > DEEPEST:
            raise CannotRead("nested_too_deep")
        name = row["name"] or f"group_{row.number}"
        own = self._form.expression(row["relevant"], XPATH, "relevant", name)
        group = _Group(row, kind, own)
        if kind == "repeat":
            self._form.notes.lost("repeat", "begin repeat", name, row["repeat_count"])
        self._looks(row, name)
        if not self.stack:
            group.sheet = Sheet(name, self.words(row, "label"), own)
            if any(one.name == name for one in self._form.sheets):
                group.sheet.name = f"{name}_{row.number}"
            group.show_if = None  # stands on the page
            self._form.sheets.append(group.sheet)
        self.stack.append(group)
        if len(self.stack) > 1 and self.words(row, "label"):
            above = both(*(one.show_if for one in self.stack))
            ask = Ask(f"{name}_text", QuestionType.STATEMENT, self.words(row, "label"), where=name, show_if=above, first=False)
            self._sheet().asks.append(ask)

    def _sheet(self) -> Sheet:
        """The page that a question goes to: its group's, else one of loose questions."""
        if self.stack and self.stack[0].sheet is not None:
            return self.stack[0].sheet
        loose = self._form.sheets[-1] if self._form.sheets else None
        if loose is None or loose.first:
            loose = Sheet(f"page_{len(self._form.sheets) + 1}", first=False)
            self._form.sheets.append(loose)
        return loose

    def _question(self, row: Row, kind: str) -> None:
        self._form.counts.questions += 1
        name = row["name"] or f"row_{row.number}"
        self._looks(row, name)
        texts = {column: self.words(row, column) for column in ("label", "hint", "constraint_message", "required_message")}
        ask = ask_of(self._form, row, kind, name, texts, self._lists)
        if ask is None:
            return
        own = self._form.expression(row["relevant"], XPATH, "relevant", name)
        ask.show_if = both(*(one.show_if for one in self.stack), own)
        self._sheet().asks.append(ask)
        for part in ask.options:
            part.text = {self._language(language): text for language, text in part.text.items()}

    def _looks(self, row: Row, name: str) -> None:
        for column in row.values:
            if column not in OF_ROW:
                self._form.notes.look(column, name)
        for column in ("image", "audio", "video", "big-image"):
            if column in row.texts:
                self._form.notes.lost("markup_media", column, name, next(iter(row.texts[column].values())))
        if "guidance_hint" in row.texts:
            self._form.notes.lost("guidance", "guidance_hint", name)
