"""SQL of touchpoints' names together with those of their stage and journey."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from scheduler.touchpoints.models import Journey, Stage, Touchpoint


class Named(NamedTuple):
    """A touchpoint's names, and where it stands; empty where it stands on no journey."""

    code: str
    zh: str
    en: str
    short_zh: str
    short_en: str
    stage: str
    stage_zh: str
    stage_en: str
    journey: str
    journey_zh: str
    journey_en: str


def names(session: Session) -> list[Named]:
    """Every touchpoint."""
    own = (Touchpoint.code, Touchpoint.name_zh, Touchpoint.name_en, Touchpoint.short_zh, Touchpoint.short_en)
    above = (Stage.code, Stage.name_zh, Stage.name_en, Journey.code, Journey.name_zh, Journey.name_en)
    columns = (*(col(one) for one in own), *(func.coalesce(col(one), "") for one in above))
    query = (
        select(*columns)
        .outerjoin(Stage, col(Stage.id) == col(Touchpoint.stage_id))
        .outerjoin(Journey, col(Journey.id) == col(Stage.journey_id))
    )
    return [Named(*row) for row in session.execute(query.order_by(col(Journey.position), col(Stage.position), col(Touchpoint.code)))]
