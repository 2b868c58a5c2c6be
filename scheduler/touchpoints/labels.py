"""What touchpoints are called, for figures that know them only by code."""

from sqlmodel import Session

from questionnaires.metrics.labels import Label
from scheduler.touchpoints import store


def labels(session: Session) -> dict[str, Label]:
    """Names and short names by code."""
    return {code: Label(zh, en, short_zh, short_en) for code, zh, en, short_zh, short_en in store.names(session)}
