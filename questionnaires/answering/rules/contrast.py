"""Colours of a bank on customers' pages: contrast computed, and the darker (or lighter) step taken where it is too low."""

import colorsys
import re
from dataclasses import dataclass

LEAST = 4.5
"""WCAG 2.2 AA for text of ordinary size."""
LIGHT_GROUND, LIGHT_FOOT = "#ffffff", "#f3f5f8"
DARK_GROUND, DARK_FOOT = "#0f141b", "#161d26"
DARK_INK = "#0c1828"
STEP = 0.02
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Palette:
    """A brand's colour made fit for both grounds, with what is written on it.

    `light_changed`, `dark_changed` say whether another step than the bank's own had to be taken; ratios are those of the
    colours taken, against the ground they stand on.
    """

    light: str
    on_light: str
    light_ratio: float
    light_changed: bool
    dark: str
    on_dark: str
    dark_ratio: float
    dark_changed: bool


def is_colour(text: str) -> bool:
    """Whether a text is a colour as `#rrggbb`."""
    return _COLOUR.fullmatch(text) is not None


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1.

    Source  WCAG 2.2, "relative luminance"
    """
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    lower, higher = sorted((luminance(one), luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def palette(brand: str) -> Palette:
    """The brand's colour on white and on the dark ground; a step further where the contrast is under 4.5 to 1.

    Raises  ValueError for anything but `#rrggbb`
    """
    if not is_colour(brand):
        raise ValueError("a colour is written #rrggbb")
    brand = brand.lower()
    light = _until(brand, (LIGHT_GROUND, LIGHT_FOOT), -STEP)
    dark = _until(brand, (DARK_GROUND, DARK_FOOT, DARK_INK), STEP)
    return Palette(
        light=light,
        on_light=LIGHT_GROUND,
        light_ratio=round(ratio(light, LIGHT_GROUND), 1),
        light_changed=light != brand,
        dark=dark,
        on_dark=DARK_INK,
        dark_ratio=round(ratio(dark, DARK_GROUND), 1),
        dark_changed=dark != brand,
    )


def _until(colour: str, grounds: tuple[str, ...], step: float) -> str:
    """The colour itself, or the nearest step of its hue that stands out from all grounds."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)))
    found = colour
    while min(ratio(found, ground) for ground in grounds) < LEAST:  # ends at black or white at the latest, which stand out
        lightness = min(1.0, max(0.0, lightness + step))
        found = "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return found
