"""The SQL of touchpoints."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.foundation.conditions import parse
from portal.foundation.db import ids_in, keys_in
from portal.people.models import FOREVER, OrgUnit, UnitAncestor
from questionnaires.library.models import Questionnaire
from scheduler.touchpoints.models import EventType, Journey, Stage, Touchpoint
from scheduler.touchpoints.rules.listening import Listening
from scheduler.touchpoints.rules.schema import OWN_WAVES


def all_listening(session: Session, event_types: Iterable[str] | None = None, today: date | None = None) -> list[Listening]:
    """What intake needs of every touchpoint, with the version it asks now; one statement, one more where units are chosen."""
    published = col(Questionnaire.status) == "published"
    query = select(Touchpoint, col(Questionnaire.current_version_id), published).join(
        Questionnaire, col(Questionnaire.id) == col(Touchpoint.questionnaire_id)
    )
    if event_types is not None:
        query = query.where(col(Touchpoint.event_type).in_(sorted(set(event_types))))
    rows = [(touchpoint, version if live else None) for touchpoint, version, live in session.execute(query)]
    below = codes_below(session, [UUID(one) for touchpoint, _ in rows for one in touchpoint.units or ()], today)
    return [_listening(touchpoint, version, below) for touchpoint, version in rows]


def codes_below(session: Session, units: list[UUID], today: date | None) -> dict[UUID, frozenset[str]]:
    """The codes of units and of all that hangs below them on a day; without one, by the tree as it is left in the end."""
    if not units:
        return {}
    query = select(col(UnitAncestor.ancestor_id), col(OrgUnit.code)).join(OrgUnit, col(OrgUnit.id) == col(UnitAncestor.unit_id))
    day = today or FOREVER - timedelta(days=1)
    query = query.where(ids_in(UnitAncestor.ancestor_id, units), col(UnitAncestor.valid_from) <= day, col(UnitAncestor.valid_to) > day)
    found: dict[UUID, set[str]] = {}
    for ancestor, code in session.execute(query):
        found.setdefault(ancestor, set()).add(code)
    return {unit: frozenset(codes) for unit, codes in found.items()}


def _listening(row: Touchpoint, version_id: UUID | None, below: Mapping[UUID, frozenset[str]]) -> Listening:
    chosen = None if row.units is None else frozenset(code for one in row.units for code in below.get(UUID(one), ()))
    return Listening(
        code=row.code,
        event_type=row.event_type,
        condition=parse(row.filter) if row.filter else None,
        version_id=version_id,
        class_=row.class_,
        priority=row.priority,
        delay=timedelta(minutes=row.delay_minutes),
        group=row.group,
        in_charge=row.in_charge,
        department_id=row.department_id,
        active=row.active,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        unit_codes=chosen,
        expires_after=timedelta(hours=row.expires_hours) if row.expires_hours else None,
    )


class Line(NamedTuple):
    """A touchpoint in the list, with what it hangs on."""

    touchpoint: Touchpoint
    stage: Stage | None
    journey: Journey | None
    questionnaire: Questionnaire
    event_type: EventType
    department: OrgUnit | None


def lines(session: Session, active: bool | None = None) -> list[Line]:
    """All touchpoints in the order of journeys and stages."""
    query = (
        select(Touchpoint, Stage, Journey, Questionnaire, EventType, OrgUnit)
        .join(Questionnaire, col(Questionnaire.id) == col(Touchpoint.questionnaire_id))
        .join(EventType, col(EventType.code) == col(Touchpoint.event_type))
        .outerjoin(Stage, col(Stage.id) == col(Touchpoint.stage_id))
        .outerjoin(Journey, col(Journey.id) == col(Stage.journey_id))
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(Touchpoint.department_id))
        .order_by(col(Journey.position).nulls_last(), col(Stage.position).nulls_last(), col(Touchpoint.code))
    )
    query = query.where(col(Touchpoint.event_type) != OWN_WAVES)  # campaigns have pages of their own
    if active is not None:
        query = query.where(col(Touchpoint.active).is_(active))
    return [Line(*row) for row in session.execute(query)]


def all_touchpoints(session: Session) -> list[Touchpoint]:
    """Every touchpoint, by priority and code."""
    return list(session.scalars(select(Touchpoint).order_by(col(Touchpoint.priority).desc(), col(Touchpoint.code))))


def names(session: Session) -> list[tuple[str, str, str, str, str]]:
    """Every touchpoint's code, names and short names."""
    columns = (Touchpoint.code, Touchpoint.name_zh, Touchpoint.name_en, Touchpoint.short_zh, Touchpoint.short_en)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(select(*(col(column) for column in columns)))]


