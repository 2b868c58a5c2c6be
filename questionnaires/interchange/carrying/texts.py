"""Words of a file as ours may be: scripts, pictures and layout go, and are told of; what is said stays."""

import html
import re

from questionnaires.logic.rich import TAGS, rich, words_only

LONGEST = 2000
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_LINE = re.compile(r"</?(?:div|h[1-6]|tr|section|article|header|footer|blockquote|pre|center|hr|dl|dt|dd)\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]>\s*<t[dh]\b[^<>]*>", re.IGNORECASE)
_NAMES = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)\b")
_BREAKS = re.compile(r"(?:\s*<br\s*/?>\s*){2,}", re.IGNORECASE)
_EMPTY = re.compile(r"<(p|li|strong|em|b|i|u|ul|ol)>(?:\s|<br\s*/?>|&nbsp;|\u00a0)*</\1>", re.IGNORECASE)
_KEPT = re.compile(r"</?(?:" + "|".join(sorted(TAGS, key=len, reverse=True)) + r")\b[^<>]*>", re.IGNORECASE)
_ANY_SPACE = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINES = re.compile(r"\n\s*\n\s*")
MEDIA = frozenset({"img", "video", "audio", "iframe", "object", "embed", "source", "svg", "canvas"})
CODE = frozenset({"script", "style", "link", "form", "input", "select", "button", "textarea"})
TABLES = frozenset({"table"})


def without_control(text: str) -> str:
    """Without control signs and halves of signs, which no database and no page takes."""
    if text.isprintable():
        return text
    return "".join(
        sign for sign in text if sign in "\n\t" or (sign >= " " and not 0x7F <= ord(sign) < 0xA0 and not 0xD800 <= ord(sign) < 0xE000)
    )


def losses(text: str) -> set[str]:
    """What of a text's markup is not carried over: media, code, table."""
    names = {name.lower() for name in _NAMES.findall(text)} if "<" in text else set()
    return {kind for kind, those in (("media", MEDIA), ("code", CODE), ("table", TABLES)) if names & those}


def as_rich(text: str) -> str:
    """Words that may keep paragraphs, lists, emphasis and links."""
    text = without_control(text)
    if "<" not in text and "&" not in text:
        return text.strip()
    if not _TAG.search(text):
        return html.unescape(text).strip()
    text = _CELL.sub(" | ", _LINE.sub("<br>", _SCRIPT.sub("", text)))
    if not _KEPT.search(text):
        return html.unescape(_TAG.sub(" ", text)).strip()
    cleaned = str(rich(text.replace("\n", " ")))
    for _turn in range(3):
        cleaned = _EMPTY.sub("", cleaned)
    cleaned = _BREAKS.sub("<br>", cleaned).strip()
    while cleaned.lower().startswith("<br>") or cleaned.lower().endswith("<br>"):
        cleaned = cleaned[4:].strip() if cleaned.lower().startswith("<br>") else cleaned[:-4].strip()
    if not (set(_NAMES.findall(cleaned.lower())) - {"p", "br"}) and cleaned.lower().count("<p") <= 1:
        return words_only(cleaned)
    return cleaned


def as_plain(text: str) -> str:
    """Words alone, on as many lines as they had paragraphs."""
    text = as_rich(text)
    if "<" in text and _KEPT.search(text):
        text = words_only(text)
    return _LINES.sub("\n", _ANY_SPACE.sub(" ", text)).strip()
