"""Dates in cells of spreadsheets: a number and a style that says it is to be read as a date."""

import re
from datetime import date, timedelta

BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""The formats for dates and times that a file names by their number alone, those of East Asia among them."""
DAY, LATEST = 86_400, 2_957_004
"""Seconds of a day; the day after 31 December 9999, counted from 1904."""
_NOT_A_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


class Styles:
    """Takes a workbook's styles and says which of them are dates."""

    def __init__(self) -> None:
        self.dates: set[int] = set()
        self._own: dict[str, str] = {}
        self._count = 0
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A format of the file's own, or the style of a cell."""
        local = name.rpartition(":")[2]
        if local == "numFmt":
            self._own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local == "cellXfs":
            self._inside = True
        elif local == "xf" and self._inside:
            if self._is_date(attributes.get("numFmtId", "")):
                self.dates.add(self._count)
            self._count += 1

    def end(self, name: str, _text: str) -> None:
        """The end of an element."""
        if name.rpartition(":")[2] == "cellXfs":
            self._inside = False

    def _is_date(self, number: str) -> bool:
        if number in self._own:
            return bool(re.search("[ymdhs]", _NOT_A_FORMAT.sub("", self._own[number]).lower()))
        return number.isascii() and number.isdigit() and len(number) < 5 and int(number) in BUILT_IN


def said(serial: float, *, since_1904: bool = False) -> str | None:
    """A date as `2026-06-01`, with its time where it has one, or a time alone as `14:30`; None for what is no date."""
    if not 0 <= serial < LATEST:
        return None
    days, seconds = divmod(round(serial * DAY), DAY)
    if serial < 1:
        return _time(seconds)
    # 1900 is a leap year in spreadsheets, so that before March of that year they count one day less
    first = date(1904, 1, 1) if since_1904 else date(1899, 12, 30 if days > 60 else 31)
    day = (first + timedelta(days=days)).isoformat()
    return f"{day} {_time(seconds)}" if seconds else day


def _time(seconds: int) -> str:
    """Hours and minutes; seconds only where there are any."""
    minutes, rest = divmod(seconds % DAY, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")
