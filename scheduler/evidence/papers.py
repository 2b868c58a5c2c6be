"""Papers as PDF: the decision letter and reports of one page, in Chinese and English, without fetching a font."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

SONG, OWN = "STSong-Light", "SoundingsPaper"
WIDTH = A4[0] - 40 * mm
GREY, INK = colors.Color(0.34, 0.38, 0.44), colors.Color(0.09, 0.13, 0.18)


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs, and a table below them; each may be empty. The first row of a table is its head."""

    title: str = ""
    paragraphs: Sequence[str] = ()
    table: Sequence[Sequence[str]] = ()
    widths: Sequence[float] = ()


@dataclass(frozen=True)
class Paper:
    """What stands on a paper: the bank above, a title, facts as pairs, sections, and who signs."""

    bank: str
    title: str
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = ()
    signature: Sequence[str] = ()
    foot: str = ""
    spoken: str = field(default="zh-Hans")


def make(paper: Paper, font: Path | None = None) -> bytes:
    """The PDF; the same input gives the same bytes.

    font    a TrueType file to be embedded; without one the reader's own Song type is named
    """
    name = _register(font)
    styles = _styles(name, paper.spoken)
    found = io.BytesIO()
    document = SimpleDocTemplate(
        found, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=paper.title, author=paper.bank, invariant=1, pageCompression=1,
    )  # fmt: skip
    document.build(list(_flow(paper, styles, name)))
    return found.getvalue()


def _register(font: Path | None) -> str:
    if font is not None:
        pdfmetrics.registerFont(TTFont(OWN, str(font)))
        return OWN
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    return SONG


def _styles(name: str, spoken: str) -> dict[str, ParagraphStyle]:
    wrap = "CJK" if spoken == "zh-Hans" else None

    def style(label: str, size: float, ink: colors.Color = INK, after: float = 4) -> ParagraphStyle:
        return ParagraphStyle(label, fontName=name, fontSize=size, leading=size * 1.6, textColor=ink, spaceAfter=after, wordWrap=wrap)

    return {
        "bank": style("bank", 10, GREY), "title": style("title", 17, after=8), "head": style("head", 11.5, after=2),
        "text": style("text", 10), "small": style("small", 8.5, GREY), "cell": style("cell", 9, after=0),
    }  # fmt: skip


def _flow(paper: Paper, styles: dict[str, ParagraphStyle], name: str) -> list[Flowable]:
    flow: list[Flowable] = [_words(paper.bank, styles["bank"]), _words(paper.title, styles["title"])]
    if paper.facts:
        rows = [[_words(label, styles["cell"]), _words(value, styles["cell"])] for label, value in paper.facts]
        flow += [_table(rows, [40 * mm, WIDTH - 40 * mm], name, head=False), Spacer(1, 5 * mm)]
    for section in paper.sections:
        if section.title:
            flow.append(_words(section.title, styles["head"]))
        flow += [_words(one, styles["text"]) for text in section.paragraphs for one in text.split("\n") if one.strip()]
        if section.table:
            rows = [[_words(cell, styles["cell"]) for cell in row] for row in section.table]
            share = section.widths or [1 / len(rows[0])] * len(rows[0])
            flow.append(_table(rows, [WIDTH * one for one in share], name, head=True))
        flow.append(Spacer(1, 3 * mm))
    flow += [_words(line, styles["text"]) for line in paper.signature]
    if paper.foot:
        flow += [Spacer(1, 4 * mm), _words(paper.foot, styles["small"])]
    return flow


def _words(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape("".join(letter for letter in text if letter.isprintable())), style)


def _table(rows: list[list[Paragraph]], widths: Sequence[float], name: str, *, head: bool) -> Table:
    look: list[Any] = [
        ("FONTNAME", (0, 0), (-1, -1), name),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.Color(0.85, 0.87, 0.9)),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if head:
        look.append(("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.95, 0.96, 0.97)))
    return Table(rows, colWidths=list(widths), style=TableStyle(look), repeatRows=1 if head else 0)
