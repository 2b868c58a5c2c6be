"""Who belongs to a campaign's audience: read in steps, so that a million customers are no burden."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.conditions import holds, parse
from portal.people.customer_store import counts
from portal.people.models import AttributeKind
from scheduler.touchpoints import campaign_store as store
from scheduler.touchpoints.campaign_models import Campaign
from scheduler.touchpoints.rules.campaigns import PLAIN_FIELDS, facts_of

STEP = 2_000
EXACT_UP_TO = 20_000
SHARDS = 256
_FIELD_TYPES = {"text": "text", "choice": "text", "date": "text", "number": "number", "flag": "flag"}


class Step(NamedTuple):
    """One step through the audience: who belongs to it, and where the next step goes on (None at the end)."""

    members: list[Mapping[str, Any]]
    cursor: UUID | None


class Size(NamedTuple):
    """How many belong to an audience; not `exact` where a chance part was counted and multiplied."""

    number: int
    exact: bool
    some: list[Mapping[str, Any]]


def fields(kinds: list[AttributeKind]) -> dict[str, str]:
    """What conditions may read, with types."""
    return {**{one.code: _FIELD_TYPES[one.type] for one in kinds}, **PLAIN_FIELDS}


def step(
    session: Session,
    campaign: Campaign,
    after: UUID | None,
    now: datetime,
    zone: str,
    limit: int = STEP,
    shards: tuple[int, int] | None = None,
) -> Step:
    """Look at the next customers."""
    today = day_in(zone, now)
    rows = store.audience_step(session, campaign, after, limit, today, shards)
    cursor = rows[-1]["id"] if len(rows) == limit else None
    raw = campaign.audience.get("condition") if campaign.audience_kind == "conditions" else None
    if not raw:
        return Step(rows, cursor)
    condition = parse(raw)
    tags = store.tags_of(session, [row["id"] for row in rows], now)
    return Step([row for row in rows if holds(condition, facts_of(row, tags.get(row["id"], ()), today))], cursor)


def size(session: Session, campaign: Campaign, now: datetime, zone: str) -> Size:
    """Count the audience: to the last one while they are few, else by the parts that shards make, which are a chance draw.

    Note    `some` are members to try the policy on
    """
    everybody = counts(session)["customers"]
    if everybody <= EXACT_UP_TO or campaign.audience_kind != "conditions":
        found = [one for members in _walk(session, campaign, now, zone, None) for one in members]
        return Size(len(found), True, found)
    part = max(1, SHARDS * EXACT_UP_TO // everybody)
    some = [one for members in _walk(session, campaign, now, zone, (0, part - 1)) for one in members]
    return Size(round(len(some) * SHARDS / part), False, some)


def _walk(
    session: Session, campaign: Campaign, now: datetime, zone: str, shards: tuple[int, int] | None
) -> Iterator[list[Mapping[str, Any]]]:
    cursor: UUID | None = None
    while True:
        found = step(session, campaign, cursor, now, zone, shards=shards)
        yield found.members
        cursor = found.cursor
        if cursor is None:
            return
