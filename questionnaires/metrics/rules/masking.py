"""Take what names a person out of free text before others read it: telephone, card and identity numbers, addresses of e-mail."""

import re

MASK = "•••"

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Seven digits or more, also in groups and full-width: telephone, account, card and identity numbers.
_NUMBER = re.compile(r"(?<![\d０-９])\+?[\d０-９](?:[ \-－·]?[\d０-９]){5,}[\d０-９xXｘＸ](?![\d０-９])")


_DATE = re.compile(r"(?:19|20)\d\d[- ]\d{1,2}[- ]\d{1,2}")


def masked(text: str) -> str:
    """The text with long numbers and e-mail addresses replaced; words stay as they were said."""
    return _NUMBER.sub(_hide_unless_date, _EMAIL.sub(MASK, text))


def _hide_unless_date(found: re.Match[str]) -> str:
    return found[0] if _DATE.fullmatch(found[0]) else MASK
