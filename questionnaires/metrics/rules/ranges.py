"""Places in a ranking as people write them: 2-4, 7."""

from collections.abc import Iterable


def ranges(numbers: Iterable[int]) -> str:
    """Whole numbers in order, neighbours joined by a dash."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts)
