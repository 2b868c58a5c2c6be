"""A file that was made, and what its format could not say."""

from dataclasses import dataclass

from questionnaires.interchange.carrying.notes import Note


@dataclass(frozen=True)
class Written:
    """The bytes of a file, with notes of what is missing in it."""

    data: bytes
    notes: tuple[Note, ...] = ()
