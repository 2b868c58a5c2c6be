"""The outbox folder, the embedded default: what would have been sent can be read there."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from scheduler.delivery.channels.base import Letter, Outcome, Refused, Sent

SHOWN = ("key", "to", "language", "subject", "text", "version")


class FileChannel:
    """Writes each message as `KEY.json` and, to look at, `KEY.html` or `KEY.txt`; the same key again replaces them."""

    name = "file"
    drops_copies = True
    together = 50
    address: str | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> Outcome:
        """Write the files, the JSON last: whoever sees it finds the other one complete."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(self._folder / f"{letter.key}.{'html' if letter.html else 'txt'}", letter.html or letter.text)
            document = {name: value for name, value in asdict(letter).items() if name in SHOWN}
            _write(self._folder / f"{letter.key}.json", json.dumps(document, ensure_ascii=False, indent=1, default=str))
        except OSError:
            return Refused(permanent=False, reason="folder_not_writable", unreachable=True)
        return Sent(str(letter.key))


def _write(path: Path, text: str) -> None:
    """In one step: a reader never sees half a file. Only the owner may read it: it holds somebody's link."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
