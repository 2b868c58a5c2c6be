"""Audiences and places as people write them: a few cuts with the values that are meant, as one condition and back."""

from collections.abc import Mapping, Sequence
from typing import Any

CUTS = ("kind", "tier", "city", "device", "segment", "groups")


def condition(cuts: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """All of: each cut is one of its values; a cut without values says nothing. None where nothing is said."""
    tests = [{"field": name, "op": "in", "value": list(cuts[name])} for name in CUTS if cuts.get(name)]
    return {"all": tests} if tests else None


def cuts_of(made: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """The cuts of such a condition; what was written in another way is left out."""
    tests = made.get("all", ()) if made else ()
    return {one["field"]: [str(value) for value in one["value"]] for one in tests if one.get("op") == "in" and one.get("field") in CUTS}


def values(typed: str) -> list[str]:
    """Values from a line of text, parted by commas of either kind."""
    parts = typed.replace("\uff0c", ",").replace("\u3001", ",").split(",")
    return list(dict.fromkeys(one.strip()[:60] for one in parts if one.strip()))[:50]
