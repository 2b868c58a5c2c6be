"""What could not be carried over, and what was changed on the way: by name, where it stands, why, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass

MOST = 2000
LONGEST = 200


@dataclass(frozen=True)
class Note:
    """One thing. `code` is a key of `labels.WORDS`, `construct` its name in the file's own language.

    lost    whether something is missing here (else it was changed, and means the same or nearly so)
    detail  what stood there
    """

    code: str
    construct: str
    where: str
    detail: str = ""
    lost: bool = True


class Notes:
    """Collects notes: each once, and only so many; how many more there were is the last."""

    def __init__(self) -> None:
        self._found: dict[Note, None] = {}
        self._more = 0
        self._looks: dict[str, tuple[str, int]] = {}

    def look(self, construct: str, where: str) -> None:
        """Something of the look, or of the other program's own working: told once, with its first place and how often."""
        construct = tidy(construct, 80)
        first, count = self._looks.get(construct, (tidy(where, 120), 0))
        if construct in self._looks or len(self._looks) < MOST:
            self._looks[construct] = (first, count + 1)

    def lost(self, code: str, construct: str, where: str, detail: object = "") -> None:
        """Something that is not there any more."""
        self._add(Note(code, tidy(construct, 80), tidy(where, 120), tidy(detail)))

    def changed(self, code: str, construct: str, where: str, detail: object = "") -> None:
        """Something that is there in another way."""
        self._add(Note(code, tidy(construct, 80), tidy(where, 120), tidy(detail), lost=False))

    def _add(self, note: Note) -> None:
        if note in self._found:
            return
        if len(self._found) >= MOST:
            self._more += 1
        else:
            self._found[note] = None

    def __iter__(self) -> Iterator[Note]:
        yield from self._found
        yield from (Note("look", name, first, f"× {count}") for name, (first, count) in self._looks.items())
        if self._more:
            yield Note("more_of_these", "…", "…", str(self._more))


def tidy(value: object, most: int = LONGEST) -> str:
    """A piece of the file as it may stand in a report: one line, no control signs, not long."""
    text = str(value)[: most * 4]
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"
