"""A report as a workbook: the same tables, numbers as numbers."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from portal.people.sheets import harmless
from questionnaires.reports import lines
from questionnaires.reports.content import MAIN, Content
from questionnaires.reports.files import printable
from questionnaires.reports.words import say


def make(content: Content, language: str, bank: str) -> bytes:
    """The workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    title: list[list[Any]] = [[bank], [say("title", language)], [content.name(language)], [f"{content.first} – {content.last}"], []]
    head = [say(key, language) for key in ("indicator", "value", "range", "n", "change")]
    first: list[list[Any]] = [*title, [*head], *([*row] for row in lines.figures(content, language)), [], [say("foot", language)]]
    _sheet(book, say("figures", language), first, len(title) + 1)
    units: list[list[Any]] = [[*_unit_head(language)], *(_unit(row, language) for row in content.units)]
    _sheet(book, say("units", language), units)
    topics: list[list[Any]] = [
        [say(key, language) for key in ("topic", "texts", "bad")],
        *([row[0], int(row[1]), row[2]] for row in lines.topics(content, language)),
    ]
    _sheet(book, say("topics", language), topics)
    rest: list[list[Any]] = [[say("words", language)], *([quote] for quote in content.quotes), [], [say("notes", language)]]
    rest += [[str(note.day), note.words] for note in content.notes]
    rest += [[], [say("alarms", language)], *([line] for line in lines.alarms(content, language))]
    _sheet(book, say("words", language), rest)
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def _unit_head(language: str) -> list[str]:
    parts = [f"{say(kind, language)} {say(part, language)}" for kind in MAIN for part in ("value", "range", "n")]
    return [say("code", language), say("unit", language), *parts]


def _unit(row: Any, language: str) -> list[Any]:
    cells: list[Any] = [row.unit.code, row.unit.name_zh if language == "zh" else row.unit.name_en]
    for kind in MAIN:
        one = row.figures[kind]
        known = one is not None and one.value is not None
        ends = f"{lines.number(one.lower, 1)} – {lines.number(one.upper, 1)}" if known and one.lower is not None else None
        cells += [round(one.value, 2) if known else None, ends, one.n if known else None]
    return cells


def _sheet(book: Workbook, title: str, rows: Sequence[Sequence[Any]], bold: int = 1) -> None:
    sheet = book.create_sheet(title[:31])
    for number, row in enumerate(rows, 1):
        sheet.append([printable(harmless(cell)) if isinstance(cell, str) else cell for cell in row])
        if number == bold:
            for cell in sheet[number]:
                cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 28
