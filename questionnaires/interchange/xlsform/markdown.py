"""The little Markdown that an XLSForm's labels may hold, as the markup that our texts keep."""

import re

_HEADING = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\((https?://[^\s()<>\"]{1,300})\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*\n]{1,500}?)(?<=\S)\1")
_STRESSED = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]{1,500}?)(?<=[^\s*_])\1(?![\w*])")


def marked(text: str) -> str:
    """A label with its emphasis and links as HTML; signs of headings go. What stands within `${…}` stays as it is."""
    if not any(sign in text for sign in "*_#["):
        return text
    pieces = re.split(r"(\$\{[^{}]*\})", _HEADING.sub("", text))
    return "".join(piece if piece.startswith("${") else _inline(piece) for piece in pieces)


def _inline(text: str) -> str:
    text = _LINK.sub(r'<a href="\2">\1</a>', text)
    return _STRESSED.sub(r"<em>\2</em>", _STRONG.sub(r"<strong>\2</strong>", text))
