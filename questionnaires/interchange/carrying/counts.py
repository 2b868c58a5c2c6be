"""How much of everything there is."""

from dataclasses import dataclass


@dataclass
class Counts:
    """How much the file has: what `Report` holds against what came in."""

    pages: int = 0
    questions: int = 0
    options: int = 0
    languages: int = 0
    conditions: int = 0
