"""Print sheets of codes: A4, six on a page to be cut, or one table card a page; captions in Chinese and English."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from questionnaires.answering import qr

SONG, LATIN, BOLD = "STSong-Light", "Helvetica", "Helvetica-Bold"
OWN = "SoundingsPrint"
WIDTH, HEIGHT = A4
COLUMNS, ROWS = 2, 3
MARGIN = 10 * mm
LEAST_SIZE = 7.0
INK, GREY = (0.09, 0.13, 0.18), (0.34, 0.38, 0.44)


@dataclass(frozen=True)
class Printed:
    """One code on a sheet: its address and the words below."""

    address: str
    code: str
    place_zh: str
    place_en: str
    spot: str = ""


@dataclass(frozen=True)
class Words:
    """What stands on every code of a sheet."""

    bank_zh: str
    bank_en: str
    caption_zh: str
    caption_en: str
    promise_zh: str
    promise_en: str


def make(codes: Iterable[Printed], words: Words, layout: str, progress: Callable[[int], None], font: Path | None = None) -> bytes:
    """The PDF of a sheet.

    layout    `grid` (six a page, with lines to cut along) or `card` (one a page)
    progress  told how many codes are done; may raise to stop
    font      a TrueType file to be embedded; without one the reader's own Song type is named, which every PDF reader
              with Chinese support brings along
    """
    chinese = chinese_font(font)
    found = io.BytesIO()
    canvas = Canvas(found, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(words.caption_zh)
    canvas.setAuthor(words.bank_zh)
    done = 0
    for done, one in enumerate(codes, 1):
        if layout == "card":
            _card(canvas, one, words, chinese)
            canvas.showPage()
        else:
            _cell(canvas, one, words, chinese, (done - 1) % (COLUMNS * ROWS))
            if done % (COLUMNS * ROWS) == 0:
                canvas.showPage()
        progress(done)
    if layout != "card" and done % (COLUMNS * ROWS):
        canvas.showPage()
    canvas.save()
    return found.getvalue()


def chinese_font(font: Path | None) -> str:
    """The name of a font with Chinese, registered: the file's, else the Song type that PDF readers bring along."""
    if font is not None:
        pdfmetrics.registerFont(TTFont(OWN, str(font)))
        return OWN
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    return SONG


def _cell(canvas: Canvas, one: Printed, words: Words, chinese: str, number: int) -> None:
    """One of six on a page."""
    width, height = (WIDTH - 2 * MARGIN) / COLUMNS, (HEIGHT - 2 * MARGIN) / ROWS
    left = MARGIN + (number % COLUMNS) * width
    top = HEIGHT - MARGIN - (number // COLUMNS) * height
    canvas.setStrokeColorRGB(0.75, 0.78, 0.82)
    canvas.setDash(2, 3)
    canvas.rect(left, top - height, width, height)
    canvas.setDash()
    middle, room = left + width / 2, width - 10 * mm
    _line(canvas, words.caption_zh, chinese, 13, middle, top - 9 * mm, room)
    _line(canvas, words.caption_en, LATIN, 9, middle, top - 14 * mm, room, GREY)
    side = 54 * mm
    _code(canvas, one.address, middle - side / 2, top - 15 * mm - side, side)
    _line(canvas, _joined(one.place_zh, one.spot), chinese, 10, middle, top - 74 * mm, room)
    _line(canvas, one.place_en, LATIN, 8, middle, top - 78.5 * mm, room, GREY)
    _line(canvas, one.code, LATIN, 7, middle, top - 83 * mm, room, GREY)
    _line(canvas, words.promise_zh, chinese, 7, middle, top - 87 * mm, room, GREY)


def _card(canvas: Canvas, one: Printed, words: Words, chinese: str) -> None:
    """One table card, to be folded or framed."""
    middle, room = WIDTH / 2, WIDTH - 40 * mm
    _line(canvas, words.bank_zh, chinese, 18, middle, HEIGHT - 32 * mm, room, GREY)
    _line(canvas, words.bank_en, LATIN, 11, middle, HEIGHT - 39 * mm, room, GREY)
    _line(canvas, words.caption_zh, chinese, 34, middle, HEIGHT - 64 * mm, room)
    _line(canvas, words.caption_en, BOLD, 17, middle, HEIGHT - 75 * mm, room)
    side = 128 * mm
    _code(canvas, one.address, middle - side / 2, HEIGHT - 84 * mm - side, side)
    _line(canvas, _joined(one.place_zh, one.spot), chinese, 20, middle, 70 * mm, room)
    _line(canvas, one.place_en, LATIN, 12, middle, 62 * mm, room, GREY)
    _line(canvas, f"{one.address}", LATIN, 10, middle, 50 * mm, room, GREY)
    _line(canvas, words.promise_zh, chinese, 13, middle, 34 * mm, room)
    _line(canvas, words.promise_en, LATIN, 10, middle, 28 * mm, room, GREY)


def _joined(place: str, spot: str) -> str:
    return f"{place} · {spot}" if spot else place


def _line(
    canvas: Canvas, text: str, font: str, size: float, middle: float, y: float, room: float, ink: tuple[float, float, float] = INK
) -> None:
    """One centred line, made smaller until it fits, then cut."""
    text = "".join(letter for letter in text if letter.isprintable())
    while size > LEAST_SIZE and pdfmetrics.stringWidth(text, font, size) > room:
        size -= 0.5
    while len(text) > 1 and pdfmetrics.stringWidth(text, font, size) > room:
        text = text[:-2] + "…"
    canvas.setFillColorRGB(*ink)
    canvas.setFont(font, size)
    canvas.drawCentredString(middle, y, text)


def _code(canvas: Canvas, address: str, left: float, bottom: float, side: float) -> None:
    """The code as black bars, sharp at any size."""
    points, runs = qr.runs(address)
    point = side / points
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    for row, column, length in runs:
        path.rect(left + column * point, bottom + side - (row + 1) * point, length * point, point)
    canvas.drawPath(path, stroke=0, fill=1)
