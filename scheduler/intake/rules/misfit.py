"""Whether an event is what the catalogue says events of its type are."""

from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.touchpoints.rules.schema import OWN_TYPES, Attribute, misfits

UNKNOWN_TYPE, ATTRIBUTE = "UNKNOWN_TYPE", "ATTRIBUTE"
MISFIT_REASONS = (UNKNOWN_TYPE, ATTRIBUTE)
"""Reasons with which an event is kept, but asks nobody until the catalogue or the event is mended."""


def misfit_of(event_type: str, attributes: Mapping[str, Any], shapes: Mapping[str, Sequence[Attribute]]) -> str | None:
    """Why an event can't be used as it is, or None. What the product writes itself always fits."""
    if event_type in OWN_TYPES:
        return None
    shape = shapes.get(event_type)
    if shape is None:
        return UNKNOWN_TYPE
    return ATTRIBUTE if misfits(shape, attributes) else None
