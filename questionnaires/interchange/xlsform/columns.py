"""The columns of an XLSForm sheet: names in any case, words per language, spellings of older days."""

import re
from dataclasses import dataclass, field

from questionnaires.interchange.carrying.form import Texts
from questionnaires.interchange.carrying.sheets import Rows

SPELLINGS = {
    "relevance": "relevant",
    "relevant": "relevant",
    "readonly": "read_only",
    "list name": "list_name",
    "caption": "label",
    "constraint message": "constraint_message",
    "constraint_msg": "constraint_message",
    "required message": "required_message",
    "calculate": "calculation",
    "command": "type",
    "value": "name",
    "tag": "name",
    "choice filter": "choice_filter",
    "repeat count": "repeat_count",
    "requiredmsg": "required_message",
    "noapperrorstring": "constraint_message",
    "default language": "default_language",
}
TRANSLATED = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message", "image", "audio", "video", "big-image"})
PREFIXES = ("media::", "media:", "bind::", "bind:", "body::", "body:", "control::", "control:", "instance::", "jr:")
DEFAULT = ""


@dataclass
class Row:
    """One row: plain values by column, words by column and language, and its number among the rows that hold anything."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Texts] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass
class Table:
    """A sheet: rows with their columns named, the languages met, columns that stood twice."""

    rows: list[Row]
    languages: list[str]
    columns: list[str]
    twice: list[str]


def table_of(rows: Rows) -> Table:
    """A sheet of cells as a table; its first row names the columns."""
    heads: list[tuple[str, str]] = []
    twice: list[str] = []
    for cell in rows[0] if rows else []:
        head = _head(cell)
        if head[0] and head in heads:
            twice.append(cell)
            head = ("", "")
        heads.append(head)
    languages = list(dict.fromkeys(language for name, language in heads if name in TRANSLATED))
    found = [_row(number, cells, heads) for number, cells in enumerate(rows[1:], 2)]
    return Table(found, languages, [name for name, _language in heads if name], twice)


def _head(cell: str) -> tuple[str, str]:
    """A column's name and language: `label::English (en)`, `label:english`, `media::image::fr`."""
    said = re.sub(r"\s+", " ", cell.strip())
    lower = said.lower()
    for prefix in PREFIXES:
        if lower.startswith(prefix) and lower != prefix:
            said, lower = said[len(prefix) :], lower[len(prefix) :]
            break
    for joint in ("::", ":"):
        if joint in said:
            name, _, language = said.partition(joint)
            key = name.strip().lower()
            key = SPELLINGS.get(key, key)
            if key in TRANSLATED:
                return key, language.strip()
    key = SPELLINGS.get(lower, lower)
    return key, DEFAULT


def _row(number: int, cells: list[str], heads: list[tuple[str, str]]) -> Row:
    row = Row(number)
    for cell, (name, language) in zip(cells, heads, strict=False):
        if not name or not cell:
            continue
        if name in TRANSLATED:
            row.texts.setdefault(name, {})[language] = cell
        else:
            row.values[name] = cell
    return row
