"""The documents of `docs/` as a small site: plain HTML with one style, links between pages kept, to be read without a network."""

import re
import shutil
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title} · Soundings</title><link rel="stylesheet" href="site.css"></head>
<body><nav>{menu}</nav><main>{body}</main></body></html>
"""
STYLE = """body{margin:0;font:16px/1.6 system-ui,sans-serif;color:#17212f;display:flex;flex-wrap:wrap}
nav{padding:1.5rem;min-width:13rem;background:#f5f7f9}nav a{display:block;padding:.15rem 0;color:#17212f;text-decoration:none}
nav a[aria-current]{font-weight:700}
main{flex:1;min-width:min(100%,28rem);max-width:56rem;padding:1.5rem;box-sizing:border-box}
img{max-width:100%}table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{border:1px solid #d5dbe3;padding:.35rem .6rem;text-align:left;vertical-align:top}
pre{background:#f5f7f9;padding:.8rem;overflow-x:auto}code{font-size:.9em}
main{overflow-wrap:anywhere}td{overflow-wrap:break-word}
@media(max-width:48rem){nav{width:100%;max-height:12rem;overflow-y:auto;box-sizing:border-box}main{min-width:0;flex-basis:100%}}
@media(prefers-color-scheme:dark){
body{background:#10151c;color:#dde3ea}nav,pre{background:#18202a}nav a{color:#dde3ea}
a{color:#8ab4f8}th,td{border-color:#34404d}}
"""
FIRST = ("roles", "operations", "integration", "privacy", "security")
"""Pages that stand first in the menu."""


def build(source: Path, target: Path) -> list[str]:
    """Write a page for every document, with the pictures beside them; gives the names of the pages.

    Raises  FileNotFoundError where there are no documents
    """
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(source.glob("*.md"))}
    if not texts:
        raise FileNotFoundError(source)
    target.mkdir(parents=True, exist_ok=True)
    names = sorted(texts, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    titles = {name: title_of(text, name) for name, text in texts.items()}
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name in names:
        menu = "".join(_link(one, titles[one], here=one == name) for one in names)
        body = re.sub(r'href="([a-z0-9-]+)\.md(#[^"]*)?"', r'href="\1.html\2"', reader.render(texts[name]))
        page = PAGE.format(title=escape(titles[name]), menu=menu, body=body)
        (target / f"{name}.html").write_text(page, encoding="utf-8")
    (target / "site.css").write_text(STYLE, encoding="utf-8")
    shutil.copyfile(target / f"{names[0]}.html", target / "index.html")
    for folder in ("pictures", "examples"):
        if (source / folder).is_dir():
            shutil.copytree(source / folder, target / folder, dirs_exist_ok=True)
    return names


def title_of(text: str, name: str) -> str:
    """The first heading of a document."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else name


def _link(name: str, title: str, *, here: bool) -> str:
    return f'<a href="{name}.html"{" aria-current=page" if here else ""}>{escape(title)}</a>'
