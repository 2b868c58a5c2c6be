"""Whether a line of ink looks like a long number: a card's, an account's, a telephone's. No letter is read, only their rhythm.

Digits of a number are equally high, stand at equal distances, are narrower than high, and come in groups. Letters of words differ in
height and distance, Chinese characters are as wide as high.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

FEWEST, MOST = 11, 24
NARROW, WIDE = 0.08, 0.98
CLOSEST, FARTHEST = 0.35, 0.98
EVEN, GAP = 0.24, 4.5
"""Distances differ by at most so much of their median; a gap between groups is at most so many of them."""
GROUPS = 6
SMALL, SLOPE = 0.4, 0.13
"""Ink so low is a hyphen; neighbours differ by so little in height and foot, also on a line that is not quite straight."""


def runs(ink: Sequence[int], least: int = 1) -> list[tuple[int, int]]:
    """Where ink stands: first column and the one after the last, of each stretch.

    Shape   ink: how much there is in each column
    """
    found, start = [], None
    for at, value in enumerate([*ink, 0]):
        if value >= least and start is None:
            start = at
        elif value < least and start is not None:
            found.append((start, at))
            start = None
    return found


def is_number(glyphs: Sequence[tuple[int, int]], height: int) -> bool:
    """Whether stretches of ink on a line of some height look like the digits of one long number."""
    if height <= 0 or not FEWEST <= len(glyphs) <= MOST:
        return False
    if any(not NARROW * height <= last - first <= WIDE * height for first, last in glyphs):
        return False
    centres = [(first + last) / 2 for first, last in glyphs]
    steps = [later - earlier for earlier, later in pairwise(centres)]
    usual = median(steps)
    if not CLOSEST * height <= usual <= FARTHEST * height or max(steps) > GAP * usual:
        return False
    even = [abs(one - usual) <= EVEN * usual for one in steps]
    return even.count(True) >= len(steps) * 0.6 and _grouped(even)


def _grouped(even: Sequence[bool]) -> bool:
    """Few groups, none of one digit alone."""
    lengths, n = [], 1
    for one in even:
        if one:
            n += 1
        else:
            lengths.append(n)
            n = 1
    lengths.append(n)
    return len(lengths) <= GROUPS and min(lengths) >= 2 and max(lengths) >= 3


class Glyph(NamedTuple):
    """A stretch of ink: first column and the one after the last, first row and the one after the last."""

    first: int
    last: int
    top: int
    bottom: int

    @property
    def height(self) -> int:
        """How high it is."""
        return self.bottom - self.top


def windows(glyphs: Sequence[Glyph]) -> list[tuple[int, int, int, int]]:
    """The stretches of a line that look like long numbers, as boxes; words may stand before and after them."""
    found = []
    for line in level(glyphs):
        height = round(median(one.height for one in line))
        start = 0
        while start + FEWEST <= len(line):
            for end in range(min(len(line), start + MOST), start + FEWEST - 1, -1):
                part = line[start:end]
                if is_number([(one.first, one.last) for one in part], height):
                    found.append((part[0].first, min(one.top for one in part), part[-1].last, max(one.bottom for one in part)))
                    start = end
                    break
            else:
                start += 1
    return found


def level(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Stretches in which everything is equally high and stands on one line; hyphens and dots between do not break them."""
    found: list[list[Glyph]] = [[]]
    for one in glyphs:
        line = found[-1]
        if not line:
            line.append(one)
        elif one.height < SMALL * line[-1].height:
            continue
        elif abs(one.height - line[-1].height) <= SLOPE * line[-1].height and abs(one.bottom - line[-1].bottom) <= SLOPE * line[-1].height:
            line.append(one)
        else:
            found.append([one])
    return [line for line in found if len(line) >= FEWEST]
