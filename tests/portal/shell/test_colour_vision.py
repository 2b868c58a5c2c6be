"""Detractor, passive and promoter colours keep apart for people who see colours otherwise (Machado and others 2009, full severity)."""

from itertools import combinations

import pytest

from tests.portal.shell.test_looks import blocks

Triple = tuple[float, float, float]
VISIONS: dict[str, tuple[Triple, Triple, Triple]] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
FAR_ENOUGH = 20  # CIE76; 2 is just noticeable side by side, 10 is told apart at a glance


def linear(colour: str) -> Triple:
    """A hex colour as linear light."""
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return red, green, blue


def seen(colour: str, vision: str) -> Triple:
    """The colour as CIE Lab, as somebody with this vision sees it."""
    light = linear(colour)
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in VISIONS[vision])
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
        for part in (
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("theme", ["light", "chosen"])
@pytest.mark.parametrize("vision", VISIONS)
def test_the_three_groups_of_scores_keep_apart(theme: str, vision: str) -> None:
    colours = [seen(blocks()[theme][name], vision) for name in ("promoter", "passive", "detractor")]
    gaps = [sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 for one, other in combinations(colours, 2)]
    assert min(gaps) >= FAR_ENOUGH
