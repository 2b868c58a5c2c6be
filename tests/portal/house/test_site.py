"""The documents become pages; every link between them leads somewhere."""

import re
from pathlib import Path

from portal.house import site

DOCS = Path(__file__).parents[3] / "docs"


def test_every_document_is_a_page_and_no_link_or_picture_is_missing(tmp_path: Path) -> None:
    names = site.build(DOCS, tmp_path)
    assert names[0] == "roles"
    assert (tmp_path / "index.html").read_text(encoding="utf-8").count("<table>") >= 3
    missing = []
    named = {path.name: set(re.findall(r'id="([^"]+)"', path.read_text(encoding="utf-8"))) for path in tmp_path.glob("*.html")}
    of_no_part = [name for name in names if not any(name in part for part in site.PARTS.values())]
    assert of_no_part == [], "say in site.PARTS where they stand in the menu"
    for path in tmp_path.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', text):
            if not link.startswith("/") and not (tmp_path / link).exists() and not (DOCS / link).resolve().exists():
                missing.append(f"{path.name}: {link}")
        for page, place in re.findall(r'href="([a-z0-9-]+\.html)?#([^"]+)"', text):
            if place not in named[page or path.name]:
                missing.append(f"{path.name}: {page}#{place}")
    assert missing == []


def test_html_in_a_document_is_shown_and_not_run(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# A & B\n<script>alert(1)</script>\n[b](b.md#x)\n")
    site.build(tmp_path / "docs", tmp_path / "out")
    text = (tmp_path / "out" / "a.html").read_text()
    assert "<script>" not in text
    assert 'href="b.html#x"' in text
    assert "A &amp; B · Soundings" in text
