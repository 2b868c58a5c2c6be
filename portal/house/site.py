"""The documents of `docs/` as a small site: plain HTML with one style, links between pages kept, to be read without a network."""

import re
import shutil
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title} · Soundings</title><link rel="stylesheet" href="site.css"></head>
<body><a class="pages" href="#pages">All pages</a><nav id="pages">{menu}</nav><main>{body}</main></body></html>
"""
STYLE = """body{margin:0;font:16px/1.6 system-ui,sans-serif;color:#17212f;display:flex;flex-wrap:wrap}
nav{padding:1.5rem;min-width:13rem;background:#f5f7f9}nav a{display:block;padding:.15rem 0;color:#17212f;text-decoration:none}
nav a[aria-current]{font-weight:700}nav p{margin:1rem 0 .2rem;font-size:.85rem;color:#5b6675}nav p:first-child{margin-top:0}
.pages{display:none}
main{flex:1;min-width:min(100%,28rem);max-width:56rem;padding:1.5rem;box-sizing:border-box}
img{max-width:100%}table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{border:1px solid #d5dbe3;padding:.35rem .6rem;text-align:left;vertical-align:top}
pre{background:#f5f7f9;padding:.8rem;overflow-x:auto}code{font-size:.9em}
main{overflow-wrap:anywhere}td{overflow-wrap:break-word}
@media(max-width:48rem){nav{width:100%;order:2;box-sizing:border-box}nav a{padding:.5rem 0}main{min-width:0;flex-basis:100%}
.pages{display:block;width:100%;padding:.8rem 1.5rem;background:#f5f7f9;color:#17212f}}
@media(prefers-color-scheme:dark){
body{background:#10151c;color:#dde3ea}nav,pre,.pages{background:#18202a}nav a,.pages{color:#dde3ea}nav p{color:#9aa6b4}
a{color:#8ab4f8}th,td{border-color:#34404d}}
"""
PARTS = {
    "For everybody": ("roles", "roles-zh"),
    "For those who run it": ("operations", "integration", "privacy", "security", "threat-model", "asvs", "codes"),
    "For those who work with it": (
        *("builder", "questionnaires", "question-bank", "answer-page", "contact-policy", "delivery", "closed-loop", "complaints"),
        *("improvement", "metrics", "analysis", "reports", "interchange", "officers", "ideas", "club"),
    ),
    "For those who build it": ("architecture", "parts", "dependencies", "vendor"),
}
"""The menu; a page that no part names stands in the last one."""


def build(source: Path, target: Path) -> list[str]:
    """Write a page for every document, with the pictures beside them; gives the names of the pages.

    Raises  FileNotFoundError where there are no documents
    """
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(source.glob("*.md"))}
    if not texts:
        raise FileNotFoundError(source)
    target.mkdir(parents=True, exist_ok=True)
    order = [name for part in PARTS.values() for name in part]
    names = sorted(texts, key=lambda name: (order.index(name) if name in order else len(order), name))
    titles = {name: title_of(text, name) for name, text in texts.items()}
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name in names:
        menu = "".join(_part(part, [one for one in names if _part_of(one) == part], titles, name) for part in PARTS)
        body = re.sub(r'href="([a-z0-9-]+)\.md(#[^"]*)?"', r'href="\1.html\2"', _headed(reader.render(texts[name])))
        language = "zh-Hans" if name.endswith("-zh") else "en"
        page = PAGE.format(title=escape(titles[name]), menu=menu, body=body, language=language)
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


def _headed(body: str) -> str:
    """Give every heading the name by which links reach it, as code hosts do."""

    def named(found: re.Match[str]) -> str:
        plain = re.sub(r"<[^>]+>|&[a-z]+;", "", found[2]).strip().lower().replace(" ", "-")
        key = re.sub(r"[^\w-]", "", plain)
        return f'<h{found[1]} id="{key}">{found[2]}</h{found[1]}>'

    return re.sub(r"<h([2-4])>(.*?)</h\1>", named, body)


def _part_of(name: str) -> str:
    return next((part for part, names in PARTS.items() if name in names), list(PARTS)[-1])


def _part(title: str, names: list[str], titles: dict[str, str], here: str) -> str:
    links = "".join(_link(one, titles[one], here=one == here) for one in names)
    return f"<p>{escape(title)}</p>{links}" if links else ""


def _link(name: str, title: str, *, here: bool) -> str:
    return f'<a href="{name}.html"{" aria-current=page" if here else ""}>{escape(title)}</a>'
