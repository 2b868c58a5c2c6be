"""Rich text of statements, help and closing words: a small part of HTML, cleaned whenever it is shown.

Words without any tag are plain text: they are escaped, an empty line begins a paragraph and a line end stays one. Pipes
pass through unharmed; `piping.fill_rich` fills them afterwards, with answers escaped.
"""

import html
import re
from functools import lru_cache

import nh3
from markupsafe import Markup

TAGS = frozenset({"p", "br", "strong", "em", "b", "i", "u", "ul", "ol", "li", "a"})
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_TAG = re.compile(r"</?(?:" + "|".join(sorted(TAGS, key=len, reverse=True)) + r")(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:p|br|ul|ol|li)[\s/>]", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:" + "|".join(sorted(SCHEMES)) + r"):[^\s{]", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_BLOCK_END = re.compile(r"<br\s*/?>|</(?:p|ul|ol|li)>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^>]*>")


def _address(_tag: str, name: str, value: str) -> str | None:
    """Whole addresses only: a relative one would lead into the app, and one that an answer begins could lead anywhere."""
    return value if name == "rel" or _ADDRESS.match(value) else None


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"a": {"href"}},
    attribute_filter=_address,
    url_schemes=set(SCHEMES),
    link_rel="noopener noreferrer",
    strip_comments=True,
)


@lru_cache(maxsize=2048)
def rich(text: str) -> Markup:
    """Words as they may stand in a page. Unknown tags and attributes go, their words stay; scripts and styles go with theirs.

    Shape   p br strong em b i u ul ol li, and a with an href of http, https, mailto or tel
    """
    text = text.replace("\r\n", "\n").strip()
    if not has_markup(text):
        return _plain(text)
    if not _BLOCK.search(text):
        text = text.replace("\n", "<br>")
    return Markup(_CLEANER.clean(text))  # noqa: S704  # cleaned on this line


def has_markup(text: str) -> bool:
    """Whether words hold a tag that we know; "5 < 6 > 4" holds none."""
    return _TAG.search(text) is not None


def words_only(text: str) -> str:
    """Rich text as plain words, for checks, exports and voices: tags gone, paragraphs and list entries on lines of their own."""
    if not has_markup(text):
        return text
    flat = _ANY_TAG.sub("", _BLOCK_END.sub("\n", str(_CLEANER.clean(text))))
    return html.unescape(flat).strip()


def _plain(text: str) -> Markup:
    lines = [Markup("<br>").join(part.split("\n")) for part in _BLANK_LINE.split(text)]
    return lines[0] if len(lines) == 1 else Markup("").join(Markup("<p>%s</p>") % line for line in lines)
