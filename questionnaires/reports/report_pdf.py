"""A report as PDF: A4, set for Chinese and English alike."""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from questionnaires.answering.sheets_pdf import chinese_font
from questionnaires.metrics.rules.visibility import GREYED_BELOW
from questionnaires.reports import lines
from questionnaires.reports.content import Content
from questionnaires.reports.words import say

INK, GREY, LINE = colors.HexColor("#17212e"), colors.HexColor("#5b6572"), colors.HexColor("#d5dae1")
WIDTH = A4[0] - 36 * mm - 12  # the frame's own padding


class Setter:
    """The styles of one document."""

    def __init__(self, font: str, language: str) -> None:
        self.language = language
        wrap: Any = {"wordWrap": "CJK"} if language == "zh" else {}
        self.body = ParagraphStyle("body", fontName=font, fontSize=9.5, leading=14, textColor=INK, **wrap)
        self.small = ParagraphStyle("small", parent=self.body, fontSize=8, leading=11.5, textColor=GREY)
        self.head = ParagraphStyle("head", parent=self.body, fontSize=13, leading=18, spaceBefore=10, spaceAfter=4)
        self.title = ParagraphStyle("title", parent=self.body, fontSize=20, leading=26)

    def p(self, text: str, style: ParagraphStyle | None = None) -> Paragraph:
        """A paragraph of plain text."""
        return Paragraph(escape(text), style or self.body)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Table:
        """A table with hairlines, its head repeated on every page; a single column has none."""
        heads = [[self.p(text, self.small) for text in head]] if len(head) > 1 else []  # one column is what the heading above says
        cells = [*heads, *([self.p(text) for text in row] for row in rows)]
        made = Table(cells, colWidths=[WIDTH * share for share in widths], repeatRows=len(heads), hAlign="LEFT")
        rules: list[Any] = [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ]
        made.setStyle(TableStyle(rules))
        return made


def make(content: Content, language: str, bank: str, made_at: datetime, font: Path | None = None) -> bytes:
    """The document.

    font  a TrueType file to be embedded; without one the reader's own Song type is named
    """
    setter = Setter(chinese_font(font), language)
    found = io.BytesIO()
    title = f"{say('title', language)} · {content.name(language)}"
    document = SimpleDocTemplate(
        found,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
        title=title,
        author=bank,
        invariant=1,
    )
    document.build(_story(setter, content, bank, made_at))
    return found.getvalue()


def _story(setter: Setter, content: Content, bank: str, made_at: datetime) -> list[Flowable]:
    def say_(key: str) -> str:
        return say(key, setter.language)

    story: list[Flowable] = [setter.p(bank, setter.small), setter.p(say_("title"), setter.title)]
    story += [setter.p(f"{content.name(setter.language)} · {say_('period')} {content.first} – {content.last}"), Spacer(1, 4 * mm)]
    head = [say_("indicator"), say_("value"), say_("range"), say_("n"), say_("change")]
    story.append(setter.table(head, lines.figures(content, setter.language), (0.26, 0.16, 0.22, 0.1, 0.26)))
    for key, columns, rows, widths in _parts(content, setter.language):
        if rows:
            made = setter.table(columns, rows, widths)
            story += (
                [KeepTogether([setter.p(say_(key), setter.head), made])] if len(rows) < 12 else [setter.p(say_(key), setter.head), made]
            )
    story += [Spacer(1, 6 * mm), setter.p(say_("foot"), setter.small), setter.p(f"{say_('made')} {made_at:%Y-%m-%d %H:%M}", setter.small)]
    return story


def _parts(content: Content, language: str) -> list[tuple[str, list[str], list[list[str]], tuple[float, ...]]]:
    """The tables after the first: key of the heading, columns, rows, shares of the width."""

    def head(*keys: str) -> list[str]:
        return [say(key, language) for key in keys]

    return [
        ("units", head("unit", "nps", "csat", "ces"), lines.units(content, language, GREYED_BELOW), (0.31, 0.23, 0.23, 0.23)),
        ("topics", head("topic", "texts", "bad"), lines.topics(content, language), (0.5, 0.2, 0.3)),
        ("words", head("words"), [[quote] for quote in content.quotes], (1.0,)),
        ("notes", head("day", "notes"), [[str(note.day), note.words] for note in content.notes], (0.2, 0.8)),
        ("alarms", head("alarms"), [[line] for line in lines.alarms(content, language)], (1.0,)),
    ]
