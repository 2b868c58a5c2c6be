"""Pictures made anew: turned upright, without EXIF and whatever else was hidden in the file, no larger than needed.

Only the head of a file is read before its size is known, so that a small file can't become a huge picture in memory.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps
from PIL.Image import DecompressionBombError, DecompressionBombWarning

from questionnaires.answering.rules.filekinds import JPEG, MOST_PIXELS, PNG

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST, THUMB = 2048, 320


class BrokenPicture(Exception):
    """The content can't be read as a picture."""


class TooManyPixels(Exception):
    """The picture would take too much memory."""


@dataclass(frozen=True)
class Made:
    """A picture made anew."""

    media: str
    content: bytes
    width: int
    height: int


def measure(content: bytes, most: int = MOST_PIXELS) -> tuple[int, int]:
    """Width and height from the head of a picture, without decoding it.

    Raises  BrokenPicture, TooManyPixels
    """
    with _open(content) as image:
        width, height = image.size
    if width * height > most:
        raise TooManyPixels
    return width, height


def remake(content: bytes, largest: int = LARGEST, *, lossless: bool = False) -> Made:
    """The picture upright, within a square of `largest`, as a fresh JPEG (PNG where `lossless`).

    Raises  BrokenPicture, TooManyPixels
    """
    measure(content)
    try:
        with _open(content) as image:
            image.draft("RGB", (largest, largest))  # a JPEG is decoded at a fraction of its size straight away
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((largest, largest))
            return _written(upright, lossless)
    except (BrokenPicture, TooManyPixels):
        raise
    except Exception as error:  # decoders fail in many ways on hostile files; none of them may end the job
        raise BrokenPicture from error


def _open(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DecompressionBombWarning)
            return Image.open(io.BytesIO(content), formats=FORMATS)
    except (DecompressionBombWarning, DecompressionBombError):
        raise TooManyPixels from None
    except Exception as error:
        raise BrokenPicture from error


def _written(image: Image.Image, lossless: bool) -> Made:
    found = io.BytesIO()
    if lossless:
        plain = Image.new("RGBA", image.size)
        plain.paste(image.convert("RGBA"))
        plain.save(found, format="PNG", optimize=True)
        return Made(PNG, found.getvalue(), *plain.size)
    ground = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA", "P"):
        rich = image.convert("RGBA")
        ground.paste(rich, mask=rich.getchannel("A"))
    else:
        ground.paste(image.convert("RGB"))
    ground.save(found, format="JPEG", quality=85, optimize=True)
    return Made(JPEG, found.getvalue(), *ground.size)
