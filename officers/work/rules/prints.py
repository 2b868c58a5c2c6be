"""A picture's print: 64 bits that hardly change when it is saved anew, cropped a little or made smaller; and how prints are found again.

Two prints at most 12 bits apart share, in one of four bands of 16 bits, all but two of the bits, or differ by exactly three in
each band. So every print within 12 bits is found by looking up few neighbours of each band, however many prints there are.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

BITS, BANDS, BAND_BITS = 64, 4, 16
WIDTH, HEIGHT = 9, 8
STRONG, WEAK = 4, 12
PLAIN = 6
"""A print with so few bits of one kind comes from a plain surface: it says nothing about sameness."""


class Likeness(StrEnum):
    """How like two photos are."""

    SAME = "same_file"
    STRONG = "very_alike"
    WEAK = "alike"


class Bands(NamedTuple):
    """The four parts of a print, each 0 to 65,535."""

    b0: int
    b1: int
    b2: int
    b3: int


def difference_hash(grey: Sequence[int]) -> int:
    """The print of a picture.

    Shape   72 greys (0 to 255), eight rows of nine, from left to right and top to bottom
    Returns 64 bits: each tells whether a point is darker than its neighbour on the right
    """
    bits = 0
    for row in range(HEIGHT):
        for column in range(WIDTH - 1):
            at = row * WIDTH + column
            bits = bits << 1 | (grey[at] < grey[at + 1])
    return bits


def distance(one: int, other: int) -> int:
    """In how many bits two prints differ."""
    return (one ^ other).bit_count()


def likeness(bits: int) -> Likeness | None:
    """What a distance means; None beyond 12."""
    if bits <= STRONG:
        return Likeness.STRONG
    return Likeness.WEAK if bits <= WEAK else None


def says_something(value: int) -> bool:
    """Whether a print can be compared: a plain wall has the print of every other plain wall."""
    return PLAIN < value.bit_count() < BITS - PLAIN


def bands(value: int) -> Bands:
    """A print's four parts."""
    return Bands(*((value >> shift) & 0xFFFF for shift in (48, 32, 16, 0)))


def neighbours(band: int, radius: int) -> list[int]:
    """All values of a band that differ in at most so many bits: 137 within two, 697 within three."""
    return [band ^ mask for mask in _masks(radius)]


def _masks(radius: int) -> Iterable[int]:
    for n in range(radius + 1):
        for chosen in combinations(range(BAND_BITS), n):
            yield sum(1 << bit for bit in chosen)


def look_up(value: int) -> list[list[int]]:
    """What to look for in each band so that nothing within 12 bits is missed: within two bits, in the first band within three."""
    return [neighbours(band, 3 if n == 0 else 2) for n, band in enumerate(bands(value))]
