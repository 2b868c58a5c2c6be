"""Templates over column names, such as `{date} {vru_entry}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SLOT = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Slots:
    """A template taken apart once: text, column, text, column, … text."""

    texts: tuple[str, ...]
    columns: tuple[str, ...]

    def fill(self, row: Mapping[str, str]) -> str | None:
        """The template with the row's values; None where a column it needs is blank, so that no id is made of hyphens alone."""
        if not self.columns:
            return self.texts[0] or None
        parts = [self.texts[0]]
        for column, text in zip(self.columns, self.texts[1:], strict=True):
            value = row[column]
            if not value:
                return None
            parts += (value, text)
        return "".join(parts)


def parse_slots(template: str) -> Slots:
    """Take a template apart.

    Raises  ValueError for a brace that is not closed, not opened, or holds nothing
    """
    pieces = _SLOT.split(template)
    texts, columns = tuple(pieces[0::2]), tuple(pieces[1::2])
    if any("{" in text or "}" in text for text in texts):
        raise ValueError("a brace is not closed, not opened, or holds no column name")
    return Slots(texts, columns)
