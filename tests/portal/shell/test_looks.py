"""The design's files keep their own rules: colours in one place, contrast, no inline script or style, vendored files as recorded."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from portal.foundation.files import resources

STATIC = Path(str(resources("static")))
TEMPLATES = Path(str(resources("templates")))
STAFF = sorted(path for path in TEMPLATES.rglob("*.html") if re.search(r"_shell/|_parts/", f"{path} {path.read_text(encoding='utf-8')}"))
STAFF_CSS = [path for path in sorted((STATIC / "css").glob("*.css")) if path.name not in ("tokens.css", "answer.css")]
ON = {  # what stands on what, as text
    "bg": "ink ink-2 ink-3 brand",
    "surface": "ink ink-2 ink-3 brand good warn bad info promoter detractor score-mid",
    "sunken": "ink ink-2 ink-3",
    "brand": "on-brand",
    "brand-2": "on-brand",
    "brand-soft": "ink brand",
    "bad": "on-bad",
    "bad-2": "on-bad",
    "good-soft": "ink good",
    "warn-soft": "ink warn",
    "bad-soft": "ink bad",
    "info-soft": "ink info",
} | {f"heat-{step}": "on-heat" for step in range(1, 6)}
TEXT = [(ink, ground) for ground, inks in ON.items() for ink in inks.split()]
SHAPES = [(shape, "surface") for shape in ("passive", "promoter", "detractor", "edge", "focus", "series-2", "series-3", "series-4")]


def blocks() -> dict[str, dict[str, str]]:
    """The colour values of the light page, of the system's dark, and of the chosen dark."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / "tokens.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    heads = {"light": r":root", "system": r':root:not\(\[data-theme="light"\]\)', "chosen": r'\[data-theme="dark"\]'}
    found = {name: re.search(rf"(?:^|\n)\s*{head} \{{(.*?)\n\s*\}}", text, re.DOTALL) for name, head in heads.items()}
    return {name: dict(re.findall(r"--([\w-]+):\s*([^;]+);", match.group(1))) for name, match in found.items() if match}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits[:6]
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_both_ways_to_dark_give_the_same_page() -> None:
    assert blocks()["system"] == blocks()["chosen"]


@pytest.mark.parametrize("theme", ["light", "chosen"])
def test_text_stands_out_from_what_it_stands_on(theme: str) -> None:
    values = blocks()["light"] | blocks()[theme]
    assert [(pair, round(ratio, 2)) for pair in TEXT if (ratio := contrast(values[pair[0]], values[pair[1]])) < 4.5] == []


@pytest.mark.parametrize("theme", ["light", "chosen"])
def test_lines_and_bars_that_carry_meaning_can_be_seen(theme: str) -> None:
    values = blocks()["light"] | blocks()[theme]
    assert [(pair, round(ratio, 2)) for pair in SHAPES if (ratio := contrast(values[pair[0]], values[pair[1]])) < 3] == []


@pytest.mark.parametrize("path", STAFF_CSS, ids=lambda path: path.name)
def test_only_the_tokens_hold_a_colour_or_a_size(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/|@media[^{]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\b\d+px\b", text) == []


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"--([\w-]+):", (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")))
    used = {name for path in STAFF_CSS for name in re.findall(r"var\(--([\w-]+)", path.read_text(encoding="utf-8"))}
    assert used - known == set()


@pytest.mark.parametrize("path", STAFF, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_staff_page_holds_a_script_or_a_style_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|\son\w+=\"|javascript:", text) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "application/json" not in tag] == []


def test_every_icon_that_is_asked_for_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")))
    asked = {name for path in STAFF for name in re.findall(r'\bicon(?:=|\()"([\w-]+)"', path.read_text(encoding="utf-8"))}
    assert asked - drawn == set()


@pytest.mark.parametrize("folder", [STATIC / "vendor", Path(__file__).parents[2] / "vendor"], ids=["static", "tests"])
def test_vendored_files_are_those_that_were_recorded(folder: Path) -> None:
    recorded = json.loads((folder / "VERSIONS.json").read_text(encoding="utf-8"))
    for name, one in recorded.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == one["sha256"], name
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.min.js")} == set(recorded)
