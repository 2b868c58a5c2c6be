"""QR codes of poster addresses: SVG to print, PNG to paste, points for sheets; made once for each address and kept."""

import io
from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.image.svg import SvgPathImage

KEPT = 256
BOX = 12


def _matrix(address: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, box_size=BOX, border=4)  # Q: a quarter may be scratched or covered
    code.add_data(address)
    code.make(fit=True)
    return code


@lru_cache(maxsize=KEPT)
def svg(address: str) -> bytes:
    """The code as a path, for print at any size."""
    image = _matrix(address).make_image(image_factory=SvgPathImage)
    found = io.BytesIO()
    image.save(found)
    return found.getvalue()


@lru_cache(maxsize=KEPT)
def png(address: str) -> bytes:
    """The code as black and white points."""
    found = io.BytesIO()
    _matrix(address).make_image().save(found, format="PNG", optimize=True)
    return found.getvalue()


def runs(address: str) -> tuple[int, list[tuple[int, int, int]]]:
    """The code as dark bars, the quiet zone included.

    Returns  points on a side, and (row from the top, first column, length) of each bar
    """
    matrix = _matrix(address).get_matrix()
    found = []
    for row, points in enumerate(matrix):
        start = None
        for column, dark in enumerate([*points, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                found.append((row, start, column - start))
                start = None
    return len(matrix), found
