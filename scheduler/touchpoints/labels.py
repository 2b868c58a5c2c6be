"""What touchpoints are called and on which journey they are, for figures that know them only by code."""

from sqlmodel import Session

from questionnaires.metrics.labels import Label, Line
from scheduler.touchpoints import journey_names as store


def labels(session: Session) -> dict[str, Label]:
    """Names, short names, journey and stage by code; one statement."""
    return {row.code: Label(row.zh, row.en, row.short_zh, row.short_en, _lines(row)) for row in store.names(session)}


def _lines(row: store.Named) -> tuple[Line, ...]:
    found = [Line(f"journey:{row.journey}", row.journey_zh, row.journey_en)] if row.journey else []
    return (*found, Line(f"stage:{row.stage}", row.stage_zh, row.stage_en)) if row.stage else tuple(found)
