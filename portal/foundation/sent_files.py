"""The file that a form brought: read once, never more of it than its reader may take, and let go of at once."""

from typing import NamedTuple

from flask import request

from portal.foundation.errors import InvalidInput


class SentFile(NamedTuple):
    """What was chosen: its own name, which is never trusted, and its bytes."""

    name: str
    data: bytes


def maybe_file(field: str = "file", most: int | None = None) -> SentFile | None:
    """The file of a field, None where none was chosen.

    Shape   of a file longer than `most` bytes one more is read, by which its reader knows
    """
    sent = request.files.get(field)
    if sent is None:
        return None
    with sent.stream as stream:
        return SentFile(sent.filename, stream.read(-1 if most is None else most + 1)) if sent.filename else None


def sent_file(field: str = "file", most: int | None = None) -> SentFile:
    """The same, where a file is needed.

    Raises  InvalidInput for the field
    """
    found = maybe_file(field, most)
    if found is None:
        raise InvalidInput({field: "no_file"})
    return found