def touchpoint_by_id(session: Session, touchpoint_id: UUID) -> Touchpoint | None:
    """A touchpoint."""
    return session.get(Touchpoint, touchpoint_id)


def in_circle(session: Session, circle: str) -> bool:
    """Whether a touchpoint is kept to a circle."""
    return session.scalar(select(col(Touchpoint.id)).where(col(Touchpoint.circle) == circle).limit(1)) is not None


def touchpoint_by_code(session: Session, code: str) -> Touchpoint | None:
    """A touchpoint by its code."""
    return session.scalars(select(Touchpoint).where(col(Touchpoint.code) == code)).one_or_none()


def journeys(session: Session) -> list[Journey]:
    """All journeys in order."""
    return list(session.scalars(select(Journey).order_by(col(Journey.position), col(Journey.code))))


def stages(session: Session) -> list[tuple[Stage, Journey]]:
    """All stages with their journeys, in order."""
    query = select(Stage, Journey).join(Journey, col(Journey.id) == col(Stage.journey_id))
    rows = session.execute(query.order_by(col(Journey.position), col(Stage.position), col(Stage.code)))
    return [(stage, journey) for stage, journey in rows]


def event_types(session: Session) -> list[EventType]:
    """The event types that are in force; waves of campaigns are no bank's events."""
    query = select(EventType).where(col(EventType.state) == "live", col(EventType.code) != OWN_WAVES)
    return list(session.scalars(query.order_by(col(EventType.code))))


def event_type(session: Session, code: str) -> EventType | None:
    """One kind of event."""
    return session.get(EventType, code)


def questionnaires(session: Session) -> list[Questionnaire]:
    """The questionnaires a touchpoint may choose from."""
    return list(session.scalars(select(Questionnaire).where(col(Questionnaire.status) != "retired").order_by(col(Questionnaire.code))))


def departments(session: Session) -> list[OrgUnit]:
    """Units that may be in charge by name: head office, departments and centres."""
    kinds = ("head", "department", "centre")
    query = select(OrgUnit).where(col(OrgUnit.kind).in_(kinds), col(OrgUnit.closed_at).is_(None))
    return list(session.scalars(query.order_by(col(OrgUnit.code))))


def codes_taken(session: Session, journey: str, stages: Iterable[str]) -> list[str]:
    """Which of these codes of a journey and stages are in use."""
    journeys = session.scalars(select(col(Journey.code)).where(col(Journey.code) == journey))
    return [*journeys, *session.scalars(select(col(Stage.code)).where(keys_in(col(Stage.code), stages)))]


def is_published(session: Session, questionnaire_id: UUID) -> bool:
    """Whether a questionnaire has a version that may be asked."""
    found = session.get(Questionnaire, questionnaire_id)
    return found is not None and found.status == "published" and found.current_version_id is not None


def questionnaire_exists(session: Session, questionnaire_id: UUID) -> bool:
    """Whether there is such a questionnaire."""
    return session.get(Questionnaire, questionnaire_id) is not None


def counts(session: Session) -> dict[str, int]:
    """How many touchpoints there are."""
    return {"touchpoints": session.scalar(select(func.count()).select_from(Touchpoint)) or 0}
