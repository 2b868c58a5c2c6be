"""Calendar files (RFC 5545): events in UTC need no zone tables, so these lines do what a library would.

Text is escaped, lines end with CR LF and are folded at 75 octets without cutting a letter in two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

WIDTH = 75
PRODUCT = "-//Soundings//Experience officers//EN"


@dataclass(frozen=True)
class Event:
    """One event; `sequence` grows with each change, so that calendars take the newer one."""

    uid: str
    title: str
    text: str
    place: str
    url: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    sequence: int = 0
    cancelled: bool = False
    tentative: bool = False


def calendar(events: Iterable[Event], name: str) -> bytes:
    """A calendar of events, as a file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{escape(name)}"]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(fold(line) for line in lines).encode()


def _event(event: Event) -> list[str]:
    status = "CANCELLED" if event.cancelled else "TENTATIVE" if event.tentative else "CONFIRMED"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escape(event.uid)}",
        f"DTSTAMP:{_moment(event.changed_at)}",
        f"DTSTART:{_moment(event.starts_at)}",
        f"DTEND:{_moment(event.ends_at)}",
        f"SEQUENCE:{event.sequence}",
        f"STATUS:{status}",
        f"SUMMARY:{escape(event.title)}",
    ]
    lines += [f"{name}:{escape(value)}" for name, value in (("DESCRIPTION", event.text), ("LOCATION", event.place)) if value]
    lines += [f"URL:{_address(event.url)}"] if event.url else []
    return [*lines, "END:VEVENT"]


def escape(text: str) -> str:
    """A TEXT value: backslash, comma, semicolon and line ends escaped; what no calendar may hold is left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(letter for letter in text if letter in "\n\t" or (letter >= " " and letter != "\x7f"))
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _address(url: str) -> str:
    """A URI stands as it is; one with a line end in it would begin a line of its own."""
    return "".join(letter for letter in url if letter > " " and letter != "\x7f")


def fold(line: str) -> str:
    """A content line, folded: each following line begins with a blank, which counts among its 75 octets."""
    found, room = [""], WIDTH
    for letter in line:
        size = len(letter.encode())
        if size > room:
            found.append(" ")
            room = WIDTH - 1
        found[-1] += letter
        room -= size
    return "\r\n".join(found) + "\r\n"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
